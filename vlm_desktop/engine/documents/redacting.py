"""Redaction: what is marked is gone from the copy, and the copy is read again to prove it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.boxes import around
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import (
    NothingToRedact,
    RedactionFailed,
    TargetIsSource,
    TargetKind,
    TextNotFound,
)
from vlm_desktop.base.documentexports import RedactArea, Redacted
from vlm_desktop.base.documentfiles import DocumentFile, LayerWord
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.pdfwork import CutOut, FindTexts
from vlm_desktop.base.textsearch import is_in, is_long, squeezed
from vlm_desktop.base.types import Box, MediaKind
from vlm_desktop.engine.destinations import part_of, writing_to
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader

_FORMATS = {
    ".pdf": "PDF", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip
_MARGIN = 0.15
_ROUNDS = 3
"""How often what reading the copy found is cut out of it before the copy is given up."""


def redact(
    pages: DocumentPages,
    reader: DocumentReader,
    path: Path,
    target: Path,
    areas: Sequence[RedactArea],
    texts: Sequence[str],
    cancel: CancelToken,
) -> Generator[Event, None, Redacted]:
    """Write a copy without these areas and without these texts, wherever they stand.

    Pages that are touched become pictures. The copy is read again: changed pages by OCR, with
    `texts` all pages, their own text and every string in the file. What OCR still sees is cut out,
    too; what cannot be cut makes the copy be thrown away.

    Raises NothingToRedact, TextNotFound, TargetIsSource, TargetKind, RedactionFailed, PageNotThere,
    DestinationNotWritable, DiskFull, and what reading raises.
    """
    path, texts = path.absolute(), tuple(text for text in texts if squeezed(text))
    if not areas and not texts:
        raise NothingToRedact(path=path)
    document = pages.open(path, cancel)
    copy = _Copy(pages, reader, document, target, _format_of(document, target), texts, cancel)
    marks = yield from copy.marks(areas)
    with writing_to(target), part_of(target) as part:
        for _ in range(_ROUNDS):
            work = CutOut(part, marks.areas, marks.pages, copy.format)
            changed = pages.work(path, work, cancel).pages
            left = yield from copy.left(part, marks.areas, changed)
            if not left.text:
                break
            if not left.areas:
                raise RedactionFailed(path=target, found=left.text)
            marks = _Marks((*marks.areas, *left.areas), marks.pages)
        else:
            raise RedactionFailed(path=target, found=left.text)
        cancel.raise_if_cancelled()
        part.replace(target)
    return Redacted(target, changed, marks.areas, texts)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Areas to blacken, and pages whose own text holds what is not seen on them."""

    areas: tuple[RedactArea, ...]
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Left:
    """What a copy still holds, "" for nothing, and where it was seen, on the original."""

    text: str = ""
    areas: tuple[RedactArea, ...] = ()


@dataclass(frozen=True, slots=True)
class _Copy:
    """One redaction: what it is about, what it finds before and after."""

    source_pages: DocumentPages
    reader: DocumentReader
    document: DocumentFile
    target: Path
    format: str
    texts: tuple[str, ...]
    cancel: CancelToken

    def marks(self, areas: Sequence[RedactArea]) -> Generator[Event, None, _Marks]:
        """The areas given, and where the texts stand or lie hidden."""
        if not self.texts:
            return _Marks(tuple(areas), ())
        reading = yield from self.reader.read(self.document.path, self.cancel)
        found, hidden = list(areas), set()
        layers = self._own_texts()
        for text in self.texts:
            places = [area for page in reading.pages for area in _on_page(page, text)]
            within = set()
            for number, words in layers.items():
                # Also where the page's own text was not believed: it may be seen all the same.
                places += _on_layer(number, words, text)
                if is_in(text, " ".join(word.text for word in words)):
                    within.add(number)
            if not places and not within:
                raise TextNotFound(path=self.document.path, text=text)
            found += places
            hidden |= within
        return _Marks(tuple(dict.fromkeys(found)), tuple(sorted(hidden)))

    def left(
        self, part: Path, areas: Sequence[RedactArea], changed: Sequence[int]
    ) -> Generator[Event, None, _Left]:
        """Read the copy as a stranger would."""
        found = self.source_pages.work(part, FindTexts(self.texts), self.cancel).found
        if found:
            return _Left(found[0])
        count = self.document.page_count
        numbers = range(1, count + 1) if self.texts else sorted(changed)
        for done, number in enumerate(numbers):
            yield Progress(Phase.VERIFY, done, len(numbers))
            page = self.reader.read_by_ocr(part, number, self.cancel)
            for text in self.texts:
                places = tuple(self._on_original(area, page) for area in _on_page(page, text))
                if places:
                    return _Left(text, places)
            for area in areas:
                if area.page == number and (word := _word_inside(page, self._in_copy(area, page))):
                    return _Left(word)
        yield Progress(Phase.VERIFY, len(numbers), len(numbers))
        return _Left()

    def _own_texts(self) -> dict[int, tuple[LayerWord, ...]]:
        """All words of a PDF's own text, seen or not, by page."""
        if self.document.kind is not MediaKind.PDF:
            return {}
        layers = {}
        for number in range(1, self.document.page_count + 1):
            layers[number] = self.source_pages.words(self.document.path, number, self.cancel).words
        return layers

    def _scale(self, page: PageReading) -> float:
        """Units of the original's page for one of the copy's: a picture may become a PDF."""
        sizes = self.document.sizes
        width = sizes[page.number - 1].width if page.number <= len(sizes) else page.view.page.width
        return width / page.view.page.width

    def _on_original(self, area: RedactArea, page: PageReading) -> RedactArea:
        return RedactArea(area.page, _scaled(area.box, self._scale(page)))

    def _in_copy(self, area: RedactArea, page: PageReading) -> Box:
        return _scaled(area.box, 1 / self._scale(page))


