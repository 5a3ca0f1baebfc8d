"""The text of one file, page by page, with a box for every line."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.pagereading import Line, PageReading
from vlm_desktop.base.types import OcrLine, Size
from vlm_desktop.engine.documents.reading import DocumentReader


@dataclass(frozen=True, slots=True)
class PageLines:
    """Lines of one page; boxes in pixels of the full upright picture (PDF: points)."""

    page: int
    size: Size
    lines: tuple[OcrLine, ...]


def read_file(
    path: Path, reader: DocumentReader, cancel: CancelToken
) -> Generator[Event, None, tuple[PageLines, ...]]:
    """Every page of a picture or PDF, in reading order. Raises as `DocumentReader.read`."""
    reading = yield from reader.read(path, cancel)
    return tuple(
        PageLines(page.number, page.view.page, tuple(_line(line, page) for line in page.lines))
        for page in reading.pages
    )


def _line(line: Line, page: PageReading) -> OcrLine:
    """A line in the page's own coordinates; longer words count more for its confidence."""
    words = [page.words[i] for i in line.words]
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    return OcrLine(page.text(line.words), page.view.box_to_page(line.box), confidence)
