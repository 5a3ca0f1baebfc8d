"""Changes of the user's data that can be taken back. Main thread; the work runs on the io lane."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import CancelledEnding, Done, Failed, JobRunner

Verb: TypeAlias = Callable[[CancelToken], Generator[Event, None, Any]]
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in the words of the Edit menu ("Rating of 3 photos").

    `undo(result)` gives the verb that takes back what `do` did, from `do`'s own result.
    """

    text: str
    do: Verb
    undo: Callable[[Any], Verb]


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to be run, and what becomes of the stacks when it has worked."""

    change: Change
    verb: Verb
    worked: Callable[[object], None]
    failed: Callable[[str], None] | None


class Changes(QObject):
    """Performs, undoes and redoes, one after the other, in the order they were asked for."""

    changed = Signal()
    """What can be undone or redone is another."""
    performed = Signal(object, object)
    """A `Change` and its result, also when it was done again."""
    undone = Signal(object)
    redone = Signal(object)
    failed = Signal(str)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._done: list[tuple[Change, object]] = []
        self._taken_back: list[Change] = []
        self._waiting: deque[Callable[[], _Step | None]] = deque()
        self._running: _Step | None = None

    @property
    def undo_text(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._done[-1][0].text if self._done else ""

    @property
    def redo_text(self) -> str:
        return self._taken_back[-1].text if self._taken_back else ""

    def perform(
        self,
        change: Change,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Do it; once it worked it can be undone. What was undone before cannot be redone."""

        def worked(result: object) -> None:
            self._taken_back.clear()
            self._push(change, result)
            if done is not None:
                done(result)

        self._queue(lambda: _Step(change, change.do, worked, failed))

    def undo(self) -> None:
        """Take back the last change, of those asked for so far. A failure leaves it in place
        and is said."""
        self._queue(self._undoing)

    def _undoing(self) -> _Step | None:
        if not self._done:
            return None
        change, result = self._done[-1]

        def worked(_: object) -> None:
            self._done.pop()
            self._taken_back.append(change)
            self.undone.emit(change)

        return _Step(change, change.undo(result), worked, None)

    def redo(self) -> None:
        """Do again what was last taken back."""
        self._queue(self._redoing)

    def _redoing(self) -> _Step | None:
        if not self._taken_back:
            return None
        change = self._taken_back[-1]

        def worked(result: object) -> None:
            self._taken_back.pop()
            self._push(change, result)
            self.redone.emit(change)

        return _Step(change, change.do, worked, None)

    def _push(self, change: Change, result: object) -> None:
        self._done.append((change, result))
        del self._done[:-_KEPT]
        self.performed.emit(change, result)

    def _queue(self, make: Callable[[], _Step | None]) -> None:
        """What is to be undone is known only when all that was asked for before is done."""
        self._waiting.append(make)
        self._next()

    def _next(self) -> None:
        while self._running is None and self._waiting:
            self._running = self._waiting.popleft()()
            if self._running is not None:
                self._runner.submit(self._running.verb, self._heard, lane="io")

    def _heard(self, event: Event) -> None:
        step = self._running
        if step is None or not isinstance(event, Done | Failed | CancelledEnding):
            return
        self._running = None
        match event:
            case Done(result):
                step.worked(result)
                self.changed.emit()
            case Failed(error):
                (step.failed or self.failed.emit)(failure(error))
        self._next()
