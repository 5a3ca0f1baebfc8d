"""The first step: data sets made, renamed, removed and brought back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vlm_desktop.base.errors import DatabaseBusy
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train import data_corner
from vlm_desktop.gui.panes.train.data_page import DataPage
from vlm_desktop.gui.panes.train.train_pane import TrainPane


@pytest.fixture
def page(pane: TrainPane) -> DataPage:
    return pane.data


def name_of(page: DataPage) -> str:
    return page.session.set.name if page.session.set is not None else ""


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
    assert page.body.empty.title.text() == "Fruit has no examples yet"
    assert page.body.layers.currentWidget() is page.body.empty


def test_sets_are_renamed_removed_and_brought_back(
    page: DataPage, training: Training, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.corner.make("Fruit")
    qtbot.waitUntil(lambda: page.session.set is not None)
    monkeypatch.setattr(data_corner, "ask_name", lambda *_: "Vegetables")
    qtbot.keyClick(page.body.sets.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: name_of(page) == "Vegetables")
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: name_of(page) == "Fruit")
    qtbot.keyClick(page.body.sets.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.message)
    page.desk.changes.undo()
    qtbot.waitUntil(lambda: name_of(page) == "Fruit")
    assert [one.name for one in training.datasets.list()] == ["Fruit"]


def test_a_set_is_forgotten_for_good(page: DataPage, training: Training, qtbot: QtBot) -> None:
    page.corner.make("Secret")
    qtbot.waitUntil(lambda: name_of(page) == "Secret")
    page.corner.forget_now(page.session.set_id, "Secret")
    qtbot.waitUntil(lambda: page.layers.currentWidget() is page.message, timeout=20_000)
    assert training.datasets.list() == ()


def test_the_newest_set_is_in_hand_at_first(
    page: DataPage, training: Training, qtbot: QtBot
) -> None:
    for name in ("Zebras", "Apes"):
        page.corner.make(name)
        qtbot.waitUntil(lambda wanted=name: name_of(page) == wanted)
    assert [page.body.sets.list.item(row).text() for row in range(2)] == ["Apes", "Zebras"]
    page.body.sets.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: name_of(page) == "Zebras")
    training.datasets.remove(page.session.set_id)
    page.session.refresh()
    qtbot.waitUntil(lambda: name_of(page) == "Apes")


def test_sets_that_cannot_be_listed_are_tried_again(
    page: DataPage, training: Training, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def broken() -> None:
        raise DatabaseBusy(path=Path("library.db"))

    page.session.is_listed = False
    with monkeypatch.context() as patched:
        patched.setattr(training.datasets, "list", broken)
        page.session.refresh()
        qtbot.waitUntil(lambda: page.message.primary.text() == "Try again")
    assert page.message.title.text() == "The data sets cannot be listed"
    page.message.primary.click()
    qtbot.waitUntil(lambda: page.message.primary.text() == "New data set")
