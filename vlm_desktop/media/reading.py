"""What every reader takes and gives: the wish, the pages and the tags found on the way."""

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.types import Box, DecodedPage, MediaKind, PhotoMetadata, Size
from vlm_desktop.media.tiff import TiffData

_THUMBNAIL_SLACK = 0.8
"""A thumbnail may come out this much smaller than wished when that spares half the decoding."""
_LONGEST_STRIP = 64
"""Pictures more stretched than this are shrunk until their longer side fits."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How large the pixels must be, and which page (0: all pages), as in `DecodeRequest`."""

    min_side: int
    thumbnail_side: int = 0
    page: int = 0
    region: Box | None = None
    layer: bool = False

    def shrink(self, width: int, height: int) -> float:
        """By what factor, at least 1, a picture may be shrunk and still serve."""
        short, long = min(width, height), max(width, height)
        factor = short / max(self.min_side, 1)
        if self.thumbnail_side:
            factor = min(factor, long / (_THUMBNAIL_SLACK * self.thumbnail_side))
        return max(1.0, factor)


@dataclass(frozen=True, slots=True)
class EmbeddedTags:
    """Metadata as it lies in the file. `exif` is a TIFF structure, `iptc` an IIM record.

    `exif` of a TIFF file is that whole file, memory-mapped when it is large.

    `said` holds what the format says in its own way (PNG text, PDF information).
    """

    exif: TiffData = b""
    xmp: bytes = b""
    iptc: bytes = b""
    said: PhotoMetadata = field(default_factory=PhotoMetadata)


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read."""

    kind: MediaKind
    format: str
    pages: tuple[DecodedPage, ...]
    tags: EmbeddedTags
    orientation: int = 1


def reduced(image: Image.Image, wish: Wish) -> Image.Image:
    """`image` averaged down by a whole factor, unless it is within twice the wished size."""
    width, height = image.size
    if min(width, height) > 2 * wish.min_side:
        factor = int(wish.shrink(width, height))
        if factor > 1:
            # Not image.reduce: that of a JPEG 2000 picture is the factor it was decoded by.
            image = Image.Image.reduce(image, factor)
    return _without_strip(image, wish)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Apply an EXIF orientation; 0 and other invalid values mean 1."""
    method = _UPRIGHT.get(orientation)
    return image if method is None else image.transpose(method)


def upright_size(width: int, height: int, orientation: int) -> Size:
    """The size after `upright`."""
    return Size(height, width) if orientation in (5, 6, 7, 8) else Size(width, height)


def part(image: Image.Image, size: Size, region: Box | None) -> tuple[Image.Image, Box | None]:
    """The region of an upright picture of that full size, and what is left exactly."""
    if region is None:
        return image, None
    x, y = image.width / size.width, image.height / size.height
    left = min(max(math.floor(region.x0 * x), 0), image.width - 1)
    top = min(max(math.floor(region.y0 * y), 0), image.height - 1)
    right = min(max(math.ceil(region.x1 * x), left + 1), image.width)
    bottom = min(max(math.ceil(region.y1 * y), top + 1), image.height)
    box = Box(left / x, top / y, right / x, bottom / y)
    return image.crop((left, top, right, bottom)), box


def pixels_of(image: Image.Image) -> PixelArray:
    """Contiguous uint8 [h, w, 3] of an RGB picture."""
    return np.ascontiguousarray(np.asarray(image), dtype=np.uint8)


def _without_strip(image: Image.Image, wish: Wish) -> Image.Image:
    longest = _LONGEST_STRIP * max(wish.min_side, 1)
    if max(image.size) <= longest:
        return image
    scale = longest / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX)
