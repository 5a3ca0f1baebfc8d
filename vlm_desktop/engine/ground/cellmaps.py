"""Maps of cells over a whole picture, finer than the 7x7 an image tower gives.

The tower looks at overlapping windows of the picture, each squashed to its square; what it says of
their cells is laid over each other. A cell of a map is the mean of all windows that hold it, a
window counting the more the deeper the cell lies in it, because at its edge the tower sees half of
what is around (a border of the picture is no such edge).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vlm_desktop.backends.protocols import CellEncoder
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.cancel import CancelToken

COARSE, FINE = 14, 20
"""Cells along a side of the two maps."""
_WINDOWS = ((0.4, 3, COARSE), (0.3, 4, FINE))
"""Of each map: the share of a side that a window has, how many stand along it, cells of the map.
Words about regions of COCO photos were told apart best by windows of these sizes: 0.61 of objects
beside others by the coarse, 0.66 by the fine map, 0.45 by the cells of the whole picture."""
_AT_ONCE = 4
_SHALLOWEST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class CellMaps:
    """Features of a picture: `whole` [cells, f] of all of it, `coarse` [14*14, f] and `fine`
    [20*20, f], row by row."""

    whole: NDArray[np.float32]
    coarse: NDArray[np.float32]
    fine: NDArray[np.float32]


def look(tower: CellEncoder, pixels: PixelArray, cancel: CancelToken) -> CellMaps:
    """Run the tower on the picture and its 25 windows. Raises ModelError, Cancelled."""
    height, width = pixels.shape[:2]
    crops = [pixels]
    for share, count, _ in _WINDOWS:
        for x0, y0, x1, y1 in windows(share, count):
            left, top = int(x0 * width), int(y0 * height)
            right, bottom = max(left + 1, round(x1 * width)), max(top + 1, round(y1 * height))
            crops.append(np.ascontiguousarray(pixels[top:bottom, left:right]))
    seen = []
    for start in range(0, len(crops), _AT_ONCE):
        cancel.raise_if_cancelled()
        seen.append(tower.look(crops[start : start + _AT_ONCE]))
    cells = np.concatenate(seen)
    side = round(cells.shape[1] ** 0.5)
    maps, place = [], 1
    for share, count, wanted in _WINDOWS:
        part = cells[place : place + count * count]
        maps.append(merging(share, count, side, wanted) @ part.reshape(-1, cells.shape[2]))
        place += count * count
    return CellMaps(cells[0], maps[0], maps[1])


def windows(share: float, count: int) -> NDArray[np.float64]:
    """Boxes [count*count, 4] in shares of the picture, row by row, evenly over all of it."""
    starts = np.arange(count) * (1 - share) / max(1, count - 1)
    return np.array([(x, y, x + share, y + share) for y in starts for x in starts])


@cache
def merging(share: float, count: int, side: int, wanted: int) -> NDArray[np.float32]:
    """What of each window's cells goes into a map: [wanted*wanted, count*count*side*side], rows
    of sum 1. Between the middles of a window's cells it is bilinear."""
    axes = [_axis(start, share, side, wanted) for start in windows(share, count)[:count, 0]]
    parts = [np.kron(down, across) for down in axes for across in axes]
    found = np.concatenate(parts, axis=1)
    merged: NDArray[np.float32] = (found / found.sum(axis=1, keepdims=True)).astype(np.float32)
    return merged


def _axis(start: float, share: float, side: int, wanted: int) -> NDArray[np.float64]:
    """[wanted, side]: a window's cells along one axis, times how deep each place lies in it."""
    found = np.zeros((wanted, side))
    for row, place in enumerate((np.arange(wanted) + 0.5) / wanted):
        inside = (place - start) / share
        if not 0 <= inside <= 1:
            continue
        cell = inside * side - 0.5
        low = int(np.floor(cell))
        before = inside if start > 1e-6 else 1.0
        after = 1 - inside if start + share < 1 - 1e-6 else 1.0
        depth = min(before, after, 0.5) + _SHALLOWEST
        found[row, max(low, 0)] += (1 - (cell - low)) * depth
        found[row, min(low + 1, side - 1)] += (cell - low) * depth
    return found


def coverage(boxes: NDArray[np.float64], side: int) -> NDArray[np.float32]:
    """How much of each cell of a map lies in each box (in shares of the picture), 0..1:
    [boxes, side*side]. Boxes may reach beyond the picture."""
    edges = np.arange(side) / side
    spans = []
    for low, high in ((1, 3), (0, 2)):
        ends = np.minimum(boxes[:, high, None], edges + 1 / side)
        spans.append(np.clip(ends - np.maximum(boxes[:, low, None], edges), 0, None) * side)
    shares: NDArray[np.float32] = (spans[0][:, :, None] * spans[1][:, None, :]).astype(np.float32)
    return shares.reshape(len(boxes), -1)


@cache
def neighbourhoods(side: int) -> NDArray[np.float32]:
    """Each cell of a map with the eight around it, as shares: [side*side, side*side]."""
    near = (np.abs(np.subtract.outer(np.arange(side), np.arange(side))) <= 1).astype(np.float32)
    return np.kron(near, near)


@cache
def refinement() -> NDArray[np.float32]:
    """From the coarse map to the fine one's cells, bilinear: [20*20, 14*14]."""
    places = (np.arange(FINE) + 0.5) / FINE * COARSE - 0.5
    low = np.clip(np.floor(places).astype(int), 0, COARSE - 2)
    part = np.clip(places - low, 0, 1)
    axis = np.zeros((FINE, COARSE), np.float32)
    axis[np.arange(FINE), low] = 1 - part
    axis[np.arange(FINE), low + 1] = part
    return np.kron(axis, axis)
