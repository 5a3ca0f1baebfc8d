"""Indexing as the window sees it: one run after the other, told in words."""

from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop import strings as sentences
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Committed, Event, Notice, Phase, Progress, Quarantined
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import indexing as strings
from vlm_desktop.gui.words import failure
from vlm_desktop.gui.work import Work, WorkBoard, WorkState
from vlm_desktop.jobs import CancelledEnding, Done, Failed, Job, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.services import IndexSummary, Services

_TIMED = (Phase.DECODE, Phase.ENCODE, Phase.OCR)


class IndexController(QObject):
    """Runs `index` for one list of folders at a time. Main thread."""

    committed = Signal()
    """More photos can be searched."""
    finished = Signal()
    """A run ended, in whatever way."""
    noticed = Signal(str)
    """A sentence about something that is no failure."""

    def __init__(
        self,
        services: "Services",
        runner: JobRunner,
        work: WorkBoard,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._board = work
        self._waiting: deque[tuple[Path, ...]] = deque()
        self._folders: tuple[Path, ...] = ()
        self._unasked: set[tuple[Path, ...]] = set()
        self._only_known: set[tuple[Path, ...]] = set()
        self._job: Job | None = None
        self._work: Work | None = None

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def index(
        self, folders: Sequence[Path], *, unasked: bool = False, only_known: bool = False
    ) -> None:
        """Start, or queue behind the run that is on.

        `unasked`: nobody waits for it, so it says nothing when it finds nothing. `only_known`:
        what is not in the library when its turn comes is not added, for it was removed meanwhile.
        """
        asked = tuple(folders)
        (self._unasked.add if unasked else self._unasked.discard)(asked)
        (self._only_known.add if only_known else self._only_known.discard)(asked)
        if asked and asked != self._folders and asked not in self._waiting:
            self._waiting.append(asked)
            self._start_next()

    def stop(self) -> None:
        """Cancel the run and drop what is queued behind it."""
        self._waiting.clear()
        if self._job is not None and self._work is not None:
            self._work.show(WorkState(strings.STOPPING, stopping=True))
            self._job.cancel()

    def _pause(self, paused: bool) -> None:
        if self._job is not None:
            (self._job.pause if paused else self._job.resume)()

    def _start_next(self) -> None:
        if self._job is not None or not self._waiting:
            return
        self._folders = self._waiting.popleft()
        folders, only_known = self._folders, self._folders in self._only_known

        def verb(cancel: CancelToken) -> "Generator[Event, None, IndexSummary]":
            return self._services.index(folders, cancel, only_known=only_known)

        text = fill(strings.JOB_WAITING, folders=_named(folders))
        self._work = self._board.begin(Work(text, stop=self.stop, pause=self._pause, parent=self))
        self._job = self._runner.submit(verb, self._heard, lane="model")

    def _heard(self, event: Event) -> None:
        match event:
            case Progress():
                self._show_progress(event)
            case Committed():
                self.committed.emit()
            case Quarantined():
                pass
            case Notice(code, detail):
                self.noticed.emit(sentences.notice(code, detail))
            case Done(result):
                text = summary_words(result)
                is_news = text != strings.FINISHED_NOTHING or self._folders not in self._unasked
                self._end(text if is_news else "")
            case CancelledEnding():
                self._end(strings.STOPPED)
            case Failed(error):
                self._end(failure(error))

    def _show_progress(self, event: Progress) -> None:
        work = self._work
        if work is not None and not work.state.stopping:
            work.show(progress_state(_named(self._folders), event, paused=work.state.paused))

    def _end(self, text: str) -> None:
        self._job = None
        self._folders = ()
        work, self._work = self._work, None
        if work is not None:
            work.finish(text)
            work.deleteLater()
        self.finished.emit()
        self._start_next()


def _named(folders: Sequence[Path]) -> str:
    first = folders[0].name or str(folders[0])
    if len(folders) == 1:
        return first
    return fill(strings.FOLDERS, first=first, more=len(folders) - 1)


def progress_state(folders: str, event: Progress, *, paused: bool = False) -> WorkState:
    """A run's progress in words: what, where, how fast, how long."""
    form = strings.JOB_PHASES.get(event.phase, strings.JOB_OPEN)
    if event.total is None and "{total" in form:
        form = strings.JOB_OPEN
    parts = [fill(form, folders=folders, done=event.done, total=event.total or 0)]
    if event.phase in _TIMED and event.total and event.rate > 0:
        parts.append(strings.rate(event.rate))
        if event.done < event.total:
            parts.append(strings.time_left((event.total - event.done) / event.rate))
    known = event.total if event.phase in _TIMED else 0
    return WorkState(strings.PARTS.join(parts), event.done, known or 0, paused)


def summary_words(result: object) -> str:
    """What a run did, in one sentence."""
    summary: IndexSummary = result  # type: ignore[assignment]  # `index` promises it
    return strings.finished(summary.indexed, summary.unchanged, summary.removed)
