"""Boxes that the object under a click may fill, and how much they overlap."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.segmentation.clickmaps import Boxes, PictureMaps

_RATIO = 1.32
_SMALLEST = 0.0145
"""The smallest side of a box, in square roots of the picture's area."""
_LEAST_PIXELS = 4.0
_LONGEST = 5.2
_SHIFT = 0.27
_MOST_CUT = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes [n, 4] in pixels of the seen image, cut off at its edges; `cut` is the share of each
    that was, `shift` [n, 2] how far its middle lies from the click, in its sides."""

    boxes: Boxes
    cut: NDArray[np.float64]
    shift: NDArray[np.float64]


def centred(maps: PictureMaps, x: float, y: float) -> Boxes:
    """[n, 4] boxes of all sizes around a place; they may reach beyond the picture."""
    height, width = maps.image.shape[:2]
    least = max(_LEAST_PIXELS, _SMALLEST * math.sqrt(width * height))
    count = math.ceil(math.log(max(1.0, max(width, height) / least), _RATIO)) + 1
    sides = least * _RATIO ** np.arange(count)
    wide, high = (side.ravel() for side in np.meshgrid(sides, sides))
    fits = (
        (np.maximum(wide / high, high / wide) < _LONGEST)
        & (wide < 1.35 * max(width, least))
        & (high < 1.35 * max(height, least))
    )
    half = np.stack([wide[fits], high[fits]], axis=1) / 2
    return np.concatenate([np.array([x, y]) - half, np.array([x, y]) + half], axis=1)


def shifted(boxes: Boxes) -> Boxes:
    """[8 n, 4]: each box moved to each side and corner, the click still well within."""
    sides = boxes[:, 2:] - boxes[:, :2]
    moves = [(across, down) for across in (-1, 0, 1) for down in (-1, 0, 1) if across or down]
    return np.concatenate(
        [boxes + np.tile(_SHIFT * np.array(move) * sides, (1, 2)) for move in moves]
    )


def within(maps: PictureMaps, boxes: Boxes, x: float, y: float) -> Candidates:
    """Boxes cut off at the picture's edges, without those of which too little is left."""
    height, width = maps.image.shape[:2]
    limits = np.array([width, height, width, height], float)
    left = np.clip(boxes, 0.0, limits)
    whole_sides, sides = boxes[:, 2:] - boxes[:, :2], left[:, 2:] - left[:, :2]
    cut = 1 - sides.prod(axis=1) / np.maximum(whole_sides.prod(axis=1), 1e-9)
    keep = (cut < _MOST_CUT) & (sides.min(axis=1) >= 1.0)
    left, cut, sides = left[keep], cut[keep], sides[keep]
    shift = np.abs((left[:, :2] + left[:, 2:]) / 2 - np.array([x, y])) / sides
    return Candidates(left, cut, shift)


def region_boxes(maps: PictureMaps, x: float, y: float) -> Boxes:
    """[levels, 4]: around the region at each level that a place lies in."""
    rows, columns = maps.labels.shape
    across, down = maps.image.shape[1] / columns, maps.image.shape[0] / rows
    here = maps.labels[maps.cell_at(x, y)]
    boxes = np.zeros((len(maps.levels), 4))
    for number, level in enumerate(maps.levels):
        inside = (level == level[here])[maps.labels]
        filled_rows = np.flatnonzero(inside.any(axis=1))
        filled_columns = np.flatnonzero(inside.any(axis=0))
        boxes[number] = (
            filled_columns[0] * across,
            filled_rows[0] * down,
            (filled_columns[-1] + 1) * across,
            (filled_rows[-1] + 1) * down,
        )
    return boxes


def box_overlaps(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """[n, m]: intersection over union."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    both = np.maximum(high - low, 0.0).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    other_areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    overlaps: NDArray[np.float64] = both / np.maximum(
        areas[:, None] + other_areas[None] - both, 1e-9
    )
    return overlaps
