"""Opening, the three states, the form, two-way highlighting."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments, words_of
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.strings import documents as strings

OpenPane = Callable[[], DocumentsPane]


def test_without_documents_it_says_how_to_begin(open_pane: OpenPane) -> None:
    pane = open_pane()
    assert pane.page.isVisible()
    assert pane.page.title.text() == strings.EMPTY_TITLE
    assert pane.page.primary.text() == strings.EMPTY_FILES
    assert not pane.column.lists.isVisible()


def test_pages_show_before_they_are_read(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    documents.reader.gate.clear()
    pane = open_pane()
    pane.session.open(files[0])
    qtbot.waitUntil(lambda: pane.page_panel.canvas.isVisible())
    qtbot.waitUntil(lambda: pane.page_panel.canvas.image.width() > 100)
    qtbot.waitUntil(lambda: pane.fields.summary.text() == "Reading page 1 of 1")
    assert pane.session.sheet is None
    documents.reader.gate.set()
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert "to look at" in pane.fields.summary.text()
    assert "MainThread" not in documents.pages.threads, "nothing is drawn on the main thread"


def test_a_refused_file_shows_its_sentence(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    documents.pages.errors[files[0].name] = MediaRefused(
        path=files[0], reason=Refusal.CORRUPT, detail=""
    )
    pane = open_pane()
    pane.session.open(files[0])
    qtbot.waitUntil(lambda: pane.page.title.text() == strings.FAILED_TITLE)
    assert files[0].name in pane.page.sentence.text()
    documents.pages.errors.clear()
    qtbot.mouseClick(pane.page.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.work.isVisible()


def test_the_form_tells_states_and_reasons(pane: DocumentsPane) -> None:
    rows = {key[0]: row for key, row in pane.fields.rows.items()}
    assert rows["vendor"].line.text() == "ACME Store"
    assert rows["date"].line.text() == "2024-03-04"
    assert rows["vendor"].entry.state is FieldState.READ
    assert rows["total"].entry.state is FieldState.DOUBTFUL
    assert rows["paid"].entry.state is FieldState.MISSING
    assert rows["paid"].looked.text().startswith("Not found. Looked at page 1")
    said = rows["total"].line.accessibleDescription()
    assert "60 % sure." in said
    assert "For it: the label beside it (“Total”)." in said
    assert "Against it: how clearly it is read." in said
    assert rows["total"].bar.toolTip() == said
    assert "It may mean 2024-03-04, 2024-04-03." in rows["date"].line.accessibleDescription()
    assert "On the page: 04.03.2024" in rows["date"].line.accessibleDescription()


def test_the_table_stands_in_the_form(pane: DocumentsPane) -> None:
    cells = pane.fields.tables["items"].cells
    assert (cells.rowCount(), cells.columnCount()) == (2, 4)
    assert [cells.item(0, column).text() for column in range(4)] == ["Bread", "2", "", "3.00"]
    role = Qt.ItemDataRole.AccessibleTextRole
    assert cells.item(1, 0).data(role) == "Description, row 2: Milk, read"


def test_either_side_lights_the_other(pane: DocumentsPane, qtbot: QtBot) -> None:
    canvas, row = pane.page_panel.canvas, pane.fields.rows["total", 0]
    assert canvas.lit is None
    row.pointed.emit(("total", 0))
    assert canvas.lit == ("total", 0)
    row.pointed.emit(None)
    assert canvas.lit is None
    canvas.mark_pointed.emit(("vendor", 0))
    assert pane.fields.rows["vendor", 0].property("lit") is True
    row.line.setFocus()
    assert (canvas.lit, row.property("lit")) == (("total", 0), True)
    assert pane.session.focused == ("total", 0)


def test_the_pointer_finds_the_box_of_a_value(pane: DocumentsPane, qtbot: QtBot) -> None:
    canvas, page = pane.page_panel.canvas, pane.session.page_reading
    assert page is not None
    assert canvas.shapes is not None
    box = canvas.shapes.boxes[words_of(page, "17.90")[0]]
    at = canvas.geometry_of_photo.transform().map(box.center())
    with qtbot.waitSignal(canvas.mark_pointed) as told:
        qtbot.mouseMove(canvas, QPointF(at).toPoint())
    assert told.args == [("total", 0)]


def test_what_a_file_holds_beside_pages_is_said(
    open_pane: OpenPane, documents: FakeDocuments, files: list[Path], qtbot: QtBot
) -> None:
    documents.pages.hazards = ("javascript",)
    pane = open_pane()
    pane.session.open(files[0])
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.fields.problem.text() == ("It holds JavaScript. None of it was run or opened.")


def test_the_last_document_comes_back(
    pane: DocumentsPane, open_pane: OpenPane, files: list[Path], qtbot: QtBot
) -> None:
    state = pane.state()
    pane.session.open(None)
    pane.restore(state)
    pane.session.refresh(pane._open_wanted)
    qtbot.waitUntil(lambda: pane.session.sheet is not None)
    assert pane.session.path == files[0]
