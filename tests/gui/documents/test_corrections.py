"""What a person says of a document: words, typing, accepting, repairs, rows; and back again."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments, words_of
from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.documents import FieldValue, Origin
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.strings import documents as strings

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def value(pane: DocumentsPane, name: str, row: int = 0) -> FieldValue | None:
    assert pane.session.sheet is not None
    return pane.session.sheet.extraction.value(name, row)


def point(pane: DocumentsPane, text: str) -> QPoint:
    """Where a text lies on the canvas."""
    canvas, page = pane.page_panel.canvas, pane.session.page_reading
    assert canvas.shapes is not None
    assert page is not None
    at = canvas.shapes.around(words_of(page, text)).center()
    return QPointF(canvas.geometry_of_photo.transform().map(at)).toPoint()


def test_a_click_on_a_word_gives_it_to_the_field(
    pane: DocumentsPane, documents: FakeDocuments, qtbot: QtBot
) -> None:
    pane.fields.go_to(("total", 0))
    qtbot.mouseClick(pane.page_panel.canvas, LEFT, pos=point(pane, "10.00"))
    qtbot.waitUntil(lambda: value(pane, "total").value == "10.00")
    row = pane.fields.rows["total", 0]
    assert row.entry.state is FieldState.HUMAN
    assert row.line.text() == "10.00"
    assert documents.keeping.sheet(1).extraction.value("total").origin is Origin.HUMAN
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: value(pane, "total").value == "17.90")
    assert row.line.text() == "17.90"
    pane.desk.changes.redo()
    qtbot.waitUntil(lambda: value(pane, "total").value == "10.00")


def test_a_drag_takes_several_words_and_shift_adds_one(pane: DocumentsPane, qtbot: QtBot) -> None:
    canvas = pane.page_panel.canvas
    pane.fields.go_to(("address", 0))
    start, end = point(pane, "12"), point(pane, "Street,")
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    qtbot.waitUntil(lambda: value(pane, "address") is not None)
    assert value(pane, "address").raw == "12 Long Street,"
    qtbot.mouseClick(canvas, LEFT, SHIFT, point(pane, "Rome"))
    qtbot.waitUntil(lambda: value(pane, "address").raw == "12 Long Street, Rome")
    qtbot.mouseClick(canvas, LEFT, SHIFT, point(pane, "Rome"))
    qtbot.waitUntil(lambda: value(pane, "address").raw == "12 Long Street,")


def test_without_a_field_nothing_is_assigned_and_that_is_said(
    pane: DocumentsPane, qtbot: QtBot
) -> None:
    before = pane.session.sheet
    pane.focus_page()
    pane.session.focus(None)
    qtbot.mouseClick(pane.page_panel.canvas, LEFT, pos=point(pane, "Milk"))
    qtbot.waitUntil(lambda: pane.window().status.text.text() == strings.CHOOSE_FIELD)
    assert pane.session.sheet == before


def test_alt_and_a_click_goes_to_the_field_of_a_box(pane: DocumentsPane, qtbot: QtBot) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.mouseClick(pane.page_panel.canvas, LEFT, alt, point(pane, "04.03.2024"))
    assert pane.session.focused == ("date", 0)
    assert pane.window().focusWidget() is pane.fields.rows["date", 0].line


def test_typing_overrides_and_esc_brings_it_back(pane: DocumentsPane, qtbot: QtBot) -> None:
    pane.fields.go_to(("total", 0))
    line = pane.fields.rows["total", 0].line
    qtbot.keyClicks(line, "99")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "17.90"
    line.selectAll()
    qtbot.keyClicks(line, "11.90")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "total").value == "11.90")
    assert value(pane, "total").origin is Origin.HUMAN
    assert pane.fields.rows["total", 0].word.text() == strings.STATES["human"]


def test_what_was_typed_is_kept_when_the_field_is_left(pane: DocumentsPane, qtbot: QtBot) -> None:
    pane.fields.go_to(("vendor", 0))
    qtbot.keyClicks(pane.fields.rows["vendor", 0].line, "ACME Stores Ltd")
    pane.focus_queue()
    qtbot.waitUntil(lambda: value(pane, "vendor").value == "ACME Stores Ltd")


def test_enter_accepts_and_goes_on_to_the_next_doubt(pane: DocumentsPane, qtbot: QtBot) -> None:
    assert pane.fields.focus_first()
    assert pane.session.focused == ("date", 0)
    line = pane.fields.rows["date", 0].line
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "date").accepted)
    assert pane.session.focused == ("subtotal", 0), "the next one to look at"
    assert pane.fields.rows["date", 0].word.text() == strings.ACCEPTED
    qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: not value(pane, "date").accepted)


def test_an_ambiguous_date_is_chosen_from_the_menu(pane: DocumentsPane, qtbot: QtBot) -> None:
    row = pane.fields.rows["date", 0]
    row._fill_menu()
    words = [action.text() for action in row.menu.actions() if action.text()]
    assert words == [
        "Take “2024-04-03”", strings.NOT_HERE, strings.GO_NEXT_DOUBT,
    ]  # fmt: skip
    row.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: value(pane, "date").value == "2024-04-03")


def test_a_field_that_is_not_there_is_said_to_be_absent(pane: DocumentsPane, qtbot: QtBot) -> None:
    pane.fields.go_to(("date", 0))
    pane.clear_field()
    qtbot.waitUntil(lambda: value(pane, "date") is None)
    assert pane.fields.rows["date", 0].entry.state is FieldState.ABSENT
    assert not pane.fields.rows["date", 0].entry.needs_look


def test_one_digit_that_makes_all_balance_is_offered_and_never_made_silently(
    pane: DocumentsPane, qtbot: QtBot
) -> None:
    (row,) = pane.fields.checks.rows
    assert row.sentence.text() == (
        "The total does not add up (Subtotal, Tax, Total): 11.90 is expected, 17.90 is there."
    )
    offers = [button.accessibleName() for button in row.applies]
    wanted = next(one for one in offers if "“17.90” as “11.90” in Total" in one)
    assert value(pane, "total").value == "17.90"
    qtbot.mouseClick(row.applies[offers.index(wanted)], LEFT)
    qtbot.waitUntil(lambda: value(pane, "total").value == "11.90")
    assert pane.fields.checks.rows == []
    assert strings.CHECKED_SAID_NONE in pane.window().status.text.text()
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: value(pane, "total").value == "17.90")
    assert len(pane.fields.checks.rows) == 1


def test_cells_are_typed_in_and_rows_come_and_go(pane: DocumentsPane, qtbot: QtBot) -> None:
    table = pane.fields.tables["items"]
    table.cells.item(0, 3).setText("4.00")
    qtbot.waitUntil(lambda: value(pane, "items/amount", 0).value == "4.00")
    qtbot.mouseClick(table.add, LEFT)
    qtbot.waitUntil(lambda: table.cells.rowCount() == 3)
    assert pane.session.focused == ("items/description", 2)
    qtbot.mouseClick(pane.page_panel.canvas, LEFT, pos=point(pane, "Bread"))
    qtbot.waitUntil(lambda: value(pane, "items/description", 2).value == "Bread")
    table.cells.setCurrentCell(1, 0)
    qtbot.mouseClick(table.remove, LEFT)
    qtbot.waitUntil(lambda: table.cells.rowCount() == 2)
    assert value(pane, "items/description", 1).value == "Bread"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: value(pane, "items/description", 1).value == "Milk")


def test_a_correction_teaches_the_next_document_and_can_be_unlearned(
    pane: DocumentsPane, files: list[Path], qtbot: QtBot
) -> None:
    pane.fields.go_to(("vendor", 0))
    qtbot.mouseClick(pane.page_panel.canvas, LEFT, pos=point(pane, "Store"))
    qtbot.waitUntil(lambda: value(pane, "vendor").value == "Store")
    said = pane.window().status.text.text()
    assert "The next document of this layout" in said
    pane.session.open(files[1])
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    row = pane.fields.rows["vendor", 0]
    assert value(pane, "vendor").value == "Store"
    assert row.word.text() == "learned from receipt 1.pdf"
    assert pane.fields.learned.isVisible()
    row._fill_menu()
    unlearn = next(one for one in row.menu.actions() if one.text() == strings.UNLEARN)
    unlearn.trigger()
    qtbot.waitUntil(
        lambda: pane.session.sheet is not None and value(pane, "vendor").value == "ACME Store"
    )
    assert pane.fields.rows["vendor", 0].word.text() == strings.STATES["read"]


def test_all_is_right_marks_the_document_and_goes_on(
    pane: DocumentsPane, files: list[Path], documents: FakeDocuments, qtbot: QtBot
) -> None:
    pane.session.open(files[1])
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    pane.session.refresh()
    qtbot.waitUntil(lambda: len(pane.session.documents) == 2)
    pane.fields.go_to(("total", 0))
    qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pane.session.path == files[0] and pane.session.sheet is not None)
    assert pane.window().focusWidget() is pane.fields.rows["date", 0].line, "one goes on working"
    states = {one.path: one.state for one in documents.keeping.documents()}
    assert states[files[1]] is DocumentState.REVIEWED
    assert states[files[0]] is DocumentState.TO_REVIEW


def test_lines_of_a_table_are_moved_and_the_table_read_anew(
    pane: DocumentsPane, qtbot: QtBot, open_pane: Callable[[], DocumentsPane]
) -> None:
    qtbot.mouseClick(pane.fields.tables["items"].lines, LEFT)
    lines, canvas = pane.over.lines, pane.page_panel.canvas
    assert lines is not None
    assert canvas.hasFocus()
    assert pane.page_panel.hint.text() == strings.LINES_HINT
    assert lines.said() == "Row line 1 of 4, at 200"
    # By mouse: the edge between description and quantity goes to the left of the description.
    transform = canvas.geometry_of_photo.transform()
    start = QPointF(transform.map(QPointF(280, 275))).toPoint()
    end = QPointF(transform.map(QPointF(200, 275))).toPoint()
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert abs(lines.columns[1] - 200) < 3
    # By keys: the last row's line goes up until Milk is outside, with a line less.
    for _ in range(2):
        lines.tab(-1)
    qtbot.keyClick(canvas, Qt.Key.Key_Up, SHIFT)
    assert lines.said() == "Row line 4 of 4, at 340"
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(lines.rows) == 3
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: value(pane, "items/description", 1) is None)
    assert value(pane, "items/description", 0).value == "Bread"
    assert pane.over.lines is None
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: value(pane, "items/description", 1) is not None)


def test_esc_leaves_the_lines_as_they_were(pane: DocumentsPane, qtbot: QtBot) -> None:
    before = pane.session.sheet
    pane.over.move_lines("items")
    canvas = pane.page_panel.canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Insert)
    assert len(pane.over.lines.rows) == 5
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert pane.over.lines is None
    assert pane.session.sheet == before


def test_cells_take_the_colours_of_another_theme(pane: DocumentsPane, qtbot: QtBot) -> None:
    cells = pane.fields.tables["items"].cells
    before = cells.item(0, 0).background().color()
    dark = cells.palette()
    dark.setColor(QPalette.ColorRole.Window, QColor("#101010"))
    dark.setColor(QPalette.ColorRole.Base, QColor("#101010"))
    dark.setColor(QPalette.ColorRole.WindowText, QColor("#f0f0f0"))
    cells.setPalette(dark)
    assert cells.item(0, 0).background().color() != before
