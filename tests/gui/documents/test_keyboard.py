"""All of it by keyboard, and what a screen reader is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments, words_of
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.documents import FieldValue
from vlm_desktop.gui.panes.documents import over_page, page_panel
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.strings import documents as strings

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


def focused(pane: DocumentsPane) -> QWidget:
    found = pane.window().focusWidget()
    assert found is not None
    return found


def value(pane: DocumentsPane, name: str, row: int = 0) -> FieldValue | None:
    assert pane.session.sheet is not None
    return pane.session.sheet.extraction.value(name, row)


def test_a_receipt_from_the_first_doubt_to_the_last_by_keys_alone(
    pane: DocumentsPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    """Open, accept, assign words, type, mend, mark as reviewed, undo."""
    window = pane.window()
    window.setFocus()
    qtbot.keyClick(window, KEY.Key_4, CONTROL)
    qtbot.keyClick(focused(pane), KEY.Key_G, CONTROL)
    assert focused(pane) is pane.queue
    qtbot.keyClick(focused(pane), KEY.Key_Return)
    assert focused(pane) is pane.fields.rows["date", 0].line, "the first field to look at"
    # Tab goes to the next doubt, Shift+Tab back, past those that are sure.
    qtbot.keyClick(focused(pane), KEY.Key_Tab)
    assert focused(pane) is pane.fields.rows["subtotal", 0].line
    qtbot.keyClick(focused(pane), KEY.Key_Backtab, SHIFT)
    assert focused(pane) is pane.fields.rows["date", 0].line
    qtbot.keyClick(focused(pane), KEY.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "date").accepted)
    # Down and up go to the neighbours, whatever they are.
    assert focused(pane) is pane.fields.rows["subtotal", 0].line
    qtbot.keyClick(focused(pane), KEY.Key_Up)
    qtbot.keyClick(focused(pane), KEY.Key_Up)
    assert focused(pane) is pane.fields.rows["vendor", 0].line
    # F6 goes from part to part. On the page words are walked to and taken by Enter.
    qtbot.keyClick(focused(pane), KEY.Key_F6)
    assert focused(pane) is pane.queue
    qtbot.keyClick(focused(pane), KEY.Key_F6)
    canvas = pane.page_panel.canvas
    assert focused(pane) is canvas
    qtbot.keyClick(canvas, KEY.Key_Home)
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert canvas.shapes.text(canvas.chosen_words) == "Store"
    qtbot.keyClick(canvas, KEY.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "vendor").value == "Store")
    qtbot.keyClick(canvas, KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: value(pane, "vendor").value == "ACME Store")
    # The list of words does the same; a field that was not found is found by hand.
    qtbot.keyClick(canvas, KEY.Key_F6)
    assert focused(pane) is pane.fields.rows["vendor", 0].line, "where one was"
    pane.fields.go_to(("address", 0))
    qtbot.keyClick(focused(pane), KEY.Key_L, CONTROL)
    words = pane.column.words
    assert focused(pane) is words
    qtbot.keyClick(words, KEY.Key_Home)
    for _ in range(2):
        qtbot.keyClick(words, KEY.Key_Down)
    for _ in range(3):
        qtbot.keyClick(words, KEY.Key_Down, SHIFT)
    qtbot.keyClick(words, KEY.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "address") is not None)
    assert value(pane, "address").raw == "12 Long Street, Rome"
    # The total is mended by typing, and all is right.
    qtbot.keyClick(words, KEY.Key_E, CONTROL)
    pane.fields.go_to(("total", 0))
    qtbot.keyClick(focused(pane), KEY.Key_A, CONTROL)
    qtbot.keyClicks(focused(pane), "11.90")
    qtbot.keyClick(focused(pane), KEY.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "total").value == "11.90")
    qtbot.waitUntil(lambda: pane.session.sheet.doubts == ())
    qtbot.keyClick(focused(pane), KEY.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pane.session.sheet.document.state is DocumentState.REVIEWED)
    # Esc backs out one step.
    qtbot.keyClick(focused(pane), KEY.Key_Escape)
    assert focused(pane) is pane.queue
    qtbot.keyClick(focused(pane), KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: pane.session.sheet.document.state is DocumentState.TO_REVIEW)


def test_arrows_on_the_page_walk_take_more_and_say_the_word(
    pane: DocumentsPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(page_panel, "announce", lambda _, text: said.append(text))
    canvas = pane.page_panel.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, KEY.Key_Home)
    qtbot.keyClick(canvas, KEY.Key_Down)
    qtbot.keyClick(canvas, KEY.Key_Down)
    qtbot.keyClick(canvas, KEY.Key_Right)
    qtbot.keyClick(canvas, KEY.Key_End)
    assert said[0] == "ACME, Vendor"
    assert said[2] == "Date"
    assert said[3] == "04.03.2024, Date"
    assert said[4] == "17.90, 70 % sure, Total"
    qtbot.keyClick(canvas, KEY.Key_Left, SHIFT)
    assert said[5] == "Total 17.90"
    assert pane.column.words.chosen == canvas.chosen_words
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert canvas.chosen_words == ()
    assert focused(pane) is canvas, "one step"


def test_pages_are_turned_by_keys(
    open_pane: Callable[[], DocumentsPane],
    documents: FakeDocuments,
    files: list[Path],
    qtbot: QtBot,
) -> None:
    documents.pages.count = 100
    pane = open_pane()
    pane.session.open(files[0])
    qtbot.waitUntil(lambda: pane.session.shapes is not None)
    read = sum(len(pages) for _, pages in documents.reader.asked)
    assert read < 50, "not all of a hundred pages"
    canvas = pane.page_panel.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, KEY.Key_PageDown)
    assert pane.session.page == 2
    assert canvas.accessibleName() == "Page 2 of 100: receipt 1.pdf"
    pane.session.show_page(50)
    qtbot.waitUntil(lambda: pane.session.shapes is not None)
    assert documents.reader.asked[-1] == (files[0].name, (50,)), "read when it is looked at"
    assert pane.column.pages.currentIndex().row() == 49
    assert len({page for _, page, _ in documents.pages.rendered}) < 20, "thumbnails are lazy"
    # A field on another page brings its page.
    pane.fields.go_to(("vendor", 0))
    assert pane.session.page == 1


def test_every_control_has_a_name_and_tab_reads_along(pane: DocumentsPane) -> None:
    pane.fields.not_found.set_open(True)
    assert nameless(pane.window()) == []
    assert out_of_order(pane.window()) == []


def test_tab_leaves_the_form_after_the_last_doubt(pane: DocumentsPane, qtbot: QtBot) -> None:
    doubts = [one.key for one in pane.fields.entries.all() if one.needs_look]
    pane.fields.go_to(doubts[-1])
    qtbot.keyClick(focused(pane), KEY.Key_Tab)
    assert focused(pane) is not pane.fields.rows[doubts[-1]].line
    assert pane.session.focused == doubts[-1]


def test_what_is_shown_is_said(pane: DocumentsPane) -> None:
    """Row, page, word, field, as the accessibility tree has them."""

    def name(widget: QWidget) -> str:
        return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)

    row = QAccessible.queryAccessibleInterface(pane.queue).child(0)
    assert row.text(QAccessible.Text.Name) == "receipt 1.pdf, To review, ≈ 1.4 errors"
    page = QAccessible.queryAccessibleInterface(pane.column.pages).child(0)
    assert page.text(QAccessible.Text.Name) == "Page 1, 11 values"
    assert name(pane.page_panel.canvas) == "Page 1 of 1: receipt 1.pdf"
    field = pane.fields.rows["total", 0]
    assert name(field.line) == "Total"
    assert name(field.bar).startswith("please look.")
    described = QAccessible.queryAccessibleInterface(field.line)
    assert "A check it is part of fails." in described.text(QAccessible.Text.Description)
    assert name(field.more) == "More for Total"
    assert "Enter puts the words" in pane.page_panel.canvas.accessibleDescription()


def test_a_field_is_made_of_words_by_keys(
    pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot
) -> None:
    page, canvas = pane.session.page_reading, pane.page_panel.canvas
    assert page is not None
    canvas.choose_words(words_of(page, "17.90"))
    canvas.cursor_moved.emit(canvas.chosen_words[0])
    assert pane.over.draw_words.isEnabled()
    pane.over.draw_words.trigger()
    qtbot.waitUntil(lambda: pane.window().findChild(QWidget, "schemaDialog") is not None)
    dialog = pane.window().findChild(QWidget, "schemaDialog")
    assert "Total" in dialog.form.field.aliases
    assert dialog.schema.name == "Receipt 2"
    qtbot.keyClick(dialog.name, KEY.Key_Escape)


def test_lines_of_a_table_are_said(
    pane: DocumentsPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(over_page, "announce", lambda _, text: said.append(text))
    pane.over.move_lines("items")
    canvas = pane.page_panel.canvas
    assert canvas.accessibleDescription() == strings.LINES_DESCRIPTION
    qtbot.keyClick(canvas, KEY.Key_Tab)
    qtbot.keyClick(canvas, KEY.Key_Down)
    for _ in range(3):
        qtbot.keyClick(canvas, KEY.Key_Tab)
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert said == [
        "Lines of the table. Row line 1 of 4, at 200",
        "Row line 2 of 4, at 250",
        "Row line 2 of 4, at 252",
        "Row line 3 of 4, at 300",
        "Row line 4 of 4, at 350",
        "Column line 1 of 4, at 30",
        "Column line 1 of 4, at 32",
    ]
