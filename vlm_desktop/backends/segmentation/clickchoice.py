"""Which box the object under a click fills, and which ones it might as well.

A conditional logit over many boxes, whose weights `resources/grounding/click_weights.toml` were
fitted by `vlm_desktop.training.clicks`, says how probable each is. The first answer is the box
with the largest expected overlap, so that doubt makes it middling rather than extreme; each
further one is what raises the expected overlap of the best of them most.
"""

import functools
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.segmentation.clickboxes import (
    Candidates,
    box_overlaps,
    centred,
    region_boxes,
    shifted,
    within,
)
from vlm_desktop.backends.segmentation.clickfeatures import BoxFeatures
from vlm_desktop.backends.segmentation.clickmaps import Boxes, PictureMaps
from vlm_desktop.base.grounding import PromptPoint
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box

CHOICES = 3
_MOVED = 24
_WEIGHED = 160
_UNLIKE = 0.62
_MISSED = 4.0
"""Log odds a box loses for each clicked place it leaves out, or should have left out."""


@dataclass(frozen=True, slots=True)
class LikelyBox:
    """A box, and its expected overlap with the one that is meant, 0..1."""

    box: Box
    score: float


def likely_boxes(
    maps: PictureMaps,
    points: Sequence[PromptPoint],
    weights: Mapping[str, float] | None = None,
) -> tuple[LikelyBox, ...]:
    """Up to CHOICES boxes for the object at the points that add (at least one), best first.

    `weights` of features are the shipped ones if none are given.

    Points that do not add make boxes around them less probable, but exclude none: something else
    may stand within an object's box.
    """
    weights = click_weights() if weights is None else weights
    adding = np.array([(point.x, point.y) for point in points if point.adds])
    x, y = (adding.min(axis=0) + adding.max(axis=0)) / 2
    describe = BoxFeatures(maps, *adding[np.abs(adding - (x, y)).sum(axis=1).argmin()])
    middle = np.concatenate([centred(maps, x, y), region_boxes(maps, *adding[0])])
    found = within(maps, middle, x, y)
    if not len(found.boxes):
        height, width = maps.image.shape[:2]
        return (LikelyBox(Box(0.0, 0.0, width, height), 0.5),)
    logits = _logits(describe, found, weights) - _penalties(found.boxes, points)
    best = found.boxes[np.argsort(-logits)[:_MOVED]]
    moved = within(maps, shifted(best), x, y)
    if len(moved.boxes):
        logits = np.concatenate(
            [logits, _logits(describe, moved, weights) - _penalties(moved.boxes, points)]
        )
    return _chosen(np.concatenate([found.boxes, moved.boxes]), logits)


def _logits(
    describe: BoxFeatures, found: Candidates, weights: Mapping[str, float]
) -> NDArray[np.float64]:
    """Log odds of each candidate, up to one number for all."""
    values = describe.of(found)
    logits = np.zeros(len(found.boxes))
    for name, weight in weights.items():
        logits += weight * values[name]
    return logits


def _penalties(boxes: Boxes, points: Sequence[PromptPoint]) -> NDArray[np.float64]:
    """For points that add and lie outside, and for others that lie in the middle of a box."""
    total = np.zeros(len(boxes))
    sides = boxes[:, 2:] - boxes[:, :2]
    if len(points) == 1:
        return total
    for point in points:
        place = np.array([point.x, point.y])
        if point.adds:
            inside = (place >= boxes[:, :2]) & (place <= boxes[:, 2:])
            total += _MISSED * ~inside.all(axis=1)
        else:
            off = np.abs(place - (boxes[:, :2] + boxes[:, 2:]) / 2) / sides
            total += _MISSED * np.maximum(0.0, 0.5 - off.max(axis=1))
    return total


def _chosen(boxes: Boxes, logits: NDArray[np.float64]) -> tuple[LikelyBox, ...]:
    order = np.argsort(-logits)[:_WEIGHED]
    boxes = boxes[order]
    odds = np.exp(logits[order] - logits[order[0]])
    odds /= odds.sum()
    overlaps = box_overlaps(boxes, boxes)
    expected = overlaps @ odds
    chosen = [int(expected.argmax())]
    reached = overlaps[:, chosen[0]]
    while len(chosen) < CHOICES:
        gains = np.maximum(overlaps, reached[None]) @ odds
        gains[overlaps[:, chosen].max(axis=1) > _UNLIKE] = 0.0
        best = int(gains.argmax())
        if gains[best] <= 0.0:
            break
        chosen.append(best)
        reached = np.maximum(reached, overlaps[best])
    return tuple(
        LikelyBox(Box(*map(float, boxes[one])), min(1.0, float(expected[one]))) for one in chosen
    )


@functools.cache
def click_weights() -> Mapping[str, float]:
    """Weights of features by name; see `clickfeatures`."""
    path = bundled("resources") / "grounding" / "click_weights.toml"
    with path.open("rb") as file:
        weights: dict[str, float] = tomllib.load(file)["weights"]
    assert all(math.isfinite(weight) for weight in weights.values())
    return weights
