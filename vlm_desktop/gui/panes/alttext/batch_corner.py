"""Drafts for a whole set, as long work: it shows in the status line, pauses, stops, and stays."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.altkeeping import AltBatchOptions, AltBatchReport, AltDone, AltRowDone
from vlm_desktop.base.alttext import AltSet
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.work import Work, WorkState
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job


class BatchCorner(QObject):
    """One batch at a time. What is done is shown as it is done, and nothing in the list moves.

    Main thread. A batch that was stopped goes on where it was when it is begun again.
    """

    changed = Signal()
    """A batch began or ended."""

    def __init__(self, session: AltSession, over: QWidget, writer: Callable[[], str]) -> None:
        """`writer` says which model writes: its id, "" for the engine's default."""
        super().__init__(over)
        self._writer = writer
        self._session, self._desk = session, session.desk
        self._job: Job | None = None
        self._work: Work | None = None
        self._text = ""
        self._drafted = 0
        self._running = (0, "")

    @property
    def is_running(self) -> bool:
        return self._job is not None

    @property
    def can_start(self) -> bool:
        return self._job is None and bool(self._session.open_id)

    @property
    def state(self) -> dict[str, object]:
        """What is to go on at the next start; nothing where nothing runs."""
        number, model_id = self._running
        return {"set": number, "model": model_id} if self._job is not None else {}

    def start(self) -> None:
        """Draft a text for every image of the open set that has none."""
        found = self._session.open_set
        if found is not None and self._job is None:
            self._run(found, self._writer())

    def go_on(self, state: object) -> None:
        """With what ran when the window was closed, if its set is still there."""
        number, model_id = (
            (state.get("set"), state.get("model")) if isinstance(state, dict) else (0, "")
        )
        found = next((one for one in self._session.sets if one.id == number), None)
        if found is not None and isinstance(model_id, str) and self._job is None:
            self._run(found, model_id)
            self._desk.say(fill(strings.BATCH_GOES_ON, name=found.name))

    def _run(self, found: AltSet, model_id: str) -> None:
        session, number = self._session, found.id
        self._running = number, model_id
        options = AltBatchOptions(model_id=model_id)

        def verb(cancel: CancelToken) -> Generator[Event, None, AltBatchReport]:
            return session.desk.services.alttext.batch.draft_set(number, cancel, options)

        self._text = fill(strings.BATCH_WORK, name=found.name)
        self._drafted = 0
        self._work = self._desk.work.begin(
            Work(self._text, stop=self.stop, pause=self._pause, parent=self)
        )
        self._job = self._desk.ask(
            verb,
            self._done,
            failed=self._failed,
            progress=self._heard,
            cancelled=lambda: self._end(fill(strings.BATCH_STOPPED, count=self._drafted)),
            lane=ANSWERS,
        )
        self.changed.emit()

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            if self._work is not None:
                state = self._work.state
                self._work.show(WorkState(state.text, state.done, state.total, stopping=True))

    def _pause(self, paused: bool) -> None:
        if self._job is not None:
            (self._job.pause if paused else self._job.resume)()

    # --- what comes back -----------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        match event:
            case AltRowDone(image_id):
                self._drafted += bool(event.alt)
                self._session.reread([image_id])
            case Progress(Phase.ANSWER) if event.total and self._work is not None:
                paused = self._work.state.paused
                words = fill(strings.BATCH_OF, done=event.done, total=event.total)
                self._work.show(WorkState(words, event.done, event.total, paused))

    def _done(self, report: AltBatchReport) -> None:
        drafted, problems = len(report.done.images), len(report.problems)
        if drafted:
            self._desk.changes.perform(self._change(report.done))
        told = drafted or problems or report.imported or report.suggested
        words = strings.batch_done(drafted, problems) if told else strings.BATCH_NOTHING
        if report.suggested:
            words = f"{words} {strings.batch_suggested(len(report.suggested))}"
        self._end(words)

    def _change(self, done: AltDone) -> Change:
        """The batch as something that is done already: undo takes it back as a whole."""
        session = self._session
        undone: list[AltDone] = []

        def again() -> AltDone:
            return session.kept.undo(undone.pop()) if undone else done

        def back(last: AltDone) -> Verb:
            return quick(lambda: undone.append(session.kept.undo(last)))

        return Change(strings.CHANGE_BATCH, quick(again), back)

    def _failed(self, sentence: str) -> None:
        self._end(sentence)

    def _end(self, words: str) -> None:
        self._job = None
        if self._work is not None:
            self._work.finish(words)
            self._work = None
        self._session.refresh_sets()
        self._session.reread()
        self.changed.emit()
