"""The first step: data sets made, renamed, removed and brought back."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train import data_corner
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.train_pane import TrainPane


@pytest.fixture
def page(pane: TrainPane) -> DataPage:
    return pane.data


def test_without_data_sets_one_button_makes_one(
    page: DataPage, training: Training, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.layers.currentWidget() is page.message
    assert page.message.primary.text() == "New data set"
    assert "drop a folder" in page.message.sentence.text()
    asked = []
    monkeypatch.setattr(data_corner, "ask_name", lambda *said: asked.append(said) or "Fruit")
    page.message.primary.click()
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.body)
    assert asked[0][-1] == "My examples"
    assert [one.name for one in training.datasets.list()] == ["Fruit"]
    assert page.body.name.text() == "Fruit"
    assert page.body.layers.currentWidget() is page.body.empty


def test_sets_are_renamed_removed_and_brought_back(
    page: DataPage, training: Training, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.corner.make("Fruit")
    qtbot.waitUntil(lambda: page.session.set is not None)
    monkeypatch.setattr(data_corner, "ask_name", lambda *_: "Vegetables")
    qtbot.keyClick(page.body.sets.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: page.body.name.text() == "Vegetables")
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: page.body.name.text() == "Fruit")
    qtbot.keyClick(page.body.sets.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.message)
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: page.body.name.text() == "Fruit")
    assert [one.name for one in training.datasets.list()] == ["Fruit"]
