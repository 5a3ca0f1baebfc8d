"""Phrases and where they are: `services.ground.phrases`. For the lane "ground".

    clauses.py     a phrase taken apart          finding.py    the contract of what finds nouns
    attributes.py  colours, sizes, materials     placing.py    sides, choices, relations
    verdicts.py    what is said in the end       finders.py    the starter, or a model of the shelf
    nounmemory.py  a noun is looked for once

A finder is asked for nouns alone, once for each; all that a phrase says of them is checked region
by region, so that what does not hold can be named. What is found is outlined by the promptable
model that `Masking.automatic` names, where one is installed. Attributes are checked within
classical outlines: they come at once, and the checks were fitted on them.
"""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.base.grounding import (
    AUTOMATIC,
    CLASSICAL,
    Finds,
    FoundRegion,
    Grounded,
    GroundPicture,
    ObjectPrompt,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.attributes import AttributeChecks
from vlm_desktop.engine.ground.clauses import parsed
from vlm_desktop.engine.ground.finders import Finders
from vlm_desktop.engine.ground.finding import Finder
from vlm_desktop.engine.ground.judging import Check, Fit
from vlm_desktop.engine.ground.masking import MaskCard, Masking
from vlm_desktop.engine.ground.nounmemory import NounMemory
from vlm_desktop.engine.ground.otherlanguages import is_foreign
from vlm_desktop.engine.ground.phraseparts import Phrase, Ranked, Related, Thing
from vlm_desktop.engine.ground.placing import place_checks, relation_checks
from vlm_desktop.engine.ground.verdicts import ABSENT, Weighed, candidates, decided, untold

_LEAST_SIDE = 2.0
"""Pixels of a box's shorter side from which it has an outline."""
_MOST_LOOKED_AT = 40
"""Regions whose pixels are looked at for an attribute, at most; geometry costs nothing."""


class Phrases:
    """Grounds phrases; see the module. Any thread; finders take turns."""

    def __init__(self, finders: Finders, encoders: Encoders, masking: Masking) -> None:
        self._finders = finders
        self._masking = masking
        self._memory = NounMemory()
        self._attributes = AttributeChecks(encoders, finders.search_model, self._rough_outline)

    def models(self) -> tuple[MaskCard, ...]:
        """Models of the shelf that can be asked; STARTER always can."""
        return self._finders.models()

    def automatic(self) -> str:
        """Who is asked where AUTOMATIC is: an installed detector's id, else STARTER. Quick."""
        return self._finders.automatic()

    def forget(self) -> None:
        """Models were changed or removed: what they found is not known any more."""
        self._memory.forget()
        self._finders.reconsider()

    def ground(
        self,
        picture: GroundPicture,
        phrases: Sequence[str],
        cancel: CancelToken,
        *,
        model_id: str = AUTOMATIC,
        with_masks: bool = False,
    ) -> Generator[Event, None, tuple[Grounded, ...]]:
        """The answer to each phrase, in order; a noun that several name, now or in an earlier
        question about this picture, is looked for once.

        AUTOMATIC asks whom `automatic` names; `Grounded.model` says who answered. Raises
        PhraseEmpty, Cancelled, and ModelUnknown, FindsNoPhrases, ModelError for a model that was
        named.
        """
        read = [parsed(phrase) for phrase in phrases]
        look = self.look(picture, cancel, model_id)
        found = []
        for done, phrase in enumerate(read):
            if phrase.cut:
                yield Notice("phrase-cut", phrase.text)
            yield Progress(Phase.GROUND, done, len(read))
            cancel.raise_if_cancelled()
            if look.cannot_read(phrase):
                yield Notice("phrase-not-english", phrase.text)
            grounded = look.ground(phrase)
            if with_masks:
                grounded = self._with_masks(picture, grounded, cancel)
            found.append(grounded)
        yield Progress(Phase.GROUND, len(read), len(read))
        return tuple(found)

    def look(
        self, picture: GroundPicture, cancel: CancelToken, model_id: str = AUTOMATIC
    ) -> "Look":
        """For asking several phrases of one picture, one after the other."""
        finder = self._finders.finder(model_id)
        reads_all = not self._finders.reads_only_english(finder.model_id)
        return Look(picture, finder, self._attributes, self._memory, cancel, reads_all)

    def _with_masks(
        self, picture: GroundPicture, grounded: Grounded, cancel: CancelToken
    ) -> Grounded:
        def outlined(region: FoundRegion) -> FoundRegion:
            if region.mask is not None:
                return region
            return replace(region, mask=self._outline(picture, region.box, cancel, AUTOMATIC))

        return replace(grounded, regions=tuple(outlined(one) for one in grounded.regions))

    def _rough_outline(self, picture: GroundPicture, box: Box, cancel: CancelToken) -> Mask | None:
        return self._outline(picture, box, cancel, CLASSICAL)

    def _outline(
        self, picture: GroundPicture, box: Box, cancel: CancelToken, model_id: str
    ) -> Mask | None:
        """The mask of a box; None for one of hardly a pixel, or outside of the picture."""
        wide = min(box.x1, picture.size.width) - max(box.x0, 0.0)
        high = min(box.y1, picture.size.height) - max(box.y0, 0.0)
        if min(wide, high) < _LEAST_SIDE:
            return None
        made = self._masking.segment(picture, ObjectPrompt(box=box), cancel, model_id=model_id)
        return made.choices[made.best].mask if made.choices else None


@dataclass(slots=True)
class Look:
    """One picture, one finder; nouns that were looked for are in `memory`. For one thread."""

    picture: GroundPicture
    finder: Finder
    attributes: AttributeChecks
    memory: NounMemory
    cancel: CancelToken
    reads_all_languages: bool = False

    def cannot_read(self, phrase: Phrase) -> bool:
        """Whether the phrase is of a language that the finder's model does not know."""
        return not self.reads_all_languages and is_foreign(phrase.text)

    def ground(self, phrase: Phrase) -> Grounded:
        """The answer to a phrase, without masks; UNSURE where it cannot be read. Raises
        ModelError, Cancelled."""
        began = time.monotonic()
        if self.cannot_read(phrase):
            return untold(phrase, self.finder.model_id)
        weighed = self.weigh(phrase.thing)
        seconds = time.monotonic() - began
        return decided(phrase, weighed, self.finder.model_id, seconds)

    def weigh(self, thing: Thing) -> Weighed:
        """Everything that bears the noun, and what of the rest holds of each."""
        finds = self.find(thing.noun)
        if finds.present < ABSENT:
            return Weighed(finds.present, (), finds.heatmap)
        chooses = any(isinstance(place, Ranked) for place in thing.places)
        regions = candidates(finds, chooses=chooses)
        if thing.attributes:
            regions = regions[:_MOST_LOOKED_AT]
        fits = [Fit(region) for region in regions]
        fits = self._with_attributes(thing, fits)
        for related in thing.relations:
            fits = _added(fits, self._related(related, [one.region.box for one in fits]))
        fits = self._with_places(thing, fits)
        return Weighed(finds.present, tuple(fits), finds.heatmap)

    def find(self, noun: str) -> Finds:
        """What the finder says of a noun; it is asked once."""
        self.cancel.raise_if_cancelled()
        return self.memory.find(self.finder, self.picture, noun, self.cancel)

    def _with_attributes(self, thing: Thing, fits: list[Fit]) -> list[Fit]:
        for attribute in thing.attributes:
            regions = [one.region for one in fits]
            checks = self.attributes.check(
                self.picture, regions, attribute, thing.noun, self.cancel
            )
            fits = _added(fits, checks)
        return fits

    def _related(self, related: Related, boxes: list[Box]) -> list[Check]:
        """A thing that is not here is no neighbour of anything."""
        others: list[list[Box]] = []
        sure = 1.0
        for thing in related.things:
            weighed = self.weigh(thing)
            there = [one.region for one in weighed.that_hold()]
            if not there:
                return _without(related, boxes, weighed.present, self.picture.size)
            others.append([one.box for one in there])
            sure = min(sure, there[0].confidence)
        checks = relation_checks(related, boxes, others, self.picture.size)
        return [check.doubted(sure) for check in checks]

    def _with_places(self, thing: Thing, fits: list[Fit]) -> list[Fit]:
        """Choices are made among those of which nothing else fails: the biggest red cup."""
        several = thing.plural or (thing.number or 1) > 1
        for place in thing.places:
            still = [one for one in fits if not one.fails] or fits
            boxes = [one.region.box for one in still]
            checks = place_checks(place, boxes, self.picture.size, several=several)
            made = dict(zip(map(id, still), checks, strict=True))
            fits = [one.with_checks(made[id(one)]) if id(one) in made else one for one in fits]
        return fits


def _without(related: Related, boxes: list[Box], present: float, size: Size) -> list[Check]:
    """The checks where the other thing was not found."""
    from_absence = relation_checks(related, boxes, [[]] * len(related.things), size)
    if present < ABSENT:
        return from_absence
    return [replace(one, probability=0.5) for one in from_absence]


def _added(fits: list[Fit], checks: list[Check]) -> list[Fit]:
    return [
        one.with_checks(check.doubted(one.region.confidence))
        for one, check in zip(fits, checks, strict=True)
    ]
