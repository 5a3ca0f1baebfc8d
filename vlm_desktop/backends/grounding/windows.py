"""Pictures as networks can be given them: long ones in windows, large ones reduced.

Networks here see a picture in about a thousand pixels a side. A strip of 1 to 100 would be ten
pixels high in that, and Grounding DINO fails for want of places; so long pictures are looked at
in windows that overlap.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.types import Box, Size

LONGEST = 2048
"""Longer sides are reduced to it first: no network here is given more than 1,333."""
_LONG_ASPECT, _WINDOW_ASPECT, _MOST_WINDOWS = 5.0, 3.0, 8
_OVERLAP = 0.25
_STEEPEST = 16.0
"""Even a window is at most so many times as long as it is wide; shorter sides are stretched."""


def windows(size: Size) -> tuple[Box, ...]:
    """Parts of a picture, in whole pixels, that are looked at one by one; mostly one, the whole."""
    length, across = max(size.width, size.height), min(size.width, size.height)
    number = min(_MOST_WINDOWS, math.ceil(length / across / _WINDOW_ASPECT))
    if length <= _LONG_ASPECT * across or length < 2 * number:
        return (Box(0, 0, size.width, size.height),)
    extent = math.ceil(length / (1 + (number - 1) * (1 - _OVERLAP)))
    starts = [round(place) for place in np.linspace(0, length - extent, number)]
    if size.width >= size.height:
        return tuple(Box(start, 0, start + extent, size.height) for start in starts)
    return tuple(Box(0, start, size.width, start + extent) for start in starts)


def cut(image: PixelArray, part: Box) -> PixelArray:
    """A part of a picture, in whole pixels."""
    return np.ascontiguousarray(image[int(part.y0) : int(part.y1), int(part.x0) : int(part.x1)])


def shown(image: PixelArray) -> tuple[PixelArray, Size]:
    """A picture as it is handed to a processor, and its size by then.

    Fractions of it are fractions of the picture, whatever was stretched.
    """
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    tall, broad = max(1, round(height * scale)), max(1, round(width * scale))
    least = math.ceil(max(tall, broad) / _STEEPEST)
    size = Size(max(broad, least), max(tall, least))
    if (size.height, size.width) == (height, width):
        return image, size
    picture = Image.fromarray(image).resize(
        (size.width, size.height), Image.Resampling.BILINEAR, reducing_gap=2.0
    )
    return np.asarray(picture), size


def joined(heats: list[tuple[Box, NDArray[np.float32]]], size: Size) -> NDArray[np.float32]:
    """One heat map of the whole picture [rows, columns] from those of its windows."""
    if len(heats) == 1:
        return heats[0][1]
    rows, columns = heats[0][1].shape
    first = heats[0][0]
    scale_x, scale_y = columns / (first.x1 - first.x0), rows / (first.y1 - first.y0)
    height, width = max(1, round(size.height * scale_y)), max(1, round(size.width * scale_x))
    whole = np.zeros((height, width), np.float32)
    for part, heat in heats:
        top = min(round(part.y0 * scale_y), height - rows)
        left = min(round(part.x0 * scale_x), width - columns)
        place = whole[top : top + rows, left : left + columns]
        np.maximum(place, heat, out=place)
    return whole
