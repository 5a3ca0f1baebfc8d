"""From what was found and checked to what is said: found, several, not here, wrong, unsure.

Pure functions of calibrated numbers; the same rule for every finder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vlm_desktop.base.grounding import (
    Clause,
    ClauseKind,
    Finds,
    FoundRegion,
    Grounded,
    Heatmap,
    Verdict,
)
from vlm_desktop.engine.ground.judging import Check, Fit
from vlm_desktop.engine.ground.phraseparts import Phrase, Thing

ABSENT, PRESENT = 0.35, 0.5
"""Below the first the picture does not show it, from the second on it does; between them nobody
knows."""
_LIKELY = 0.5
_BESIDE_BEST = 0.7
"""A region counts where it is more likely right than not, or has that share of the best one's
confidence: a finder that is never sure still tells one place from another. With this share the
starter tells one thing of a class from several best: rightly for 77 % of the single ones of COCO
photos that it finds, and for 39 % of those that are several."""
_BESIDE_BEST_OF_SEVERAL = 0.3
"""The same for a finder that is not sure of any, where a phrase says that there are several. Of 40
leftmost and rightmost things of COCO photos the starter so finds 11 instead of 6."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A noun in a picture: whether it is there, and its regions with what was checked of them."""

    present: float
    fits: tuple[Fit, ...]
    heatmap: Heatmap | None = None

    def that_hold(self) -> list[Fit]:
        """Those of which nothing fails, best first; those of which all is told, where there are
        any."""
        fitting = sorted((one for one in self.fits if not one.fails), key=lambda one: -one.weight)
        told = [one for one in fitting if not one.is_open]
        return told or fitting


def candidates(finds: Finds, *, chooses: bool = False) -> tuple[FoundRegion, ...]:
    """The regions of a find that count, best first. `chooses`: the phrase takes one of several
    ("the leftmost"), so that there must be more than one."""
    best = max((region.confidence for region in finds.regions), default=0.0)
    if best >= _LIKELY:
        least = min(_LIKELY, _BESIDE_BEST * best)
    else:
        least = best * (_BESIDE_BEST_OF_SEVERAL if chooses else _BESIDE_BEST)
    return tuple(region for region in finds.regions if region.confidence >= least)


def untold(phrase: Phrase, model: str) -> Grounded:
    """The answer to a phrase that was not looked for."""
    clause = Clause(ClauseKind.OBJECT, phrase.text, None, 0.5)
    return Grounded(phrase.text, Verdict.UNSURE, (), (clause,), model)


def decided(phrase: Phrase, weighed: Weighed, model: str, seconds: float) -> Grounded:
    """The answer to a phrase."""
    thing = phrase.thing
    holding = weighed.that_hold() if weighed.present >= ABSENT else []
    others = sorted((one for one in weighed.fits if one.fails or one not in holding), key=_nearly)
    shown = weighed.fits and weighed.present >= ABSENT
    lead = (holding or others)[0] if shown else None
    number = _number_check(thing, len(holding))
    verdict = _verdict(thing, weighed, holding, lead, number)
    if verdict is Verdict.ATTRIBUTE_WRONG:
        others, holding = [*holding, *others], []
    return Grounded(
        phrase=phrase.text,
        verdict=verdict,
        regions=tuple(one.surest() for one in holding),
        clauses=_clauses(thing, weighed.present, lead, number),
        model=model,
        others=tuple(one.region for one in others) if shown else (),
        heatmap=weighed.heatmap,
        seconds=seconds,
    )


def _nearly(fit: Fit) -> tuple[int, int, float]:
    """Orders what does not fit: what fails least first. Of two that fail one thing each, the one
    at the right place with the wrong colour is what was meant."""
    failing = [check for check in fit.checks if check.holds is False]
    elsewhere = sum(check.kind is not ClauseKind.ATTRIBUTE for check in failing)
    return len(failing), elsewhere, -fit.weight


def _verdict(
    thing: Thing, weighed: Weighed, holding: Sequence[Fit], lead: Fit | None, number: Check | None
) -> Verdict:
    if weighed.present < ABSENT or lead is None:
        return Verdict.ABSENT
    if weighed.present < PRESENT:
        return Verdict.UNSURE
    if not holding or (
        number is not None and number.holds is False and len(holding) < _asked(thing)
    ):
        return Verdict.ATTRIBUTE_WRONG
    if lead.is_open:
        return Verdict.UNSURE
    wanted = 1 if thing.number is None else thing.number
    return Verdict.FOUND if len(holding) == wanted else Verdict.SEVERAL


def _asked(thing: Thing) -> int:
    return thing.number or 0


def _number_check(thing: Thing, count: int) -> Check | None:
    """Whether as many were found as were asked for."""
    if thing.number is None:
        return None
    right = count == thing.number
    # One object more or less is found or lost easily, so this is never said with certainty.
    probability = 0.8 if right else 0.2
    return Check(ClauseKind.NUMBER, thing.number_text, probability, "" if right else str(count))


def _clauses(
    thing: Thing, present: float, lead: Fit | None, number: Check | None
) -> tuple[Clause, ...]:
    """The noun, then what was checked of the region that fits best; nothing but names where there
    is no region."""
    noun = Check(ClauseKind.OBJECT, thing.said, present)
    if present >= PRESENT or present < ABSENT:
        holds = present >= PRESENT
        first = Clause(noun.kind, noun.text, holds, max(present, 1 - present))
    else:
        first = Clause(noun.kind, noun.text, None, max(present, 1 - present))
    if lead is not None:
        rest = [check.clause() for check in lead.checks]
        return (first, *rest, *([] if number is None else [number.clause()]))
    return (first, *(Clause(kind, text, None, 0.5) for kind, text in unchecked(thing)))


def unchecked(thing: Thing) -> list[tuple[ClauseKind, str]]:
    """What a phrase says of its noun, in the order in which it is checked."""
    return [
        *((ClauseKind.ATTRIBUTE, one.text) for one in thing.attributes),
        *((ClauseKind.RELATION, one.text) for one in thing.relations),
        *((ClauseKind.PLACE, one.text) for one in thing.places),
        *([(ClauseKind.NUMBER, thing.number_text)] if thing.number is not None else []),
    ]
