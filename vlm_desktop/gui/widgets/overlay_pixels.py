"""Masks and heatmaps as pictures and lines, made once and only drawn from then on.

The one module of the overlay that works on arrays: it is imported when there is something to do.
"""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath

from vlm_desktop.gui.tokens import heat_ramp

if TYPE_CHECKING:
    from vlm_desktop.base.grounding import Heatmap
    from vlm_desktop.base.masks import Bits, Mask

Places: TypeAlias = NDArray[np.intp]
Pixels: TypeAlias = NDArray[np.uint32]
"""[rows, columns], 0xAARRGGBB with the colours multiplied by alpha."""

_MOST_PIXELS = 1_000_000
_MOST_RUNS = 60_000
"""A mask of more edges than that is dust: it has a fill and no outline."""
_HEAT_SIDE = 256
_RAMP = 256


@dataclass(frozen=True, slots=True)
class MaskDrawing:
    """A mask as it is drawn: the fill, opaque, and where it lies in the picture, and the edges of
    its pixels, holes included. `rough` is for zooms at which single pixels do not show."""

    fill: QImage
    place: QRectF
    fine: QPainterPath
    rough: QPainterPath
    step: int
    """Pixels of the picture per pixel of the fill."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a drawing has no colour, and takes most of the time."""

    few: "Bits"
    fine: QPainterPath
    rough: QPainterPath
    step: int


_shapes: "WeakKeyDictionary[Mask, _Shape]" = WeakKeyDictionary()
_shapes_lock = threading.Lock()


def make_ready(*masks: "Mask | None") -> None:
    """Work out what drawing these takes, where a lane has them in hand: the main thread then has
    little left to do. Kept as long as the masks are. On any thread."""
    for mask in masks:
        if mask is not None and mask.bits.size:
            _shape_of(mask)


def mask_drawing(mask: "Mask", colour: QColor) -> MaskDrawing:
    """On any thread."""
    shape = _shape_of(mask)
    few, step = shape.few, shape.step
    tint = 0xFF000000 | colour.rgb() & 0xFFFFFF
    fill = _image(np.where(few, np.uint32(tint), np.uint32(0)))
    place = QRectF(mask.left, mask.top, few.shape[1] * step, few.shape[0] * step)
    return MaskDrawing(fill, place, shape.fine, shape.rough, step)


def _shape_of(mask: "Mask") -> _Shape:
    with _shapes_lock:
        known = _shapes.get(mask)
    if known is not None:
        return known
    height, width = mask.bits.shape
    step = max(1, math.ceil(math.sqrt(height * width / _MOST_PIXELS)))
    few = np.ascontiguousarray(mask.bits[step // 2 :: step, step // 2 :: step])
    if not few.size:
        few, step = mask.bits, 1
    fine = _edges(mask.bits, mask.left, mask.top, 1)
    rough = fine if step == 1 else _edges(few, mask.left, mask.top, step)
    made = _Shape(few, fine, rough, step)
    with _shapes_lock:
        _shapes[mask] = made
    return made


def _edges(bits: "Bits", left: int, top: int, step: int) -> QPainterPath:
    """Loops along the edges between pixels that belong, on the right of the way, and others."""
    height, width = bits.shape
    rows, columns = _places(bits[1:] != bits[:-1])
    first, last = np.flatnonzero(bits[0]), np.flatnonzero(bits[-1])
    lines = np.concatenate([np.zeros_like(first), rows + 1, np.full_like(last, height)])
    places = np.concatenate([first, columns, last])
    y, start, end = _runs(lines, places, forth=_belong(bits, lines, places))
    code = width + 1
    ways = [np.stack([y * code + start, y * code + end], axis=1)]
    rows, columns = _places(bits[:, 1:] != bits[:, :-1])
    first, last = np.flatnonzero(bits[:, 0]), np.flatnonzero(bits[:, -1])
    lines = np.concatenate([np.zeros_like(first), columns + 1, np.full_like(last, width)])
    places = np.concatenate([first, rows, last])
    x, start, end = _runs(lines, places, forth=~_belong(bits.T, lines, places))
    ways.append(np.stack([start * code + x, end * code + x], axis=1))
    path = QPainterPath()
    if sum(len(one) for one in ways) > _MOST_RUNS:
        return path
    for loop in _loops(np.concatenate(ways).tolist()):
        corners = [divmod(one, code) for one in loop]
        path.moveTo(left + corners[0][1] * step, top + corners[0][0] * step)
        for row, column in corners[1:]:
            path.lineTo(left + column * step, top + row * step)
        path.closeSubpath()
    return path


def _places(changes: "Bits") -> tuple[Places, Places]:
    """Row and column of what is set; over flat bits that takes a fortieth of `np.nonzero`."""
    rows, columns = np.divmod(np.flatnonzero(changes), max(1, changes.shape[1]))
    return rows, columns


def _belong(bits: "Bits", lines: Places, places: Places) -> "Bits":
    """Of the pixels after these lines; none after the last."""
    found: Bits = bits[np.minimum(lines, len(bits) - 1), places] & (lines < len(bits))
    return found


def _runs(lines: Places, places: Places, *, forth: "Bits") -> tuple[Places, Places, Places]:
    """Line, start and end of neighbours on a line that lead the same way, forth or back."""
    order = np.lexsort((places, lines))
    lines, places, forth = lines[order], places[order], forth[order]
    begins = np.ones(lines.size, bool)
    begins[1:] = (np.diff(lines) != 0) | (np.diff(places) != 1) | (forth[1:] != forth[:-1])
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], lines.size) - 1
    low, high, is_forth = places[starts], places[ends] + 1, forth[starts]
    return lines[starts], np.where(is_forth, low, high), np.where(is_forth, high, low)


