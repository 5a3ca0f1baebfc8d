"""What can be told of a box around a click: its form, its edges, its colours, its regions."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.segmentation.clickboxes import Candidates, box_overlaps, region_boxes
from vlm_desktop.backends.segmentation.clickmaps import WORDS, Boxes, BoxSums, PictureMaps
from vlm_desktop.backends.segmentation.regions import LEVELS

Values: TypeAlias = NDArray[np.float64]

_BAND = 0.06
_RING, _EDGE_RING = 0.25, 0.2
_CORE = 0.15
_ASKED_LEVELS = (0, 2, 4, 6)
_NO_EDGE = 0.1
_WITH_SIZE = (
    "edge", "inside_edges", "around_edges", "core_like_ring", "like_ring", "colour_spread",
    "colour_step", "click_like_box", "click_like_ring", "cut_off", "sides_at_border", "region",
    *(f"region_{kind}_{LEVELS[level]}" for level in _ASKED_LEVELS for kind in ("share", "fill")),
)  # fmt: skip
"""Features that count differently for small and large boxes."""


class BoxFeatures:
    """Features of boxes around one place of a picture; its tables are made once."""

    def __init__(self, maps: PictureMaps, x: float, y: float) -> None:
        height, width = maps.image.shape[:2]
        self._size = width, height
        self._limits = np.array([width, height, width, height], float)
        self._across, self._down = BoxSums(maps.across), BoxSums(maps.down)
        self._edges = BoxSums(maps.across + maps.down)
        scale = maps.cells_per_pixel
        self._words = BoxSums(np.eye(WORDS, dtype=np.float32)[maps.words], scale)
        self._colours = BoxSums(maps.colours, scale)
        reach = 0.008 * math.sqrt(width * height) + 1.0
        disc = np.array([[x - reach, y - reach, x + reach, y + reach]])
        self._clicked = self._words.means(np.clip(disc, 0.0, self._limits))[0]
        self._regions = region_boxes(maps, x, y)
        here = maps.labels[maps.cell_at(x, y)]
        chosen = [maps.levels[level] for level in _ASKED_LEVELS]
        inside = np.stack([(level == level[here])[maps.labels] for level in chosen], axis=2)
        self._region_sums = BoxSums(inside.astype(np.float32), scale)
        self._region_sizes = inside.sum(axis=(0, 1))

    def of(self, found: Candidates) -> dict[str, Values]:
        """Each feature of each box [n], by name; some come once more, times size."""
        values = self._form(found)
        values |= self._strengths(found.boxes)
        values |= self._likeness(found.boxes)
        values |= self._grasp(found.boxes)
        return values | {f"{name} x size": values[name] * values["size"] for name in _WITH_SIZE}

    def _form(self, found: Candidates) -> dict[str, Values]:
        width, height = self._size
        boxes = found.boxes
        sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-6)
        size = np.log(np.sqrt(sides.prod(axis=1) / (width * height))) + 2.0
        form = np.log(sides[:, 0] / sides[:, 1])
        at_border = np.abs(boxes - np.array([0, 0, width, height])) <= 1
        return {
            "size": size,
            "size^2": size**2,
            "size^3": size**3,
            "form": form,
            "form^2": form**2,
            "form x size": form * size,
            "form^2 x size": form**2 * size,
            "cut_off": found.cut,
            "shift": found.shift.sum(axis=1),
            "shift^2": (found.shift**2).sum(axis=1),
            "sides_at_border": at_border.sum(axis=1).astype(float),
            "mostly_at_border": (at_border.sum(axis=1) >= 3).astype(float),
            "at_bottom": at_border[:, 3].astype(float),
        }

    def _strengths(self, boxes: Boxes) -> dict[str, Values]:
        """Edges along the sides, inside and around, as logarithms of the picture's mean; sides at
        the picture's border do not count."""
        width, height = self._size
        x0, y0, x1, y1 = boxes.T
        band = np.maximum(1.0, _BAND * np.sqrt((x1 - x0) * (y1 - y0)))
        along = np.stack(
            [
                self._mean(self._across, x0 - band, y0, x0 + band, y1),
                self._mean(self._across, x1 - band, y0, x1 + band, y1),
                self._mean(self._down, x0, y0 - band, x1, y0 + band),
                self._mean(self._down, x0, y1 - band, x1, y1 + band),
            ],
            axis=1,
        )
        strengths = np.log(_NO_EDGE + np.maximum(along, 0.0))
        free = np.stack([x0 > 1, x1 < width - 1, y0 > 1, y1 < height - 1], axis=1)
        mean = np.where(free, strengths, 0.0).sum(axis=1) / np.maximum(free.sum(axis=1), 1)
        weakest = np.where(free, strengths, np.inf).min(axis=1)
        inner = np.stack([x0 + band, y0 + band, x1 - band, y1 - band], axis=1)
        inner[:, 2:] = np.maximum(inner[:, 2:], inner[:, :2] + 1.0)
        inside = self._edges.means(np.clip(inner, 0.0, self._limits))[:, 0]
        around = self._around(self._edges, boxes, _EDGE_RING)[:, 0]
        return {
            "edge": mean,
            "weakest_edge": np.where(free.any(axis=1), weakest, 0.0),
            "inside_edges": np.log(_NO_EDGE + np.maximum(inside, 0.0)),
            "around_edges": np.log(_NO_EDGE + np.maximum(around, 0.0)),
        }

    def _likeness(self, boxes: Boxes) -> dict[str, Values]:
        """How alike the colours are inside, around and at the click: shares of the picture's main
        colours they have in common, and how far their means are apart."""
        inside, around = self._words.means(boxes), self._around(self._words, boxes, _RING)
        sides = boxes[:, 2:] - boxes[:, :2]
        inner = np.concatenate([boxes[:, :2] + _CORE * sides, boxes[:, 2:] - _CORE * sides], axis=1)
        core = self._words.means(inner)
        mean, ring = self._colours.means(boxes), self._around(self._colours, boxes, _RING)
        has_ring = around.sum(axis=1) > 0.5
        step = np.sqrt(((mean[:, :3] - ring[:, :3]) ** 2).sum(axis=1)) * has_ring
        spread = np.sqrt(np.maximum(mean[:, 3] - (mean[:, :3] ** 2).sum(axis=1), 0.0))
        return {
            "like_ring": np.minimum(inside, around).sum(axis=1),
            "core_like_ring": np.minimum(core, around).sum(axis=1),
            "colour_step": np.log1p(step / 4),
            "colour_spread": np.log1p(spread / 4),
            "click_like_box": np.minimum(inside, self._clicked).sum(axis=1),
            "click_like_ring": np.minimum(around, self._clicked).sum(axis=1),
        }

    def _grasp(self, boxes: Boxes) -> dict[str, Values]:
        """The share of the click's region a box takes in, and how that fills the box, at some
        levels; and how well the box fits around the region of any level."""
        taken, filled = self._region_sums.sums(boxes), self._region_sums.means(boxes)
        values = {"region": box_overlaps(boxes, self._regions).max(axis=1)}
        for number, level in enumerate(_ASKED_LEVELS):
            values[f"region_share_{LEVELS[level]}"] = taken[:, number] / self._region_sizes[number]
            values[f"region_fill_{LEVELS[level]}"] = filled[:, number]
        return values

    def _mean(self, sums: BoxSums, *sides: Values) -> Values:
        """[n] of boxes given side by side."""
        return sums.means(np.clip(np.stack(sides, axis=1), 0.0, self._limits))[:, 0]

    def _around(self, sums: BoxSums, boxes: Boxes, reach: float) -> Values:
        """Means over a ring around each box; zero where hardly any of it is in the picture."""
        sides = boxes[:, 2:] - boxes[:, :2]
        outer = np.concatenate([boxes[:, :2] - reach * sides, boxes[:, 2:] + reach * sides], axis=1)
        outer = np.clip(outer, 0.0, self._limits)
        whole = (outer[:, 2:] - outer[:, :2]).prod(axis=1)
        area = whole - sides.prod(axis=1)
        means = sums.sums(outer) - sums.sums(boxes)
        means /= np.maximum(sums.cells(area), 1e-6)[:, None]
        means[area < 0.02 * whole] = 0.0
        return means
