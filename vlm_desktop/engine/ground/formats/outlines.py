"""Masks to outlines and back, exactly.

An outline runs along the edges of pixels, with whole corners. Which pixels an outline holds is
decided by their centres and the even-odd rule, so a hole is an outline within an outline, and a
line that is walked there and back again bounds nothing: that is how several outlines become one.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box, Size

Corner: TypeAlias = tuple[float, float]
Outline: TypeAlias = tuple[Corner, ...]
"""Corners in pixels of the picture; the last is joined to the first."""

_Segments: TypeAlias = dict[tuple[int, int], list[tuple[int, int]]]


def trace(mask: Mask) -> list[Outline]:
    """The outlines of all parts and holes of a mask, in the order of their topmost edges."""
    if not mask.bits.size:
        return []
    bits = np.pad(mask.bits, 1).astype(np.int8)
    across = _segments(np.diff(bits, axis=0)[:, 1:-1], mask.left, mask.top)
    down = _turned(_segments(-np.diff(bits, axis=1)[1:-1, :].T, mask.top, mask.left))
    outlines = []
    for start in list(across):
        while across.get(start):
            outlines.append(_walk(start, across, down))
    return outlines


def joined(outlines: Sequence[Outline]) -> Outline:
    """One outline that holds the same pixels as several together."""
    if len(outlines) < 2:
        return outlines[0] if outlines else ()
    first = outlines[0]
    corners = [*first, first[0]]
    for one in outlines[1:]:
        corners += [*one, one[0], first[0]]
    return tuple(corners)


def fill(size: Size, outline: Sequence[Corner]) -> Mask:
    """The pixels whose centres an outline holds. Corners may lie outside of the picture."""
    if len(outline) < 3:
        return Mask(size, 0, 0, np.zeros((0, 0), bool))
    points = np.asarray(outline, np.float64)
    left, right = _within(points[:, 0], size.width)
    top, bottom = _within(points[:, 1], size.height)
    if left >= right or top >= bottom:
        return Mask(size, 0, 0, np.zeros((0, 0), bool))
    toggles = np.zeros((bottom - top, right - left + 1), np.int32)
    for one, other in zip(points, np.roll(points, -1, axis=0), strict=True):
        (x0, y0), (x1, y1) = (one, other) if one[1] <= other[1] else (other, one)
        first, last = max(top, int(np.ceil(y0 - 0.5))), min(bottom, int(np.ceil(y1 - 0.5)))
        if first >= last:
            continue
        rows = np.arange(first, last)
        crossed = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
        columns = np.clip(np.ceil(crossed - 0.5), left, right).astype(np.int64)
        np.add.at(toggles, (rows - top, columns - left), 1)
    bits = (np.cumsum(toggles[:, :-1], axis=1) & 1).astype(bool)
    return _trimmed(size, left, top, bits)


def union(size: Size, masks: Iterable[Mask]) -> Mask:
    """All that belongs to one of several masks of a picture."""
    whole: Bits | None = None
    for mask in masks:
        whole = mask.full() if whole is None else whole | mask.full()
    return Mask(size, 0, 0, np.zeros((0, 0), bool)) if whole is None else Mask.of(whole)


def box_around(outline: Sequence[Corner]) -> Box:
    """The smallest box around an outline of at least one corner."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return Box(min(xs), min(ys), max(xs), max(ys))


def area_of(outline: Sequence[Corner]) -> float:
    """What an outline encloses, in pixels, each turn counted."""
    turned = zip(outline, (*outline[1:], *outline[:1]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turned)) / 2


# --- within --------------------------------------------------------------------------------


def _segments(change: NDArray[np.int8], along: int, across: int) -> _Segments:
    """The straight pieces of edges that run along the second axis: where each begins -> where it
    ends, as (place along, place across). Those of entering pixels run forward, others back."""
    padded = np.pad(change, ((0, 0), (1, 1)))
    found: _Segments = {}
    for sign in (1, -1):
        steps = np.diff((padded == sign).astype(np.int8), axis=1)
        rows, firsts = np.nonzero(steps == 1)
        _, lasts = np.nonzero(steps == -1)
        for row, first, last in zip(rows.tolist(), firsts.tolist(), lasts.tolist(), strict=True):
            begin, end = (first, last) if sign == 1 else (last, first)
            place = row + across
            found.setdefault((begin + along, place), []).append((end + along, place))
    return found


def _turned(segments: _Segments) -> _Segments:
    return {
        (across, along): [(one[1], one[0]) for one in ends]
        for (along, across), ends in segments.items()
    }


def _walk(start: tuple[int, int], across: _Segments, down: _Segments) -> Outline:
    """Follow edges with the pixels on the right until the start is reached; uses them up.

    Where two pixels touch at a corner only, there are two ways on. Turning right keeps them two
    parts.
    """
    corners: list[Corner] = []
    here, end = start, across[start].pop()
    while True:
        corners += [(float(here[0]), float(here[1])), (float(end[0]), float(end[1]))]
        here = _next(down[end], end, axis=1, forward=end[0] > here[0])
        forward = here[1] < end[1]
        if here == start and not any((one[0] > here[0]) == forward for one in across[here]):
            return tuple(corners)
        end = _next(across[here], here, axis=0, forward=forward)


def _next(
    ends: list[tuple[int, int]], here: tuple[int, int], *, axis: int, forward: bool
) -> tuple[int, int]:
    """Take the way on from a corner: the only one, or the one that goes forward or back."""
    wanted = (at for at, end in enumerate(ends) if (end[axis] > here[axis]) == forward)
    return ends.pop(0 if len(ends) == 1 else next(wanted))


def _within(places: NDArray[np.float64], most: int) -> tuple[int, int]:
    """Pixels that an outline can reach, as a range within the picture."""
    first = int(np.floor(np.clip(places.min(), 0, most)))
    return first, int(np.ceil(np.clip(places.max(), 0, most)))


def _trimmed(size: Size, left: int, top: int, bits: Bits) -> Mask:
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    if not rows.size:
        return Mask(size, 0, 0, np.zeros((0, 0), bool))
    cut = bits[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Mask(size, left + int(columns[0]), top + int(rows[0]), np.ascontiguousarray(cut))
