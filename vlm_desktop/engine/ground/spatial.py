"""Where boxes are, in a picture and to one another: what spatial words say, computed.

Everything is a probability from geometry alone: 0.5 where two boxes tie or a place lies on the
border, near 0 or 1 where nobody would argue. `holds` says from where on it is told as a fact.
Boxes know nothing of depth, so "behind" and "in front of" are always 0.5.
"""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum

from vlm_desktop.base.types import Box, Size

SURE = 0.65
"""From this probability on something is said to hold, and from 1 - SURE down that it does not."""
_UNKNOWN = 0.5
_BORDER, _SOFT = 0.45, 0.05
"""A centre left of 0.45 of the width is "left"; a twentieth of the width is undecided."""
_MIDDLE_HALF, _MIDDLE_HIGH = 0.18, 0.35
_SIDE_GAP = 0.02
"""Share of a picture's side by which two centres differ so that e/(1+e) = 73 % say so."""
_SIZE_GAP = 0.15
"""The same for the logarithm of two areas or lengths."""
_SAME = 0.8
"""Boxes that overlap so far are one and the same thing."""


class Side(StrEnum):
    """A side of the picture."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    MIDDLE = "middle"


class Measure(StrEnum):
    """By what one of several is chosen; the sides first."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    MIDDLE = "middle"
    LARGEST = "largest"
    SMALLEST = "smallest"
    TALLEST = "tallest"
    SHORTEST = "shortest"
    LONGEST = "longest"
    WIDEST = "widest"
    NARROWEST = "narrowest"


class Relation(StrEnum):
    """How one thing lies to another."""

    LEFT_OF = "left-of"
    RIGHT_OF = "right-of"
    ABOVE = "above"
    BELOW = "below"
    ON = "on"
    NEXT_TO = "next-to"
    NEAR = "near"
    INSIDE = "inside"
    WITH = "with"
    WITHOUT = "without"
    CLOSEST_TO = "closest-to"
    FURTHEST_FROM = "furthest-from"
    BETWEEN = "between"
    BEHIND = "behind"
    IN_FRONT_OF = "in-front-of"


def holds(probability: float) -> bool | None:
    """True, False, or None where it cannot be told."""
    if probability >= SURE:
        return True
    return False if probability <= 1 - SURE else None


def logistic(value: float) -> float:
    """1 / (1 + e**-value), safe at both ends."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


# --- boxes ---------------------------------------------------------------------------------


def centre(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def width(box: Box) -> float:
    return max(0.0, box.x1 - box.x0)


def height(box: Box) -> float:
    return max(0.0, box.y1 - box.y0)


def area(box: Box) -> float:
    return width(box) * height(box)


def _across(one: Box, other: Box) -> tuple[float, float]:
    """How far two boxes overlap in width and height; negative is the gap between them."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide, high


def common(one: Box, other: Box) -> float:
    """Area of what two boxes share."""
    wide, high = _across(one, other)
    return max(0.0, wide) * max(0.0, high)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0..1; 0 for two boxes without area."""
    both = common(one, other)
    union = area(one) + area(other) - both
    return both / union if union > 0 else 0.0


def gap(one: Box, other: Box) -> float:
    """The distance of two boxes' edges in pixels; 0 where they touch."""
    wide, high = _across(one, other)
    return math.hypot(max(0.0, -wide), max(0.0, -high))


def _scale(one: Box, other: Box) -> float:
    return max(1.0, (math.sqrt(area(one)) + math.sqrt(area(other))) / 2)


# --- places in the picture -----------------------------------------------------------------


def in_place(box: Box, size: Size, sides: Sequence[Side]) -> float:
    """How surely a box lies at all of these sides of a picture."""
    return min((_at_side(box, size, side) for side in sides), default=_UNKNOWN)


def _at_side(box: Box, size: Size, side: Side) -> float:
    x, y = centre(box)
    x, y = x / max(1, size.width), y / max(1, size.height)
    if side is Side.MIDDLE:
        far_x, far_y = abs(x - 0.5), abs(y - 0.5)
        return min(
            logistic((_MIDDLE_HALF - far_x) / (_SOFT / 2)),
            logistic((_MIDDLE_HIGH - far_y) / (_SOFT / 2)),
        )
    place = {Side.LEFT: x, Side.RIGHT: 1 - x, Side.TOP: y, Side.BOTTOM: 1 - y}[side]
    return logistic((_BORDER - place) / _SOFT)


