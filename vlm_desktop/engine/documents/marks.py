"""What is drawn on a page beside letters: ruled lines and small squares, found in its picture.

Loaded late, with SciPy (`engine.documents.readpage`). The picture is turned into the page's
view first, so rules run level. Everything is linear in pixels; what is found is bounded.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawn import MOST_RULES, MOST_SQUARES, Marks, Rule, Square

GreyArray = NDArray[np.uint8]
InkArray = NDArray[np.bool_]

_SEARCH_SIDE = 1_000
"""The picture's shorter side is reduced to this or up to twice as much for the search."""
_BACKGROUND_STEP = 8
_BACKGROUND_REACH = 9
"""The ground at a pixel is the mean of so many steps about it."""
_DARKER = 28
"""By how much ink is darker than its ground, of 255."""
_LEAST_RULE = 0.025
"""A rule's least length as a share of the page's longer side."""
_LEAST_LEVEL = 3.0
_LEAST_STANDING = 1.8
"""The same in heights of the page's letters: underlined serifs are no rule."""
_SOLID = 0.9
_MOST_THICK = 0.006
"""A rule's greatest thickness as a share of the page's longer side."""
_STRAIGHT = 0.75
"""Share of a side that one row of pixels inks."""
_COVERED = 0.9
"""Share of a side that is inked within the outline's thickness."""


