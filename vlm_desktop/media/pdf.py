"""PDF pages: a picture of each and its text layer."""

import time
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import DecodedPage, DecodeLimits, MediaKind, PhotoMetadata, Size
from vlm_desktop.media.dates import iso_from_pdf
from vlm_desktop.media.reading import EmbeddedTags, Reading, Wish
from vlm_desktop.media.source import Source
from vlm_desktop.media.text import clean_line, clean_text

_MAX_PAGE_TEXT = 100_000
_LONGEST_STRIP = 64
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
    try:
        document = pdfium.PdfDocument(source.data if source.data is not None else source.path)
    except pdfium.PdfiumError as error:
        raise _refused(source, error) from error
    try:
        count = len(document)
        if count == 0:
            raise MediaRefused(path=source.path, reason=Refusal.CORRUPT, detail="no pages")
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
    except pdfium.PdfiumError as error:
        raise MediaRefused(
            path=source.path, reason=Refusal.CORRUPT, detail=str(error)[:200]
        ) from error
    finally:
        document.close()
    return Reading(MediaKind.PDF, name, tuple(pages), tags)


def _refused(source: Source, error: pdfium.PdfiumError) -> MediaRefused:
    detail = str(error)[:200]
    encrypted = "password" in detail.lower() or "security" in detail.lower()
    return MediaRefused(
        path=source.path,
        reason=Refusal.ENCRYPTED if encrypted else Refusal.CORRUPT,
        detail=detail,
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
        if width * height * scale * scale > limits.max_pixels:
            raise MediaRefused(
                path=source.path,
                reason=Refusal.TOO_MANY_PIXELS,
                detail=f"page of {width:.0f} x {height:.0f} points",
            )
        bitmap = page.render(scale=scale, rev_byteorder=True)
        # A copy: the bitmap's memory goes with the page.
        pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, order="C")
        bitmap.close()
        text = _text(page)
    finally:
        page.close()
    size = Size(max(1, round(width)), max(1, round(height)))
    return DecodedPage(number=number, pixels=pixels, size=size, text=text)


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
