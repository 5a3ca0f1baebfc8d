"""Asking the open document, by keys alone."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.strings import documents_ask as strings


def rows(pane: DocumentsPane) -> list[str]:
    answers = pane.asking.bar.answers
    return [answers.item(number).text() for number in range(answers.count())]


def test_an_answer_has_its_place_on_the_page(pane: DocumentsPane, qtbot: QtBot) -> None:
    bar = pane.asking.bar
    pane.asking.action.trigger()
    assert bar.isVisible()
    assert QApplication.focusWidget() is bar.question
    assert not bar.ask.isEnabled()
    qtbot.keyClicks(bar.question, "What is the date?")
    qtbot.keyClick(bar.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar.answers.count() == 1)
    (row,) = rows(pane)
    assert row.startswith("What is the date?\n04.03.2024 (2024-03-04)")
    assert "page 1" in row
    canvas = pane.page_panel.canvas
    page = pane.session.page_reading
    assert page is not None
    assert page.text(canvas.chosen_words) == "04.03.2024"
    assert not bar.state.isVisible()


def test_what_is_not_there_is_not_stated(pane: DocumentsPane, qtbot: QtBot) -> None:
    bar = pane.asking.bar
    pane.asking.open()
    bar.asked.emit("What is the passport number?")
    qtbot.waitUntil(lambda: bar.answers.count() == 1)
    assert "Not stated in this document" in rows(pane)[0]
    bar.asked.emit("What is the date?")
    qtbot.waitUntil(lambda: bar.answers.count() == 2)
    assert rows(pane)[0].startswith("What is the date?"), "the newest is first"


def test_at_a_glance(pane: DocumentsPane, qtbot: QtBot) -> None:
    bar = pane.asking.bar
    pane.asking.open()
    qtbot.mouseClick(bar.glance, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.answers.count() > 3)
    said = rows(pane)
    assert strings.DATES in said
    assert strings.AMOUNTS in said
    assert any("04.03.2024 (2024-03-04)" in one for one in said)
    assert said[bar.answers.currentRow()] not in (strings.DATES, strings.AMOUNTS)


def test_escape_closes_and_another_document_clears(
    pane: DocumentsPane, files: list[Path], qtbot: QtBot
) -> None:
    bar = pane.asking.bar
    pane.asking.open()
    bar.asked.emit("What is the date?")
    qtbot.waitUntil(lambda: bar.answers.count() == 1)
    pane.session.open(files[1])
    assert bar.answers.count() == 0
    qtbot.waitUntil(lambda: pane.session.shapes is not None)
    bar.question.setFocus()
    qtbot.keyClick(bar.question, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert QApplication.focusWidget() is pane.page_panel.canvas
    assert not pane.asking.close()
