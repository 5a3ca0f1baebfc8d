"""Masks of regions: which pixels of a picture belong to something."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import Box, Size

Bits: TypeAlias = NDArray[np.bool_]
"""[height, width], True where a pixel belongs to the region."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Mask:
    """Pixels of an upright picture of `size`; `bits` covers only the part from (left, top) on,
    and everything outside of it does not belong. Treat `bits` as read-only."""

    size: Size
    left: int
    top: int
    bits: Bits

    @classmethod
    def of(cls, full: Bits) -> "Mask":
        """From the bits of a whole picture; only what holds anything is kept."""
        height, width = full.shape
        rows, columns = np.flatnonzero(full.any(axis=1)), np.flatnonzero(full.any(axis=0))
        if not rows.size:
            return cls(Size(width, height), 0, 0, np.zeros((0, 0), bool))
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        left, right = int(columns[0]), int(columns[-1]) + 1
        cut = np.ascontiguousarray(full[top:bottom, left:right], dtype=bool)
        return cls(Size(width, height), left, top, cut)

    @property
    def area(self) -> int:
        """How many pixels belong."""
        return int(np.count_nonzero(self.bits))  # a twentieth of what `sum` takes

    @property
    def box(self) -> Box | None:
        """Around all that belongs, in whole pixels; None where nothing does."""
        rows = np.flatnonzero(self.bits.any(axis=1))
        columns = np.flatnonzero(self.bits.any(axis=0))
        if not rows.size:
            return None
        return Box(
            float(self.left + columns[0]),
            float(self.top + rows[0]),
            float(self.left + columns[-1] + 1),
            float(self.top + rows[-1] + 1),
        )

    def full(self) -> Bits:
        """The bits of the whole picture."""
        whole = np.zeros((self.size.height, self.size.width), bool)
        height, width = self.bits.shape
        whole[self.top : self.top + height, self.left : self.left + width] = self.bits
        return whole

    def holds(self, x: float, y: float) -> bool:
        """Whether the pixel at a place belongs."""
        row, column = int(y) - self.top, int(x) - self.left
        height, width = self.bits.shape
        return 0 <= row < height and 0 <= column < width and bool(self.bits[row, column])


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks of the same picture, 0..1; 0 for two empty ones."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.bits.shape[1], other.left + other.bits.shape[1])
    bottom = min(one.top + one.bits.shape[0], other.top + other.bits.shape[0])
    both = 0
    if left < right and top < bottom:
        mine = one.bits[top - one.top : bottom - one.top, left - one.left : right - one.left]
        theirs = other.bits[
            top - other.top : bottom - other.top, left - other.left : right - other.left
        ]
        both = int((mine & theirs).sum())
    union = one.area + other.area - both
    return both / union if union else 0.0
