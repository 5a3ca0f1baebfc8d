"""The library tools over the real engine, with an encoder that knows colours."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes import ColourEncoder, FakeRegistry, SharedPool, SignReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui import theme
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.jobs import JobRunner
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Result = TypeVar("Result")


@pytest.fixture(scope="session")
def decoders() -> Iterator[DecodePool]:
    """Workers for all tests here; their start is most of a short test."""
    with DecodePool(1, DecodeLimits(seconds=10)) as opened:
        yield opened


def drive(verb: Generator[Event, None, Result]) -> Result:
    """The result of a verb."""
    while True:
        try:
            next(verb)
        except StopIteration as end:
            result: Result = end.value
            return result


@pytest.fixture
def reopen(tmp_path: Path, decoders: DecodePool) -> Iterator[Callable[[], AppServices]]:
    """The engine as another start of the program makes it, over the same home folder."""
    paths = HomePaths(tmp_path / "home")
    encoder = ColourEncoder()
    opened: list[AppServices] = []

    def build() -> AppServices:
        services = AppServices(
            paths,
            replace(Settings(), search_model=encoder.spec.model_id, ocr=False),
            FakeRegistry(encoder, SignReader()),  # type: ignore[arg-type]
            lambda: Library.open(paths),
            lambda: SharedPool(decoders),  # type: ignore[arg-type, return-value]
        )
        opened.append(services)
        return services

    yield build
    for services in opened:
        services.photos.close()
        services.close()


@pytest.fixture
def engine(reopen: Callable[[], AppServices]) -> AppServices:
    return reopen()


@pytest.fixture
def index(engine: AppServices) -> Callable[[Path], None]:
    """Indexes a folder before the window is there."""

    def run(folder: Path) -> None:
        for _ in engine.index([folder], CancelToken()):
            pass

    return run


@pytest.fixture
def live_window(
    qtbot: QtBot, qapp: QApplication, runner: JobRunner, engine: AppServices, opened: list[Path]
) -> Iterator[Callable[[], MainWindow]]:
    """The window over the real engine, shown, with what the library holds known."""
    theme.apply(qapp, "light")
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(engine, runner, lambda path: not opened.append(path))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        qtbot.waitUntil(lambda: window.desk.library.info is not None)
        return window

    yield make
    for window in windows:
        window.close_now()
