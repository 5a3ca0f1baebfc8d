"""The Models pane in the window, over a shelf in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.models.fake_shelf import PANES, ShelfServices
from vlm_desktop.gui import theme
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.models.card import ModelCardView
from vlm_desktop.gui.panes.models.models_pane import ModelsPane
from vlm_desktop.jobs import JobRunner


@pytest.fixture
def services(tmp_path: Path) -> ShelfServices:
    return ShelfServices(tmp_path)


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, runner: JobRunner, services: ShelfServices
) -> Iterator[MainWindow]:
    theme.apply(qapp, "light")
    made = MainWindow(services, runner, panes=PANES)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    services.release()
    made._closing = True
    made.close()


@pytest.fixture
def pane(window: MainWindow, qtbot: QtBot) -> ModelsPane:
    """The pane in front, its cards there."""
    window.show_pane("models")
    shown = window.pane("models")
    assert isinstance(shown, ModelsPane)
    qtbot.waitUntil(lambda: bool(shown.cards))
    return shown


@pytest.fixture
def card(pane: ModelsPane) -> Callable[[str], ModelCardView]:
    """A card by its model's id."""
    return lambda model_id: pane.cards[model_id]
