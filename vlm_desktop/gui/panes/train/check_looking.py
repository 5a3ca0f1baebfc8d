"""Looking at what the model will see: the model is opened in this process, its first batch made."""

from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop import strings as sentences
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainerrors import BatchTooLarge
from vlm_desktop.gui.panes.train.check_doctor import Mark, mark_of
from vlm_desktop.gui.panes.train.check_seen import Looked, looked_of
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.jobs import ANSWERS


class SeenOffice(QObject):
    """Main thread; looking runs on the lane of models that answer, whose memory it may need."""

    changed = Signal()
    found = Signal(object)
    """A `Looked` that came to an end, also where the run would not start."""

    def __init__(self, session: TrainSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._task = LongTask(session.desk, self)
        self._of: tuple[Mark, dict[str, dict[str, Any]]] | None = None
        self.looked: Looked | None = None
        self.words = ""
        """How far a look is, "" while there is none."""
        self.trouble = ""
        self.was_stopped = False
        self.is_stopping = False
        session.opened.connect(self._forget)
        session.recipe_changed.connect(self.changed)
        session.listed.connect(self.changed)

    @property
    def is_running(self) -> bool:
        return self._task.is_running

    @property
    def is_stale(self) -> bool:
        """Whether what was looked at is other by now."""
        return self._of is not None and self._of != self._now()

    @property
    def refusal(self) -> str:
        """Why the run would not start, "" where it would."""
        error = self.looked.checked.refusal if self.looked is not None else None
        return sentences.sentence(error) if error is not None else ""

    def look(self) -> None:
        """Load the model and make its first batch; a look that is under way is given up."""
        if self._session.set is None:
            return
        self._task.drop()
        self._of, said = self._now(), self._session.recipe_said()
        self.trouble, self.words = "", strings.SEEN_WAITS
        self.was_stopped = self.is_stopping = False
        services = self._session.desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, Looked]:
            teaching = services.training.teaching
            recipe = teaching.recipe(said)
            checked = yield from teaching.check(recipe, cancel, judged=False)
            if isinstance(checked.refusal, BatchTooLarge) and services.chat.free_memory():
                checked = yield from teaching.check(recipe, cancel, judged=False)
            return looked_of(checked)

        self._task.run(
            strings.WORK_SEEN, verb, self._done, lane=ANSWERS, failed=self._failed,
            stopped=self._stopped, heard=self._heard,
        )  # fmt: skip
        self.changed.emit()

    def stop(self) -> None:
        """Loading a model cannot be broken off; it ends right after."""
        if self._task.stop():
            self.is_stopping, self.words = True, strings.SEEN_STOPPING
            self.changed.emit()

    def close(self) -> None:
        """Nobody wants to know any more."""
        self._task.drop()

    def _now(self) -> tuple[Mark, dict[str, dict[str, Any]]] | None:
        kept = self._session.set
        return None if kept is None else (mark_of(kept), self._session.recipe_said())

    def _forget(self) -> None:
        """Another data set is in hand."""
        self._task.drop()
        self._of = self.looked = None
        self.words = self.trouble = ""
        self.was_stopped = self.is_stopping = False
        self.changed.emit()

    def _heard(self, event: Event) -> None:
        if self.is_stopping:
            return
        if isinstance(event, Progress) and event.phase.value in strings.SEEN_PHASES:
            form = strings.SEEN_PHASES[event.phase.value]
            self.words = fill(form, done=event.done, total=event.total or 0)
            self.changed.emit()

    def _done(self, looked: Looked) -> str:
        self.looked, self.words = looked, ""
        self.changed.emit()
        self.found.emit(looked)
        return strings.WOULD_NOT_START if self.refusal else strings.CAN_START

    def _failed(self, sentence: str) -> str:
        self.looked, self._of, self.trouble, self.words = None, None, sentence, ""
        self.changed.emit()
        return sentence

    def _stopped(self) -> str:
        self.was_stopped, self.is_stopping, self.words = True, False, ""
        self.changed.emit()
        return strings.SEEN_STOPPED
