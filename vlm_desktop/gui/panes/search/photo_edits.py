"""Saving what a person says of photos, as changes that can be undone."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.words import failure

if TYPE_CHECKING:
    from vlm_desktop.base.events import Event
    from vlm_desktop.base.filework import FileProblem
    from vlm_desktop.engine.editing import EditRecord
    from vlm_desktop.gui.desk import Desk

_REMEMBERED = 200


class PhotoEdits(QObject):
    """Sends edits through the undo stack. Main thread; files are written on the io lane."""

    saved = Signal()
    """Words of some photos are other than before, by an edit, its undoing or redoing."""
    failed = Signal(str)

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._mine: list[Change] = []
        desk.changes.undone.connect(self._heard)
        desk.changes.redone.connect(self._heard)

    def save(self, content_ids: Sequence[int], changes: PhotoChanges) -> None:
        """Change these photos; says what was saved and what could not be."""
        ids = tuple(content_ids)
        if not ids or changes.is_empty:
            return
        services = self._desk.services

        def do(cancel: CancelToken) -> "Generator[Event, None, EditRecord]":
            return (yield from services.photos.edit(ids, changes, cancel))

        def undo(record: "EditRecord") -> Verb:
            def verb(cancel: CancelToken) -> "Generator[Event, None, tuple[FileProblem, ...]]":
                return (yield from services.photos.undo_edit(record, cancel))

            return verb

        change = Change(fill(_form(changes), photos=strings.photos(len(ids))), do, undo)
        self._mine = [*self._mine[-_REMEMBERED:], change]
        self._desk.changes.perform(
            change, lambda record: self._done(change, record), self._not_done
        )

    def _done(self, change: Change, record: "EditRecord") -> None:
        if record.failures:
            first = failure(record.failures[0].error)
            self._desk.say(strings.saved_partly(len(record.failures), first))
        else:
            self._desk.say(fill(strings.SAVED, change=change.text))
        self._heard(change)

    def _not_done(self, sentence: str) -> None:
        self._desk.say(sentence)
        self.failed.emit(sentence)

    def _heard(self, change: Change) -> None:
        if any(one is change for one in self._mine):
            self.saved.emit()
            self._desk.navigator.library_changed.emit()


def _form(changes: PhotoChanges) -> str:
    if changes.rating is not None:
        return strings.CHANGE_RATING
    if changes.title is not None:
        return strings.CHANGE_TITLE
    if changes.caption is not None:
        return strings.CHANGE_CAPTION
    return strings.CHANGE_KEYWORDS
