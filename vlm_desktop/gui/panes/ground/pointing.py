"""The object that is being pointed at: a prompt that grows step by step, and its outline."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import (
    AUTOMATIC,
    CLASSICAL,
    GroundObject,
    GroundPicture,
    MaskChoice,
    MaskLevel,
    ObjectPrompt,
    PromptPoint,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.widgets.overlay_pixels import make_ready
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import GROUND, POINTING

if TYPE_CHECKING:
    from vlm_desktop.engine.ground.masking import Segmented
    from vlm_desktop.jobs import Job

_IDLE_MS = 700
_HOVER_MS = 140


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came of a prompt. `choices` go from the whole to the smallest part, `best` is the one to
    show first; `is_rough` says that its edge can become better."""

    prompt: ObjectPrompt
    choices: tuple[MaskChoice, ...] = ()
    best: int = 0
    model: str = ""
    is_rough: bool = True
    refined: frozenset[int] = frozenset()
    """Numbers of choices whose edge became better."""

    def owes(self, level: int) -> bool:
        """Whether the edge of a choice can still become better."""
        return self.is_rough and 0 <= level < len(self.choices) and level not in self.refined


class Pointing(QObject):
    """One object at a time. Main thread: outlines are made on lanes, the newest prompt wins."""

    changed = Signal()
    """Prompt, outline or state are others."""
    hovered = Signal()
    failed = Signal(str)
    ran_out = Signal(str, str)
    """A model had too little memory: its id, and a sentence."""
    passed_over = Signal()
    """The automatic model failed, and another one answered in its place."""

    def __init__(self, session: GroundSession) -> None:
        super().__init__(session)
        self._session, self._desk = session, session.desk
        self.wanted = AUTOMATIC
        """Whom a person chose: AUTOMATIC, CLASSICAL for none, or a model's id."""
        self.model = ""
        """The shelf model that outlines by that choice, "" for none."""
        self.editing = 0
        """The number of the kept object that is changed, 0 for a new one."""
        self.level = 0
        self.answer: Answer | None = None
        self.hover: Answer | None = None
        self.hover_level = 0
        self.is_waiting = False
        """A model is still at work on what is shown."""
        self._is_model_due = False
        """Its answer will come, or its failure; either may come before the rough outline."""
        self._steps: list[ObjectPrompt] = []
        self._kept_mask: Mask | None = None
        """The outline an object had when it was taken up, while its prompt is as it was."""
        self._taken_up: GroundObject | None = None
        self._thrown_away: tuple[list[ObjectPrompt], GroundObject | None] | None = None
        """Steps that a person threw away last, and whose they were: they can come back."""
        self._wished: MaskLevel | None = None
        """How much a person took with the wheel."""
        self._turn = 0
        self._jobs: list[Job] = []
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self._refine)
        self._still = QTimer(self, singleShot=True, interval=_HOVER_MS)
        self._still.timeout.connect(self._look_under)
        self._under: PromptPoint | None = None
        session.opened.connect(self.drop)
        self._desk.changes.performed.connect(lambda *_: self._forget_thrown_away())

    # --- what there is -------------------------------------------------------------------

    @property
    def prompt(self) -> ObjectPrompt:
        return self._steps[-1] if self._steps else ObjectPrompt()

    @property
    def is_active(self) -> bool:
        """Whether something is pointed at."""
        return bool(self._steps)

    @property
    def steps(self) -> int:
        """How many steps can be taken back."""
        return len(self._steps)

    @property
    def choice(self) -> MaskChoice | None:
        """The outline that is shown."""
        return _at(self.answer, self.level)

    @property
    def hover_choice(self) -> MaskChoice | None:
        return _at(self.hover, self.hover_level)

    @property
    def mask(self) -> Mask | None:
        """What would be kept: the outline shown; of an object taken up, its own until the first
        change."""
        if self._kept_mask is not None:
            return self._kept_mask
        return self.choice.mask if self.choice is not None else None

    @property
    def is_rough(self) -> bool:
        """Whether the edge of what would be kept can still become better."""
        return self.answer is not None and self._kept_mask is None and self.answer.owes(self.level)

    @property
    def is_behind(self) -> bool:
        """Whether what is shown answers an earlier step, and the newest is still to be answered."""
        if not self.is_waiting or self._kept_mask is not None:
            return False
        return self.answer is None or self.answer.prompt is not self.prompt

    @property
    def awaited(self) -> str | None:
        """The model that is still at work on what is shown, as it is asked for; None for none."""
        if not self.is_waiting or not self.model:
            return None
        return AUTOMATIC if self.wanted == AUTOMATIC else self.model

    @property
    def can_step_back(self) -> bool:
        """Whether there is a step to take back, or steps thrown away to have again."""
        return self.is_active or self._thrown_away is not None

    # --- steps ---------------------------------------------------------------------------

    def add_point(self, x: float, y: float, adds: bool) -> bool:
        """What is at a place belongs to it, or does not; False outside of the picture."""
        picture = self._session.picture
        if picture is None:
            return False
        if not (0 <= x < picture.size.width and 0 <= y < picture.size.height):
            return False
        prompt = self.prompt
        self._step(replace(prompt, points=(*prompt.points, PromptPoint(x, y, adds))))
        return True

    def set_box(self, box: Box) -> None:
        """A box around it; the points in it stay."""
        self._step(replace(self.prompt, box=box))

    def move_point(self, index: int, x: float, y: float) -> None:
        points = list(self.prompt.points)
        if 0 <= index < len(points):
            points[index] = replace(points[index], x=x, y=y)
            self._step(replace(self.prompt, points=tuple(points)))

    def remove_point(self, index: int) -> None:
        points = [one for number, one in enumerate(self.prompt.points) if number != index]
        self._step(replace(self.prompt, points=tuple(points)))

    def step_back(self) -> bool:
        """Take back the last step, or have again what was thrown away; False for neither."""
        if not self._steps:
            return self._have_again()
        self._steps.pop()
        if not self._steps or self.prompt == ObjectPrompt():
            self.drop()
        elif self._taken_up is not None and len(self._steps) == 1:
            self.take_up(self._taken_up)
        else:
            self._kept_mask = None
            self._ask()
        return True

    def throw_away(self) -> bool:
        """A person wants none of it; taking a step back brings all of it back."""
        if not self.is_active:
            return False
        thrown = list(self._steps), self._taken_up
        self.drop()
        self._thrown_away = thrown
        self.changed.emit()
        return True

    def _forget_thrown_away(self) -> None:
        """A person did something else since: that is to be taken back first."""
        if self._thrown_away is not None:
            self._thrown_away = None
            self.changed.emit()

    def _have_again(self) -> bool:
        thrown, self._thrown_away = self._thrown_away, None
        if thrown is None:
            return False
        steps, one = thrown
        if one is not None:
            self.take_up(one)
        if one is None or len(steps) > 1:
            self._steps, self._kept_mask = steps, None
            self._ask()
        return True

    def drop(self) -> None:
        """Point at nothing."""
        was = self.is_active
        self._thrown_away = self._taken_up = None
        self._turn += 1
        self._idle.stop()
        self._cancel()
        self._steps, self.answer, self._kept_mask = [], None, None
        self.level, self.editing, self.is_waiting = 0, 0, False
        self._wished = None
        self.leave()
        if was:
            self.changed.emit()

    def stop(self) -> None:
        """The window closes: ask for nothing any more."""
        self.drop()
        self._idle.stop()
        self._still.stop()

    def take_up(self, one: GroundObject) -> None:
        """Go on with a kept object where its prompt was left."""
        self.drop()
        self.editing, self._taken_up = one.number, one
        box = one.box if not one.points and one.mask is None else None
        self._steps = [ObjectPrompt(one.points, box)]
        self._kept_mask = one.mask
        self.changed.emit()

    def cycle(self, by: int) -> bool:
        """Take the whole, a part, or a part of that; False where there is nothing to choose."""
        if self.is_active:
            if self.answer is None or len(self.answer.choices) < 2:
                return False
            self.level = (self.level + by) % len(self.answer.choices)
            self._wished = self.answer.choices[self.level].level
            self.changed.emit()
            return True
        if self.hover is None or len(self.hover.choices) < 2:
            return False
        self.hover_level = (self.hover_level + by) % len(self.hover.choices)
        self._wished = self.hover.choices[self.hover_level].level
        self.hovered.emit()
        return True

    def use_model(self, wanted: str, model: str) -> None:
        """Have another model outline, "" for none; what is pointed at is outlined anew."""
        self.wanted = wanted
        if model != self.model:
            self.model = model
            if self.is_active and self._kept_mask is None:
                self._ask()

    def _step(self, prompt: ObjectPrompt) -> None:
        wished = self._wished
        self.leave()
        self._wished = wished
        if prompt == ObjectPrompt():
            self.drop()
            return
        self._steps.append(prompt)
        self._kept_mask = self._thrown_away = None
        self._ask()

    # --- outlines ------------------------------------------------------------------------

    def _ask(self) -> None:
        """The outline that needs no model comes at once; the model's takes its place."""
        picture, prompt, model = self._session.picture, self.prompt, self.model
        if picture is None:
            return
        self._turn += 1
        turn = self._turn
        self._idle.stop()
        self._cancel()
        self.is_waiting, self._is_model_due = True, bool(model)
        self.changed.emit()

        def rough(found: "Segmented") -> None:
            # What a model said of this prompt, just now or before, is better.
            is_known = self.answer is not None and self.answer.prompt is prompt
            if turn == self._turn and not (model and is_known):
                self._take(_answer(prompt, found), is_last=not self._is_model_due)

        def finished(found: "Segmented | ModelOutOfMemory") -> None:
            if turn != self._turn:
                return
            self._is_model_due = False
            if isinstance(found, ModelOutOfMemory):
                self._end_waiting()
                self.ran_out.emit(model, failure(found))
                return
            self._take(_answer(prompt, found), is_last=True)
            if found.model != model:
                self.passed_over.emit()

        self._jobs = [self._segment(picture, prompt, CLASSICAL, rough, POINTING)]
        if model:
            asked = AUTOMATIC if self.wanted == AUTOMATIC else model
            self._jobs.append(self._segment(picture, prompt, asked, finished, GROUND))

    def _segment(
        self,
        picture: GroundPicture,
        prompt: ObjectPrompt,
        model: str,
        done: "Callable[[Segmented], None] | Callable[[Segmented | ModelOutOfMemory], None]",
        lane: str,
    ) -> "Job":
        services, turn = self._desk.services, self._turn

        def verb(
            cancel: CancelToken,
        ) -> "Generator[Event, None, Segmented | ModelOutOfMemory]":
            yield from ()
            try:
                found = services.ground.masks.segment(picture, prompt, cancel, model_id=model)
                make_ready(*(one.mask for one in found.choices))
                return found
            except ModelOutOfMemory as error:
                if model == CLASSICAL:
                    raise
                return error

        def failed(sentence: str) -> None:
            if turn == self._turn:
                self._is_model_due = self._is_model_due and lane != GROUND
                self._end_waiting()
                self.failed.emit(sentence)

        return self._desk.ask(verb, done, failed=failed, lane=lane, latest=f"ground-mask-{lane}")

    def _take(self, answer: Answer, *, is_last: bool) -> None:
        self.answer = answer
        levels = [one.level for one in answer.choices]
        self.level = levels.index(self._wished) if self._wished in levels else answer.best
        self.is_waiting = not is_last
        if is_last and answer.choices and answer.is_rough:
            self._idle.start()
        self.changed.emit()

    def _end_waiting(self) -> None:
        self.is_waiting = False
        self.changed.emit()

    def _cancel(self) -> None:
        for job in self._jobs:
            job.cancel()
        self._jobs = []

    def stop_waiting(self) -> bool:
        """Stop the model; the rough outline stays. False where none is at work."""
        if not self.is_waiting or not self.model or self.answer is None:
            return False
        self._turn += 1
        self._cancel()
        self._end_waiting()
        return True

    def _refine(self) -> None:
        """Nothing happened for a while: the edge at full size, of what is shown first, then of the
        other sizes."""
        picture, answer = self._session.picture, self.answer
        if picture is None or answer is None:
            return
        levels = (self.level, *range(len(answer.choices)))
        level = next((one for one in levels if answer.owes(one)), None)
        if level is None:
            return
        services, turn, choice = self._desk.services, self._turn, answer.choices[level]

        def verb(cancel: CancelToken) -> Generator[Event, None, Mask]:
            yield from ()
            mask = services.ground.masks.refine(picture, answer.prompt, choice.mask, cancel)
            make_ready(mask)
            return mask

        def done(mask: Mask) -> None:
            if turn == self._turn and self.answer is answer:
                choices = list(answer.choices)
                choices[level] = replace(choice, mask=mask)
                refined = answer.refined | {level}
                self.answer = replace(answer, choices=tuple(choices), refined=refined)
                self.changed.emit()
                self._refine()

        self._jobs = [
            self._desk.ask(verb, done, failed=lambda _: None, lane=POINTING, latest="ground-refine")
        ]

    # --- under the pointer ---------------------------------------------------------------

    def point(self, x: float, y: float) -> None:
        """The pointer rests here, perhaps: show what a click would take."""
        if self.is_active or self._session.picture is None:
            return
        self._under = PromptPoint(x, y)
        self._still.start()

    def leave(self) -> None:
        """The pointer is elsewhere."""
        self._still.stop()
        self._under = None
        if not self.is_active:
            self._wished = None
        if self.hover is not None:
            self.hover, self.hover_level = None, 0
            self.hovered.emit()

    def _look_under(self) -> None:
        picture, under = self._session.picture, self._under
        if picture is None or under is None or self.is_active:
            return
        prompt = ObjectPrompt((under,))
        services = self._desk.services

        def verb(cancel: CancelToken) -> "Generator[Event, None, Segmented]":
            yield from ()
            found = services.ground.masks.segment(picture, prompt, cancel, model_id=CLASSICAL)
            make_ready(*(one.mask for one in found.choices))
            return found

        def done(found: "Segmented") -> None:
            if under is self._under and not self.is_active:
                self.hover, self.hover_level = _answer(prompt, found), found.best
                self.hovered.emit()

        self._desk.ask(verb, done, failed=lambda _: None, lane=POINTING, latest="ground-hover")


def _answer(prompt: ObjectPrompt, found: "Segmented") -> Answer:
    return Answer(prompt, found.choices, found.best, found.model, found.is_rough)


def _at(answer: Answer | None, level: int) -> MaskChoice | None:
    if answer is None or not answer.choices:
        return None
    return answer.choices[min(level, len(answer.choices) - 1)]
