"""PDF pages: a picture of each and its text layer."""

import contextlib
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import Box, DecodedPage, DecodeLimits, MediaKind, PhotoMetadata, Size
from vlm_desktop.media.dates import iso_from_pdf
from vlm_desktop.media.pdfwords import read_layer
from vlm_desktop.media.reading import EmbeddedTags, Reading, Wish
from vlm_desktop.media.source import Source
from vlm_desktop.media.text import clean_line, clean_text

_MAX_PAGE_TEXT = 100_000
_PDFIUM_SAYS = re.compile(r"\(PDFium: (.+?)\.?\)")
_LONGEST_STRIP = 64
_MOST_UNPACKED = 1_000_000_000
_MOST_PICTURES = 5_000
_DEPTH = 4
_PATIENCE = 0.6
"""Part of the time limit after which no further page is begun."""


@dataclass(frozen=True, slots=True)
class _Budget:
    ends_at: float

    @property
    def is_spent(self) -> bool:
        return time.monotonic() > self.ends_at


def read_pdf(source: Source, name: str, wish: Wish, limits: DecodeLimits) -> Reading:
    """Read `wish.page` (counting from 1), or with 0 the first `limits.max_pages` pages.

    A slow document gives the pages that fit into the time limit, at least the first.
    """
    budget = _Budget(time.monotonic() + _PATIENCE * limits.seconds)
    with opened(source) as document:
        count = len(document)
        if wish.page > count:
            raise MediaRefused(
                path=source.path, reason=Refusal.CORRUPT, detail=f"only {count} pages"
            )
        if document.get_formtype() != pdfium_c.FORMTYPE_NONE:
            document.init_forms()
        numbers = [wish.page] if wish.page else range(1, min(count, limits.max_pages) + 1)
        pages: list[DecodedPage] = []
        for number in numbers:
            if pages and budget.is_spent:
                break
            pages.append(_page(source, document, number, wish, limits))
        tags = EmbeddedTags(said=_information(document))
    return Reading(MediaKind.PDF, name, tuple(pages), tags)


@contextlib.contextmanager
def opened(source: Source) -> Iterator[pdfium.PdfDocument]:
    """The document, with at least one page. Raises `MediaRefused`, also for PDFium's errors."""
    try:
        document = pdfium.PdfDocument(source.data if source.data is not None else source.path)
    except pdfium.PdfiumError as error:
        raise _refused(source, error) from error
    try:
        if len(document) == 0:
            raise MediaRefused(path=source.path, reason=Refusal.CORRUPT, detail="no pages")
        yield document
    except pdfium.PdfiumError as error:
        raise MediaRefused(
            path=source.path, reason=Refusal.CORRUPT, detail=str(error)[:200]
        ) from error
    finally:
        document.close()


def _refused(source: Source, error: pdfium.PdfiumError) -> MediaRefused:
    detail = str(error)[:200]
    if "password" in detail.lower() or "security" in detail.lower():
        return MediaRefused(path=source.path, reason=Refusal.ENCRYPTED)
    said = _PDFIUM_SAYS.search(detail)
    return MediaRefused(
        path=source.path, reason=Refusal.CORRUPT, detail=said[1].lower() if said else detail
    )


def _page(
    source: Source,
    document: pdfium.PdfDocument,
    number: int,
    wish: Wish,
    limits: DecodeLimits,
) -> DecodedPage:
    page = document[number - 1]
    try:
        width, height = page.get_size()
        short, long = min(width, height), max(width, height)
        if not 0 < short <= long < 1e7:
            raise MediaRefused(
                path=source.path,
                reason=Refusal.CORRUPT,
                detail=f"page of {width} x {height} points",
            )
        scale = _scale(short, long, wish)
        region = within(wish.region, width, height) if wish.region else Box(0, 0, width, height)
        if (region.x1 - region.x0) * (region.y1 - region.y0) * scale * scale > limits.max_pixels:
            raise MediaRefused(
                path=source.path,
                reason=Refusal.TOO_MANY_PIXELS,
                detail=f"page of {width:.0f} x {height:.0f} points",
            )
        _refuse_huge_pictures(source, page)
        pixels, region = _pixels(page, scale, region, (width, height))
        whole = None if wish.region else pixels
        text = "" if wish.layer else _text(page)
        if wish.layer and document.formenv and page.flatten() == pdfium_c.FLATTEN_SUCCESS:
            # What was typed into a form is no part of the page's text before it is drawn into it,
            # in memory: the file stays as it is.
            page.close()
            page = document[number - 1]
        layer = read_layer(page, width, height, whole) if wish.layer else None
    finally:
        page.close()
    size = Size(max(1, round(width)), max(1, round(height)))
    return DecodedPage(number, pixels, size, text, layer, region)


