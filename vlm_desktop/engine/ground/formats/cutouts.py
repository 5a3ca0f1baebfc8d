"""Objects cut out of their pictures, as PNG with transparency.

    cutouts.jsonl  <picture>-<number>.png

Pixels that belong are those of the picture, unchanged; of all others nothing is left, not even
unseen. At edges opacity is the share of a pixel's surroundings that belongs, so that no stairs
show, and it is never 0 where a pixel belongs: the mask can be read off again.
"""

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.exchange import NamedPicture
from vlm_desktop.engine.ground.formats.outlines import fill

INDEX = "cutouts.jsonl"


def mask_of(one: GroundObject, size: Size) -> Mask | None:
    """What is cut out: the mask, else the outline, else the whole box; None where there is none of
    these."""
    if one.mask is not None:
        return one.mask if one.mask.bits.size else None
    outline = one.polygon
    if not outline and one.box is not None:
        box = one.box
        outline = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    mask = fill(size, outline) if outline else None
    return mask if mask is not None and mask.bits.size else None


def opacity(bits: Bits) -> NDArray[np.uint8]:
    """From 1 to 255 where a pixel belongs, 0 elsewhere."""
    around = np.pad(bits, 1).astype(np.uint16)
    height, width = bits.shape
    share = np.zeros((height, width), np.uint16)
    for row in range(3):
        for column in range(3):
            share += around[row : row + height, column : column + width]
    return np.where(bits, (share * 255 + 4) // 9, 0).astype(np.uint8)


def area_of(mask: Mask) -> Box:
    """The part of the picture that is cut out."""
    height, width = mask.bits.shape
    return Box(mask.left, mask.top, mask.left + width, mask.top + height)


def file_name(one: NamedPicture, each: GroundObject) -> str:
    """The path of a cut-out in its folder."""
    return f"{one.stem}-{each.number}.png"
