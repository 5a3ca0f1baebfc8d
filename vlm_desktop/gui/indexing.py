"""Indexing as the window sees it: one run after the other, told in words."""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vlm_desktop import strings as sentences
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Committed, Event, Notice, Phase, Progress, Quarantined
from vlm_desktop.gui import strings
from vlm_desktop.gui.services import IndexSummary, Services
from vlm_desktop.jobs import CancelledEnding, Done, Failed, Job, JobRunner

_TIMED = (Phase.DECODE, Phase.ENCODE, Phase.OCR)


@dataclass(frozen=True, slots=True)
class JobState:
    """What the status bar shows. `total` 0 means that it is not known."""

    text: str
    done: int = 0
    total: int = 0
    running: bool = False
    stopping: bool = False


class IndexController(QObject):
    """Runs `index` for one list of folders at a time. Main thread."""

    state_changed = Signal(JobState)
    committed = Signal()
    finished = Signal()
    noticed = Signal(str)

    def __init__(
        self, services: Services, runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._waiting: deque[tuple[Path, ...]] = deque()
        self._folders: tuple[Path, ...] = ()
        self._job: Job | None = None
        self.state = JobState("")

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def index(self, folders: Sequence[Path]) -> None:
        """Start, or queue behind the run that is on."""
        asked = tuple(folders)
        if asked and asked != self._folders and asked not in self._waiting:
            self._waiting.append(asked)
            self._start_next()

    def stop(self) -> None:
        """Cancel the run and drop what is queued behind it."""
        self._waiting.clear()
        if self._job is not None:
            self._show(JobState(strings.STOPPING, running=True, stopping=True))
            self._job.cancel()

    def _start_next(self) -> None:
        if self._job is not None or not self._waiting:
            return
        self._folders = self._waiting.popleft()
        folders = self._folders

        def verb(cancel: CancelToken) -> Generator[Event, None, IndexSummary]:
            return self._services.index(folders, cancel)

        self._show(JobState(strings.JOB_WAITING.format(folders=_named(folders)), running=True))
        self._job = self._runner.submit(verb, self._heard, lane="model")

    def _heard(self, event: Event) -> None:
        match event:
            case Progress() if not self.state.stopping:
                self._show(_progress_state(_named(self._folders), event))
            case Committed():
                self.committed.emit()
            case Quarantined():
                pass
            case Notice(code, detail):
                self.noticed.emit(sentences.notice(code, detail))
            case Done(result):
                self._end(_summary(result))
            case CancelledEnding():
                self._end(strings.STOPPED)
            case Failed(error):
                self._end(failure(error))

    def _end(self, text: str) -> None:
        self._job = None
        self._folders = ()
        self._show(JobState(text))
        self.finished.emit()
        self._start_next()

    def _show(self, state: JobState) -> None:
        self.state = state
        self.state_changed.emit(state)


def failure(error: BaseException) -> str:
    """One sentence about any error that ended a job."""
    return sentences.sentence(error) if isinstance(error, AppError) else sentences.bug(error)


def _named(folders: Sequence[Path]) -> str:
    first = folders[0].name or str(folders[0])
    if len(folders) == 1:
        return first
    return strings.FOLDERS.format(first=first, more=len(folders) - 1)


def _progress_state(folders: str, event: Progress) -> JobState:
    form = strings.JOB_PHASES.get(event.phase, strings.JOB_OPEN)
    if event.total is None and "{total" in form:
        form = strings.JOB_OPEN
    parts = [form.format(folders=folders, done=event.done, total=event.total or 0)]
    if event.phase in _TIMED and event.total and event.rate > 0:
        parts.append(strings.rate(event.rate))
        if event.done < event.total:
            parts.append(strings.time_left((event.total - event.done) / event.rate))
    known = event.total if event.phase in _TIMED else 0
    return JobState(strings.PARTS.join(parts), event.done, known or 0, running=True)


def _summary(result: object) -> str:
    summary: IndexSummary = result  # type: ignore[assignment]  # `index` promises it
    if not summary.indexed and not summary.removed:
        return strings.FINISHED_NOTHING
    return strings.FINISHED.format(
        indexed=summary.indexed, unchanged=summary.unchanged, removed=summary.removed
    )