def _format_of(document: DocumentFile, target: Path) -> str:
    if target.absolute() == document.path or (target.exists() and target.samefile(document.path)):
        raise TargetIsSource(path=target)
    name = _FORMATS.get(target.suffix.lower())
    is_single = document.kind is not MediaKind.PDF and document.page_count == 1
    if name is None or (name != "PDF" and not is_single):
        raise TargetKind(path=target)
    return name


def _on_page(page: PageReading, text: str) -> Iterator[RedactArea]:
    """Every place of the text, a box for each line of it, on the page."""
    order = [(row, word) for row, line in enumerate(page.lines) for word in line.words]
    said = [squeezed(page.words[word].text) for _, word in order]
    for first, last in _runs(said, squeezed(text)):
        rows: dict[int, list[Box]] = {}
        for row, word in order[first : last + 1]:
            rows.setdefault(row, []).append(page.words[word].box)
        for boxes in rows.values():
            yield RedactArea(page.number, page.view.box_to_page(_around(boxes)))


def _on_layer(number: int, words: Sequence[LayerWord], text: str) -> Iterator[RedactArea]:
    """Every place of the text in the page's own text, words beside each other in one box."""
    said = [squeezed(word.text) for word in words]
    for first, last in _runs(said, squeezed(text)):
        row: list[Box] = []
        for word in words[first : last + 1]:
            if row and not row[-1].y0 < (word.box.y0 + word.box.y1) / 2 < row[-1].y1:
                yield RedactArea(number, _around(row))
                row = []
            row.append(word.box)
        yield RedactArea(number, _around(row))


def _around(boxes: Sequence[Box]) -> Box:
    """A box around words, and a margin: readers tell boxes that cut off ends of letters."""
    box = around(boxes)
    margin = _MARGIN * min(box.x1 - box.x0, box.y1 - box.y0)
    return Box(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin)


def _runs(said: Sequence[str], wanted: str) -> Iterator[tuple[int, int]]:
    """First and last word of every place where the words, put together, hold the text."""
    joined = "".join(said)
    starts, at = [], 0
    for word in said:
        starts.append(at)
        at += len(word)
    place, first = joined.find(wanted), 0
    while place >= 0:
        while first + 1 < len(starts) and starts[first + 1] <= place:
            first += 1
        last = first
        while last + 1 < len(starts) and starts[last + 1] < place + len(wanted):
            last += 1
        if is_long(wanted) or is_in(wanted, " ".join(said[first : last + 1])):
            yield first, last
        place = joined.find(wanted, place + 1)


def _word_inside(page: PageReading, area: Box) -> str:
    """A word whose middle lies in the area; OCR may take the edge of black for one letter."""
    box = page.view.box_to_view(area)
    for word in page.words:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
        is_inside = box.x0 < x < box.x1 and box.y0 < y < box.y1
        if is_inside and sum(map(str.isalnum, word.text)) > 1:
            return word.text
    return ""


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)
