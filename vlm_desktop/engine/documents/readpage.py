"""One drawn page to its reading: the layer where it is sane, OCR where not, both in doubt."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from PIL import Image

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.documentfiles import DrawnPage, LayerVerdict, TextLayer
from vlm_desktop.base.ocrtext import Point, Quad, ReadLine, ReadPicture
from vlm_desktop.base.pagereading import Line, PageReading, TextSource, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.documents.agreeing import (
    BELIEVED,
    REFUSED,
    compared,
    likeness,
    merged,
    sample_of,
)
from vlm_desktop.engine.documents.checkboxes import checkboxes_of
from vlm_desktop.engine.documents.drawn import Marks
from vlm_desktop.engine.documents.layout import layout_of
from vlm_desktop.engine.documents.lines import lines_of, runs_upright
from vlm_desktop.engine.documents.pairs import pairs_of
from vlm_desktop.engine.documents.tables import tables_of
from vlm_desktop.engine.documents.upright import box_in_view, view_of

ASKEW = 10.0
"""Degrees from which a page is straightened and read once more."""
FindMarks: TypeAlias = Callable[[PixelArray, PageView, float, Sequence[Box]], Marks]
_MARKS = "vlm_desktop.engine.documents.marks:find_marks"
_LEGIBLE = 8.0
"""Pixels of a line's height below which OCR says nothing against a layer: huge pages are drawn
small."""
_LEAST_SAMPLE = 3
"""Lines that must look otherwise before a layer is set aside for them."""
_LOOSE, _LOOSE_SHARE = 30, 0.03
"""Ink beside a layer's words that looks like so many letters is read, unless it is a small share
of the page's letters."""
_LETTER_SHARE = 0.9
"""A letter's height as a share of its line's box."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a page in its view, and what is said of its layer (`PageReading.layer`)."""

    view: PageView
    words: tuple[Word, ...]
    layer: str
    is_layer_alone: bool = False


def read_page(drawn: DrawnPage, reader: Callable[[], TextReader]) -> PageReading:
    """Read one page; `reader` is asked for only when OCR is needed."""
    text = _text_of(drawn, reader)
    lines = lines_of(text.words)
    marks = _marks(drawn, text, lines)
    if text.is_layer_alone and marks.letters > max(_LOOSE, _LOOSE_SHARE * _letters(text.words)):
        # The page shows text that its layer does not have: on a picture, or drawn as outlines.
        text = _both(drawn, text.words, read_straight(drawn.pixels, reader()))
        lines = lines_of(text.words)
        marks = _marks(drawn, text, lines)
    return _arranged(drawn, text, lines, marks)


def _letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)


def _text_of(drawn: DrawnPage, reader: Callable[[], TextReader]) -> _Text:
    layer = drawn.layer or TextLayer()
    own = tuple(
        Word(word.text, word.box, 1.0, TextSource.LAYER) for word in layer.words if word.has_ink
    )
    if layer.verdict in (LayerVerdict.NONE, LayerVerdict.INSANE) or not own:
        said = "insane" if layer.words else ""
        return _by_ocr(drawn, read_straight(drawn.pixels, reader()), said)
    upright = PageView(drawn.size)
    if layer.verdict is LayerVerdict.SANE and not _lies_on_its_side(own):
        sampled = _sampled(drawn, own, reader)
        if sampled.agreement >= BELIEVED:
            said = "disputed" if sampled.is_disputed else "used"
            return _Text(upright, sampled.words, said, is_layer_alone=True)
        if sampled.agreement < REFUSED and sampled.lines >= _LEAST_SAMPLE:
            return _by_ocr(drawn, read_straight(drawn.pixels, reader()), "insane")
    return _both(drawn, own, read_straight(drawn.pixels, reader()))


@dataclass(frozen=True, slots=True)
class _Sampled:
    words: tuple[Word, ...]
    agreement: float
    is_disputed: bool
    lines: int


def _sampled(drawn: DrawnPage, own: tuple[Word, ...], reader: Callable[[], TextReader]) -> _Sampled:
    """A few of the layer's lines read again at their places."""
    legible = _LEGIBLE / drawn.scale_y
    lines = sample_of(own, [one for one in lines_of(own) if one.box.y1 - one.box.y0 >= legible])
    if not lines:
        return _Sampled(own, 1.0, False, 0)
    places = [_on_pixels(line.box, drawn) for line in lines]
    read = [
        " ".join(word.text for word in line.words)
        for line in reader().read_at(drawn.pixels, places)
    ]
    agreement = likeness(lines, read, own)
    words = list(own)
    if agreement >= BELIEVED:
        for line, text in zip(lines, read, strict=True):
            for i, word in compared(own, line.words, text).items():
                words[i] = word
    disputed = any(word.source is TextSource.DISPUTED for word in words)
    return _Sampled(tuple(words), agreement, disputed, len(lines))


