"""Exports over the session, as long work in the status line."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentexports import (
    RedactArea,
    Redacted,
    SearchableMade,
    TableExported,
    TableKind,
)
from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.export_dialog import (
    ALL,
    ONE,
    TABLES,
    ExportDialog,
    ExportWish,
)
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents_export as strings
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from vlm_desktop.base.documentkeeping import KeptDocument

_READ = (DocumentState.TO_REVIEW, DocumentState.REVIEWED)
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")


class ExportsCorner(QObject):
    """Main thread; files are written on lanes."""

    def __init__(self, session: DocumentSession, fields: FieldsPanel, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._fields, self._over = session, fields, over
        self._desk = session.desk
        self.task = LongTask(self._desk, self)
        self.action = self._desk.actions.add(
            "documents.export", strings.EXPORT_COMMAND, self.ask, shortcut="Ctrl+Shift+X",
            where=over, while_shown=True,
        )  # fmt: skip
        fields.export.clicked.connect(self.action.trigger)
        for signal in (session.opened, session.sheet_changed, self.task.changed):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        ready = self._session.sheet is not None and not self.task.is_running
        self.action.setEnabled(ready)
        self._fields.export.setEnabled(ready)

    @property
    def _documents(self) -> "list[KeptDocument]":
        kept = [one.document for one in self._session.documents if one.document is not None]
        return [one for one in kept if one.state in _READ]

    def ask(self) -> ExportDialog | None:
        """Ask what is to go out, then where to."""
        if self._session.sheet is None or self.task.is_running:
            return None
        read = self._documents
        reviewed = sum(1 for one in read if one.state is DocumentState.REVIEWED)
        dialog = ExportDialog(
            self._fields.entries.all(), reviewed, len(read), self._pick, self._over
        )
        dialog.open()
        return dialog

    def _pick(self, wish: ExportWish) -> None:
        path = self._session.path
        if path is None:
            return
        ending = _ending(wish, path)
        form = {"searchable": strings.COPY_FILE, "redacted": strings.REDACTED_FILE}.get(wish.kind)
        name = fill(form, name=path.stem) if form else strings.TABLE_FILE
        name = path.stem if form is None and wish.which == ONE else name
        kinds = f"{strings.KINDS[wish.kind]} (*.{ending})"
        chosen, _ = QFileDialog.getSaveFileName(
            self._over, strings.TARGET, f"{name}.{ending}", kinds
        )
        if chosen:
            self.export(wish, Path(chosen))

    def export(self, wish: ExportWish, target: Path) -> None:
        """Write it; a file that is there was agreed to be replaced."""
        path = self._session.path
        if path is None:
            return
        if wish.kind in TABLES:
            one = wish.which == ONE
            words = fill(strings.EXPORT_WORK, name=path.name) if one else strings.EXPORT_MANY
            self._run(words, self._table(wish, target), _table_words, "io")
        elif wish.kind == "searchable":
            services = self._desk.services

            def searchable(cancel: CancelToken) -> Generator[Event, None, SearchableMade]:
                return services.documents.exports.searchable(path, target, cancel)

            words = fill(strings.EXPORT_WORK, name=target.name)
            self._run(words, searchable, _searchable_words, "model")
        else:
            words = fill(strings.EXPORT_WORK, name=target.name)
            self._run(words, self._redacted(wish, path, target), _redacted_words, "model")

    def _run(
        self,
        words: str,
        verb: "Callable[[CancelToken], Generator[Event, None, object]]",
        done: "Callable[[object], str]",
        lane: str,
    ) -> None:
        """Reading pages gives way to nobody, but a batch gives way to it."""
        if lane == "model":
            self._session.about_to_read.emit()
        self.task.run(words, verb, done, lane=lane, stopped=lambda: strings.EXPORT_STOPPED)
        if lane == "model":
            self._session.reading_asked.emit()

    def _table(
        self, wish: ExportWish, target: Path
    ) -> "Callable[[CancelToken], Generator[Event, None, object]]":
        services, sheet = self._desk.services, self._session.sheet
        kept = [
            one.id
            for one in self._documents
            if wish.which == ALL or one.state is DocumentState.REVIEWED
        ]
        ids = [sheet.document.id] if wish.which == ONE and sheet is not None else kept

        def verb(cancel: CancelToken) -> Generator[Event, None, TableExported]:
            part = services.documents
            found = [part.keeping.sheet(number).extraction for number in ids]
            return part.exports.table(
                found, TableKind(wish.kind), target, cancel, ungrounded=wish.ungrounded
            )

        return verb

    def _redacted(
        self, wish: ExportWish, path: Path, target: Path
    ) -> "Callable[[CancelToken], Generator[Event, None, object]]":
        services = self._desk.services
        entries = [self._fields.entries.entry(key) for key in wish.fields]
        areas = [
            RedactArea(evidence.page, evidence.box)
            for entry in entries
            if entry is not None and entry.value is not None
            for evidence in entry.value.evidence
        ]

        def verb(cancel: CancelToken) -> Generator[Event, None, Redacted]:
            exports = services.documents.exports
            return exports.redact(path, target, cancel, areas=areas, texts=wish.texts)

        return verb


def _ending(wish: ExportWish, path: Path) -> str:
    """Pictures are redacted as pictures, all else becomes a PDF."""
    if wish.kind in TABLES:
        return wish.kind
    if wish.kind == "redacted" and path.suffix.lower() in _PICTURES:
        return path.suffix.lower().lstrip(".")
    return "pdf"


def _table_words(done: object) -> str:
    assert isinstance(done, TableExported)
    return strings.exported(done.target.name, done.values, done.documents, done.left_out)


def _searchable_words(done: object) -> str:
    assert isinstance(done, SearchableMade)
    form = strings.SEARCHABLE if done.words else strings.SEARCHABLE_NONE
    return fill(form, name=done.target.name, words=done.words, pages=done.read)


def _redacted_words(done: object) -> str:
    assert isinstance(done, Redacted)
    return fill(
        strings.REDACTED, name=done.target.name, areas=len(done.areas), pages=len(done.pages)
    )