def _loops(ways: list[list[int]]) -> Iterator[list[int]]:
    """Corners of closed loops, from ways between corners."""
    ahead: dict[int, list[int]] = {}
    for start, end in ways:
        ahead.setdefault(start, []).append(end)
    while ahead:
        loop = [next(iter(ahead))]
        while True:
            onward = ahead[loop[-1]]
            at = onward.pop()
            if not onward:
                del ahead[loop[-1]]
            if at == loop[0]:
                break
            loop.append(at)
        yield loop


def heat_image(heat: "Heatmap") -> QImage:
    """Its values through the theme's ramp, smooth between the middles of cells; what is cold lets
    the picture through. On any thread."""
    values = np.clip(np.nan_to_num(heat.values), 0.0, 1.0)
    rows, columns = values.shape
    scale = max(1, _HEAT_SIDE // max(rows, columns))
    smooth = _stretch(_stretch(values, rows * scale).T, columns * scale).T
    return _image(_ramp()[np.rint(smooth * (_RAMP - 1)).astype(np.intp)])


def _stretch(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Rows to `count` rows, smooth between the middles of those there are."""
    at = (np.arange(count) + 0.5) * values.shape[0] / count - 0.5
    at = np.clip(at, 0, values.shape[0] - 1)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, values.shape[0] - 1)
    part = (at - low).astype(np.float32)[:, None]
    part = part * part * (3 - 2 * part)  # else rays would stand out around strong cells
    mixed: NDArray[np.float32] = values[low] * (1 - part) + values[high] * part
    return mixed


def _ramp() -> Pixels:
    """The theme's colours of heat, from clear to strong."""
    stops = [QColor(one) for one in heat_ramp().colours]
    at = np.linspace(0, len(stops) - 1, _RAMP)
    channels = [
        np.interp(at, np.arange(len(stops)), [getattr(one, name)() for one in stops])
        for name in ("red", "green", "blue")
    ]
    alpha = np.linspace(heat_ramp().least, heat_ramp().most, _RAMP)
    red, green, blue = (np.rint(one * alpha).astype(np.uint32) for one in channels)
    whole = np.rint(255 * alpha).astype(np.uint32)
    ramp: Pixels = whole << 24 | red << 16 | green << 8 | blue
    return ramp


def _image(pixels: Pixels) -> QImage:
    whole = np.ascontiguousarray(pixels, dtype=np.uint32)
    height, width = whole.shape
    wrapped = QImage(
        whole.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
    )
    return wrapped.copy()