def find_marks(
    pixels: PixelArray, view: PageView, letter_height: float, words: Sequence[Box]
) -> Marks:
    """Rules, squares of about the height of the page's letters (in units of the view), and how
    much ink beside `words` may be letters."""
    grey = grey_in_view(pixels, view)
    step = max(1, min(grey.shape) // _SEARCH_SIDE)
    small = _darkest_of(grey, step)
    ink = ink_of(small)
    # The canvas of the turned picture may be a pixel off that of the view; the middles agree.
    unit = view.page.width / pixels.shape[1]
    place = _Place(
        step * unit,
        (view.size.width - grey.shape[1] * unit) / 2 if view.skew else 0.0,
        (view.size.height - grey.shape[0] * unit) / 2 if view.skew else 0.0,
    )
    letter = letter_height / place.unit
    longer = max(ink.shape)
    level = _rules(ink, round(max(12, _LEAST_RULE * longer, _LEAST_LEVEL * letter)), longer)
    standing = _rules(ink.T, round(max(12, _LEAST_STANDING * letter)), longer)
    pieces = _pieces(ink)
    squares = _squares(pieces, grey, step, letter) if letter else []
    loose = _loose_letters(pieces, letter, [place.back(box) for box in words]) if letter else 0
    return Marks(
        tuple(place.rule(*rule, across=True) for rule in level),
        tuple(place.rule(*rule, across=False) for rule in standing),
        tuple(Square(place.box(box), ink_share) for box, ink_share in squares),
        loose,
    )


def grey_in_view(pixels: PixelArray, view: PageView) -> GreyArray:
    """The page's picture upright and straight, as grey."""
    grey = np.rot90(pixels[..., 1], view.turns)
    if not view.skew:
        return np.ascontiguousarray(grey)
    picture = Image.fromarray(np.ascontiguousarray(grey))
    paper = int(np.median(grey[:: max(1, grey.shape[0] // 64), :: max(1, grey.shape[1] // 64)]))
    straight = picture.rotate(view.skew, Image.Resampling.BILINEAR, expand=True, fillcolor=paper)
    return np.asarray(straight)


def ink_of(grey: GreyArray) -> InkArray:
    """Where a picture is clearly darker than the ground about it."""
    height, width = grey.shape
    step = _BACKGROUND_STEP
    rows, columns = height // step, width // step
    if rows == 0 or columns == 0:
        return np.asarray(grey < int(grey.max(initial=0)) - _DARKER)
    blocks = grey[: rows * step, : columns * step].reshape(rows, step, columns, step)
    means = blocks.mean(axis=(1, 3), dtype=np.float32)
    means = ndimage.uniform_filter(means, _BACKGROUND_REACH, mode="nearest")
    limit = np.clip(means - _DARKER, 0, 255).astype(np.uint8)
    limit = np.repeat(np.repeat(limit, step, axis=0), step, axis=1)
    limit = np.pad(limit, ((0, height - rows * step), (0, width - columns * step)), mode="edge")
    return np.asarray(grey < limit)


def _darkest_of(grey: GreyArray, step: int) -> GreyArray:
    """A picture reduced by `step`, each pixel as dark as the darkest: thin lines stay."""
    if step == 1:
        return grey
    rows, columns = grey.shape[0] // step, grey.shape[1] // step
    dark = grey[: rows * step : step, : columns * step]
    for offset in range(1, step):
        dark = np.minimum(dark, grey[offset : rows * step : step, : columns * step])
    narrow = dark[:, ::step]
    for offset in range(1, step):
        narrow = np.minimum(narrow, dark[:, offset::step])
    return np.ascontiguousarray(narrow)


@dataclass(frozen=True, slots=True)
class _Place:
    """From pixels of the searched picture to the view."""

    unit: float
    left: float
    top: float

    def rule(self, at: float, start: float, end: float, *, across: bool) -> Rule:
        along, away = (self.left, self.top) if across else (self.top, self.left)
        return Rule(away + at * self.unit, along + start * self.unit, along + end * self.unit)

    def box(self, box: tuple[float, float, float, float]) -> Box:
        x0, y0, x1, y1 = (side * self.unit for side in box)
        return Box(self.left + x0, self.top + y0, self.left + x1, self.top + y1)

    def back(self, box: Box) -> tuple[int, int, int, int]:
        """A box of the view in pixels, x before y."""
        across, down = (
            (box.x0 - self.left, box.x1 - self.left),
            (box.y0 - self.top, box.y1 - self.top),
        )
        x0, x1 = (math.floor(side / self.unit) for side in across)
        y0, y1 = (math.floor(side / self.unit) for side in down)
        return max(x0 - 1, 0), max(y0 - 1, 0), max(x1 + 2, 0), max(y1 + 2, 0)


def _rules(ink: InkArray, least: int, longer: int) -> list[tuple[float, float, float]]:
    """Level rules (at, start, end) in pixels: long runs of ink without much ink above or below."""
    height, width = ink.shape
    thick = max(3, math.ceil(_MOST_THICK * longer))
    if width <= least:
        return []
    sums = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(ink, axis=1, dtype=np.int32, out=sums[:, 1:])
    starts = (sums[:, least:] - sums[:, :-least]) >= _SOLID * least
    if not starts.any():
        return []
    # Every pixel of a window that is solid belongs to the rule.
    grown = np.zeros((height, width + 1), dtype=np.int32)
    grown[:, : starts.shape[1]] += starts
    grown[:, least:] -= starts[:, : width + 1 - least]
    solid = np.cumsum(grown[:, :width], axis=1) > 0
    labels, _ = ndimage.label(solid, np.ones((3, 3), dtype=np.int8))
    found: list[tuple[float, float, float]] = []
    areas = np.bincount(labels.ravel())
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = place
        length = columns.stop - columns.start
        if areas[number] > thick * length or rows.stop - rows.start > max(thick, length // 8):
            continue
        found.append(((rows.start + rows.stop) / 2, float(columns.start), float(columns.stop)))
    found.sort(key=lambda rule: rule[1] - rule[2])
    return sorted(found[:MOST_RULES])


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Connected ink: a number for each pixel, and rows and columns of each piece in turn."""

    labels: NDArray[np.int32]
    places: Sequence[tuple[slice, slice]]


def _pieces(ink: InkArray) -> _Pieces:
    labels, _ = ndimage.label(ink, np.ones((3, 3), dtype=np.int8))
    return _Pieces(labels, ndimage.find_objects(labels))


def _squares(
    pieces: _Pieces, grey: GreyArray, step: int, letter: float
) -> list[tuple[tuple[float, float, float, float], float]]:
    """Connected ink whose rim is inked on all four sides, and the dark share of its inside."""
    least, most = max(7.0, 0.6 * letter), max(12.0, 2.2 * letter)
    found = []
    for number, place in enumerate(pieces.places, start=1):
        rows, columns = place
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if not (least <= height <= most and least <= width <= most):
            continue
        if max(height, width) > 1.3 * min(height, width):
            continue
        if not _is_outlined(pieces.labels[place] == number):
            continue
        box = (columns.start, rows.start, columns.stop, rows.stop)
        share = _inside_ink(grey, tuple(side * step for side in box))
        if share is not None:
            found.append(((float(box[0]), float(box[1]), float(box[2]), float(box[3])), share))
        if len(found) >= MOST_SQUARES:
            break
    return found


def _loose_letters(
    pieces: _Pieces, letter: float, words: Sequence[tuple[int, int, int, int]]
) -> int:
    """Pieces as large as letters whose middle lies in no word and that have such neighbours."""
    height, width = pieces.labels.shape
    covered = np.zeros((height, width), dtype=np.bool_)
    for x0, y0, x1, y1 in words:
        covered[y0:y1, x0:x1] = True
    places = np.array(
        [(r.start, r.stop, c.start, c.stop) for r, c in pieces.places], dtype=np.int64
    ).reshape(-1, 4)
    tall, wide = places[:, 1] - places[:, 0], places[:, 3] - places[:, 2]
    sized = (tall > 0.5 * letter) & (tall < 2 * letter) & (wide > 1) & (wide < 2.5 * letter)
    y, x = (places[:, 0] + places[:, 1]) // 2, (places[:, 2] + places[:, 3]) // 2
    loose = sized & ~covered[y, x]
    return int(_in_rows(y[loose], x[loose], letter).sum())


def _in_rows(y: NDArray[np.int64], x: NDArray[np.int64], letter: float) -> NDArray[np.bool_]:
    """Which places have another right of them at nearly the same height, as letters have."""
    order = np.lexsort((x, np.round(y / max(letter, 1.0))))
    near = np.zeros(len(y), dtype=np.bool_)
    if len(y) > 1:
        ahead = x[order][1:] - x[order][:-1]
        level = np.abs(y[order][1:] - y[order][:-1]) <= 0.5 * letter
        near[:-1] = level & (ahead > 0) & (ahead < 2.5 * letter)
    return near


def _is_outlined(ink: InkArray) -> bool:
    """Whether every side is one straight stroke nearly from corner to corner; most letters fail
    at the first."""
    side_length = min(ink.shape)
    rim = max(1, round(side_length * 0.12)) + 1
    # Of a tiny box one pixel of a side may be missing.
    covered = 1 - max(1 - _COVERED, 1.2 / side_length)
    for side in (ink[:rim], ink[-rim:], ink[:, :rim].T, ink[:, -rim:].T):
        if side.mean(axis=1).max() < _STRAIGHT or side.any(axis=0).mean() < covered:
            return False
    corners = (ink[:rim, :rim], ink[:rim, -rim:], ink[-rim:, :rim], ink[-rim:, -rim:])
    return all(corner.any() for corner in corners)


def _inside_ink(grey: GreyArray, box: Sequence[float]) -> float | None:
    """The dark share within the outline; None where the box is filled: a blot or a bullet."""
    x0, y0, x1, y1 = (int(side) for side in box)
    part = grey[y0:y1, x0:x1].astype(np.int16)
    dark, light = float(np.percentile(part, 4)), float(np.percentile(part, 92))
    if light - dark < _DARKER:
        return None
    ink = part < (dark + light) / 2
    rim = _rim_of(ink)
    inner = ink[rim:-rim, rim:-rim]
    if inner.size < 9:
        return None
    return float(inner.mean())


def _rim_of(ink: NDArray[Any]) -> int:
    """How thick the outline is, with a pixel to spare."""
    height, width = ink.shape
    most = min(height, width) // 4
    thick = 0
    for depth in range(most):
        sides = (
            ink[depth].mean(),
            ink[-1 - depth].mean(),
            ink[:, depth].mean(),
            ink[:, -1 - depth].mean(),
        )
        if sum(side > 0.7 for side in sides) >= 2:
            thick = depth + 1
    return max(2, min(thick + 2, (int(min(height, width)) - 3) // 2))
