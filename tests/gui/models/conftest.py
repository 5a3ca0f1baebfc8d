"""The Models pane in the window, over a shelf in memory."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.models.fake_shelf import ShelfServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.models.card import ModelCardView
from vlm_desktop.gui.panes.models.models_pane import ModelsPane


@pytest.fixture
def services(tmp_path: Path) -> ShelfServices:
    return ShelfServices(tmp_path)


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
