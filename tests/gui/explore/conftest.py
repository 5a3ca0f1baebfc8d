"""Sections of the Library pane over the real engine, with an encoder that knows colours."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import ColourEncoder, FakeRegistry, SignReader, make_photo
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui import theme
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.indexing import IndexController
from vlm_desktop.gui.library_state import LibraryState
from vlm_desktop.gui.navigator import Navigator
from vlm_desktop.gui.panes.library.section import Section
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.gui.undo import Changes
from vlm_desktop.gui.work import WorkBoard
from vlm_desktop.jobs import JobRunner
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Made = TypeVar("Made", bound=Section)
COUNTS = {"red": 12, "green": 12, "blue": 12, "yellow": 60}


def build(home: Path) -> AppServices:
    paths = HomePaths(home)
    encoder = ColourEncoder()
    return AppServices(
        paths,
        replace(Settings(), search_model=encoder.spec.model_id),
        FakeRegistry(encoder, SignReader()),  # type: ignore[arg-type]
        lambda: Library.open(paths),
        lambda: DecodePool(1, DecodeLimits(seconds=10)),
    )


@pytest.fixture(scope="session")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home over photos of four colours, a folder each; to be copied, never used."""
    folder = tmp_path_factory.mktemp("colours")
    for number, (colour, count) in enumerate(COUNTS.items()):
        for copy in range(count):
            path = folder / "photos" / colour / f"{colour} {copy}.jpg"
            make_photo(path, colour, seed=100 * number + copy)
    services = build(folder / "home")
    for _ in services.index([folder / "photos"], CancelToken(), ocr=False):
        pass
    for _ in services.explore.map(CancelToken()):
        pass
    services.close()
    return folder


@pytest.fixture
def home(colours: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(colours / "home", tmp_path / "home"))


@pytest.fixture
def engine(home: Path, runner: JobRunner) -> Iterator[AppServices]:
    """The real engine; `runner` is asked for first, so that its threads end before it."""
    built = build(home)
    yield built
    runner.shutdown(5)
    built.close()


@pytest.fixture
def said() -> list[str]:
    """What was told in the status bar."""
    return []


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, runner: JobRunner, engine: AppServices, said: list[str]) -> Desk:
    theme.apply(qapp, "light")
    return make_desk(qtbot, runner, engine, said)


def make_desk(qtbot: QtBot, runner: JobRunner, services: Any, said: list[str]) -> Desk:
    window = QWidget()
    qtbot.addWidget(window)
    menus = {name: QMenu(window) for name in ("file", "edit", "photo", "view", "tools", "help")}
    work = WorkBoard(window)
    parts: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(Desk))
    parts.update(
        services=services,
        runner=runner,
        actions=ActionBook(window, menus),
        changes=Changes(runner, window),
        navigator=Navigator(window),
        thumbnails=ThumbnailLoader(services, runner, window),
        indexing=IndexController(services, runner, work, window),
        library=LibraryState(services, runner, window),
        work=work,
        say=said.append,
    )
    made = Desk(**parts)
    made.library.refresh()
    qtbot.waitUntil(lambda: made.library.info is not None)
    return made


@pytest.fixture
def open_section(qtbot: QtBot, desk: Desk) -> Iterator[Callable[[type[Made]], Made]]:
    """Builds a section, shows it in a window of its own, and lets it load."""
    made: list[Section] = []

    def make(kind: type[Made]) -> Made:
        section = kind(desk)
        qtbot.addWidget(section)
        section.resize(1000, 700)
        section.show()
        qtbot.waitExposed(section)
        section.shown()
        made.append(section)
        return section

    yield make
    for section in made:
        section.stop()
