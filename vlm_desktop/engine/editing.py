"""Changing the words about photos: first the sidecars beside them, then the library.

A photo whose sidecar cannot be written is left as it was, in the library too. What was done
can be undone: sidecars get their old bytes back, those that were made go.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, LibraryError, MediaRefused, PhotoOffline, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.base.types import PhotoChanges, PhotoMetadata
from vlm_desktop.media.metadata import read_sidecar, with_sidecar
from vlm_desktop.media.sidecar import (
    SidecarChange,
    restore_sidecar,
    sidecar_stamp,
    write_sidecar,
)
from vlm_desktop.media.xmpedit import tidy
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import MISSING, Located, PhotoDetails, PhotoWords


@dataclass(frozen=True, slots=True)
class EditedPhoto:
    """One photo that was changed: what was known of it before, and the sidecars written."""

    content_id: int
    before: PhotoMetadata
    after: PhotoMetadata
    sidecars: tuple[SidecarChange, ...]


@dataclass(frozen=True, slots=True)
class EditRecord:
    """What an edit did, for undoing it. Files in `failures` are as they were."""

    changes: PhotoChanges
    photos: tuple[EditedPhoto, ...]
    failures: tuple[FileProblem, ...] = ()


class Editor:
    """Writes to sidecars and library. One edit at a time per photo is the caller's matter."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._open = library

    def edit(
        self, content_ids: Sequence[int], changes: PhotoChanges, cancel: CancelToken
    ) -> Generator[Event, None, EditRecord]:
        """Change all photos; one that cannot be changed does not stop the others.

        Raises the first failure when no photo was changed. Cancelled half-way, it takes back
        what it did.
        """
        changes = tidy(changes)
        photos: list[EditedPhoto] = []
        failures: list[FileProblem] = []
        finished = False
        try:
            for done, content_id in enumerate(content_ids):
                yield Progress(Phase.EDIT, done, len(content_ids))
                cancel.raise_if_cancelled()
                edited = self._edit_one(content_id, changes, failures)
                if edited is not None:
                    photos.append(edited)
            finished = True
        finally:
            if not finished:
                for photo in reversed(photos):
                    self._undo_one(photo, changes, [])
        if failures and not photos:
            raise failures[0].error
        return EditRecord(changes, tuple(photos), tuple(failures))

    def undo(
        self, record: EditRecord, cancel: CancelToken
    ) -> Generator[Event, None, tuple[FileProblem, ...]]:
        """Take an edit back; returns the files where that failed. Raises when it failed on all."""
        failures: list[FileProblem] = []
        undone = 0
        for done, photo in enumerate(reversed(record.photos)):
            yield Progress(Phase.EDIT, done, len(record.photos))
            undone += self._undo_one(photo, record.changes, failures)
        if failures and not undone:
            raise failures[0].error
        return tuple(failures)

    # --- one photo -----------------------------------------------------------------------

    def _edit_one(
        self, content_id: int, changes: PhotoChanges, failures: list[FileProblem]
    ) -> EditedPhoto | None:
        """Every copy that can be reached gets its sidecar; the library follows."""
        try:
            details = self._open().details(content_id)
            paths = _reachable(details)
        except AppError as error:
            failures.append(FileProblem(Path(f"#{content_id}"), error))
            return None
        written: list[SidecarChange] = []
        for path in paths:
            try:
                written.append(write_sidecar(path, changes, details.metadata.keywords))
            except AppError as error:
                failures.append(FileProblem(path, error))
        if not written:
            return None
        after = with_sidecar(details.metadata, read_sidecar(written[0].photo))
        photo = EditedPhoto(content_id, details.metadata, after, tuple(written))
        try:
            self._save(photo, after)
        except LibraryError as error:
            _restore(photo, changes, [])
            failures.append(FileProblem(written[0].photo, error))
            return None
        return photo

    def _undo_one(
        self, photo: EditedPhoto, changes: PhotoChanges, failures: list[FileProblem]
    ) -> bool:
        if not _restore(photo, changes, failures):
            return False
        first = photo.sidecars[0]
        now = read_sidecar(first.photo)
        as_before = now == (first.before or b"")
        try:
            self._save(photo, photo.before if as_before else with_sidecar(photo.before, now))
        except LibraryError as error:
            # The next indexing finds the sidecars changed and reads them.
            failures.append(FileProblem(first.photo, error))
            return False
        return True

    def _save(self, photo: EditedPhoto, said: PhotoMetadata) -> None:
        stamps = tuple((one.photo, sidecar_stamp(one.photo)) for one in photo.sidecars)
        words = PhotoWords(
            photo.content_id, said.rating, said.title, said.caption, said.keywords, stamps
        )
        self._open().save_words([words])


def _reachable(details: PhotoDetails) -> list[Path]:
    """The photo's files that are there. Raises PhotoOffline or MediaRefused for none."""
    there = [file for file in details.files if file.online and file.state != MISSING]
    if there:
        return [file.path for file in there]
    raise absence(details.files, details.content_id)


def absence(files: Sequence[Located], content_id: int) -> AppError:
    """Why none of a photo's files can be read."""
    path = files[0].path if files else Path(f"#{content_id}")
    if any(not file.online for file in files):
        return PhotoOffline(path=path)
    return MediaRefused(path=path, reason=Refusal.VANISHED)


def _restore(photo: EditedPhoto, changes: PhotoChanges, failures: list[FileProblem]) -> bool:
    """Give sidecars their bytes back; False when not one could be."""
    reverse = _reversed(changes, photo.before)
    restored = 0
    for change in photo.sidecars:
        try:
            restore_sidecar(change, reverse)
            restored += 1
        except AppError as error:
            failures.append(FileProblem(change.photo, error))
    return restored > 0


def _reversed(changes: PhotoChanges, before: PhotoMetadata) -> PhotoChanges:
    """What leads back, for sidecars that others have changed since."""
    had = {word.casefold(): word for word in before.keywords}
    removed = {word.casefold() for word in changes.remove_keywords}
    return PhotoChanges(
        rating=None if changes.rating is None else before.rating or 0,
        title=None if changes.title is None else before.title,
        caption=None if changes.caption is None else before.caption,
        add_keywords=tuple(word for folded, word in had.items() if folded in removed),
        remove_keywords=tuple(w for w in changes.add_keywords if w.casefold() not in had),
    )
