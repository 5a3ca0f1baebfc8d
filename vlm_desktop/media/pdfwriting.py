"""What everything that writes PDFs shares: opening with pikepdf, pages of pictures, saving."""

import contextlib
import io
import logging
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pikepdf
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import Box, Size
from vlm_desktop.media.source import Source

POINTS = 72.0
USUAL_DPI = 200.0
"""Of a picture that does not say how large its paper was."""
MOST_PIXELS = 40_000_000
"""Of a page that is written anew: A4 at 650 dpi. Larger pictures are made smaller."""
_JPEG_QUALITY = 88
_LONGEST = 14_000.0
"""A page's longest side in points: a little less than what readers must take."""

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)


class WritingFailed(Exception):
    """The system does not let the target be written; `number` is its error number."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


@contextlib.contextmanager
def opened_for_writing(source: Source) -> Iterator[pikepdf.Pdf]:
    """The document. Raises `MediaRefused` for passwords and damage."""
    try:
        with source.stream() as stream, pikepdf.open(cast("BinaryIO", stream)) as document:
            yield document
    except pikepdf.PasswordError as error:
        raise MediaRefused(path=source.path, reason=Refusal.ENCRYPTED) from error
    except pikepdf.PdfError as error:
        raise MediaRefused(
            path=source.path, reason=Refusal.CORRUPT, detail=str(error)[:200]
        ) from error


def save(document: pikepdf.Pdf, target: Path) -> None:
    """Write the document, its streams as they were coded. Raises WritingFailed."""
    try:
        document.save(target, compress_streams=True, recompress_flate=False)
    except OSError as error:
        raise WritingFailed(error.errno or 0) from error


def write_bytes(data: bytes, target: Path) -> None:
    """Write a small file. Raises WritingFailed."""
    try:
        target.write_bytes(data)
    except OSError as error:
        raise WritingFailed(error.errno or 0) from error


def points_of(width: int, height: int, dpi: float) -> tuple[float, float, float]:
    """The size of a page that holds a picture, and its points per pixel."""
    scale = POINTS / (dpi if 36 <= dpi <= 4_800 else USUAL_DPI)
    scale = min(scale, _LONGEST / max(width, height))
    return width * scale, height * scale, scale


def side_within(size: Size) -> int:
    """The shorter side to ask of a picture, so that what comes has at most `MOST_PIXELS`."""
    short = min(size.width, size.height)
    factor = math.ceil(math.sqrt(size.width * size.height / MOST_PIXELS))
    # One less, since pictures are made smaller by a whole factor where over twice as large.
    return short if factor == 1 else max(1, short // factor - 1)


def add_page(
    document: pikepdf.Pdf, image: pikepdf.Object, size: tuple[float, float], matrix: str
) -> pikepdf.Page:
    """A page that shows one picture, laid by the matrix."""
    document.add_blank_page(page_size=size)
    page = document.pages[-1]
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.obj.Contents = document.make_stream(f"q {matrix} cm /Im0 Do Q".encode("ascii"))
    return page


def image_of(document: pikepdf.Pdf, pixels: PixelArray) -> pikepdf.Object:
    """Pixels as an image of the document: without loss where that is no larger than JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    jpeg = buffer.getvalue()
    grey = pixels[:, :, 0]
    is_grey = bool(np.array_equal(grey, pixels[:, :, 1]) and np.array_equal(grey, pixels[:, :, 2]))
    plain = zlib.compress(np.ascontiguousarray(grey if is_grey else pixels).tobytes(), 6)
    height, width = pixels.shape[:2]
    if len(plain) <= len(jpeg):
        space = "/DeviceGray" if is_grey else "/DeviceRGB"
        return _image(document, plain, (width, height), "/FlateDecode", space)
    return _image(document, jpeg, (width, height), "/DCTDecode", "/DeviceRGB")


def jpeg_as_it_is(
    document: pikepdf.Pdf, data: bytes, size: tuple[int, int], mode: str
) -> pikepdf.Object:
    """The bytes of a JPEG file as an image of the document; `mode` is L or RGB."""
    space = "/DeviceGray" if mode == "L" else "/DeviceRGB"
    return _image(document, data, size, "/DCTDecode", space)


def area_pixels(
    box: Box, scale: tuple[float, float], shape: tuple[int, ...]
) -> tuple[slice, slice]:
    """Rows and columns of every pixel that a box touches, and one more around it."""
    left, right = math.floor(box.x0 * scale[0]) - 1, math.ceil(box.x1 * scale[0]) + 1
    top, bottom = math.floor(box.y0 * scale[1]) - 1, math.ceil(box.y1 * scale[1]) + 1
    rows = slice(min(max(0, top), shape[0]), min(max(0, bottom), shape[0]))
    return rows, slice(min(max(0, left), shape[1]), min(max(0, right), shape[1]))


def _image(
    document: pikepdf.Pdf, data: bytes, size: tuple[int, int], filter_name: str, space: str
) -> pikepdf.Object:
    stream = pikepdf.Stream(document, data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = size
    stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name(space), 8
    stream.Filter = pikepdf.Name(filter_name)
    return document.make_indirect(stream)
