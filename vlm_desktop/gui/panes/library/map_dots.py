"""All photos as dots in one picture: numpy places them, a table has their colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

_STEPS = 16
_CROWD_CELL = 3
_FAINTEST = 0.4


def dots(
    spots: NDArray[np.float32],
    selected: NDArray[np.bool_],
    size: tuple[int, int],
    radius: int,
    colour: str,
    selected_colour: str,
) -> QImage:
    """Spots [n, 2] in pixels -> a transparent picture of `size` (width, height).

    The more photos lie on a few pixels the stronger the colour; selected ones lie on top.
    """
    width, height = size
    margin = radius + 1
    wide, high = width + 2 * margin, height + 2 * margin
    cells = np.floor(spots).astype(np.int32) + margin
    # `margin` away from the edge, so that a whole dot fits.
    x, y = cells[:, 0], cells[:, 1]
    rows = np.flatnonzero((x > radius) & (y > radius) & (x < wide - margin) & (y < high - margin))
    x, y = x[rows], y[rows]
    chosen = np.where(selected[rows], np.uint8(_STEPS), _crowd(x, y, wide, high))
    order = np.argsort(chosen, kind="stable")
    paints = np.append(_table(colour), np.uint32(_argb(selected_colour, 1.0)))[chosen[order]]
    flat = (y * wide + x)[order]
    pixels = np.zeros(high * wide, dtype=np.uint32)
    for offset in _round(radius, wide):
        pixels[flat + offset] = paints
    image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied)
    # Copied: the array goes with this call.
    return image.copy(margin, margin, width, height)


def _crowd(x: NDArray[np.int32], y: NDArray[np.int32], wide: int, high: int) -> NDArray[np.uint8]:
    """How many dots lie about each dot, as a step of the table [n]."""
    across = wide // _CROWD_CELL + 1
    cells = (y // _CROWD_CELL) * across + x // _CROWD_CELL
    counts = np.bincount(cells, minlength=(high // _CROWD_CELL + 1) * across)
    return np.minimum(counts[cells] - 1, _STEPS - 1).astype(np.uint8)


def _round(radius: int, wide: int) -> list[int]:
    """A small round, as distances in an array of rows that are `wide`."""
    reach = range(-radius, radius + 1)
    return [
        dy * wide + dx for dy in reach for dx in reach if dx * dx + dy * dy <= radius * radius + 0.5
    ]


def _table(colour: str) -> NDArray[np.uint32]:
    """What each step is painted with: faint for one alone, full for many."""
    strength = _FAINTEST + (1 - _FAINTEST) * np.sqrt(np.linspace(0.0, 1.0, _STEPS))
    return np.array([_argb(colour, share) for share in strength.tolist()], dtype=np.uint32)


def _argb(colour: str, alpha: float) -> int:
    chosen = QColor(colour)
    parts = (chosen.red(), chosen.green(), chosen.blue())
    red, green, blue = (round(part * alpha) for part in parts)
    return (round(255 * alpha) << 24) | (red << 16) | (green << 8) | blue