def sides_of(box: Box, size: Size) -> tuple[Side, ...]:
    """Where a box surely lies: ("top", "left"), ("middle",), or nothing where it is everywhere."""
    found = []
    for pair in ((Side.TOP, Side.BOTTOM), (Side.LEFT, Side.RIGHT)):
        found += [side for side in pair if holds(_at_side(box, size, side))]
    if not found and holds(_at_side(box, size, Side.MIDDLE)):
        found = [Side.MIDDLE]
    return tuple(found)


# --- one of several ------------------------------------------------------------------------


def ranked(boxes: Sequence[Box], size: Size, measure: Measure, number: int = 1) -> list[float]:
    """For each box how surely it is the one: the `number`-th by a measure, -1 for the last.

    The second from the left is `LEFT, 2`. Where two tie, both get 0.5; beyond the last one there
    is none, and all get 0.
    """
    if measure is Measure.MIDDLE:
        return _middle(boxes, size)
    values = [_value(box, size, measure) for box in boxes]
    return chosen(values, number, _SIZE_GAP if _is_of_size(measure) else _SIDE_GAP)


def chosen(values: Sequence[float], number: int, spread: float) -> list[float]:
    """For each value how surely it is the `number`-th smallest, -1 the largest.

    `spread` is the difference of two values that tells them apart with 73 %.
    """
    if not values:
        return []
    place = number - 1 if number > 0 else len(values) + number
    if not 0 <= place < len(values):
        return [0.0] * len(values)
    order = sorted(range(len(values)), key=lambda index: values[index])
    taken = values[order[place]]
    apart = [logistic(abs(value - taken) / spread) for value in values]
    found = [1 - one for one in apart]
    found[order[place]] = min(
        (one for index, one in enumerate(apart) if index != order[place]), default=1.0
    )
    return found


def _is_of_size(measure: Measure) -> bool:
    return measure not in {Measure.LEFT, Measure.RIGHT, Measure.TOP, Measure.BOTTOM}


def _value(box: Box, size: Size, measure: Measure) -> float:
    """The smaller, the sooner a box is taken: shares of a side, or logarithms of lengths."""
    x, y = centre(box)
    x, y = x / max(1, size.width), y / max(1, size.height)
    wide, high = math.log(max(1.0, width(box))), math.log(max(1.0, height(box)))
    return {
        Measure.LEFT: x,
        Measure.RIGHT: -x,
        Measure.TOP: y,
        Measure.BOTTOM: -y,
        Measure.LARGEST: -(wide + high),
        Measure.SMALLEST: wide + high,
        Measure.TALLEST: -high,
        Measure.SHORTEST: high,
        Measure.LONGEST: -max(wide, high),
        Measure.WIDEST: -wide,
        Measure.NARROWEST: wide,
    }[measure]


def _middle(boxes: Sequence[Box], size: Size) -> list[float]:
    """Of an odd number the one with as many on either side, else the one next to the centre."""
    if len(boxes) % 2 and len(boxes) > 1:
        return ranked(boxes, size, Measure.LEFT, len(boxes) // 2 + 1)
    values = [abs(centre(box)[0] / max(1, size.width) - 0.5) for box in boxes]
    return chosen(values, 1, _SIDE_GAP)


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
    return chosen(values, 1, _SIDE_GAP)


# --- one thing to another ------------------------------------------------------------------


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
    if _across(box, other)[0] <= 0:
        return min(sure, 0.6)  # higher up, and beside it
    return sure


def _below(box: Box, other: Box) -> float:
    """Further down, or in the lower half of it, as a dog is under a table."""
    lower = logistic((centre(box)[1] - centre(other)[1]) / max(1.0, 0.1 * height(other)) - 1)
    return max(_above(other, box), min(_inside(box, other), lower))


def _on(box: Box, other: Box) -> float:
    """Its foot within the other thing, its middle not below that one's: a cup on a table."""
    share = _across(box, other)[0] / max(1.0, width(box))
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
    level = _across(box, other)[1] / max(1.0, min(height(box), height(other)))
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
