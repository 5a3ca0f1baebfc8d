"""Searchable PDFs: unseen words laid over a page at their places; the page stays as it is."""

from collections.abc import Iterator, Sequence

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import JpegImagePlugin

from vlm_desktop.base.documentfiles import DocumentFacts
from vlm_desktop.base.pdfwork import AddText, PageWords
from vlm_desktop.base.types import DecodeLimits, Size
from vlm_desktop.media.containers import exif_body
from vlm_desktop.media.decode import reader_of
from vlm_desktop.media.exif import exif_orientation
from vlm_desktop.media.glyphless import GlyphlessFont
from vlm_desktop.media.pdfwriting import (
    add_page,
    image_of,
    jpeg_as_it_is,
    opened_for_writing,
    points_of,
    save,
    side_within,
)
from vlm_desktop.media.pictures import picture_dpi
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.sniff import Decoder, FileType
from vlm_desktop.media.source import Source

_FONT = pikepdf.Name("/VlmGlyphless")
_ALONG = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
"""Where a line runs on the page (y down), by the quarter turns that make the page upright."""
_UP = np.array([(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)])
_MOST_PARENTS = 64
_USUAL_BOX = (0.0, 0.0, 612.0, 792.0)

_TURNED = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
"""How the unit square of an image is laid upright, by EXIF orientation."""


