"""Huge PNG and TIFF pictures read strip by strip, so that they never lie in memory whole.

Pillow decodes a picture as one piece. Here a run of rows is made into a small file of its own,
in memory, with the headers of the large one; Pillow decodes that, the rows are averaged down (or
cut to a region), and the next run follows. What comes out is what reducing the whole would give.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from PIL import Image, PngImagePlugin, TiffImagePlugin

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import Box, Size
from vlm_desktop.media.colour import to_resizable
from vlm_desktop.media.pngstrips import png_strips
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.source import Source
from vlm_desktop.media.tiffstrips import tiff_strips

LARGE_BYTES = 256 * 1024 * 1024
"""Pictures that would take less than this are decoded whole, which is faster."""

_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
_STRUCTURE_ERRORS = (struct.error, zlib.error, KeyError, IndexError)


@dataclass(frozen=True, slots=True)
class Area:
    """Columns and rows of a picture as it lies in the file."""

    left: int
    top: int
    right: int
    bottom: int


def is_large(image: Image.Image) -> bool:
    """Whether decoding the picture whole takes much memory."""
    return image.width * image.height * _BYTES.get(image.mode, 4) > LARGE_BYTES


def read_by_strips(
    source: Source, stream: IO[bytes], image: Image.Image, wish: Wish, area: Area
) -> Image.Image | None:
    """The area, averaged down as `wish` has it, in the orientation of the file.

    None for layouts that cannot be taken apart (interlaced PNG, one long compressed strip).
    Raises `MediaRefused` for a file that ends early.
    """
    strips = _strips_of(image, stream, area)
    if strips is None:
        return None
    factor = 1
    if min(image.size) > 2 * wish.min_side:
        factor = max(1, int(wish.shrink(*image.size)))
    try:
        return _put_together(strips, area, factor, image.info.get("icc_profile"))
    except (EOFError, *_STRUCTURE_ERRORS) as error:
        raise MediaRefused(
            path=source.path, reason=Refusal.CORRUPT, detail="the picture ends early"
        ) from error


def area_in_file(region: Box | None, size: tuple[int, int], orientation: int) -> Area:
    """Where a region of the upright picture lies in the file; `size` is that in the file."""
    width, height = size
    if region is None:
        return Area(0, 0, width, height)
    corners = [_in_file(x, y, size, orientation) for x, y in _corners(region)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    left = min(max(math.floor(min(across)), 0), width - 1)
    top = min(max(math.floor(min(down)), 0), height - 1)
    right = min(max(math.ceil(max(across)), left + 1), width)
    return Area(left, top, right, min(max(math.ceil(max(down)), top + 1), height))


def area_upright(area: Area, size: Size, orientation: int) -> Box:
    """The inverse of `area_in_file`; `size` is the upright one."""
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    box = Box(area.left, area.top, area.right, area.bottom)
    corners = [_in_file(x, y, (size.width, size.height), inverse) for x, y in _corners(box)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), min(down), max(across), max(down))


def _corners(box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    return (box.x0, box.y0), (box.x1, box.y1)


def _in_file(x: float, y: float, size: tuple[int, int], orientation: int) -> tuple[float, float]:
    """A point of the upright picture, in the file. See EXIF 2.3, table 5, "Orientation"."""
    width, height = size
    return {
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (y, height - x),
        7: (width - y, height - x),
        8: (width - y, x),
    }.get(orientation, (x, y))


def _strips_of(
    image: Image.Image, stream: IO[bytes], area: Area
) -> Iterator[tuple[int, Image.Image]] | None:
    if isinstance(image, PngImagePlugin.PngImageFile):
        return png_strips(stream, area.bottom)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return tiff_strips(image, stream, area.top, area.bottom)
    return None


def _put_together(
    strips: Iterator[tuple[int, Image.Image]], area: Area, factor: int, profile: object
) -> Image.Image:
    """Paste the strips (first row and picture) that touch the area, reduced."""
    width, height = area.right - area.left, area.bottom - area.top
    made: Image.Image | None = None
    rest: Image.Image | None = None
    at = done = 0
    for first, strip in strips:
        top, bottom = max(first, area.top), min(first + strip.height, area.bottom)
        if top >= bottom:
            continue
        cut = to_resizable(strip.crop((area.left, top - first, area.right, bottom - first)))
        part = _joined(rest, cut)
        at += bottom - top
        whole = part.height if at == height else part.height - part.height % factor
        rest = part.crop((0, whole, width, part.height)) if whole < part.height else None
        if whole == 0:
            continue
        part = part.crop((0, 0, width, whole)).reduce(factor)
        if made is None:
            made = Image.new(part.mode, (math.ceil(width / factor), math.ceil(height / factor)))
        made.paste(part, (0, done))
        done += part.height
    if made is None or at < height:
        raise EOFError
    if profile is not None:
        made.info["icc_profile"] = profile
    return made


def _joined(above: Image.Image | None, below: Image.Image) -> Image.Image:
    if above is None:
        return below
    both = Image.new(below.mode, (below.width, above.height + below.height))
    both.paste(above, (0, 0))
    both.paste(below, (0, above.height))
    return both
