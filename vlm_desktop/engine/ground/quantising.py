"""What it costs that a family can only say so many places along a side: no network is run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

USUAL_BINS = (10, 32, 100, 1000, 1024)
"""Kosmos-2 has 32, Florence-2 and Qwen-VL 1000, PaliGemma 1024."""
SIDES = (0.05, 0.2, 0.6)
"""Of small, middling and large objects, in parts of the picture's side."""
_SAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class QuantisationError:
    """What is lost with `bins` places along each side, at best.

    `corner` is the largest error of a corner, in parts of the side. `overlaps` are the mean
    intersections over union of true boxes with what is read back, for objects of each of `SIDES`;
    `worst` the lowest of any of the smallest.
    """

    bins: int
    corner: float
    overlaps: tuple[float, ...]
    worst: float


def quantisation_errors(bins: Sequence[int] = USUAL_BINS) -> tuple[QuantisationError, ...]:
    """For each number of bins what rounding alone loses; the same boxes every time.

    A place is read as the middle of its bin, which is the best there is. Raises ValueError for
    less than one bin.
    """
    return tuple(_error(number) for number in bins)


def _error(bins: int) -> QuantisationError:
    if bins < 1:
        raise ValueError(f"{bins} bins cannot say where anything is")
    overlaps, corner, worst = [], 0.0, 1.0
    for side in SIDES:
        true = _boxes(side)
        back = quantised(true, bins)
        corner = max(corner, float(np.abs(back - true).max()))
        shares = _overlaps(true, back)
        overlaps.append(float(shares.mean()))
        worst = min(worst, float(shares.min()))
    return QuantisationError(bins, corner, tuple(overlaps), worst)


def quantised(fractions: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Places as they are read back, each the middle of the bin that it fell into."""
    middles: NDArray[np.float64] = (np.clip(np.floor(fractions * bins), 0, bins - 1) + 0.5) / bins
    return middles


def _boxes(side: float) -> NDArray[np.float64]:
    """Boxes [n, 4] of about this side, of changing aspect, anywhere in the picture."""
    source = np.random.default_rng(11)
    aspect = np.exp(source.uniform(-0.7, 0.7, _SAMPLES))
    width = np.minimum(side * np.sqrt(aspect), 1.0)
    height = np.minimum(side / np.sqrt(aspect), 1.0)
    left, top = source.uniform(0, 1 - width), source.uniform(0, 1 - height)
    return np.stack([left, top, left + width, top + height], axis=1)


def _overlaps(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    both = np.clip(
        np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2]), 0, None
    ).prod(axis=1)
    areas = [(rows[:, 2:] - rows[:, :2]).clip(0).prod(axis=1) for rows in (one, other)]
    shares: NDArray[np.float64] = both / (areas[0] + areas[1] - both)
    return shares