class _Place:
    """From the page's own coordinates (y down) to PDF user space."""

    def __init__(self, origin: tuple[float, float], x: tuple[float, float], y: tuple[float, float]):
        self.origin = np.array(origin)
        self.axes = np.array([x, y])

    def point(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        there: NDArray[np.float64] = self.origin + at @ self.axes
        return there

    def direction(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        turned = along @ self.axes
        length: NDArray[np.float64] = turned / np.hypot(*turned)
        return length

    @property
    def scale(self) -> float:
        return float(np.hypot(*self.axes[0]))


def add_text(
    source: Source, found: FileType, facts: DocumentFacts, work: AddText, limits: DecodeLimits
) -> tuple[int, ...]:
    """Write the PDF; the numbers of the pages that got words. Raises MediaRefused, WritingFailed.

    Of a PDF every stream is kept as it was coded; a JPEG's bytes become the image of its page.
    """
    words = {page.page: page for page in work.pages if page.words}
    font = GlyphlessFont()
    if found.decoder is Decoder.PDF:
        with opened_for_writing(source) as document:
            pages = [
                (page.obj, _place_of(page.obj)) if number in words else None
                for number, page in enumerate(document.pages, 1)
            ]
            done = _lay(document, pages, words, font)
            save(document, work.target)
        return done
    document = pikepdf.new()
    made = [
        _picture_page(document, source, found, number, size, limits)
        for number, size in enumerate(facts.sizes, 1)
    ]
    done = _lay(document, made, words, font)
    save(document, work.target)
    return done


def _lay(
    document: pikepdf.Pdf,
    pages: "Sequence[tuple[pikepdf.Object, _Place] | None]",
    words: dict[int, PageWords],
    font: GlyphlessFont,
) -> tuple[int, ...]:
    """Add the words to their pages, then the font to all of them."""
    done = []
    for number, entry in enumerate(pages, 1):
        if entry is None or number not in words:
            continue
        page, place = entry
        shown = pikepdf.Page(page)
        shown.contents_add(document.make_stream(b"q\n"), prepend=True)
        content = b"\nQ q BT 3 Tr\n" + b"".join(_shown(words[number], place, font)) + b"ET Q\n"
        shown.contents_add(document.make_stream(content))
        done.append(number)
    if done:
        written = font.write(document)
        for number in done:
            entry = pages[number - 1]
            assert entry is not None
            _give_font(entry[0], written)
    return tuple(done)


def _shown(page: PageWords, place: _Place, font: GlyphlessFont) -> Iterator[bytes]:
    along, up = _ALONG[page.turns % 4], _UP[page.turns % 4]
    sideways = page.turns % 2 == 1
    run, rise = place.direction(along), place.direction(up)
    for text, box in page.words:
        size = np.array([box.x1 - box.x0, box.y1 - box.y0])
        length, height = (size[1], size[0]) if sideways else (size[0], size[1])
        letters = _in_order_of_sight(text)
        if not letters or length <= 0 or height <= 0:
            continue
        middle = np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2
        start = place.point(middle - along * length / 2 - up * height / 2)
        stretch = 100.0 * length / (len(letters) * height)
        matrix = " ".join(f"{value:.4f}" for value in (*run, *rise, *start))
        code = font.codes(letters).hex().upper()
        yield (
            f"{_FONT} {height * place.scale:.3f} Tf {stretch:.2f} Tz {matrix} Tm <{code}> Tj\n"
        ).encode("ascii")


def _in_order_of_sight(text: str) -> str:
    """Letters from left to right, as they stand on the page: PDF readers turn them round again."""
    if any("\u0590" <= letter <= "\u08ff" for letter in text):
        return text[::-1]
    return text


def _give_font(page: pikepdf.Object, font: pikepdf.Object) -> None:
    resources = inherited(page, "/Resources")
    if not isinstance(resources, pikepdf.Dictionary):
        resources = pikepdf.Dictionary()
    page.Resources = resources
    fonts = resources.get("/Font")
    if not isinstance(fonts, pikepdf.Dictionary):
        resources.Font = fonts = pikepdf.Dictionary()
    fonts[_FONT] = font


def inherited(page: pikepdf.Object, key: str) -> object:
    """A key of a page or of what it hangs on."""
    node: object = page
    for _ in range(_MOST_PARENTS):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if key in node:
            return node.get(key)
        node = node.get("/Parent")
    return None


def _place_of(page: pikepdf.Object) -> _Place:
    """How a PDF's page as a person sees it lies in its user space."""
    media = _box(inherited(page, "/MediaBox")) or _USUAL_BOX
    crop = _box(inherited(page, "/CropBox")) or media
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    if x0 >= x1 or y0 >= y1:
        x0, y0, x1, y1 = media
    rotate = inherited(page, "/Rotate")
    turn = (int(rotate) // 90) % 4 if isinstance(rotate, int) else 0
    return (
        _Place((x0, y1), (1, 0), (0, -1)),
        _Place((x0, y0), (0, 1), (1, 0)),
        _Place((x1, y0), (-1, 0), (0, 1)),
        _Place((x1, y1), (0, -1), (-1, 0)),
    )[turn]


def _box(value: object) -> tuple[float, float, float, float] | None:
    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        return None
    try:
        a, b, c, d = (float(edge) for edge in value)
    except (TypeError, ValueError):
        return None
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _picture_page(
    document: pikepdf.Pdf,
    source: Source,
    found: FileType,
    number: int,
    size: Size,
    limits: DecodeLimits,
) -> tuple[pikepdf.Object, _Place]:
    """A page for a picture: a JPEG's own bytes, else its pixels, upright."""
    width, height, scale = points_of(size.width, size.height, picture_dpi(source, found.name))
    image, orientation = _jpeg(document, source) if found.name == "JPEG" else (None, 1)
    if image is None:
        wish = Wish(side_within(size), page=number)
        read = reader_of(found.decoder)(source, found.name, wish, limits)
        image, orientation = image_of(document, read.pages[0].pixels), 1
    a, b, c, d, e, f = _TURNED[orientation]
    laid = (a * width, b * height, c * width, d * height, e * width, f * height)
    matrix = " ".join(f"{value:.4f}" for value in laid)
    page = add_page(document, image, (width, height), matrix)
    return page.obj, _Place((0, height), (scale, 0), (0, -scale))


def _jpeg(document: pikepdf.Pdf, source: Source) -> tuple[pikepdf.Object | None, int]:
    """The file's bytes as an image and its orientation; None for what PDFs show otherwise."""
    with source.stream() as stream:
        picture = JpegImagePlugin.JpegImageFile(stream)
        if picture.mode not in ("L", "RGB"):
            return None, 1
        orientation = exif_orientation(exif_body(picture.info.get("exif")))
    data = source.in_memory()
    image = jpeg_as_it_is(document, data, picture.size, picture.mode)
    return image, orientation if orientation in _TURNED else 1
