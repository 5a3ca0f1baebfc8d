"""What is typed is kept a moment later, in the order it was typed; nothing waits for a button."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.base.alttext import AltText
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.jobs import Done, Job

_PAUSE_MS = 500
_AGAIN_MS = 5_000
_LAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of an image in one language."""

    image_id: int
    language: str
    alt: str
    extended: str


class Autosave(QObject):
    """One write at a time. What could not be written is kept and tried again. Main thread."""

    changed = Signal()
    """Whether all is kept is another."""

    def __init__(self, session: AltSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._typed: Typed | None = None
        self._queue: deque[Typed] = deque()
        self._then: list[Callable[[], object]] = []
        self._writing: Typed | None = None
        self._job: Job | None = None
        self.has_failed = False
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self.flush)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._next)

    @property
    def is_clean(self) -> bool:
        """Whether everything that was typed is kept."""
        return self._typed is None and not self._queue and self._writing is None

    def holds(self, image_id: int, language: str) -> bool:
        """Whether there is typing of this text that is newer than what is kept."""
        return self.newest(image_id, language) is not None

    def newest(self, image_id: int, language: str) -> Typed | None:
        """The last typing of this text that is not kept yet."""
        waiting = [self._typed, *reversed(self._queue), self._writing]
        for one in waiting:
            if one is not None and (one.image_id, one.language) == (image_id, language):
                return one
        return None

    def take(self, typed: Typed) -> None:
        """Keep this, soon: a person goes on typing."""
        before = self._typed
        if before and (before.image_id, before.language) != (typed.image_id, typed.language):
            self.flush()
        self._typed = typed
        # Not begun anew by every key, so that what is typed without a pause is kept, too.
        if not self._soon.isActive():
            self._soon.start()
        self.changed.emit()

    def flush(self, then: Callable[[], object] | None = None) -> None:
        """Keep it now; `then` is called once it is kept, at once where it is."""
        self._soon.stop()
        if self._typed is not None:
            self._queue.append(self._typed)
            self._typed = None
        if then is not None:
            self._then.append(then)
        self._next()

    def settle(self, image_id: int) -> None:
        """The person goes on to something else: history may tell of what was typed."""

        def told() -> None:
            session = self._session
            session.desk.fetch(
                lambda: session.kept.settle([image_id]), lambda _: None, failed=lambda _: None
            )

        self.flush(told)

    def finish(self) -> tuple[Typed, ...]:
        """The window closes: write what there is and wait for it. Returns what could not be."""
        self._soon.stop()
        self._again.stop()
        waiting = [*self._queue, *([self._typed] if self._typed else [])]
        self._typed = None
        self._queue.clear()
        lost: list[Typed] = []
        while True:
            typed, job = self._writing, self._job
            self._writing = self._job = None
            if typed is not None and job is not None:
                job.wait(_LAST_SECONDS)
                if not isinstance(job.ending, Done):
                    lost.append(typed)
            if not waiting:
                return tuple(lost)
            self._write(waiting.pop(0))

    # --- one after the other -------------------------------------------------------------

    def _next(self) -> None:
        if self._writing is not None:
            return
        if not self._queue:
            then, self._then = self._then, []
            for one in then:
                one()
            return
        self._write(self._queue.popleft())
        self.changed.emit()

    def _write(self, typed: Typed) -> None:
        self._writing = typed
        session = self._session
        self._job = session.desk.fetch(
            lambda: session.kept.save_text(
                typed.image_id, typed.language, typed.alt, typed.extended
            ),
            lambda text: self._written(typed, text),
            failed=lambda sentence: self._failed(typed, sentence),
        )

    def _written(self, typed: Typed, text: AltText) -> None:
        if self._writing is not typed:
            return  # the window closed meanwhile
        self._writing, self._job = None, None
        self.has_failed = False
        self._session.put_text(typed.image_id, text)
        self._next()
        self.changed.emit()

    def _failed(self, typed: Typed, sentence: str) -> None:
        """A newer typing of the same text takes its place, else it is tried again later."""
        if self._writing is not typed:
            return
        self._writing, self._job = None, None
        newer = [self._typed, *self._queue]
        same = [
            one for one in newer
            if one and (one.image_id, one.language) == (typed.image_id, typed.language)
        ]  # fmt: skip
        if not same:
            self._queue.appendleft(typed)
        self._then = []
        if not self.has_failed:
            self._session.failed.emit(sentence)
        self.has_failed = True
        self._again.start()
        self.changed.emit()
