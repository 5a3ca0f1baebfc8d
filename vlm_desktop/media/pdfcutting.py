"""Copies from which areas are cut: their pixels are black, and nothing lies under or beside them.

A page of a PDF that is touched becomes a picture, so no text, no drawing and no hidden object of
it is left. The others are copied, without anything that is not drawn: annotations, metadata,
thumbnails, attachments, scripts and layers that can be switched stay behind.
"""

import io

import numpy as np
import pikepdf
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.documentfiles import DocumentFacts
from vlm_desktop.base.pdfwork import CutOut
from vlm_desktop.base.types import Box, DecodedPage, DecodeLimits
from vlm_desktop.media.decode import reader_of
from vlm_desktop.media.pdftext import inherited
from vlm_desktop.media.pdfwriting import (
    MOST_PIXELS,
    POINTS,
    add_page,
    area_pixels,
    image_of,
    opened_for_writing,
    points_of,
    save,
    side_within,
    write_bytes,
)
from vlm_desktop.media.pictures import picture_dpi
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.sniff import Decoder, FileType
from vlm_desktop.media.source import Source

_DPI = 250.0
_MOST_OBJECTS = 100_000
_KEPT_KEYS = frozenset(
    ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group")
)
_INHERITED_KEYS = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
_UNDRAWN_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AA", "/A", "/JS", "/OPI")
_SILENT = frozenset(("/Link", "/Popup"))
"""Annotations that show nothing of their own."""


def cut_out(
    source: Source, found: FileType, facts: DocumentFacts, work: CutOut, limits: DecodeLimits
) -> tuple[int, ...]:
    """Write the copy; the numbers of the pages that became pictures or were blackened.

    Raises MediaRefused, WritingFailed.
    """
    areas: dict[int, list[Box]] = {}
    for area in work.areas:
        areas.setdefault(area.page, []).append(area.box)
    if found.decoder is Decoder.PDF:
        return _cut_pdf(source, found, areas, work, limits)
    pages = [
        _blackened(_page(source, found, number, limits), areas.get(number, ()))
        for number in range(1, len(facts.sizes) + 1)
    ]
    if work.format == "PDF":
        document = pikepdf.new()
        dpi = picture_dpi(source, found.name)
        for page in pages:
            width, height, _ = points_of(page.size.width, page.size.height, dpi)
            _add_picture(document, page.pixels, (width, height))
        save(document, work.target)
    else:
        buffer = io.BytesIO()
        options = {"quality": 92} if work.format == "JPEG" else {}
        Image.fromarray(pages[0].pixels).save(buffer, work.format, **options)
        write_bytes(buffer.getvalue(), work.target)
    return tuple(sorted(areas))


def _cut_pdf(
    source: Source,
    found: FileType,
    areas: dict[int, list[Box]],
    work: CutOut,
    limits: DecodeLimits,
) -> tuple[int, ...]:
    changed = []
    made = pikepdf.new()
    with opened_for_writing(source) as old:
        has_layers = "/OCProperties" in old.Root
        cleaned: set[tuple[int, int]] = set()
        for number, page in enumerate(old.pages, 1):
            if (
                number in areas
                or number in work.pages
                or has_layers
                or _shows_annotations(page.obj)
            ):
                changed.append(number)
                drawn = _blackened(_page(source, found, number, limits), areas.get(number, ()))
                region = drawn.region or Box(0, 0, drawn.size.width, drawn.size.height)
                _add_picture(made, drawn.pixels, (region.x1, region.y1))
            else:
                _undress(page.obj, cleaned)
                made.pages.append(page)
        save(made, work.target)
    return tuple(changed)


def _page(source: Source, found: FileType, number: int, limits: DecodeLimits) -> DecodedPage:
    """A page's pixels: a PDF's at 250 dpi, a picture's own, both within bounds."""
    reader = reader_of(found.decoder)
    little = reader(source, found.name, Wish(16, page=number), limits).pages[0]
    side = side_within(little.size)
    if found.decoder is Decoder.PDF:
        scale = _DPI / POINTS
        pixels = little.size.width * little.size.height * scale * scale
        scale *= min(1.0, (MOST_PIXELS / pixels) ** 0.5)
        side = max(1, round(min(little.size.width, little.size.height) * scale))
    return reader(source, found.name, Wish(side, page=number), limits).pages[0]


def _blackened(page: DecodedPage, boxes: "list[Box] | tuple[Box, ...]") -> DecodedPage:
    region = page.region or Box(0, 0, page.size.width, page.size.height)
    pixels: PixelArray = np.array(page.pixels)
    scale = (pixels.shape[1] / region.x1, pixels.shape[0] / region.y1)
    for box in boxes:
        pixels[area_pixels(box, scale, pixels.shape)] = 0
    return DecodedPage(page.number, pixels, page.size, region=region)


def _add_picture(document: pikepdf.Pdf, pixels: PixelArray, size: tuple[float, float]) -> None:
    matrix = f"{size[0]:.4f} 0 0 {size[1]:.4f} 0 0"
    add_page(document, image_of(document, pixels), size, matrix)


def _shows_annotations(page: pikepdf.Object) -> bool:
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return annotations is not None
    return any(
        not isinstance(one, pikepdf.Dictionary) or str(one.get("/Subtype", "")) not in _SILENT
        for one in annotations
    )


def _undress(page: pikepdf.Object, cleaned: set[tuple[int, int]]) -> None:
    """Leave nothing of a page but what is drawn."""
    for key in _INHERITED_KEYS:
        value = inherited(page, key)
        if value is not None and key not in page:
            page[key] = value
    for key in list(page.keys()):
        if key not in _KEPT_KEYS and key != "/Parent":
            del page[key]
    waiting: list[object] = [page.get("/Resources"), page.get("/Contents"), page.get("/Group")]
    while waiting and len(cleaned) < _MOST_OBJECTS:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            continue
        if one.is_indirect:
            if one.objgen in cleaned:
                continue
            cleaned.add(one.objgen)
        if isinstance(one, pikepdf.Array):
            waiting.extend(one)
            continue
        for key in _UNDRAWN_KEYS:
            if key in one:
                del one[key]
        waiting.extend(one.get(key) for key in list(one.keys()) if key != "/Parent")
