"""From a box, or from clicks, to the pixels of the object: GrabCut on a small cut-out.

Rother, Kolmogorov, Blake, "GrabCut" (2004), with the tightness of Lempitsky et al., "Image
segmentation with a bounding box prior" (2009): a person draws a box so that the object touches
all of its sides, so a cut that shrinks away from a side is led back to it.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.graph import MCP_Geometric

from vlm_desktop.backends.segmentation.clickmaps import PictureMaps
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.grounding import PromptPoint
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box, Size

_PIXELS = 8_000
"""How many a cut-out may have: GrabCut takes about two microseconds for each."""
_GUESS_PIXELS = 4_500
_QUICK_PIXELS = 2_500
_ROUNDS = 2
_MARGIN = 0.3
_LEAST_SIDE = 36
_GAP = 0.035
_GUESS_GAP = 0.2
_ROUND = 1.0
_SEED = 0.035
_SAMPLES = 400
_COMPONENTS = 5
_PIECE = 0.04
"""A piece apart from the largest one stays from this share of it on: smaller ones read as flaws."""
_HOLE = 0.01


Colours: TypeAlias = NDArray[np.float64]
"""[1, 65]: what OpenCV knows of the colours of one side; all zero at first."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of a picture, enlarged or reduced: where it begins and pixels per picture pixel."""

    left: int
    top: int
    right: int
    bottom: int
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        return (
            max(1, round((self.bottom - self.top) * self.scale)),
            max(1, round((self.right - self.left) * self.scale)),
        )


def cut_box(
    maps: PictureMaps,
    box: Box,
    points: tuple[PromptPoint, ...] = (),
    *,
    is_guess: bool = False,
    is_quick: bool = False,
) -> Mask:
    """The object that fills a box. Points say what surely does and does not belong to it.

    Outside of the box nothing belongs, unless it `is_guess`: then the cut may go a little beyond
    it, and as far as points lie. `is_quick` looks at fewer pixels.
    """
    image = maps.image
    most = _QUICK_PIXELS if is_quick else _GUESS_PIXELS if is_guess else _PIXELS
    window = _window(image, box, points, most)
    pixels = _cut_out(image, window)
    inside = _placed(box, window)
    trimap = _trimap(pixels.shape[:2], inside, is_guess=is_guess)
    _mark(trimap, window, maps, points)
    clicked, excluded = trimap == cv2.GC_FGD, trimap == cv2.GC_BGD
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    grab(pixels, trimap, background, foreground, _ROUNDS)
    bits = _belonging(trimap)
    seeds = _led_back(pixels, bits, inside, _GUESS_GAP if is_guess else _GAP)
    if seeds is not None:
        trimap[seeds & (trimap != cv2.GC_BGD)] = cv2.GC_FGD
        grab(pixels, trimap, background, foreground, 1)
        bits = _belonging(trimap)
    bits = tidied(bits, clicked, excluded)
    return _lifted(bits, window, image, None if is_guess else box)


def _window(image: PixelArray, box: Box, points: tuple[PromptPoint, ...], most: int) -> _Window:
    """The box with some of its surroundings, in which every point lies too."""
    height, width = image.shape[:2]
    margin = max(3.0, _MARGIN * math.sqrt((box.x1 - box.x0) * (box.y1 - box.y0)))
    across = [box.x0 - margin, box.x1 + margin, *(point.x for point in points)]
    down = [box.y0 - margin, box.y1 + margin, *(point.y for point in points)]
    left, right = max(0, math.floor(min(across))), min(width, math.ceil(max(across)) + 1)
    top, bottom = max(0, math.floor(min(down))), min(height, math.ceil(max(down)) + 1)
    scale = math.sqrt(most / ((right - left) * (bottom - top)))
    # Small things are enlarged, because a graph of few pixels has no outline to speak of.
    largest = max(1.0, _LEAST_SIDE / max(1.0, min(box.x1 - box.x0, box.y1 - box.y0)))
    return _Window(left, top, right, bottom, min(scale, largest))


def _cut_out(image: PixelArray, window: _Window) -> PixelArray:
    part = image[window.top : window.bottom, window.left : window.right]
    rows, columns = window.shape
    how = cv2.INTER_AREA if window.scale < 1 else cv2.INTER_LINEAR
    return np.ascontiguousarray(cv2.resize(part, (columns, rows), interpolation=how))


