"""Phrases that are looked for in the picture: one pass each, shown as each is answered."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop import strings as sentences
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.events import Event, Notice
from vlm_desktop.base.grounding import AUTOMATIC, FoundRegion, Grounded, GroundObject, GroundPicture
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.session import COLOURS, GroundSession
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.widgets.overlay_pixels import make_ready
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job

MOST_PHRASES = 30
_BREAKS = re.compile("[,;\n\r\u2028\u2029]+")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A phrase, and its answer once it is here; `trouble` is why there will be none."""

    phrase: str
    answer: Grounded | None = None
    trouble: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.answer is None and not self.trouble


@dataclass(frozen=True, slots=True, eq=False)
class _Answered(Event):
    """What was found for one of the phrases."""

    number: int
    asked: Asked


def phrases_in(text: str) -> list[str]:
    """Phrases apart by commas, semicolons or line breaks; each once, in their order."""
    found = (" ".join(one.split()) for one in _BREAKS.split(text))
    return list(dict.fromkeys(one for one in found if one))


class Phrasing(QObject):
    """Main thread; a lane looks. The newest question wins."""

    changed = Signal()
    """Phrases or what is known of them are others."""
    ended = Signal()
    """Every phrase has its answer."""

    def __init__(self, session: GroundSession) -> None:
        super().__init__(session)
        self._session, self._desk = session, session.desk
        self.asked: tuple[Asked, ...] = ()
        self._colours: tuple[int, ...] = (1,)
        """Of what phrases find, in turn; they stay while phrases do, whatever is kept of them."""
        self.model = AUTOMATIC
        """Who finds: AUTOMATIC, STARTER for what came with the program, or a model's id."""
        self._job: Job | None = None
        session.opened.connect(self.clear)

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def region(self, phrase: int, number: int, *, fits: bool = True) -> FoundRegion | None:
        """One of the places found, or of those that fit only in part."""
        answer = self.asked[phrase].answer if 0 <= phrase < len(self.asked) else None
        if answer is None:
            return None
        regions = answer.regions if fits else answer.others
        return regions[number] if 0 <= number < len(regions) else None

    def colour_of(self, phrase: int) -> int:
        """Of what a phrase found, before and after it is kept. Never 0, which stands for none."""
        return self._colours[phrase % len(self._colours)]

    def _free_colours(self) -> tuple[int, ...]:
        """Those first that neither an object has nor the next one that is pointed at."""
        taken = {one.colour or one.number for one in self._session.objects}
        used = {1 + (one - 1) % COLOURS for one in (*taken, self._session.new_number())}
        return tuple(sorted(range(1, COLOURS + 1), key=lambda one: one in used))

    def clear(self) -> None:
        """Nothing is looked for any more."""
        self.stop()
        if self.asked:
            self.asked = ()
            self.changed.emit()

    def stop(self) -> bool:
        """Look no further; what was found stays. False where nothing is looked for."""
        job, self._job = self._job, None
        if job is None:
            return False
        job.silence()
        job.cancel()
        self.asked = tuple(one for one in self.asked if not one.is_waiting)
        self.changed.emit()
        return True

    def ask(self, phrases: Sequence[str]) -> None:
        """Look for these, in the picture that is open."""
        picture = self._session.picture
        wanted = tuple(phrases)[:MOST_PHRASES]
        if picture is None or not wanted:
            return
        self.stop()
        self.asked = tuple(Asked(one) for one in wanted)
        self._colours = self._free_colours()
        self.changed.emit()
        self._job = self._desk.ask(
            lambda cancel: self._look(picture, wanted, cancel),
            lambda _: self._end(),
            failed=self._failed,
            progress=self._heard,
            lane=GROUND,
            latest="ground-phrases",
        )

    def _look(
        self, picture: GroundPicture, phrases: tuple[str, ...], cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """On the lane: a phrase that fails leaves the others alone."""
        part, model = self._desk.services.ground.phrases, self.model
        for number, phrase in enumerate(phrases):
            cancel.raise_if_cancelled()
            try:
                (found,) = yield from part.ground(
                    picture, (phrase,), cancel, model_id=model, with_masks=True
                )
            except Cancelled:
                raise
            except AppError as error:
                yield _Answered(number, Asked(phrase, None, failure(error)))
            else:
                make_ready(*(one.mask for one in (*found.regions, *found.others)))
                yield _Answered(number, Asked(phrase, found))

    def _heard(self, event: Event) -> None:
        if isinstance(event, Notice):
            self._session.say(sentences.notice(event.code, event.detail))
        if isinstance(event, _Answered) and event.number < len(self.asked):
            asked = list(self.asked)
            asked[event.number] = event.asked
            self.asked = tuple(asked)
            self.changed.emit()

    def _failed(self, sentence: str) -> None:
        self.asked = tuple(
            replace(one, trouble=sentence) if one.is_waiting else one for one in self.asked
        )
        self._end()

    def _end(self) -> None:
        self._job = None
        self.changed.emit()
        self.ended.emit()

    # --- keeping -------------------------------------------------------------------------

    def keep(self, phrase: int, number: int, *, fits: bool = True) -> GroundObject | None:
        """Make one of the places found an object."""
        found = self.region(phrase, number, fits=fits)
        if found is None:
            return None
        asked = self.asked[phrase]
        kept = self._object(asked, found, self._session.new_number())
        self._session.put(fill(strings.CHANGE_KEPT, name=kept.label), kept)
        return kept

    def keep_all(self) -> int:
        """Make objects of all places found; how many."""
        first = self._session.new_number()
        found = [
            (asked, region)
            for asked in self.asked
            if asked.answer is not None
            for region in asked.answer.regions
            if not self.is_kept(asked.phrase, region)
        ]
        kept = [self._object(asked, region, first + at) for at, (asked, region) in enumerate(found)]
        if kept:
            self._session.put(strings.kept_words([one.label for one in kept]), *kept)
        return len(kept)

    def is_kept(self, phrase: str, region: FoundRegion) -> bool:
        """Whether a place that a phrase found is an object by now."""
        return any(
            phrase in one.expressions and one.box == region.box for one in self._session.objects
        )

    def _object(self, asked: Asked, found: FoundRegion, number: int) -> GroundObject:
        answer = asked.answer
        return GroundObject(
            number=number,
            label=found.label or asked.phrase,
            box=found.box,
            mask=found.mask,
            source=answer.model if answer is not None else "person",
            confidence=found.confidence,
            expressions=(asked.phrase,),
            colour=self.colour_of(self.asked.index(asked)),
        )
