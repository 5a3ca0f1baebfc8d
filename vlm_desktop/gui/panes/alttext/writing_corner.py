"""Approved texts into image files or beside them, as long work that can be taken back."""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vlm_desktop import altstrings
from vlm_desktop.base.altfiles import (
    AltFilesReport,
    AltWords,
    AltWritten,
    FileWritten,
    WriteOptions,
    WriteRequest,
)
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.write_dialog import Writable, WriteDialog
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.report_dialog import ReportDialog
from vlm_desktop.gui.words import failure

_UNCHANGED = "unchanged"
Writing = Generator[Event, None, AltFilesReport]


class WritingCorner(QObject):
    """Main thread; files are written on an io lane."""

    def __init__(self, session: AltSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self.task = LongTask(self._desk, self)

    @property
    def can_start(self) -> bool:
        return bool(self._session.open_id) and not self.task.is_running

    def ask(self) -> WriteDialog | None:
        """Say what would be written where, and begin if that is wanted."""
        if not self.can_start:
            return None
        dialog = WriteDialog(writable_of(self._session), self.write, self._over)
        dialog.open()
        return dialog

    def write(self, images: Sequence[AltImage], options: WriteOptions) -> None:
        """Write these images' approved texts, one after the other."""
        requests = [one for one in map(request_of, images) if one is not None]
        if not requests or self.task.is_running:
            return
        ids = {one.path: one.id for one in images if one.path is not None}
        session, written = self._session, list[AltWritten]()

        def verb(cancel: CancelToken) -> Writing:
            files = session.desk.services.alttext.files
            return self._noting(files.write_many(requests, options, cancel), ids, written)

        def done(report: AltFilesReport) -> str:
            return self._done(AltFilesReport(tuple(written), report.failures), ids)

        def stopped() -> str:
            words = self._done(AltFilesReport(tuple(written)), ids)
            return fill(strings.WRITE_STOPPED, words=words)

        self.task.run(strings.WRITE_WORK, verb, done, stopped=stopped)

    def _noting(self, work: Writing, ids: Mapping[Path, int], written: list[AltWritten]) -> Writing:
        """The verb itself, with each writing put down in the image's history."""
        sets = self._session.kept
        while True:
            try:
                event = next(work)
            except StopIteration as end:
                report: AltFilesReport = end.value
                return report
            if isinstance(event, FileWritten):
                written.append(event.written)
                number = ids.get(event.written.path)
                if number is not None and event.written.changes:
                    sets.note_written(number, event.written)
            yield event

    # --- its end -------------------------------------------------------------------------

    def _done(self, report: AltFilesReport, ids: Mapping[Path, int]) -> str:
        changed = tuple(one for one in report.written if one.changes)
        if changed:
            self._desk.changes.perform(self._change(changed, ids))
        self._session.reread(ids.values())
        rows = report_rows(report.written, report.failures)
        words = summary(report)
        if rows:
            dialog = ReportDialog(
                strings.WRITE_REPORT, words, rows, strings.WRITE_REPORT_LIST, self._over
            )
            dialog.open()
        return words

    def _change(self, written: tuple[AltWritten, ...], ids: Mapping[Path, int]) -> Change:
        """What is done already, as something that can be undone, and done again."""
        session = self._session
        undone: list[tuple[AltWritten, ...]] = []

        def back(what: tuple[AltWritten, ...]) -> Verb:
            def verb(cancel: CancelToken) -> Generator[Event, None, tuple[AltWritten, ...]]:
                files = session.desk.services.alttext.files
                kept: list[AltWritten] = []
                report = yield from self._noting(files.undo(what, cancel), ids, kept)
                if report.failures:
                    raise report.failures[0].error
                return tuple(kept)

            return verb

        def again(cancel: CancelToken) -> Generator[Event, None, tuple[AltWritten, ...]]:
            if not undone:
                return written
            return (yield from back(undone.pop())(cancel))

        def undo(last: tuple[AltWritten, ...]) -> Verb:
            def verb(cancel: CancelToken) -> Generator[Event, None, None]:
                undone.append((yield from back(last)(cancel)))

            return verb

        name = written[0].path.name
        words = strings.counted(
            strings.CHANGE_WRITE_ONE, strings.CHANGE_WRITE, len(written), name=name
        )
        return Change(words, again, undo)


def writable_of(session: AltSession) -> Writable:
    """What of the open set is approved and lies on this machine."""
    images, on_pages = [], 0
    for image in session.images.values():
        if not is_approved(image):
            continue
        if image.document is not None:
            on_pages += 1
        elif request_of(image) is not None:
            images.append(image)
    current = session.current
    known = current if current in images else None
    return Writable(known, current.name if current is not None else "", tuple(images), on_pages)


def is_approved(image: AltImage) -> bool:
    return any(text.state is AltState.APPROVED for text in image.texts)


def request_of(image: AltImage) -> WriteRequest | None:
    """What is approved of an image, by language; None where there is nothing to write it into."""
    if image.path is None or image.missing or image.document is not None:
        return None
    decorative = image.decision is Decision.DECORATIVE
    words = {
        text.language: AltWords("", "") if decorative else AltWords(text.alt, text.extended)
        for text in image.texts
        if text.state is AltState.APPROVED
    }
    return WriteRequest(image.path, words, image.content_hash) if words else None


def summary(report: AltFilesReport) -> str:
    """How many were written, said it already, or were refused."""
    changed = sum(bool(one.changes) for one in report.written)
    same, refused = len(report.written) - changed, len(report.failures)
    said = [
        strings.counted(strings.WRITTEN_ONE, strings.WRITTEN, changed)
        if changed
        else strings.WRITTEN_NONE
    ]
    if same:
        said.append(strings.counted(strings.UNCHANGED_ONE, strings.UNCHANGED, same))
    if refused:
        said.append(strings.counted(strings.REFUSED_ONE, strings.REFUSED, refused))
    return " ".join(said)


def report_rows(written: Sequence[AltWritten], failures: Sequence[FileProblem]) -> list[str]:
    """What was refused and why; then what is to be known of what was written."""
    rows = [failure(one.error) for one in failures]
    for one in written:
        notes = [altstrings.alt_file_note(code) for code in one.notes if code != _UNCHANGED]
        rows += [fill(strings.NOTE_ROW, name=one.path.name, note=note) for note in notes]
        if one.backup is not None:
            rows.append(fill(strings.BACKUP_ROW, name=one.path.name, backup=one.backup.name))
    return rows
