"""From what was found to a claim's state, by weights that anybody can read.

`resources/vocabularies/claim_weights.toml` has a table for each kind of claim: each signal's
weight, their sum's offset, and two cuts. The logistic function of the sum is how likely the claim
is true where as many claims are true as false. Words to be read are told by OCR alone; names by
what people said, since nobody is recognised by looks.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache

from vlm_desktop.base.altchecks import ClaimState, Evidence, EvidenceKind
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box

CONTEXT_WEIGHT = 1.5
"""Log odds that the page or the caption adds by saying so; not fitted."""
_MIDDLE = {"rank": -math.log(1.005 - 0.9), "again": 0.5}
"""Where signals that are never below nought are about even: better than nine in ten words, said by
half of the drafts. They share the offset in the proportion of what they add there."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a claim. None is what was not asked.

    `region` and `whole` are scores of the search model on the best window and the picture, in
    null spreads; `rank` the share of everyday words that fit no better; `contrast` how much better
    the phrase fits than with another colour, number or deed; `yes` the log odds of
    "yes", `grey` those about a grey picture; `open` 1 where the answer to an open question agrees,
    -1 where it does not; `again` of `samples` drafts say it too.
    """

    region: float | None = None
    whole: float | None = None
    rank: float | None = None
    contrast: float | None = None
    box: Box | None = None
    yes: float | None = None
    yes_text: str = ""
    grey: float | None = None
    open: int | None = None
    open_text: str = ""
    again: int = 0
    samples: int = 0
    read: bool | None = None
    told: str = ""
    recorded: str = ""

    def has_asked(self, name: str) -> bool:
        """Whether a feature comes from something that was asked."""
        match name:
            case "again":
                return self.samples > 0
            case "sight":
                return self.yes is not None and self.grey is not None
        return getattr(self, name) is not None

    def features(self) -> dict[str, float]:
        """What the weights apply to; what was not asked counts nothing."""
        yes, grey = self.yes, self.grey
        return {
            "region": self.region or 0.0,
            "whole": self.whole or 0.0,
            "rank": -math.log(1.005 - self.rank) if self.rank is not None else 0.0,
            "contrast": self.contrast or 0.0,
            "yes": yes or 0.0,
            "sight": yes - grey if yes is not None and grey is not None else 0.0,
            "open": float(self.open or 0),
            "again": self.again / self.samples if self.samples else 0.0,
        }


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one kind of claim; `region_even` is the score of the search model on the
    best window from which it speaks for a claim."""

    offset: float
    weights: Mapping[str, float]
    supported: float
    disputed: float
    region_even: float

    def probability(self, signals: Signals) -> float:
        """How likely the claim is true, 0..1, at even odds beforehand."""
        features = signals.features()
        total = self.offset + sum(self.weights.get(name, 0.0) * features[name] for name in features)
        if signals.told or signals.recorded:
            total += CONTEXT_WEIGHT
        return _logistic(total)

    def surplus(self, signals: Signals) -> dict[str, float]:
        """What each signal adds beyond its part of the offset, of those asked for and weighed.

        The sum of all is that of the rule, but for what people said. Signals that speak for a claim
        from nought on ("yes", "contrast") bear nothing; the search model's score bears what it adds
        where it is even; rank and samples, which are never below nought, bear the rest.
        """
        features = signals.features()
        weighed = {name: weight for name, weight in self.weights.items() if weight > 0}
        asked = [name for name in features if name in weighed and signals.has_asked(name)]
        parts = {name: weighed[name] * features[name] for name in asked}
        rest = self.offset
        if "region" in parts:
            parts["region"] -= weighed["region"] * self.region_even
            rest += weighed["region"] * self.region_even
        bearing = {name: weighed[name] * _MIDDLE[name] for name in asked if name in _MIDDLE}
        bearing = bearing or dict.fromkeys(asked, 1.0)
        for name, share in bearing.items():
            parts[name] += rest * share / sum(bearing.values())
        return parts


@cache
def weights_of(kind: str) -> Weights | None:
    """None for kinds that are not weighed."""
    table = _table().get(kind)
    if table is None:
        return None
    names = {one.name for one in fields(Weights)}
    return Weights(
        offset=table["offset"],
        weights={name: value for name, value in table.items() if name not in names},
        supported=table["supported"],
        disputed=table["disputed"],
        region_even=table["region_even"],
    )


@cache
def _table() -> Mapping[str, Mapping[str, float]]:
    path = bundled("resources") / "vocabularies" / "claim_weights.toml"
    with path.open("rb") as file:
        return tomllib.load(file)


def verdict(kind: str, signals: Signals) -> tuple[ClaimState, float | None]:
    """A claim's state, and the probability behind it where there is one."""
    if kind == "text":
        if signals.read is None:
            return ClaimState.SEEN_ONCE, None
        return (ClaimState.SUPPORTED if signals.read else ClaimState.DISPUTED), None
    weights = weights_of(kind)
    if weights is None:
        known = signals.told or signals.recorded or signals.read
        return (ClaimState.SUPPORTED if known else ClaimState.SEEN_ONCE), None
    if signals.region is None and signals.yes is None and not signals.samples:
        known = signals.told or signals.recorded
        return (ClaimState.SUPPORTED if known else ClaimState.SEEN_ONCE), None
    share = weights.probability(signals)
    if share >= weights.supported:
        return ClaimState.SUPPORTED, share
    return (ClaimState.DISPUTED if share <= weights.disputed else ClaimState.SEEN_ONCE), share


def evidence(kind: str, signals: Signals) -> tuple[Evidence, ...]:
    """What was found, piece by piece, each for or against the claim.

    Whatever is weighed is among it, and speaks for the claim where it adds more to the sum than it
    must to bear its part of the offset: so no state is contradicted by all that is shown.
    """
    found: list[Evidence] = []
    weights = weights_of(kind)
    if weights is not None:
        found += _weighed(signals, weights)
    if signals.read is not None and (signals.read or kind == "text"):
        found.append(Evidence(EvidenceKind.OCR, signals.read))
    if signals.recorded:
        found.append(Evidence(EvidenceKind.METADATA, supports=True, detail=signals.recorded))
    if signals.told:
        found.append(Evidence(EvidenceKind.CONTEXT, supports=True, detail=signals.told))
    return tuple(found)


def _weighed(signals: Signals, weights: Weights) -> Iterator[Evidence]:
    """A piece of evidence for each signal that is weighed."""
    for name, more in weights.surplus(signals).items():
        here = more > 0
        match name:
            case "region":
                which = EvidenceKind.REGION if here else EvidenceKind.ABSENT
                score = round(_logistic(more / weights.weights[name]), 3)
                yield Evidence(which, here, score=score, box=signals.box if here else None)
            case "rank":
                yield Evidence(EvidenceKind.RANK, here, score=signals.rank)
            case "again":
                score = round(signals.again / signals.samples, 3)
                detail = f"{signals.again}/{signals.samples}"
                yield Evidence(EvidenceKind.SAMPLES, here, detail, score)
            case "yes":
                score = round(_logistic(signals.yes or 0.0), 3)
                yield Evidence(EvidenceKind.ANSWER, here, signals.yes_text, score)
            case "open":
                yield Evidence(EvidenceKind.ANSWER, here, signals.open_text)
            case "contrast" | "sight":
                yield Evidence(EvidenceKind(name), here)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))