def _refuse_huge_pictures(source: Source, page: pdfium.PdfPage) -> None:
    """PDFium unpacks a gigabyte of a picture and shows the rest black, without a word.

    JPEGs it reads row by row.
    """
    for number, drawn in enumerate(
        page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH)
    ):
        if number >= _MOST_PICTURES:
            return
        width, height = drawn.get_px_size()
        if width * height * 4 < _MOST_UNPACKED or drawn.get_filters()[-1:] == ["DCTDecode"]:
            continue
        if width * height * drawn.get_metadata().bits_per_pixel // 8 > _MOST_UNPACKED:
            raise MediaRefused(
                path=source.path,
                reason=Refusal.TOO_MANY_PIXELS,
                detail=f"a picture of {width} x {height} pixels within the page",
            )


def within(region: Box, width: float, height: float) -> Box:
    """The part of a region that lies on the page; a point of it where none does."""
    x0, y0 = min(max(region.x0, 0.0), width - 1e-3), min(max(region.y0, 0.0), height - 1e-3)
    return Box(
        x0, y0, min(max(region.x1, x0 + 1e-3), width), min(max(region.y1, y0 + 1e-3), height)
    )


def _pixels(
    page: pdfium.PdfPage, scale: float, region: Box, size: tuple[float, float]
) -> tuple[PixelArray, Box]:
    """The region drawn, and what the pixels show exactly: whole pixels of the whole page.

    PDFium stretches the page to a whole number of pixels, which is the scale that counts.
    """
    columns, rows = math.ceil(size[0] * scale), math.ceil(size[1] * scale)
    x, y = columns / size[0], rows / size[1]
    left, top = math.floor(region.x0 * x), math.floor(region.y0 * y)
    right = columns - max(left + 1, math.ceil(region.x1 * x - 1e-9))
    bottom = rows - max(top + 1, math.ceil(region.y1 * y - 1e-9))
    # pypdfium2 takes points and rounds up to pixels.
    crop = tuple(max(0.0, (edge - 0.5) / scale) for edge in (left, bottom, right, top))
    bitmap = page.render(scale=scale, rev_byteorder=True, crop=crop)
    # A copy: the bitmap's memory goes with the page.
    pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, order="C")
    bitmap.close()
    high, wide = pixels.shape[:2]
    return pixels, Box(left / x, top / y, (left + wide) / x, (top + high) / y)


def _scale(short: float, long: float, wish: Wish) -> float:
    """Pixels per point: the shorter side as wished, the thumbnail's too, no endless strips."""
    longest = _LONGEST_STRIP * max(wish.min_side, 1)
    scale = max(wish.min_side / short, wish.thumbnail_side / long)
    return min(scale, longest / long)


def _text(page: pdfium.PdfPage) -> str:
    layer = page.get_textpage()
    try:
        count = min(layer.count_chars(), _MAX_PAGE_TEXT)
        return clean_text(layer.get_text_range(0, count), _MAX_PAGE_TEXT) if count > 0 else ""
    finally:
        layer.close()


def _information(document: pdfium.PdfDocument) -> PhotoMetadata:
    said = document.get_metadata_dict(skip_empty=True)
    words = said.get("Keywords", "").replace(";", ",").split(",")
    return PhotoMetadata(
        taken_at=iso_from_pdf(said.get("CreationDate", "")),
        keywords=tuple(word for word in map(clean_line, words) if word),
        title=clean_text(said.get("Title", "")),
        caption=clean_text(said.get("Subject", "")),
    )
