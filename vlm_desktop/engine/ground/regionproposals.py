"""Boxes where an object might be, before anything is known of what it is.

Two sources: regions that grow together by likeness (selective search of Uijlings et al. 2013,
"Selective Search for Object Recognition", in three ways of growing), whose boxes fit closely, and
a coarse net of boxes over the picture for what falls apart into unlike pieces. On 539 objects of
COCO photos that take 3 % of their picture or more, 99 % overlap one of them by half.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from skimage.color import rgb2lab
from skimage.segmentation import felzenszwalb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vlm_desktop.base.arrays import PixelArray

SIDE = 160
"""Pixels of the longer side of the picture that is segmented: 0.05 s for each way of growing."""
_GROWING = ((50.0, "colour texture size fill"), (120.0, "size fill"), (120.0, "texture size fill"))
_STRADDLED = (60.0, 250.0)
_BINS, _DIRECTIONS = 12, 8
_LEAST_AREA = 0.012
_SAME = 64
"""Boxes that agree to this part of a side are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """`boxes` [n, 4] in shares of the picture; `whole` [n, 2] how far each keeps the segments of a
    fine and a coarse segmentation whole, 1 where its edges cut none (the superpixel straddling of
    Alexe et al. 2012, "Measuring the Objectness of Image Windows")."""

    boxes: NDArray[np.float64]
    whole: NDArray[np.float64]


def propose(pixels: PixelArray) -> Proposals:
    """Some 900 boxes for a picture. Pure."""
    small = reduced(pixels)
    grown = [_grown_boxes(small, scale, cues) for scale, cues in _GROWING]
    boxes = np.concatenate(grown)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    boxes = np.concatenate([_distinct(boxes[area > _LEAST_AREA]), net()])
    whole = [kept_whole(_segments(small, scale), boxes) for scale in _STRADDLED]
    return Proposals(boxes, np.stack(whole, axis=1))


def reduced(pixels: PixelArray) -> PixelArray:
    """At most `SIDE` pixels a side, at least two."""
    height, width = pixels.shape[:2]
    scale = min(1.0, SIDE / max(width, height))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize(size, Image.Resampling.BOX))


@cache
def net() -> NDArray[np.float64]:
    """Boxes of seven areas and three shapes, evenly over the picture, and the whole of it."""
    found = []
    for area in (0.03, 0.06, 0.12, 0.22, 0.4, 0.62, 0.85):
        for shape in (0.45, 1.0, 2.2):
            width = min(1.0, (area * shape) ** 0.5)
            height = min(1.0, area / width)
            width = min(1.0, area / height)
            found += [
                (x, y, x + width, y + height)
                for x in np.linspace(0, 1 - width, _steps(width))
                for y in np.linspace(0, 1 - height, _steps(height))
            ]
    return np.array([*found, (0.0, 0.0, 1.0, 1.0)])


def _steps(size: float) -> int:
    return 1 if size >= 0.999 else int(np.ceil((1 - size) / (size * 0.5))) + 1


