"""From a detector's scores to probabilities, by what it says of things that are not there.

Detectors box what they were asked for, there or not, and how high they score it changes from
model to model and from picture to picture. So each picture is asked for a few things that hardly
any photo shows; only what stands out from those is believed. Numbers here are log odds of scores.
Pure functions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.grounding import FoundRegion, Heatmap
from vlm_desktop.base.types import Size

NULL_NOUNS = (
    "submarine", "xylophone", "stethoscope", "volcano", "parachute", "anvil", "harp", "igloo",
)  # fmt: skip
"""Things with a look of their own that are hardly ever in a photo."""
_NOTHING = 1e-3
"""The score of no box at all."""
_USUAL_SPREAD, _USUAL_WEIGHT = 0.7, 4.0
"""How far null scores lie from each other where nothing is known yet, and as how many of them
that counts: a handful from one picture says little about it."""
_EVEN_SPREADS, _PER_SPREAD, _PER_SCORE = 2.0, 1.5, 0.7
"""Standing out by so many null spreads, at the score from which the authors call something
found, is as likely right as wrong; what a further spread and a further unit of log odds add."""
_CELLS = 48


@dataclass(frozen=True, slots=True)
class NullBand:
    """What a model says of things that are not in a picture: log odds and their spread."""

    middle: float
    spread: float

    def stands_out(self, score: float) -> float:
        """A score's distance from the middle, in spreads."""
        return (log_odds(score) - self.middle) / self.spread

    def probability(self, score: float, even: float) -> float:
        """How probable it is that what scores so is really there, 0..1. See `PhraseTraits`."""
        told = _PER_SPREAD * (self.stands_out(score) - _EVEN_SPREADS)
        told += _PER_SCORE * (log_odds(score) - log_odds(even))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, told))))


def null_band(scores: Sequence[float]) -> NullBand:
    """The band of a picture from the best scores of null phrases asked of it.

    The middle is their median, so that one of them that is there after all does no harm. Raises
    ValueError without any.
    """
    if not scores:
        raise ValueError("no null phrase was asked")
    found = [log_odds(score) for score in scores]
    middle = median(found)
    # A null that is really there lies far above; beyond this it is not one.
    deviations = [min((one - middle) ** 2, (3 * _USUAL_SPREAD) ** 2) for one in found]
    pooled = _USUAL_WEIGHT * _USUAL_SPREAD**2 + sum(deviations)
    return NullBand(middle, math.sqrt(pooled / (_USUAL_WEIGHT + len(found))))


def null_nouns(phrase: str, number: int) -> tuple[str, ...]:
    """The first so many that have no word in common with a phrase."""
    words = set(phrase.casefold().split())
    return tuple(noun for noun in NULL_NOUNS if not words & {noun, f"{noun}s"})[:number]


def best_score(regions: Sequence[FoundRegion]) -> float:
    """That of the best region, and a very low one for none."""
    return max((one.confidence for one in regions), default=_NOTHING)


def log_odds(score: float) -> float:
    bounded = min(1 - 1e-4, max(_NOTHING, score))
    return math.log(bounded / (1 - bounded))


def box_heat(regions: Sequence[FoundRegion], size: Size) -> NDArray[np.float32]:
    """[rows, columns] over a picture: in each cell the highest confidence of a box there, times
    the part of the cell that the box covers."""
    side = max(size.width, size.height)
    columns = max(1, round(_CELLS * size.width / side))
    rows = max(1, round(_CELLS * size.height / side))
    heat = np.zeros((rows, columns), np.float32)
    for one in regions:
        across = _covered(one.box.x0, one.box.x1, size.width, columns)
        down = _covered(one.box.y0, one.box.y1, size.height, rows)
        np.maximum(heat, one.confidence * np.outer(down, across), out=heat)
    return heat


def _covered(start: float, stop: float, length: int, cells: int) -> NDArray[np.float32]:
    """The part of each cell along a side that lies between two places."""
    edges = np.linspace(0, length, cells + 1)
    inner = np.minimum(edges[1:], stop) - np.maximum(edges[:-1], start)
    covered: NDArray[np.float32] = np.clip(inner * cells / length, 0, 1).astype(np.float32)
    return covered


def heatmap(
    own: NDArray[np.float32] | None, regions: Sequence[FoundRegion], size: Size, strength: float
) -> Heatmap:
    """What the model says of every place, else what its boxes say."""
    return Heatmap(own if own is not None else box_heat(regions, size), max(0.0, strength))
