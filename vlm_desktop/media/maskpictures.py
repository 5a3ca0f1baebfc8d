"""PNG pictures of masks, labels and cut-outs, as bytes; and masks from the bytes of small PNGs."""

import io
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.masks import Bits

Colour = tuple[int, int, int]

MOST_PIXELS = 100_000_000
"""Of a mask that is read here rather than in a decoder process."""


def mask_png(bits: Bits) -> bytes:
    """White where a pixel belongs, black elsewhere; one bit a pixel."""
    return _png(Image.fromarray(bits.astype(np.uint8) * 255, "L").convert("1"))


def labels_png(indices: NDArray[np.uint8], colours: Sequence[Colour]) -> bytes:
    """A picture whose pixels are numbers of colours, so that programs read the numbers."""
    picture = Image.fromarray(indices, "L")
    picture.putpalette([side for colour in colours for side in colour])
    return _png(picture)


def cutout_png(pixels: PixelArray, alpha: NDArray[np.uint8]) -> bytes:
    """Pixels with their opacity. Where that is 0, nothing of the picture is left."""
    shown = np.where(alpha[..., None] > 0, pixels, 0).astype(np.uint8)
    return _png(Image.fromarray(np.dstack((shown, alpha)), "RGBA"))


def bits_of_png(data: bytes) -> Bits | None:
    """The pixels of a PNG of one channel that are not black; None for anything else.

    Only what is small by its header is decoded at all.
    """
    try:
        picture = PngImagePlugin.PngImageFile(io.BytesIO(data))
        if picture.width * picture.height > MOST_PIXELS or picture.mode not in ("1", "L", "I;16"):
            return None
        found: Bits = np.asarray(picture) > 0
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, OverflowError):
        return None
    return found if found.ndim == 2 else None


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