def _distinct(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    _, first = np.unique(np.round(boxes * _SAME).astype(int), axis=0, return_index=True)
    return boxes[np.sort(first)]


def _segments(small: PixelArray, scale: float) -> NDArray[np.int64]:
    found: NDArray[np.int64] = felzenszwalb(small, scale=scale, sigma=0.8, min_size=12)
    return found


def kept_whole(segments: NDArray[np.int64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 less the share of each box's area that it cuts off segments or cuts out of them."""
    height, width = segments.shape
    count = int(segments.max()) + 1
    sums = np.zeros((count, height + 1, width + 1), np.float32)
    members = segments[None] == np.arange(count)[:, None, None]
    sums[:, 1:, 1:] = members.cumsum(axis=1, dtype=np.float32).cumsum(axis=2)
    x0 = np.clip(np.round(boxes[:, 0] * width).astype(int), 0, width - 1)
    y0 = np.clip(np.round(boxes[:, 1] * height).astype(int), 0, height - 1)
    x1 = np.clip(np.round(boxes[:, 2] * width).astype(int), x0 + 1, width)
    y1 = np.clip(np.round(boxes[:, 3] * height).astype(int), y0 + 1, height)
    inside = sums[:, y1, x1] - sums[:, y0, x1] - sums[:, y1, x0] + sums[:, y0, x0]
    cut = np.minimum(inside, sums[:, -1, -1][:, None] - inside).sum(axis=0)
    found: NDArray[np.float64] = 1 - cut / ((x1 - x0) * (y1 - y0))
    return found


class _Growing:
    """Segments that grow together by likeness; every union leaves a box."""

    def __init__(self, small: PixelArray, segments: NDArray[np.int64], cues: str) -> None:
        height, width = segments.shape
        count = int(segments.max()) + 1
        ids = segments.ravel()
        self.total = float(height * width)
        self.cues = frozenset(cues.split())
        room = 2 * count
        self.size = np.zeros(room)
        self.size[:count] = np.bincount(ids, minlength=count)
        self.look = np.zeros((room, 3 * _BINS + _DIRECTIONS))
        self.look[:count] = _histograms(small, ids, count) / self.size[:count, None]
        self.box = np.zeros((room, 4))
        self.box[:count] = _segment_boxes(segments, count)
        self.made = count
        self.alive = np.zeros(room, bool)
        self.alive[:count] = True
        self.beside: list[set[int]] = [set() for _ in range(room)]
        for one, other in _touching(segments):
            self.beside[one].add(other)
            self.beside[other].add(one)

    def run(self) -> NDArray[np.float64]:
        """Join the two most alike neighbours until one is left; all boxes, in pixels."""
        pairs = [(one, other) for one in range(self.made) for other in self.beside[one]]
        heap = [(-self.likeness(one, other), one, other) for one, other in pairs if one < other]
        heapq.heapify(heap)
        while heap:
            _, one, other = heapq.heappop(heap)
            if not (self.alive[one] and self.alive[other]):
                continue
            new = self._join(one, other)
            for near in self.beside[new]:
                heapq.heappush(heap, (-self.likeness(new, near), new, near))
        return self.box[: self.made]

    def likeness(self, one: int, other: int) -> float:
        """The sum of the cues, each 0..1: colour, texture, both small, both filling one box."""
        size = float(self.size[one] + self.size[other])
        found = 0.0
        if "colour" in self.cues:
            colours = 3 * _BINS
            found += float(np.minimum(self.look[one, :colours], self.look[other, :colours]).sum())
        if "texture" in self.cues:
            edges = self.look[one, 3 * _BINS :] - self.look[other, 3 * _BINS :]
            found += 1 - float(np.abs(edges).sum())
        if "size" in self.cues:
            found += 1 - size / self.total
        if "fill" in self.cues:
            a, b = self.box[one], self.box[other]
            wide = max(a[2], b[2]) - min(a[0], b[0])
            high = max(a[3], b[3]) - min(a[1], b[1])
            found += 1 - float(wide * high - size) / self.total
        return found

    def _join(self, one: int, other: int) -> int:
        new = self.made
        self.made += 1
        self.alive[[one, other]] = False
        self.alive[new] = True
        self.size[new] = self.size[one] + self.size[other]
        share = self.size[one] / self.size[new]
        self.look[new] = share * self.look[one] + (1 - share) * self.look[other]
        self.box[new, :2] = np.minimum(self.box[one, :2], self.box[other, :2])
        self.box[new, 2:] = np.maximum(self.box[one, 2:], self.box[other, 2:])
        around = self.beside[one] | self.beside[other]
        self.beside[new] = {near for near in around if self.alive[near] and near != new}
        for near in self.beside[new]:
            self.beside[near].add(new)
        return new


def _grown_boxes(small: PixelArray, scale: float, cues: str) -> NDArray[np.float64]:
    height, width = small.shape[:2]
    segments: NDArray[np.int64] = felzenszwalb(small, scale=scale, sigma=0.8, min_size=8)
    boxes = _Growing(small, segments, cues).run()
    found: NDArray[np.float64] = boxes / [width, height, width, height]
    return found


def _histograms(small: PixelArray, ids: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Sums over each segment: colours in CIELAB (together 1 a pixel), and edges by direction."""
    lab = rgb2lab(small)
    light = lab[..., :1] / 100
    tones = (lab[..., 1:] + 60) / 120
    bins = np.clip(np.concatenate([light, tones], axis=2) * _BINS, 0, _BINS - 1).astype(int)
    colours = [
        np.bincount(ids * _BINS + bins[..., channel].ravel(), minlength=count * _BINS) / 3
        for channel in range(3)
    ]
    down, across = np.gradient(small.astype(np.float64).mean(axis=2))
    turn = (np.arctan2(down, across) + np.pi) / (2 * np.pi)
    direction = (turn * _DIRECTIONS).astype(int) % _DIRECTIONS
    strength = np.hypot(across, down).ravel() / 10
    edges = np.bincount(
        ids * _DIRECTIONS + direction.ravel(), weights=strength, minlength=count * _DIRECTIONS
    )
    parts = [one.reshape(count, _BINS) for one in colours]
    return np.concatenate([*parts, edges.reshape(count, _DIRECTIONS)], axis=1)


def _segment_boxes(segments: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    order = np.argsort(segments.ravel(), kind="stable")
    starts = np.searchsorted(segments.ravel()[order], np.arange(count))
    rows, columns = np.divmod(order, segments.shape[1])
    return np.stack(
        [
            np.minimum.reduceat(columns, starts),
            np.minimum.reduceat(rows, starts),
            np.maximum.reduceat(columns, starts) + 1,
            np.maximum.reduceat(rows, starts) + 1,
        ],
        axis=1,
    ).astype(np.float64)


def _touching(segments: NDArray[np.int64]) -> list[tuple[int, int]]:
    across = np.stack([segments[:, 1:].ravel(), segments[:, :-1].ravel()], axis=1)
    down = np.stack([segments[1:].ravel(), segments[:-1].ravel()], axis=1)
    pairs = np.unique(np.sort(np.concatenate([across, down]), axis=1), axis=0)
    return [(int(one), int(other)) for one, other in pairs if one != other]