def _placed(box: Box, window: _Window) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a box in pixels of the window; at least one each way."""
    rows, columns = window.shape
    left = min(columns - 1, max(0, round((box.x0 - window.left) * window.scale)))
    top = min(rows - 1, max(0, round((box.y0 - window.top) * window.scale)))
    right = min(columns, max(left + 1, round((box.x1 - window.left) * window.scale)))
    bottom = min(rows, max(top + 1, round((box.y1 - window.top) * window.scale)))
    return left, top, right, bottom


def _trimap(
    shape: tuple[int, int], inside: tuple[int, int, int, int], *, is_guess: bool
) -> NDArray[np.uint8]:
    """Surely outside beyond the box, probably inside within its ellipse."""
    left, top, right, bottom = inside
    trimap = np.full(shape, cv2.GC_BGD, np.uint8)
    if is_guess:
        x, y = max(1, (right - left) // 8), max(1, (bottom - top) // 8)
        trimap[max(0, top - y) : bottom + y, max(0, left - x) : right + x] = cv2.GC_PR_BGD
    trimap[top:bottom, left:right] = cv2.GC_PR_BGD
    trimap[_ellipse(shape, inside, _ROUND)] = cv2.GC_PR_FGD
    return trimap


def _ellipse(shape: tuple[int, int], inside: tuple[int, int, int, int], size: float) -> Bits:
    left, top, right, bottom = inside
    x = (np.arange(shape[1]) + 0.5 - (left + right) / 2) / (size * (right - left) / 2)
    y = (np.arange(shape[0]) + 0.5 - (top + bottom) / 2) / (size * (bottom - top) / 2)
    inner: Bits = x[None, :] ** 2 + y[:, None] ** 2 <= 1.0
    inner[(top + bottom) // 2, (left + right) // 2] = True
    return inner


def _mark(
    trimap: NDArray[np.uint8],
    window: _Window,
    maps: PictureMaps,
    points: tuple[PromptPoint, ...],
) -> None:
    """Points are small discs of what is known, and stand for the superpixel they lie in where no
    point that says otherwise lies there too."""
    rows, columns = trimap.shape
    cells = {point: int(maps.labels[maps.cell_at(point.x, point.y)]) for point in points}
    shown = _labels_within(maps, window)
    for point in points:
        if not any(cells[other] == cells[point] for other in points if other.adds != point.adds):
            trimap[shown == cells[point]] = cv2.GC_FGD if point.adds else cv2.GC_BGD
    largest = max(1, round(_SEED * math.sqrt(rows * columns)))
    for radius in (largest, 0):  # of two discs that meet, each keeps its middle
        for point in points:
            x = min(columns - 1, int((point.x - window.left) * window.scale))
            y = min(rows - 1, int((point.y - window.top) * window.scale))
            cv2.circle(trimap, (x, y), radius, cv2.GC_FGD if point.adds else cv2.GC_BGD, -1)


def _labels_within(maps: PictureMaps, window: _Window) -> NDArray[np.int32]:
    """[rows, columns] of the window: the superpixel each of its pixels lies in."""
    rows, columns = window.shape
    across, down = maps.cells_per_pixel
    y = ((np.arange(rows) + 0.5) / window.scale + window.top) * down
    x = ((np.arange(columns) + 0.5) / window.scale + window.left) * across
    height, width = maps.labels.shape
    y, x = y.astype(np.int64).clip(0, height - 1), x.astype(np.int64).clip(0, width - 1)
    return maps.labels[y[:, None], x[None, :]]


def grab(
    pixels: PixelArray,
    trimap: NDArray[np.uint8],
    background: Colours,
    foreground: Colours,
    rounds: int,
) -> None:
    """GrabCut in place. Where one side has nothing to learn colours from, all stays as it is."""
    inside = _belonging(trimap)
    if inside.all() or not inside.any():
        return
    if not background.any():
        background[0], foreground[0] = _mixture(pixels[~inside]), _mixture(pixels[inside])
    cv2.grabCut(pixels, trimap, None, background, foreground, rounds, cv2.GC_EVAL)


def _mixture(colours: PixelArray) -> NDArray[np.float64]:
    """[65]: weights, means and covariances of normal distributions, as OpenCV lays them out.

    OpenCV's own beginning takes four times as long as all the rest, for it clusters every pixel.
    """
    values = colours.astype(np.float32)
    some = np.ascontiguousarray(values[:: max(1, len(values) // _SAMPLES)])
    model = np.zeros(_COMPONENTS * 13)
    if len(some) < 4 * _COMPONENTS:
        nearest = np.zeros(len(values), np.int64)
    else:
        cv2.setRNGSeed(0)  # of this thread; the first centres are drawn by chance
        criteria = (cv2.TERM_CRITERIA_COUNT, 4, 0.0)
        _, _, centres = cv2.kmeans(some, _COMPONENTS, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
        nearest = ((centres**2).sum(axis=1) - 2 * values @ centres.T).argmin(axis=1)
    for component in range(_COMPONENTS):
        own = values[nearest == component].astype(np.float64)
        model[component] = len(own) / len(values)
        if len(own):
            mean = own.mean(axis=0)
            spread = (own - mean).T @ (own - mean) / len(own) + np.eye(3)
            start = _COMPONENTS + 3 * component
            model[start : start + 3] = mean
            start = 4 * _COMPONENTS + 9 * component
            model[start : start + 9] = spread.ravel()
    return model


def _belonging(trimap: NDArray[np.uint8]) -> Bits:
    bits: Bits = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    return bits


def _led_back(
    pixels: PixelArray, bits: Bits, inside: tuple[int, int, int, int], most: float
) -> Bits | None:
    """Paths from the middle of the object to each side of the box it does not reach, or None.

    They go where colours are most like the object's and change least on the way.
    """
    left, top, right, bottom = inside
    within = bits[top:bottom, left:right]
    rows, columns = np.flatnonzero(within.any(axis=1)), np.flatnonzero(within.any(axis=0))
    height, width = within.shape
    if not rows.size:
        middle = np.zeros_like(bits)
        middle[_ellipse(bits.shape, inside, 0.6)] = True
        return middle
    gaps = {
        "left": columns[0] / width,
        "right": (width - 1 - columns[-1]) / width,
        "top": rows[0] / height,
        "bottom": (height - 1 - rows[-1]) / height,
    }
    missed = [side for side, gap in gaps.items() if gap > most]
    if not missed:
        return None
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[top:bottom, left:right].astype(np.float32)
    seen = lab[within]
    centre, spread = seen.mean(axis=0), seen.std(axis=0) + 8.0
    strange = np.sqrt((((lab - centre) / spread) ** 2).mean(axis=2))
    travel = MCP_Geometric(0.3 + strange)
    start = [tuple(place) for place in np.argwhere(within)[:: max(1, int(within.sum()) // 200)]]
    costs, _ = travel.find_costs(start)
    ways = np.zeros_like(within, np.uint8)
    sides = {
        "left": (slice(None), 0),
        "right": (slice(None), width - 1),
        "top": (0, slice(None)),
        "bottom": (height - 1, slice(None)),
    }
    for side in missed:
        end = int(np.argmin(costs[sides[side]]))
        goal = {
            "left": (end, 0),
            "right": (end, width - 1),
            "top": (0, end),
            "bottom": (height - 1, end),
        }[side]
        for place in travel.traceback(goal):
            ways[place] = 1
    thick = max(3, round(0.05 * min(width, height)) | 1)
    seeds = np.zeros_like(bits)
    seeds[top:bottom, left:right] = cv2.dilate(ways, np.ones((thick, thick), np.uint8)) > 0
    return seeds


def tidied(bits: Bits, sure: Bits, excluded: Bits) -> Bits:
    """Without small pieces and pinholes. What was said to belong stays (`sure`), and so does a hole
    that was said not to (`excluded`)."""
    _, labels, facts, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=8)
    areas = facts[:, cv2.CC_STAT_AREA].astype(float)
    areas[0] = 0.0
    keep = areas >= max(1.0, _PIECE * areas.max())
    keep[np.unique(labels[sure])] = True
    keep[0] = False
    bits = keep[labels]
    _, labels, facts, _ = cv2.connectedComponentsWithStats((~bits).astype(np.uint8), connectivity=4)
    small = facts[:, cv2.CC_STAT_AREA] < max(4.0, _HOLE * bits.sum())
    small[np.unique(labels[excluded])] = False
    small[0] = False
    return bits | small[labels]


def _lifted(bits: Bits, window: _Window, image: PixelArray, within: Box | None) -> Mask:
    """The bits of a window as a mask of the picture."""
    height, width = image.shape[:2]
    shape = window.bottom - window.top, window.right - window.left
    drawn = cv2.resize(
        bits.astype(np.uint8) * 255, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR
    )
    full = np.zeros((height, width), bool)
    full[window.top : window.bottom, window.left : window.right] = drawn >= 128
    if within is not None:
        kept = np.zeros_like(full)
        top, left = min(height - 1, round(within.y0)), min(width - 1, round(within.x0))
        bottom, right = max(top + 1, round(within.y1)), max(left + 1, round(within.x1))
        kept[top:bottom, left:right] = full[top:bottom, left:right]
        full = kept
    return Mask.of(full)


def picture_size(image: PixelArray) -> Size:
    height, width = image.shape[:2]
    return Size(width, height)
