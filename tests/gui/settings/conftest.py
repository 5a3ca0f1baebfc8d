"""The window with nothing but the Settings pane, over the real engine in a home of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.real_library import set_up
from vlm_desktop.compose import build_services
from vlm_desktop.gui import theme
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.panes.settings.settings_pane import SettingsPane
from vlm_desktop.jobs import JobRunner

ONLY_SETTINGS = [spec for spec in PANES if spec.key == "settings"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without a library."""
    set_up(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def full_home(tmp_path: Path, real_library: Path) -> Path:
    """A home with a library of a few photos."""
    return Path(shutil.copytree(real_library, tmp_path / "full"))


@pytest.fixture
def themes() -> list[str]:
    """Themes that were asked for, in order."""
    return []


@pytest.fixture
def open_settings(
    qtbot: QtBot, qapp: object, runner: JobRunner, opened: list[Path], themes: list[str]
) -> Iterator[Callable[[Path], SettingsPane]]:
    """Opens the pane over a home and waits until it shows what is set."""
    theme.apply(qapp, "light")
    made: list[tuple[MainWindow, Any]] = []

    def open_file(path: Path) -> bool:
        opened.append(path)
        return True

    def make(home: Path) -> SettingsPane:
        services = build_services(home)
        window = MainWindow(
            services, runner, open_file, set_theme=themes.append, panes=ONLY_SETTINGS
        )
        made.append((window, services))
        qtbot.addWidget(window)
        window.resize(1180, 780)
        window.show()
        qtbot.waitExposed(window)
        pane = window.pane("settings")
        assert isinstance(pane, SettingsPane)
        qtbot.waitUntil(lambda: pane._at_start is not None)
        return pane

    yield make
    for window, services in made:
        window.close_now()
        assert runner.shutdown(10)
        services.close()


@pytest.fixture
def pane(open_settings: Callable[[Path], SettingsPane], home: Path) -> SettingsPane:
    return open_settings(home)


@pytest.fixture
def full_pane(open_settings: Callable[[Path], SettingsPane], full_home: Path) -> SettingsPane:
    return open_settings(full_home)


@pytest.fixture
def said(pane: SettingsPane) -> Callable[[], str]:
    """The words in the status bar."""
    window = pane.window()
    assert isinstance(window, MainWindow)
    return lambda: window.status.text.text()
