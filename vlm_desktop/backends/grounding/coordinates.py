"""Boxes as detectors give them, and back: fractions of a picture, or of a square around it.

What models write as text has its styles in `backends.chat.boxes`. Everything here is arrays
[n, 4], so that thousands of boxes cost nothing.
"""

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import Box, Size

Corners = NDArray[np.float64]
"""[n, 4]: left, top, right, bottom, in fractions of the picture."""


def from_centres(centres: NDArray[np.floating], shown: Size, *, square: bool = False) -> Corners:
    """From centre x, centre y, width, height in fractions of what the network was given.

    `shown` is the picture's size as it was handed to the processor. With `square` the network was
    given the square around it, the picture in its upper left corner.
    """
    rows = np.asarray(centres, dtype=np.float64).reshape(-1, 4)
    half = np.abs(rows[:, 2:]) / 2
    corners = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)
    return corners * _stretch(shown) if square else corners


def to_centres(corners: Corners, shown: Size, *, square: bool = False) -> NDArray[np.float64]:
    """The way back."""
    rows = np.asarray(corners, dtype=np.float64).reshape(-1, 4)
    if square:
        rows = rows / _stretch(shown)
    return np.concatenate([(rows[:, :2] + rows[:, 2:]) / 2, rows[:, 2:] - rows[:, :2]], axis=1)


def boxes_within(corners: Corners, size: Size) -> tuple[Box | None, ...]:
    """Boxes in pixels of a picture; None for what is no box within it.

    What lies outside is cut off, corners the wrong way round are put right. Numbers that are none
    and boxes that nothing is left of give None.
    """
    rows = np.asarray(corners, dtype=np.float64).reshape(-1, 4)
    finite = np.isfinite(rows.sum(axis=1))
    rows = np.clip(np.where(finite[:, None], rows, 0.0), 0.0, 1.0)
    left, right = np.minimum(rows[:, 0], rows[:, 2]), np.maximum(rows[:, 0], rows[:, 2])
    top, bottom = np.minimum(rows[:, 1], rows[:, 3]), np.maximum(rows[:, 1], rows[:, 3])
    sound = finite & (left < right) & (top < bottom)
    scaled = np.stack([left, top, right, bottom], axis=1) * [
        size.width, size.height, size.width, size.height
    ]  # fmt: skip
    return tuple(
        Box(*map(float, row)) if good else None for row, good in zip(scaled, sound, strict=True)
    )


def _stretch(shown: Size) -> NDArray[np.float64]:
    """What fractions of the square around a picture are multiplied with."""
    side = max(shown.width, shown.height)
    across, down = side / shown.width, side / shown.height
    return np.array([across, down, across, down])
