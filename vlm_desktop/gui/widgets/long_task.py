"""One piece of long work at a time, in the status line, with its progress and a way to stop it."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job

Verb = Callable[[CancelToken], Generator[Event, None, Any]]


class LongTask(QObject):
    """Main thread; the verb runs on its lane."""

    changed = Signal()
    """It began, went on, or ended; see `words`."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: Job | None = None
        self._work: Work | None = None
        self.words = ""
        """What is being done and how far that is; "" while nothing is."""
        self.done, self.total = 0, 0

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def run(
        self,
        words: str,
        verb: Verb,
        done: Callable[[Any], str],
        *,
        lane: str = "io",
        failed: Callable[[str], str] = lambda sentence: sentence,
        stopped: Callable[[], str] = lambda: "",
        heard: Callable[[Event], object] = lambda _: None,
    ) -> bool:
        """Begin; False where something is still running. What `done`, `failed` and `stopped` return
        are the last words."""
        if self._job is not None:
            return False
        self.words, self.done, self.total = words, 0, 0

        def progress(event: Event) -> None:
            if isinstance(event, Progress):
                self._show(words, event)
            heard(event)

        self._work = self._desk.work.begin(Work(words, stop=self.stop, parent=self))
        self._job = self._desk.ask(
            verb,
            lambda result: self._end(lambda: done(result)),
            failed=lambda sentence: self._end(lambda: failed(sentence)),
            progress=progress,
            cancelled=lambda: self._end(stopped),
            lane=lane,
        )
        self.changed.emit()
        return True

    def stop(self) -> bool:
        """Ask it to stop; False where nothing runs."""
        if self._job is None:
            return False
        self._job.cancel()
        if self._work is not None:
            state = self._work.state
            self._work.show(WorkState(state.text, state.done, state.total, stopping=True))
        return True

    def drop(self) -> None:
        """Stop it and hear nothing more of it: whoever asked is gone."""
        if self._job is not None:
            self._job.silence()
            self._job.cancel()
            self._end(lambda: "")

    def _show(self, words: str, event: Progress) -> None:
        if self._job is None or self._work is None or self._work.state.stopping:
            return
        self.done, self.total = event.done, event.total or 0
        if event.total:
            words = fill(strings.TASK_OF, work=words, done=event.done, total=event.total)
        self.words = words
        self._work.show(WorkState(words, self.done, self.total))
        self.changed.emit()

    def _end(self, last: Callable[[], str]) -> None:
        self._job = None
        self.words = ""
        words = last()
        work, self._work = self._work, None
        if work is not None:
            work.finish(words)
        self.changed.emit()
