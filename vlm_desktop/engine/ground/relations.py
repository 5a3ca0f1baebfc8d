"""How one box lies to others: relations, nearness, between. Probabilities, as in `spatial.py`."""

import math
from collections.abc import Callable, Sequence

from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.spatial import (
    SIDE_GAP,
    Relation,
    across,
    area,
    centre,
    chosen,
    common,
    gap,
    height,
    logistic,
    overlap,
    width,
)

_UNKNOWN = 0.5
_SAME = 0.8
"""Boxes that overlap so far are one and the same thing."""


def by_distance(
    boxes: Sequence[Box], others: Sequence[Box], size: Size, *, far: bool
) -> list[float]:
    """For each box how surely it is the nearest to any of the others, or the furthest from all."""
    diagonal = math.hypot(size.width, size.height) or 1.0

    def away(box: Box) -> float:
        # Edges first; of boxes that touch the other one, the nearer centre.
        there = [one for one in others if overlap(box, one) < _SAME] or list(others)
        return min(
            (gap(box, one) + 0.25 * math.dist(centre(box), centre(one))) / diagonal for one in there
        )

    if not others:
        return [_UNKNOWN] * len(boxes)
    values = [-away(box) if far else away(box) for box in boxes]
    return chosen(values, 1, SIDE_GAP)


def _scale(one: Box, other: Box) -> float:
    return max(1.0, (math.sqrt(area(one)) + math.sqrt(area(other))) / 2)


def related(box: Box, relation: Relation, others: Sequence[Box]) -> float:
    """How surely a box lies so to at least one of the others.

    Not for `BETWEEN`, `CLOSEST_TO` and `FURTHEST_FROM`, which look at several at once.
    """
    there = [one for one in others if overlap(box, one) < _SAME]
    if relation is Relation.WITHOUT:
        return 1 - max((_with(box, one) for one in there), default=0.0)
    test = _TESTS.get(relation)
    if test is None:
        return _UNKNOWN
    return max((test(box, one) for one in there), default=0.0)


def _left_of(box: Box, other: Box) -> float:
    reach = max(1.0, (width(box) + width(other)) / 2)
    return logistic(((centre(other)[0] - centre(box)[0]) / reach - 0.3) / 0.1)


def _right_of(box: Box, other: Box) -> float:
    return _left_of(other, box)


def _above(box: Box, other: Box) -> float:
    reach = max(1.0, (height(box) + height(other)) / 2)
    sure = logistic(((centre(other)[1] - centre(box)[1]) / reach - 0.3) / 0.1)
    if across(box, other)[0] <= 0:
        return min(sure, 0.6)  # higher up, and beside it
    return sure


def _below(box: Box, other: Box) -> float:
    """Further down, or in the lower half of it, as a dog is under a table."""
    lower = logistic((centre(box)[1] - centre(other)[1]) / max(1.0, 0.1 * height(other)) - 1)
    return max(_above(other, box), min(_inside(box, other), lower))


def _on(box: Box, other: Box) -> float:
    """Its foot within the other thing, its middle not below that one's: a cup on a table."""
    share = across(box, other)[0] / max(1.0, width(box))
    high = max(1.0, min(height(box), height(other)))
    lands = min(box.y1 - other.y0, other.y1 - box.y1) / high
    raised = (centre(other)[1] - centre(box)[1]) / max(1.0, height(other))
    return min(
        logistic((share - 0.45) / 0.1),
        logistic((lands + 0.2) / 0.07),
        logistic((raised + 0.25) / 0.1),
    )


def _inside(box: Box, other: Box) -> float:
    return logistic((common(box, other) / max(1.0, area(box)) - 0.65) / 0.1)


def _near(box: Box, other: Box) -> float:
    return logistic((0.8 - gap(box, other) / _scale(box, other)) / 0.2)


def _next_to(box: Box, other: Box) -> float:
    """Side by side: close, at about the same height, neither within the other."""
    level = across(box, other)[1] / max(1.0, min(height(box), height(other)))
    within = common(box, other) / max(1.0, min(area(box), area(other)))
    return min(
        logistic((0.45 - gap(box, other) / _scale(box, other)) / 0.12),
        logistic((level - 0.25) / 0.1),
        logistic((0.75 - within) / 0.08),
    )


def _with(box: Box, other: Box) -> float:
    """A good part of the other thing lies within: worn, held, carried, ridden."""
    return logistic((common(box, other) / max(1.0, area(other)) - 0.25) / 0.07)


_TESTS: dict[Relation, Callable[[Box, Box], float]] = {
    Relation.LEFT_OF: _left_of,
    Relation.RIGHT_OF: _right_of,
    Relation.ABOVE: _above,
    Relation.BELOW: _below,
    Relation.ON: _on,
    Relation.NEXT_TO: _next_to,
    Relation.NEAR: _near,
    Relation.INSIDE: _inside,
    Relation.WITH: _with,
}


def between(box: Box, ones: Sequence[Box], others: Sequence[Box]) -> float:
    """How surely a box lies between one of each; between two of the same, hand in both twice."""
    best = 0.0
    for one in ones:
        for other in others:
            if max(overlap(one, other), overlap(box, one), overlap(box, other)) < _SAME:
                best = max(best, _lies_between(centre(box), centre(one), centre(other)))
    return best


def _lies_between(
    place: tuple[float, float], one: tuple[float, float], other: tuple[float, float]
) -> float:
    along = (other[0] - one[0], other[1] - one[1])
    length = math.hypot(*along)
    if length < 1.0:
        return 0.0
    offset = (place[0] - one[0], place[1] - one[1])
    share = (offset[0] * along[0] + offset[1] * along[1]) / length**2
    aside = abs(offset[0] * along[1] - offset[1] * along[0]) / length**2
    return min(
        logistic((share - 0.12) / 0.04),
        logistic((0.88 - share) / 0.04),
        logistic((0.5 - aside) / 0.1),
    )
