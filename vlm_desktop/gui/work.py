"""Long work as the status bar tells it: what runs, how far it is, how to pause and stop it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class WorkState:
    """`total` 0 means that it is not known."""

    text: str
    done: int = 0
    total: int = 0
    paused: bool = False
    stopping: bool = False


class Work(QObject):
    """One piece of work. Its owner calls `show` and, at the end, `finish`. Main thread."""

    changed = Signal()
    finished = Signal(str)
    """The last words, "" when there is nothing to say."""

    def __init__(
        self,
        text: str,
        *,
        stop: Callable[[], None],
        pause: Callable[[bool], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = WorkState(text)
        self._stop = stop
        self._pause = pause

    @property
    def can_pause(self) -> bool:
        return self._pause is not None

    def show(self, state: WorkState) -> None:
        self.state = state
        self.changed.emit()

    def pause(self, paused: bool) -> None:
        """Hold the work, or let it go on."""
        if self._pause is not None and paused != self.state.paused:
            self._pause(paused)
            state = self.state
            self.show(WorkState(state.text, state.done, state.total, paused, state.stopping))

    def stop(self) -> None:
        self._stop()

    def finish(self, text: str = "") -> None:
        self.finished.emit(text)


class WorkBoard(QObject):
    """What runs now, the oldest first."""

    changed = Signal()
    ended = Signal(str)
    """The last words of a piece of work that ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Work] = []

    @property
    def running(self) -> tuple[Work, ...]:
        return tuple(self._running)

    def begin(self, work: Work) -> Work:
        """Show this work until it is finished."""
        self._running.append(work)
        work.changed.connect(self.changed)
        work.finished.connect(lambda text: self._end(work, text))
        self.changed.emit()
        return work

    def _end(self, work: Work, text: str) -> None:
        if work in self._running:
            self._running.remove(work)
            self.changed.emit()
            if text:
                self.ended.emit(text)
