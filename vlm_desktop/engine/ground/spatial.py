"""Where boxes are, in a picture and to one another: what spatial words say, computed.

Everything is a probability from geometry alone: 0.5 where two boxes tie or a place lies on the
border, near 0 or 1 where nobody would argue. `holds` says from where on it is told as a fact.
Boxes know nothing of depth, so "behind" and "in front of" are always 0.5.
"""

import math
from collections.abc import Sequence
from enum import StrEnum

from vlm_desktop.base.types import Box, Size

SURE = 0.65
"""From this probability on something is said to hold, and from 1 - SURE down that it does not."""
_UNKNOWN = 0.5
_BORDER, _SOFT = 0.45, 0.05
"""A centre left of 0.45 of the width is "left"; a twentieth of the width is undecided."""
_MIDDLE_HALF, _MIDDLE_HIGH = 0.18, 0.35
SIDE_GAP = 0.02
"""Share of a picture's side by which two centres differ so that e/(1+e) = 73 % say so."""
_SIZE_GAP = 0.15
"""The same for the logarithm of two areas or lengths."""


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


def across(one: Box, other: Box) -> tuple[float, float]:
    """How far two boxes overlap in width and height; negative is the gap between them."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide, high


def common(one: Box, other: Box) -> float:
    """Area of what two boxes share."""
    wide, high = across(one, other)
    return max(0.0, wide) * max(0.0, high)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0..1; 0 for two boxes without area."""
    both = common(one, other)
    union = area(one) + area(other) - both
    return both / union if union > 0 else 0.0


def gap(one: Box, other: Box) -> float:
    """The distance of two boxes' edges in pixels; 0 where they touch."""
    wide, high = across(one, other)
    return math.hypot(max(0.0, -wide), max(0.0, -high))


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
    return chosen(values, number, _SIZE_GAP if _is_of_size(measure) else SIDE_GAP)


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
    return chosen(values, 1, SIDE_GAP)
