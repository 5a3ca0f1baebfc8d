"""Geometry of read lines: quarter turns, boxes and reading order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.ocrtext import Quad
from vlm_desktop.base.types import Box

_TALL = 1.5
"""A quad this much taller than wide holds a line turned by a quarter."""
_LONG = 4.0
"""A picture so many times longer than wide is looked at in pieces, each about as long as this."""
_LAP = 0.25
"""By this part of the shorter side, pieces reach over each other: more than a line's height."""
_SAME_ROW = 0.5
"""Share of the smaller height by which two boxes of one row overlap at least."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a picture in pixels. Lines whose middle lies between `first` and `last` along
    the picture's longer side are its own; the others are a neighbour's."""

    left: int
    top: int
    right: int
    bottom: int
    first: float
    last: float
    is_wide: bool

    def owns(self, middles: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the points [n, 2] are this piece's."""
        along = middles[:, 0 if self.is_wide else 1]
        return np.asarray((self.first <= along) & (along < self.last))


def pieces_of(width: int, height: int) -> list[Piece]:
    """A picture as pieces that lap over each other; mostly it is one."""
    long, short = max(width, height), min(width, height)
    count = math.ceil(long / (_LONG * short))
    is_wide = width > height
    pieces = []
    for k in range(count):
        first, last = long * k / count, long * (k + 1) / count
        start = max(0, math.floor(first - _LAP * short)) if k else 0
        end = min(long, math.ceil(last + _LAP * short))
        first, last = (first if k else -math.inf), (last if k + 1 < count else math.inf)
        if is_wide:
            pieces.append(Piece(start, 0, end, height, first, last, is_wide))
        else:
            pieces.append(Piece(0, start, width, end, first, last, is_wide))
    return pieces


def quad_sides(quads: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Widths and heights in pixels of quads [n, 4, 2], corners clockwise from top left."""
    widths = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    return widths, heights


def mostly_tall(quads: NDArray[np.float32]) -> bool:
    """Whether most of the text, by length of line, runs up or down."""
    widths, heights = quad_sides(quads)
    longer = np.maximum(widths, heights)
    return bool(longer[heights > _TALL * widths].sum() > longer.sum() / 2)


def quads_before_turn(
    quads: NDArray[np.float32], turns: int, width: int, height: int
) -> NDArray[np.float32]:
    """Points of a picture turned by `turns` x 90 degrees counter-clockwise (`numpy.rot90`),
    in the pixels of the picture before, which is `width` x `height`."""
    x, y = quads[..., 0], quads[..., 1]
    match turns % 4:
        case 1:
            points = (width - y, x)
        case 2:
            points = (width - x, height - y)
        case 3:
            points = (y, height - x)
        case _:
            points = (x, y)
    return np.stack(points, axis=-1).astype(np.float32)


def quad_as_read(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners of a quad in the order in which its line is read.

    rapidocr turns crops that stand tall a quarter counter-clockwise before they are read, so
    such a line begins at the corner that was top right.
    """
    widths, heights = quad_sides(quad[None])
    return np.roll(quad, -1, axis=0) if heights[0] >= _TALL * widths[0] else quad


def part_of_quad(
    quad: NDArray[np.float32], start: float, end: float, top: float = 0.0, bottom: float = 1.0
) -> NDArray[np.float32]:
    """The part of a line between two shares of its length, and of its height."""
    shares = ((start, top), (end, top), (end, bottom), (start, bottom))
    corners = [
        (1 - down) * ((1 - along) * quad[0] + along * quad[1])
        + down * ((1 - along) * quad[3] + along * quad[2])
        for along, down in shares
    ]
    return np.stack(corners).astype(np.float32)


def quad_of_box(box: Box) -> NDArray[np.float32]:
    """The corners of an upright box, at least a pixel wide and high."""
    x1, y1 = max(box.x1, box.x0 + 1), max(box.y1, box.y0 + 1)
    corners = ((box.x0, box.y0), (x1, box.y0), (x1, y1), (box.x0, y1))
    return np.array(corners, dtype=np.float32)


def as_quad(corners: NDArray[np.float32]) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = corners.tolist()
    return (a, b), (c, d), (e, f), (g, h)


def bounding_box(quad: NDArray[np.float32], width: int, height: int) -> Box:
    """The upright box around a quad, within the picture."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return Box(
        x0=float(np.clip(low[0], 0, width)),
        y0=float(np.clip(low[1], 0, height)),
        x1=float(np.clip(high[0], 0, width)),
        y1=float(np.clip(high[1], 0, height)),
    )


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Indices of boxes row by row from the top, each row from the left.

    A box joins the row whose last box it overlaps by half the smaller height; comparing with
    the nearest box, not with the row as a whole, follows a page that is slightly askew.
    """
    order = sorted(range(len(boxes)), key=lambda i: (boxes[i].y0 + boxes[i].y1, boxes[i].x0))
    rows: list[list[int]] = []
    for index in order:
        row = next((row for row in reversed(rows[-3:]) if _joins(boxes, row, index)), None)
        if row is None:
            rows.append([index])
        else:
            row.append(index)
    return [index for row in rows for index in sorted(row, key=lambda i: boxes[i].x0)]


def _joins(boxes: Sequence[Box], row: Sequence[int], index: int) -> bool:
    box = boxes[index]
    middle = (box.x0 + box.x1) / 2
    nearest = boxes[min(row, key=lambda i: abs((boxes[i].x0 + boxes[i].x1) / 2 - middle))]
    overlap = min(box.y1, nearest.y1) - max(box.y0, nearest.y0)
    smaller = min(box.y1 - box.y0, nearest.y1 - nearest.y0)
    beside = box.x0 >= nearest.x1 - smaller or box.x1 <= nearest.x0 + smaller
    return beside and overlap > _SAME_ROW * smaller
