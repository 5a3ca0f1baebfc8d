"""One drawn page to its reading: the layer where it is sane, OCR where not, both in doubt."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PIL import Image

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.documentfiles import DrawnPage, LayerVerdict, TextLayer
from vlm_desktop.base.ocrtext import Quad, ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.pagereading import PageReading, TextSource, Word
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
FindMarks: TypeAlias = Callable[[PixelArray, PageView, float], Marks]
_MARKS = "vlm_desktop.engine.documents.marks:find_marks"
_LETTER_SHARE = 0.9
"""A letter's height as a share of its line's box."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a page in its view, and what is said of its layer (`PageReading.layer`)."""

    view: PageView
    words: tuple[Word, ...]
    layer: str


def read_page(drawn: DrawnPage, reader: Callable[[], TextReader]) -> PageReading:
    """Read one page; `reader` is asked for only when OCR is needed."""
    text = _text_of(drawn, reader)
    return _arranged(drawn, text)


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
            return _Text(upright, sampled.words, said)
        if sampled.agreement < REFUSED:
            return _by_ocr(drawn, read_straight(drawn.pixels, reader()), "insane")
    return _both(drawn, own, read_straight(drawn.pixels, reader()))


@dataclass(frozen=True, slots=True)
class _Sampled:
    words: tuple[Word, ...]
    agreement: float
    is_disputed: bool


def _sampled(drawn: DrawnPage, own: tuple[Word, ...], reader: Callable[[], TextReader]) -> _Sampled:
    """A few of the layer's lines read again at their places."""
    lines = sample_of(own, lines_of(own))
    if not lines:
        return _Sampled(own, 1.0, False)
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
    return _Sampled(tuple(words), agreement, disputed)


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
    on_page = ReadPicture(
        picture.turns, tuple(_line_on_page(line, drawn) for line in picture.lines)
    )
    view = view_of(on_page, drawn.size)
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
        for line in on_page.lines
        if line.words
    ]
    return view, lines


def _line_on_page(line: ReadLine, drawn: DrawnPage) -> ReadLine:
    x, y = drawn.scale_x, drawn.scale_y
    left, top = drawn.region.x0, drawn.region.y0

    def moved(quad: Quad) -> Quad:
        a, b, c, d = ((left + px / x, top + py / y) for px, py in quad)
        return a, b, c, d

    words = tuple(
        ReadWord(word.text, moved(word.quad), word.confidence, word.characters)
        for word in line.words
    )
    return ReadLine(moved(line.quad), words)


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

    def back(quad: Quad) -> Quad:
        a, b, c, d = (view.to_page(x, y) for x, y in quad)
        return a, b, c, d

    lines = tuple(
        ReadLine(
            back(line.quad),
            tuple(
                ReadWord(word.text, back(word.quad), word.confidence, word.characters)
                for word in line.words
            ),
        )
        for line in second.lines
    )
    return ReadPicture((view.turns + second.turns) % 4, lines)


def _arranged(drawn: DrawnPage, text: _Text) -> PageReading:
    """Words to lines, tables, blocks, boxes to tick and pairs."""
    lines = lines_of(text.words)
    letter = (
        _LETTER_SHARE * statistics.median(line.box.y1 - line.box.y0 for line in lines)
        if lines
        else 0.0
    )
    find_marks: FindMarks = resolve(_MARKS, "finding rules and boxes to tick")
    marks = find_marks(drawn.pixels, text.view, letter)
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
