"""How a picture looks, in a few numbers that tell photos from charts, blanks and pages of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.types import OcrLine, Size

_MOST_SIDE = 400
_EVEN = 3
"""Neighbouring pixels that differ by less are alike: JPEG makes even areas a little uneven."""
_EDGE = 40
_FEW = 8
_LEAST_READ_SIDE = 12
_LEAST_READ_AREA = 2_000


@dataclass(frozen=True, slots=True)
class Look:
    """`even` is the share of neighbouring pixels that are alike, `edges` the share where the
    brightness jumps, `main` the share of the commonest colour (16 steps a channel), `few` that of
    the eight commonest. `spread` is the standard deviation of the brightness, 0 to 128.
    """

    size: Size
    even: float
    edges: float
    main: float
    few: float
    spread: float

    @property
    def readable(self) -> bool:
        """Whether there is room for words."""
        short = min(self.size.width, self.size.height)
        return short >= _LEAST_READ_SIDE and self.size.width * self.size.height >= _LEAST_READ_AREA


@dataclass(frozen=True, slots=True)
class TextLook:
    """`share` is the part of the picture that boxes of read words cover; `largest` that of the
    largest line alone. Words and characters are counted."""

    share: float = 0.0
    largest: float = 0.0
    lines: int = 0
    words: int = 0
    characters: int = 0


def look_of(pixels: PixelArray, size: Size) -> Look:
    """`pixels` are uint8 [height, width, 3], `size` is that of the whole picture."""
    small = _small(pixels)
    grey = small.astype(np.int16).mean(axis=2)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    steps = np.concatenate([across.ravel(), down.ravel()])
    shares = _colour_shares(small)
    return Look(
        size=size,
        even=_share(steps < _EVEN),
        edges=_share(steps > _EDGE),
        main=float(shares[:1].sum()),
        few=float(shares[:_FEW].sum()),
        spread=float(grey.std()),
    )


def text_look_of(lines: Sequence[OcrLine], width: int, height: int) -> TextLook:
    """Boxes are in pixels of a picture of `width` by `height`."""
    if not lines:
        return TextLook()
    covered = np.zeros((100, 100), bool)
    largest = 0.0
    for line in lines:
        x0, x1 = line.box.x0 / width, line.box.x1 / width
        y0, y1 = line.box.y0 / height, line.box.y1 / height
        covered[_part(y0, y1), _part(x0, x1)] = True
        largest = max(largest, (x1 - x0) * (y1 - y0))
    return TextLook(
        share=float(covered.mean()),
        largest=largest,
        lines=len(lines),
        words=sum(len(line.text.split()) for line in lines),
        characters=sum(len(line.text) for line in lines),
    )


def _part(start: float, end: float) -> slice:
    """Hundredths of a side, at least one of them."""
    first = min(99, max(0, int(start * 100)))
    return slice(first, max(first + 1, min(100, round(end * 100))))


def _small(pixels: PixelArray) -> PixelArray:
    """Every so many pixels, not their means: edges stay edges."""
    step = max(1, -(-max(pixels.shape[:2]) // _MOST_SIDE))
    return pixels[::step, ::step]


def _colour_shares(pixels: PixelArray) -> NDArray[np.floating[Any]]:
    """Shares of the colours in 16 steps a channel, the commonest first."""
    steps = pixels.reshape(-1, 3).astype(np.int32) >> 4
    keys = (steps[:, 0] << 8) | (steps[:, 1] << 4) | steps[:, 2]
    counts = np.sort(np.bincount(keys, minlength=4096))[::-1]
    shares: NDArray[np.floating[Any]] = counts / max(1, counts.sum())
    return shares


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if which.size else 1.0
