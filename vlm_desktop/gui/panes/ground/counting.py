"""Counting: one dot for each thing, added and taken away by hand."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import GroundObject, PromptPoint
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.ground.items import DOT, ItemKey, key
from vlm_desktop.gui.panes.ground.session import COLOURS, GroundSession
from vlm_desktop.gui.panes.ground.verdict_words import percent
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.strings import ground_phrases as phrase_strings
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from collections.abc import Generator

    from PySide6.QtWidgets import QWidget

    from vlm_desktop.base.events import Event
    from vlm_desktop.base.grounding import Counted
    from vlm_desktop.base.types import Box
    from vlm_desktop.jobs import Job

_SURE = 0.5
"""A spread, in things, that is not worth telling."""
_NEAR = 0.06
"""Of the longer side: so near must a click be to take a dot away."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing that was counted; what a person added has neither box nor confidence."""

    x: float
    y: float
    box: "Box | None" = None
    confidence: float | None = None


Dots = tuple[Dot, ...]


class Counting(QObject):
    """Main thread; a lane counts. Corrections are steps that can be taken back."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, session: GroundSession, over: "QWidget") -> None:
        super().__init__(over)
        self._session, self._desk, self._over = session, session.desk, over
        self.phrase = ""
        self.is_active = False
        self._steps: list[Dots] = []
        self._counted: Counted | None = None
        self._job: Job | None = None
        session.opened.connect(self.end)

    @property
    def dots(self) -> Dots:
        return self._steps[-1] if self._steps else ()

    @property
    def can_step_back(self) -> bool:
        return len(self._steps) > 1

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def begin(self, phrase: str, model: str) -> None:
        """Count what a phrase names in the picture that is open."""
        picture, services = self._session.picture, self._desk.services
        if picture is None or not phrase:
            return
        self.end()
        self.is_active, self.phrase = True, phrase

        def verb(cancel: CancelToken) -> "Generator[Event, None, Counted]":
            yield from ()
            return services.ground.counting.count(picture, phrase, cancel, model_id=model)

        def done(found: "Counted") -> None:
            self._job = None
            self._counted = found
            self._steps = [
                tuple(Dot(one.x, one.y, one.box, one.confidence) for one in found.points)
            ]
            self._say()

        def failed(sentence: str) -> None:
            self._job = None
            self.end()
            self.failed.emit(sentence)

        self._job = self._desk.ask(verb, done, failed=failed, lane=GROUND, latest="ground-count")
        self.changed.emit()

    def end(self) -> bool:
        """No dots any more; False where there were none."""
        if not self.is_active:
            return False
        job, self._job = self._job, None
        if job is not None:
            job.silence()
            job.cancel()
        self.is_active, self._steps, self._counted = False, [], None
        self.changed.emit()
        return True

    # --- by hand -------------------------------------------------------------------------

    def click(self, x: float, y: float, adds: bool) -> None:
        """Add a dot, or take the nearest away."""
        if self.is_running:
            return
        if adds:
            self._step((*self.dots, Dot(x, y)))
            return
        picture = self._session.picture
        longest = max(picture.size.width, picture.size.height) if picture is not None else 0
        far = [(abs(one.x - x) + abs(one.y - y), n) for n, one in enumerate(self.dots)]
        if not far or min(far)[0] > _NEAR * longest:
            self._session.say(phrase_strings.COUNT_NEAREST)
            return
        self._take_away(min(far)[1])

    def delete(self, at: ItemKey) -> None:
        if at[0] == DOT and 0 <= at[1] < len(self.dots):
            self._take_away(at[1])

    def move(self, at: ItemKey, x: float, y: float) -> None:
        """A dot was dragged elsewhere."""
        if at[0] == DOT and 0 <= at[1] < len(self.dots):
            dots = list(self.dots)
            dots[at[1]] = Dot(x, y)
            self._steps.append(tuple(dots))
            self.changed.emit()

    def step_back(self) -> bool:
        """Take back the last correction; False where there is none."""
        if not self.can_step_back:
            return False
        self._steps.pop()
        self._say()
        return True

    def _take_away(self, number: int) -> None:
        self._step(tuple(one for n, one in enumerate(self.dots) if n != number))

    def _step(self, dots: Dots) -> None:
        form = (
            phrase_strings.COUNT_ADDED if len(dots) > len(self.dots) else phrase_strings.COUNT_TAKEN
        )
        self._steps.append(dots)
        self.changed.emit()
        announce(self._over, fill(form, count=len(dots)))

    def _say(self) -> None:
        self.changed.emit()
        announce(self._over, self.total)

    @property
    def total(self) -> str:
        """ "cups: 7" """
        return fill(phrase_strings.COUNT_TOTAL, phrase=self.phrase, count=len(self.dots))

    @property
    def doubt(self) -> str:
        """How far off the count may be, "" where a person corrected it or it is sure."""
        counted = self._counted
        if counted is None or self.can_step_back or counted.spread < _SURE:
            return ""
        expected = round(counted.expected, 1)
        return fill(phrase_strings.COUNT_DOUBT, expected=expected, spread=counted.spread)

    # --- what shows, what is kept --------------------------------------------------------

    def items(self) -> list[OverlayItem]:
        return [
            OverlayItem(
                key=key(DOT, number),
                label=fill(phrase_strings.COUNT_DOT, phrase=self.phrase, number=number + 1),
                colour=self._session.new_number(),
                points=(PromptPoint(one.x, one.y),),
                can_edit=True,
                note=""
                if one.confidence is None
                else fill(phrase_strings.REGION_SURE, sure=percent(one.confidence)),
            )
            for number, one in enumerate(self.dots)
        ]

    def keep(self) -> int:
        """Make an object of every dot; how many."""
        first = self._session.new_number()
        objects = [
            GroundObject(
                first + number,
                self.phrase,
                box=one.box,
                points=(PromptPoint(one.x, one.y),),
                confidence=one.confidence,
                source=self._counted.model if self._counted and one.box else "person",
                expressions=(self.phrase,),
                colour=first % COLOURS,
            )
            for number, one in enumerate(self.dots)
        ]
        if objects:
            self._session.put(strings.kept_words([one.label for one in objects]), *objects)
            self.end()
        return len(objects)
