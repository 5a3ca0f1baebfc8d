"""The window over a small engine in memory, without a display where there is none."""

import os
import sys

if sys.platform.startswith("linux") and not (
    os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.real_library import real_library, real_photos
from vlm_desktop.gui import theme
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.jobs import JobRunner

# Here and nowhere below: each folder that imported them would have a library of its own indexed.
__all__ = ["real_library", "real_photos"]


_PATIENCE_MS = 30_000
"""How long anything is waited for: a busy disk may hold a machine for seconds."""


class PatientBot(QtBot):
    """pytest-qt's, which gives up after five seconds where nothing else is said."""

    def waitUntil(  # noqa: N802 - Qt's way of naming
        self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = _PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitExposed(self, widget: QWidget, *, timeout: int = _PATIENCE_MS) -> Any:  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QObject, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def services(tmp_path: Path) -> FakeServices:
    return FakeServices(tmp_path)


@pytest.fixture
def bridge(qapp: QObject) -> Iterator[Bridge]:
    # The application's: garbage is collected on any thread, even on a lane of a later test.
    made = Bridge(qapp)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def runner(bridge: Bridge) -> Iterator[JobRunner]:
    made = JobRunner(bridge.post)
    yield made
    bridge.close()
    assert made.shutdown(60)


@pytest.fixture
def opened() -> list[Path]:
    """Paths that the window gave to the system's viewer."""
    return []


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: object, runner: JobRunner, services: FakeServices, opened: list[Path]
) -> Iterator[Callable[[], MainWindow]]:
    """Makes the window over `services`, shown and told what the library holds."""
    theme.apply(qapp, "light")
    windows: list[MainWindow] = []

    def open_file(path: Path) -> bool:
        opened.append(path)
        return services.can_open

    def make() -> MainWindow:
        window = MainWindow(services, runner, open_file)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        qtbot.waitUntil(
            lambda: window.search.page.title.text() != "" or window.search.hits.rowCount() > 0
        )
        return window

    yield make
    for window in windows:
        services.release()
        window.indexing.stop()
        window._closing = True
        window.close()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()
