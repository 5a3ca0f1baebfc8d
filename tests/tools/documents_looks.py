"""The Documents pane in its states: pages are drawn for real, words and values are set."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from tests.gui.documents.fake_documents import FakeDocuments, receipt_page, words_of
from tests.tools.stage import Stage
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import QueuedDocument
from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane

_SCALE = 4
_made: WeakKeyDictionary[DocumentsPane, FakeDocuments] = WeakKeyDictionary()

Look = Callable[[Stage, DocumentsPane, FakeDocuments], None]


def _draw(path: Path) -> None:
    """A PDF of the receipt whose words lie where the reader says."""
    page = receipt_page()
    writer = QPdfWriter(str(path))
    writer.setResolution(72 * _SCALE)
    size = QPageSize(QSizeF(page.view.page.width, page.view.page.height), QPageSize.Unit.Point)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    with QPainter(writer) as painter:
        painter.scale(_SCALE, _SCALE)
        font = QFont("DejaVu Sans Mono")
        font.setPixelSize(20)
        painter.setFont(font)
        for word in page.words:
            painter.drawText(QPointF(word.box.x0, word.box.y1 - 5), word.text)


def _files() -> list[Path]:
    folder = Path(tempfile.mkdtemp()) / "Receipts"
    folder.mkdir()
    paths = [
        folder / f"{name}.pdf" for name in ("ACME March", "ACME April", "Hotel Roma, 2 nights")
    ]
    for path in paths:
        _draw(path)
    return paths


def empty(_: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    list(documents.keeping.forget(None, CancelToken()))
    pane.session.open(None)
    pane.session.refresh()


def reading(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """The page is there, its words are not."""
    documents.reader.gate.clear()
    pane.session.open(_files()[0], "receipt")
    stage.until(lambda: pane.page_panel.canvas.image.width() > 100)


def form(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)


def lit(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """A field is worked on: its box stands out."""
    _open(stage, pane)
    pane.fields.go_to(("total", 0))


def missing(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.fields.go_to(("paid", 0))


def table(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.fields.go_to(("items/description", 1))


def lines(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.over.move_lines("items")


def checks(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """A sum fails and one digit would mend it."""
    _open(stage, pane)
    stage.settle(2)
    pane.fields.scroll.show_whole(pane.fields.checked)


def words(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """The list of words, with some chosen."""
    _open(stage, pane)
    pane.focus_words()
    page = pane.session.page_reading
    assert page is not None
    pane.column.words.choose(words_of(page, "12 Long Street,"))
    pane._walked(pane.column.words.chosen)


def zoomed(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.page_panel.canvas.zoom_by(3.0)
    stage.settle(2)


def drawing(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.over.toggle_drawing()


def queue(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """Several, one of them reviewed, one still waiting."""
    paths = _files()
    for path in paths[::-1]:
        pane.session.open(path, "receipt")
        stage.until(lambda path=path: pane.session.sheet and pane.session.path == path)
    number = pane.session.sheet.document.id
    documents.keeping.finish(number)
    pane.session.refresh()
    stage.wait(200)
    waiting = [QueuedDocument(paths[0].with_name(f"Waiting {n}.pdf"), None) for n in range(3)]
    pane.session.show_waiting(waiting)
    pane.session.open(paths[1])
    stage.until(lambda: pane.session.sheet)
    pane.focus_queue()


def pages(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    """A hundred pages."""
    real = documents.pages.open

    def many(path: Path, cancel: Any) -> Any:
        found = real(path, cancel)
        return replace(found, page_count=100, sizes=found.sizes * 100)

    documents.pages.open = many  # type: ignore[method-assign]
    _open(stage, pane)
    documents.pages.open = real  # type: ignore[method-assign]


def failed(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    path = _files()[0].with_name("scan 0001.pdf")
    path.write_bytes(b"")
    pane.session.open(path)
    stage.until(lambda: pane.session.trouble)


def schema(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.schemas.edit_current()
    stage.wait(300)


def schema_field(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.schemas.add_field(FieldSpec("gross_total", FieldType.AMOUNT, aliases=("Total",)))
    stage.wait(300)


def forget(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.opening.ask_to_forget()


def _open(stage: Stage, pane: DocumentsPane) -> None:
    pane.session.open(_files()[0], "receipt")
    stage.until(lambda: pane.session.sheet is not None and pane.session.shapes is not None)
    stage.settle(2)


def look(bring: Look) -> Callable[[Stage], None]:
    """A situation of `situations.py`."""

    def brought(stage: Stage) -> None:
        pane = stage.window.pane("documents")
        assert isinstance(pane, DocumentsPane)
        services = stage.window.desk.services
        if pane not in _made:
            home = Path(tempfile.mkdtemp())
            _made[pane] = FakeDocuments(home, services.documents.pages)
        documents = _made[pane]
        documents.reader.gate.set()
        services.documents = documents
        pane.over.back()
        pane.session.open(None)
        pane.session.documents = ()
        pane.session.schema_name = "receipt"
        list(documents.keeping.forget(None, CancelToken()))
        pane.session.refresh()
        stage.wait(150)
        bring(stage, pane, documents)

    return brought


def export(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    pane.exports.ask()


def redact(stage: Stage, pane: DocumentsPane, documents: FakeDocuments) -> None:
    _open(stage, pane)
    dialog = pane.exports.ask()
    assert dialog is not None
    dialog.choose("redacted")


LOOKS: dict[str, Look] = {
    "empty": empty,
    "reading": reading,
    "form": form,
    "lit": lit,
    "missing": missing,
    "table": table,
    "lines": lines,
    "checks": checks,
    "words": words,
    "zoomed": zoomed,
    "drawing": drawing,
    "queue": queue,
    "pages": pages,
    "failed": failed,
    "schema": schema,
    "schema-field": schema_field,
    "forget": forget,
    "export": export,
    "redact": redact,
}