def _on_pixels(box: Box, drawn: DrawnPage) -> Box:
    """A line's place in the picture, with the margin that OCR's own detector leaves."""
    margin = 0.15 * (box.y1 - box.y0)
    left, top = drawn.region.x0, drawn.region.y0
    return Box(
        (box.x0 - margin - left) * drawn.scale_x,
        (box.y0 - margin - top) * drawn.scale_y,
        (box.x1 + margin - left) * drawn.scale_x,
        (box.y1 + margin - top) * drawn.scale_y,
    )


def _lies_on_its_side(words: Sequence[Word]) -> bool:
    long = [word for word in words if len(word.text) > 2]
    return bool(long) and 2 * sum(map(runs_upright, long)) > len(long)


def _by_ocr(drawn: DrawnPage, picture: ReadPicture, said: str) -> _Text:
    view, lines = _seen(drawn, picture)
    return _Text(view, tuple(word for line in lines for word in line), said)


def _both(drawn: DrawnPage, own: Sequence[Word], picture: ReadPicture) -> _Text:
    view, lines = _seen(drawn, picture)
    layer = [Word(word.text, _moved(word.box, view), word.confidence, word.source) for word in own]
    ocr: list[Word] = []
    numbered: list[range] = []
    for line in lines:
        numbered.append(range(len(ocr), len(ocr) + len(line)))
        ocr += line
    words, disputed = merged(layer, ocr, numbered)
    return _Text(view, words, "disputed" if disputed else "used")


def _seen(drawn: DrawnPage, picture: ReadPicture) -> tuple[PageView, list[list[Word]]]:
    """The view in which the lines stand upright, and their words in it."""
    placed = on_page(picture, drawn)
    view = view_of(placed, drawn.size)
    lines = [
        [
            Word(
                word.text,
                box_in_view(word.quad, view),
                word.confidence,
                characters=word.characters,
            )
            for word in line.words
        ]
        for line in placed.lines
        if line.words
    ]
    return view, lines


def on_page(picture: ReadPicture, drawn: DrawnPage) -> ReadPicture:
    """What was read in a page's pixels, its quads in the page's coordinates."""
    x, y = drawn.scale_x, drawn.scale_y
    left, top = drawn.region.x0, drawn.region.y0
    return _mapped(picture, picture.turns, lambda px, py: (left + px / x, top + py / y))


def _mapped(
    picture: ReadPicture, turns: int, place: Callable[[float, float], Point]
) -> ReadPicture:
    """The same lines with every corner put elsewhere."""

    def moved(quad: Quad) -> Quad:
        a, b, c, d = (place(*corner) for corner in quad)
        return a, b, c, d

    lines = (
        ReadLine(
            moved(line.quad), tuple(replace(word, quad=moved(word.quad)) for word in line.words)
        )
        for line in picture.lines
    )
    return ReadPicture(turns, tuple(lines))


def _moved(box: Box, view: PageView) -> Box:
    """A layer's box in the view, as large as before: turning it would puff it up."""
    x, y = view.to_view((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    width, height = box.x1 - box.x0, box.y1 - box.y0
    if view.turns % 2:
        width, height = height, width
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def read_straight(pixels: PixelArray, reader: TextReader) -> ReadPicture:
    """What OCR reads, after straightening a page that lies far askew. Quads are in `pixels`."""
    first = reader.read_words(pixels)
    height, width = pixels.shape[:2]
    view = view_of(first, Size(width, height))
    if abs(view.skew) < ASKEW:
        return first
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(pixels, view.turns)))
    straight = turned.rotate(
        view.skew, Image.Resampling.BILINEAR, expand=True, fillcolor=(255, 255, 255)
    )
    second = reader.read_words(np.asarray(straight))

    return _mapped(second, (view.turns + second.turns) % 4, view.to_page)


def _marks(drawn: DrawnPage, text: _Text, lines: Sequence[Line]) -> Marks:
    heights = [line.box.y1 - line.box.y0 for line in lines]
    letter = _LETTER_SHARE * statistics.median(heights) if heights else 0.0
    find_marks: FindMarks = resolve(_MARKS, "finding rules and boxes to tick")
    return find_marks(drawn.pixels, text.view, letter, [word.box for word in text.words])


def _arranged(drawn: DrawnPage, text: _Text, lines: Sequence[Line], marks: Marks) -> PageReading:
    """Words to lines, tables, blocks, boxes to tick and pairs."""
    tables = tables_of(text.words, lines, marks)
    layout = layout_of(text.words, lines, tables)
    return PageReading(
        number=drawn.number,
        view=text.view,
        words=text.words,
        lines=layout.lines,
        blocks=layout.blocks,
        tables=tuple(tables),
        checkboxes=checkboxes_of(text.words, layout.lines, marks.squares),
        pairs=pairs_of(text.words, layout.lines),
        layer=text.layer,
    )
