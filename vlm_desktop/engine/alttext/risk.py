"""What a person should look at first: a number from named reasons, never shown without them.

The number only puts a set in order. Each reason has a weight, and how strongly it speaks; they are
put together as independent causes would be (noisy-or), so that no reason hides another.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from vlm_desktop.base.altchecks import ClaimState, Finding, Ledger, Weight
from vlm_desktop.base.alttext import Candidate, Suggestion
from vlm_desktop.engine.alttext.lengths import listed

WEIGHTS = {
    "disagreement": 0.6,
    "low-support": 0.7,
    "text": 0.4,
    "people": 0.35,
    "near-duplicate": 0.2,
    "finding": 0.5,
}
"""How much each reason adds at most. Chosen by hand; they are an order, not a probability."""

_SPEAKS = {Weight.ERROR: 1.0, Weight.WARNING: 0.5, Weight.HINT: 0.1}
_DOUBT = {ClaimState.SUPPORTED: 0.0, ClaimState.SEEN_ONCE: 0.5, ClaimState.DISPUTED: 1.0}
_LEAST = 0.1
"""A reason that speaks more softly is not named."""
_WORD = re.compile(r"\w+")
_PEOPLE = listed(
    "adult adults athlete athletes baby babies boy boys bride child children couple crowd dancer"
    " family friend friends girl girls groom group guy guys kid kids lady ladies man men people"
    " person persons player players rider rower skier someone student students surfer team"
    " teenager toddler woman women worker workers"
)
_TEXT_REASONS = ("text", "text-area", "many-words", "labels")


@dataclass(frozen=True, slots=True)
class Risk:
    """`score` is between 0 and 1; `reasons` are codes, the strongest first."""

    score: float
    reasons: tuple[str, ...]


def judge(
    candidates: Sequence[Candidate],
    suggestion: Suggestion | None,
    findings: Iterable[Finding] = (),
    ledger: Ledger | None = None,
    *,
    alike: bool = False,
) -> Risk:
    """The risk of an image's text, the first of its candidates. Pure."""
    text = candidates[0].alt if candidates else ""
    speaks = {
        "disagreement": disagreement([one.alt for one in candidates]),
        "low-support": _unsupported(ledger),
        "text": float(_shows_text(suggestion)),
        "people": float(names_people(_words(text))),
        "near-duplicate": float(alike),
        "finding": max((_SPEAKS[one.weight] for one in findings), default=0.0),
    }
    named = {code: WEIGHTS[code] * much for code, much in speaks.items() if much >= _LEAST}
    fine = 1.0
    for share in named.values():
        fine *= 1.0 - share
    reasons = sorted(named, key=lambda code: -named[code])
    return Risk(round(1.0 - fine, 4), tuple(reasons))


def disagreement(texts: Sequence[str]) -> float:
    """How little drafts of one image share of their words: 0 they are the same, 1 nothing.

    The mean over all pairs of 1 - Dice; 0 where there is only one.
    """
    said = [_words(text) for text in texts if text.strip()]
    pairs = [(one, other) for number, one in enumerate(said) for other in said[:number]]
    if not pairs:
        return 0.0
    shared = [2 * len(one & other) / max(1, len(one) + len(other)) for one, other in pairs]
    return 1.0 - sum(shared) / len(shared)


def names_people(words: Collection[str]) -> bool:
    """Whether an English text speaks of people, whom one should not get wrong."""
    return not _PEOPLE.isdisjoint(words)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _unsupported(ledger: Ledger | None) -> float:
    if ledger is None or not ledger.claims:
        return 0.0
    return sum(_DOUBT[claim.state] for claim in ledger.claims) / len(ledger.claims)


def _shows_text(suggestion: Suggestion | None) -> bool:
    if suggestion is None:
        return False
    return bool(suggestion.text) or any(code in _TEXT_REASONS for code, _ in suggestion.reasons)
