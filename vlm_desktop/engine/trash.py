"""Photos to the trash and back: files, their sidecars, and what the library knows of them."""

import contextlib
import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, KeptCopyGone, LibraryError
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem, TrashRequest
from vlm_desktop.media.companions import own_sidecars
from vlm_desktop.media.trash import CAN_RESTORE, Trashed, move_to_trash, restore
from vlm_desktop.store.library import Library


@dataclass(frozen=True, slots=True)
class MovedPhoto:
    """A photo in the trash, and the sidecars that went along."""

    path: Path
    files: tuple[Trashed, ...]


@dataclass(frozen=True, slots=True)
class TrashReport:
    """`moved` + `problems` are all that was asked for."""

    moved: tuple[MovedPhoto, ...]
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    restored: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


class Trash:
    """Verbs over the system's trash. Never deletes; a file that cannot be moved stays."""

    can_restore = CAN_RESTORE
    """Whether this system tells where files went, so that they can be fetched back."""

    def __init__(self, open_library: Callable[[], Library]) -> None:
        self._open_library = open_library

    def requests(self, content_ids: Sequence[int]) -> tuple[TrashRequest, ...]:
        """Every file of photos that is there, copies included: what is to go with them."""
        paths = self._open_library().all_paths(content_ids)
        return tuple(TrashRequest(path) for path in paths if path.is_file())

    def move(
        self, requests: Sequence[TrashRequest], cancel: CancelToken
    ) -> Generator[Event, None, TrashReport]:
        """Move photos with their sidecars to the trash. One that fails holds up no other.

        The library keeps all it knows of them: vectors, tags and words are there again when the
        file is. When cancelled, what was moved so far is brought back; on a system that does not
        let it (`can_restore`), it is noted as gone.
        """
        moved: list[MovedPhoto] = []
        problems: list[FileProblem] = []
        finished = False
        try:
            for done, request in enumerate(requests):
                yield Progress(Phase.TRASH, done, len(requests))
                cancel.raise_if_cancelled()
                try:
                    moved.append(_move(request))
                except AppError as error:
                    problems.append(FileProblem(request.path, error))
            self._open_library().mark_missing([one.path for one in moved])
            finished = True
        finally:
            if not finished and self.can_restore:
                for one in moved:
                    _bring_back(one.files)
            elif not finished:
                with contextlib.suppress(LibraryError):
                    self._open_library().mark_missing([one.path for one in moved])
        return TrashReport(tuple(moved), tuple(problems))

    def restore(
        self, report: TrashReport, cancel: CancelToken
    ) -> Generator[Event, None, RestoreReport]:
        """Bring back what `move` moved. A photo whose place is taken stays in the trash."""
        restored: list[Path] = []
        problems: list[FileProblem] = []
        try:
            for done, one in enumerate(report.moved):
                yield Progress(Phase.TRASH, done, len(report.moved))
                cancel.raise_if_cancelled()
                errors = _bring_back(one.files)
                if one.files[0].original not in errors:
                    restored.append(one.path)
                problems += [FileProblem(path, error) for path, error in errors.items()]
        finally:
            self._open_library().mark_returned(restored)
        return RestoreReport(tuple(restored), tuple(problems))


def _move(request: TrashRequest) -> MovedPhoto:
    """The photo and then its sidecars, or neither. Raises AppError."""
    if request.kept is not None and not _stays(request.kept, request.path):
        raise KeptCopyGone(path=request.path, kept=request.kept)
    sidecars = own_sidecars(request.path)
    moved = [move_to_trash(request.path)]
    try:
        moved.extend(map(move_to_trash, sidecars))
    except AppError:
        if CAN_RESTORE:
            _bring_back(tuple(moved))
        raise
    return MovedPhoto(request.path, tuple(moved))


def _stays(kept: Path, going: Path) -> bool:
    """Whether the copy to keep is there and is not the very file that goes, by another name."""
    try:
        return kept.is_file() and os.path.realpath(kept) != os.path.realpath(going)
    except OSError:
        return False


def _bring_back(files: Sequence[Trashed]) -> dict[Path, AppError]:
    """All files of one photo; returns those that could not be brought back, and why."""
    problems: dict[Path, AppError] = {}
    for one in files:
        try:
            restore(one)
        except AppError as error:
            problems[one.original] = error
    return problems
