"""The open document: its pages, what is read on them, what it says, the field that is worked on."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import SchemaUnknown
from vlm_desktop.base.documentkeeping import (
    DocumentDone,
    KeptDocument,
    Lesson,
    OpenedDocument,
    QueuedDocument,
    Sheet,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.documents.entries import Entry, Key, label_of
from vlm_desktop.gui.panes.documents.page_shapes import PageShapes
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

if TYPE_CHECKING:
    from vlm_desktop.base.documentfiles import DocumentFile
    from vlm_desktop.base.pagereading import DocumentReading, PageReading
    from vlm_desktop.engine.documents.facade import Documents
    from vlm_desktop.engine.documents.keeping import KeptDocuments
    from vlm_desktop.jobs import Job

FIRST_SCHEMA = "receipt"


@dataclass(frozen=True, slots=True)
class _Read:
    """What opening gives: the document, and the words of the page in sight made ready."""

    opened: OpenedDocument
    shapes: PageShapes | None


class DocumentSession(QObject):
    """What the parts of the pane share. Main thread; the engine is asked on lanes."""

    listed = Signal()
    """Which documents there are, or what becomes of one, is another."""
    opened = Signal()
    """Another document, or none; its pages and fields are still to come."""
    filed = Signal()
    """How many pages the file has is known."""
    read = Signal()
    """Its words and fields are here."""
    sheet_changed = Signal()
    page_changed = Signal()
    shapes_changed = Signal()
    """The words of the page in sight are ready."""
    focus_changed = Signal()
    about_to_read = Signal()
    """A document is to be read, and whoever uses the lane for long should give way."""
    reading_asked = Signal()
    """It waits on the lane now."""
    working = Signal(str)
    """What is being done, "" when it is done."""
    refused = Signal(str)
    """A sentence: the document cannot be read."""
    unlisted = Signal(str)
    """A sentence: the documents cannot be listed."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.documents: tuple[QueuedDocument, ...] = ()
        self.schemas: tuple[str, ...] = ()
        self.own_schemas: frozenset[str] = frozenset()
        self.is_known = False
        self.schema_name = FIRST_SCHEMA
        self.path: Path | None = None
        self.file: DocumentFile | None = None
        self.reading: DocumentReading | None = None
        self.sheet: Sheet | None = None
        self.trouble = ""
        """Why the document cannot be read."""
        self.page = 1
        self.focused: Key | None = None
        self._shapes: dict[int, PageShapes] = {}
        self._job: Job | None = None
        self._ids: dict[Path, list[int]] = {}
        self._left = False
        """An undoing left alone what was changed again since. Set on a lane, read after it."""
        for signal in (desk.changes.undone, desk.changes.redone):
            signal.connect(lambda _: self._taken_back())

    # --- what there is -------------------------------------------------------------------

    @property
    def services(self) -> "Documents":
        """For functions that run on lanes, never here."""
        return self.desk.services.documents

    @property
    def page_count(self) -> int:
        return self.file.page_count if self.file is not None else 0

    @property
    def page_reading(self) -> "PageReading | None":
        """Of the page in sight, once it was read."""
        return self.reading.page(self.page) if self.reading is not None else None

    @property
    def shapes(self) -> PageShapes | None:
        return self._shapes.get(self.page)

    @property
    def quarters(self) -> int:
        """How the page in sight is turned to stand upright, clockwise."""
        page = self.page_reading
        return -page.view.turns % 4 if page is not None else 0

    def reading_for(self, entry: Entry) -> "PageReading | None":
        """The page that a value stands on, else the one in sight."""
        evidence = entry.value.evidence if entry.value is not None else ()
        if evidence and self.reading is not None:
            return self.reading.page(evidence[0].page)
        return self.page_reading

    def say(self, words: str) -> None:
        self.desk.say(words)

    # --- lists ---------------------------------------------------------------------------

    def refresh(self, done: Callable[[], object] | None = None) -> None:
        """Read the lists of documents and schemas anew."""
        documents = self.desk.services

        def read() -> tuple[Sequence[KeptDocument], Sequence[Any]]:
            part = documents.documents
            return part.keeping.documents(), part.schemas.listed()

        def here(found: tuple[Sequence[KeptDocument], Sequence[Any]]) -> None:
            self.is_known = True
            self._take_list(found[0])
            self.schemas = tuple(one.name for one in found[1])
            self.own_schemas = frozenset(one.name for one in found[1] if not one.preset)
            self.listed.emit()
            if done is not None:
                done()

        self.desk.fetch(read, here, failed=self.unlisted.emit, latest="documents-list")

    def _take_list(self, kept: Sequence[KeptDocument]) -> None:
        """Those to review first, by risk; files that wait for a batch stay behind them. A file that
        was read by several schemas, or changed since, stands there once, as it was read last."""
        order = ("to-review", "unread", "refused", "reviewed")
        latest: dict[Path, KeptDocument] = {}
        self._ids = {}
        for one in kept:  # the latest read come first
            latest.setdefault(one.path, one)
            self._ids.setdefault(one.path, []).append(one.id)
        ranked = sorted(latest.values(), key=lambda one: (order.index(one.state.value), -one.doubt))
        known = {one.path for one in ranked}
        waiting = [one for one in self.documents if one.document is None and one.path not in known]
        self.documents = (*(QueuedDocument(one.path, one) for one in ranked), *waiting)

    def ids_of(self, path: Path) -> tuple[int, ...]:
        """All that is kept of a file, by whatever schema it was read."""
        sheet = self.sheet
        known = self._ids.get(path, [])
        shown = [sheet.document.id] if sheet is not None and sheet.document.path == path else []
        return tuple(dict.fromkeys([*known, *shown]))

    def put_document(self, one: QueuedDocument) -> None:
        """A document of the list is another than it was, or a new one."""
        paths = [known.path for known in self.documents]
        if one.path in paths:
            at = paths.index(one.path)
            self.documents = (*self.documents[:at], one, *self.documents[at + 1 :])
        else:
            self.documents = (*self.documents, one)
        self.listed.emit()

    def show_waiting(self, rows: Sequence[QueuedDocument]) -> None:
        """Files of a batch, most of them not read yet, behind those that are known."""
        known = {one.path for one in self.documents}
        self.documents = (*self.documents, *(one for one in rows if one.path not in known))
        self.listed.emit()

    # --- opening -------------------------------------------------------------------------

    def open(self, path: Path | None, schema: str = "", *, again: bool = False) -> None:
        """Show a document, None for none; `schema` "" is that of the last time."""
        self.cancel()
        known = next((one.document for one in self.documents if one.path == path), None)
        if path is not None:
            self.schema_name = schema or (known.schema if known else "") or self.schema_name
        same = path is not None and path == self.path
        self.trouble = ""
        if not same:
            self.path, self.file, self.page = path, None, 1
            self.reading, self._shapes = None, {}
        self.sheet, self.focused = None, None
        self.opened.emit()
        if path is None:
            return
        if self.file is None:
            self._open_file(path)
        else:
            self.filed.emit()
        self._read(path, known.id if known is not None and not schema else 0, again=again)

    def _open_file(self, path: Path) -> None:
        services = self.desk.services

        def done(found: "DocumentFile") -> None:
            if path == self.path:
                self.file = found
                self.filed.emit()

        self.desk.fetch(
            lambda: services.documents.pages.open(path, CancelToken()),
            done,
            failed=lambda sentence: self._refuse(path, sentence),
            latest="documents-file",
        )

    def _read(self, path: Path, document_id: int, *, again: bool) -> None:
        services, name, page = self.desk.services, self.schema_name, self.page

        def verb(cancel: CancelToken) -> Generator[Event, None, _Read]:
            part = services.documents
            try:
                schema = part.schemas.load(name)
            except SchemaUnknown:
                if not document_id:
                    raise
                found = yield from part.keeping.reopen(document_id, cancel)
            else:
                found = yield from part.keeping.open(path, schema, cancel, again=again)
            there = found.reading.page(page)
            return _Read(found, PageShapes(there) if there is not None else None)

        def done(found: _Read) -> None:
            self._job = None
            self.working.emit("")
            if path == self.path:
                self._take(found)

        def failed(sentence: str) -> None:
            self._job = None
            self.working.emit("")
            self._refuse(path, sentence)

        self.working.emit(fill(strings.READING, name=path.name))
        self.about_to_read.emit()
        self._job = self.desk.ask(
            verb,
            done,
            failed=failed,
            progress=self._heard,
            cancelled=lambda: self.working.emit(""),
            lane="model",
            latest="documents-read",
        )
        self.reading_asked.emit()

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress) and event.phase is Phase.OCR and event.total:
            number = min(event.done + 1, event.total)
            self.working.emit(fill(strings.READING_PAGE, page=number, count=event.total))

    def _take(self, found: _Read) -> None:
        self.reading = found.opened.reading
        if found.shapes is not None:
            self._shapes = {found.shapes.page.number: found.shapes}
        self._put(found.opened.sheet)
        self.read.emit()
        self.shapes_changed.emit()
        self._make_shapes()

    def _put(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.put_document(QueuedDocument(sheet.document.path, sheet.document))
        self.sheet_changed.emit()

    def _refuse(self, path: Path, sentence: str) -> None:
        if path == self.path and sentence != self.trouble:
            self.trouble = sentence
            self.refused.emit(sentence)

    def cancel(self) -> bool:
        """Stop reading; False when nothing is read."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self.working.emit("")
        return job is not None

    def _taken_back(self) -> None:
        """Something was undone or done again, perhaps here."""
        if self._left:
            self._left = False
            self.say(strings.CHANGED_SINCE)
        self.reread()
        if self.is_known:
            self.refresh()

    def reread(self) -> None:
        """The sheet may be another than it was, as after undoing."""
        sheet, services = self.sheet, self.desk.services
        if sheet is None:
            return
        number = sheet.document.id

        def done(found: Sheet) -> None:
            if self.sheet is not None and self.sheet.document.id == number:
                self._put(found)

        self.desk.fetch(
            lambda: services.documents.keeping.sheet(number),
            done,
            failed=lambda _: None,
            latest="documents-sheet",
        )

    # --- pages ---------------------------------------------------------------------------

    def show_page(self, number: int) -> None:
        """Another page in sight."""
        if self.file is None or number == self.page or not 1 <= number <= self.page_count:
            return
        self.page = number
        self.page_changed.emit()
        self._make_shapes()

    def _make_shapes(self) -> None:
        """The words of the page in sight, made ready on a lane: there may be tens of thousands."""
        page, number = self.page_reading, self.page
        if self.reading is not None and page is None:
            self._read_page(number)
        if page is None or number in self._shapes:
            return
        reading = self.reading

        def done(made: PageShapes) -> None:
            if self.reading is reading:
                self._shapes[number] = made
                if number == self.page:
                    self.shapes_changed.emit()

        self.desk.fetch(lambda: PageShapes(page), done, latest="documents-shapes")

    def _read_page(self, number: int) -> None:
        """Read the words of one page: of long documents only some are read at first."""
        services, path = self.desk.services, self.path
        if path is None:
            return

        def verb(cancel: CancelToken) -> "Generator[Event, None, DocumentReading]":
            return services.documents.reader.read(path, cancel, [number])

        def done(found: "DocumentReading") -> None:
            page, reading = found.page(number), self.reading
            if path == self.path and reading is not None and page is not None:
                pages = [one for one in reading.pages if one.number != number]
                pages = sorted([*pages, page], key=lambda one: one.number)
                self.reading = replace(reading, pages=tuple(pages))
                self.page_changed.emit()
                self._make_shapes()

        self.about_to_read.emit()
        self.desk.ask(verb, done, failed=self.say, lane="model", latest="documents-page-words")
        self.reading_asked.emit()

    # --- fields --------------------------------------------------------------------------

    def focus(self, key: Key | None) -> None:
        """Work on another field."""
        if key != self.focused:
            self.focused = key
            self.focus_changed.emit()

    def act(
        self,
        text: str,
        do: "Callable[[KeptDocuments], DocumentDone]",
        done: Callable[[DocumentDone], object] | None = None,
    ) -> None:
        """Say something of the document so that Ctrl+Z takes it back; `text` is what the Edit menu
        calls it."""
        services = self.desk.services

        def undo(result: DocumentDone) -> Any:
            def back() -> None:
                left = services.documents.keeping.undo(result).kept
                self._left = self._left or bool(left)

            return quick(back)

        def worked(result: DocumentDone) -> None:
            if self.sheet is not None and self.sheet.document.id == result.sheet.document.id:
                self._put(result.sheet)
            else:
                document = result.sheet.document
                self.put_document(QueuedDocument(document.path, document))
            if done is not None:
                done(result)

        def failed(sentence: str) -> None:
            self.say(sentence)
            self.reread()

        change = Change(text, quick(lambda: do(services.documents.keeping)), undo)
        self.desk.changes.perform(change, worked, failed)

    def unlearn(self, lesson: Lesson) -> None:
        """Forget what a correction taught, and read the document without it."""
        services, path = self.desk.services, self.path

        def worked(_: str) -> None:
            self.say(strings.UNLEARNED)
            if path is not None and path == self.path:
                self.open(path, again=True)

        change = Change(
            fill(strings.CHANGE_UNLEARN, field=label_of(lesson.name)),
            quick(lambda: services.documents.keeping.unlearn([lesson.id])),
            lambda batch: quick(lambda: services.documents.keeping.relearn(batch)),
        )
        self.desk.changes.perform(change, worked, self.say)

    def choose_schema(self, name: str) -> None:
        """Read the open document by another schema; new ones, too."""
        self.schema_name = name
        if self.path is not None:
            self.open(self.path, name)
