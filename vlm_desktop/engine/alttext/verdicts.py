"""From what was found to a claim's state, by weights that anybody can read.

`resources/vocabularies/claim_weights.toml` has a table for each kind of claim: each signal's
weight, their sum's offset, and two cuts. The logistic function of the sum is how likely the claim
is true where as many claims are true as false. Words to be read are told by OCR alone; names by
what people said, since nobody is recognised by looks.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from vlm_desktop.base.altchecks import ClaimState, Evidence, EvidenceKind
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box

CONTEXT_WEIGHT = 1.5
"""Log odds that the page or the caption adds by saying so; not fitted."""


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
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


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
    """What was found, piece by piece, each for or against the claim."""
    found: list[Evidence] = []
    weights = weights_of(kind)
    if signals.region is not None and weights is not None:
        here = signals.region >= weights.region_even
        share = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, signals.region - weights.region_even))))
        which = EvidenceKind.REGION if here else EvidenceKind.ABSENT
        found.append(
            Evidence(which, here, score=round(share, 3), box=signals.box if here else None)
        )
    if signals.read is not None and (signals.read or kind == "text"):
        found.append(Evidence(EvidenceKind.OCR, signals.read))
    if signals.recorded:
        found.append(Evidence(EvidenceKind.METADATA, supports=True, detail=signals.recorded))
    if signals.samples:
        share = signals.again / signals.samples
        detail = f"{signals.again}/{signals.samples}"
        found.append(Evidence(EvidenceKind.SAMPLES, share >= 0.5, detail, round(share, 3)))
    if signals.yes is not None:
        sight = signals.yes - (signals.grey or 0.0)
        found.append(Evidence(
            EvidenceKind.ANSWER, signals.yes > 0 and sight > 0, signals.yes_text,
            round(1.0 / (1.0 + math.exp(-signals.yes)), 3),
        ))  # fmt: skip
    if signals.open is not None:
        found.append(Evidence(EvidenceKind.ANSWER, signals.open > 0, signals.open_text))
    if signals.told:
        found.append(Evidence(EvidenceKind.CONTEXT, supports=True, detail=signals.told))
    return tuple(found)
