"""Moving photos to the trash as an undoable change, told in words."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.filework import FileProblem, TrashRequest
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.words import failure

if TYPE_CHECKING:
    from vlm_desktop.base.events import Event
    from vlm_desktop.engine.trash import RestoreReport, TrashReport


class Trashing(QObject):
    """Where the system tells where files go, Undo brings them back. Main thread."""

    went = Signal(object)
    """Paths that lie in the trash now."""
    came_back = Signal(object)
    """Paths that are where they were."""

    def __init__(
        self, desk: Desk, change: Callable[[int], str], parent: QObject | None = None
    ) -> None:
        """`change` says in the Edit menu's words what becomes of so many photos."""
        super().__init__(parent)
        self._desk = desk
        self._change = change
        self._mine: dict[int, Change] = {}
        self._restored: dict[int, RestoreReport] = {}
        desk.changes.undone.connect(self._undone)
        desk.changes.performed.connect(self._performed)

    def move_photos(self, content_ids: Sequence[int]) -> None:
        """Move every file of photos."""
        services = self._desk.services

        def found(requests: "tuple[TrashRequest, ...]") -> None:
            if requests:
                self.move(requests)

        self._desk.fetch(lambda: services.trash.requests(content_ids), found)

    def move(self, requests: Sequence[TrashRequest]) -> None:
        """Move photos; each stays while the copy that is to be kept is not there."""
        services, wanted = self._desk.services, tuple(requests)

        def do(cancel: CancelToken) -> "Generator[Event, None, TrashReport]":
            return services.trash.move(wanted, cancel)

        def known(can_restore: bool) -> None:
            if can_restore:
                change = Change(self._change(len(wanted)), do, self._undo_of(len(self._mine)))
                self._mine[len(self._mine)] = change
                self._desk.changes.perform(change)
            else:
                self._desk.ask(do, self._moved)

        self._desk.fetch(lambda: services.trash.can_restore, known)

    def _undo_of(
        self, number: int
    ) -> "Callable[[TrashReport], Callable[[CancelToken], Generator[Event, None, object]]]":
        services = self._desk.services

        def undo(
            report: "TrashReport",
        ) -> "Callable[[CancelToken], Generator[Event, None, object]]":
            def verb(cancel: CancelToken) -> "Generator[Event, None, object]":
                # Read on the main thread, but not before this verb's ending was heard there.
                self._restored[number] = yield from services.trash.restore(report, cancel)
                return None

            return verb

        return undo

    def _number(self, change: Change) -> int | None:
        found = (number for number, one in self._mine.items() if one is change)
        return next(found, None)

    def _performed(self, change: Change, report: "TrashReport") -> None:
        if self._number(change) is not None:
            self._moved(report)

    def _moved(self, report: "TrashReport") -> None:
        moved = strings.trashed(len(report.moved))
        self._say(moved, report.problems)
        self.went.emit([one.path for one in report.moved])
        self._desk.navigator.library_changed.emit()

    def _undone(self, change: Change) -> None:
        number = self._number(change)
        report = self._restored.pop(number, None) if number is not None else None
        if report is not None:
            if report.problems:
                self._say("", report.problems)
            self.came_back.emit(list(report.restored))
            self._desk.navigator.library_changed.emit()

    def _say(self, moved: str, problems: Sequence[FileProblem]) -> None:
        if problems:
            first = failure(problems[0].error)
            moved = fill(strings.TRASH_PROBLEMS, moved=moved, left=len(problems), first=first)
        self._desk.say(moved.strip())
