"""Pictures and masks at other sizes."""

import math

import cv2
import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Size

_HALF = 128


def reduced(image: PixelArray, pixels: int) -> PixelArray:
    """The picture with at most about `pixels` pixels, its sides in proportion; never larger.

    Large pictures first go to twice that size with two taps a side, which is many times faster
    than the mean over all pixels and shows the same at this scale.
    """
    height, width = image.shape[:2]
    factor = math.sqrt(pixels / (height * width))
    if factor >= 1:
        return np.ascontiguousarray(image)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if factor < 0.5:
        between = min(width, 2 * size[0]), min(height, 2 * size[1])
        image = cv2.resize(image, between, interpolation=cv2.INTER_LINEAR)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def resized_mask(mask: Mask, size: Size) -> Mask:
    """The same region in a picture of another size, its outline interpolated.

    The work grows with the region, not with the picture. A region that is smaller than a pixel
    of the new size may vanish.
    """
    if mask.size == size or not mask.bits.size:
        return Mask(size, mask.left, mask.top, mask.bits)
    across, down = size.width / mask.size.width, size.height / mask.size.height
    rows, columns = mask.bits.shape
    left = max(0, math.floor((mask.left - 0.5) * across))
    top = max(0, math.floor((mask.top - 0.5) * down))
    right = min(size.width, math.ceil((mask.left + columns + 0.5) * across))
    bottom = min(size.height, math.ceil((mask.top + rows + 0.5) * down))
    if 2 * (right - left) * (bottom - top) > size.width * size.height:
        # Most of the picture: all of it at once is several times faster.
        shown = mask.full().astype(np.uint8) * 255
        drawn = cv2.resize(shown, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
        return trimmed(Mask(size, 0, 0, drawn >= _HALF))
    # One pixel of what lies outside, so that outlines fade; at the picture's edge they go on.
    padded = cv2.copyMakeBorder(mask.bits.astype(np.uint8) * 255, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    if mask.left == 0:
        padded[:, 0] = padded[:, 1]
    if mask.top == 0:
        padded[0] = padded[1]
    if mask.left + columns == mask.size.width:
        padded[:, -1] = padded[:, -2]
    if mask.top + rows == mask.size.height:
        padded[-1] = padded[-2]
    there = np.array(
        [
            [1 / across, 0, (left + 0.5) / across - 0.5 - mask.left + 1],
            [0, 1 / down, (top + 0.5) / down - 0.5 - mask.top + 1],
        ]
    )
    drawn = cv2.warpAffine(
        padded, there, (right - left, bottom - top), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return trimmed(Mask(size, left, top, drawn >= _HALF))


def trimmed(mask: Mask) -> Mask:
    """The same mask with no empty rows or columns around what belongs."""
    box = mask.box
    if box is None:
        return Mask(mask.size, 0, 0, np.zeros((0, 0), bool))
    x0, y0 = int(box.x0) - mask.left, int(box.y0) - mask.top
    x1, y1 = int(box.x1) - mask.left, int(box.y1) - mask.top
    cut = np.ascontiguousarray(mask.bits[y0:y1, x0:x1])
    return Mask(mask.size, mask.left + x0, mask.top + y0, cut)
