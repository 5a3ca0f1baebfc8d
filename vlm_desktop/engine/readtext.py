"""Reading the text of one file, page by page, with a box for every line."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import Box, DecodedPage, DecodeRequest, OcrLine, Size
from vlm_desktop.engine.decoding import decode_one
from vlm_desktop.media.pool import DecodePool

READING_SIDE = 1_600
"""The shorter side, in pixels, at which a page is read when it is asked for by name."""


@dataclass(frozen=True, slots=True)
class PageLines:
    """Lines of one page; boxes in pixels of the full upright picture (PDF: points)."""

    page: int
    size: Size
    lines: tuple[OcrLine, ...]


def read_file(
    path: Path,
    reader: TextReader,
    open_pool: Callable[[], DecodePool],
    cancel: CancelToken,
) -> Generator[Event, None, tuple[PageLines, ...]]:
    """OCR every page of a picture or PDF. Raises MediaRefused."""
    request = DecodeRequest(path.absolute(), min_side=READING_SIDE, thumbnail_side=0)
    decoded = decode_one(request, open_pool, cancel)
    pages = []
    for done, page in enumerate(decoded.pages):
        cancel.raise_if_cancelled()
        yield Progress(Phase.OCR, done, len(decoded.pages))
        lines = tuple(_scaled(line, page) for line in reader.read(page.pixels))
        pages.append(PageLines(page.number, page.size, lines))
    return tuple(pages)


def _scaled(line: OcrLine, page: DecodedPage) -> OcrLine:
    """From the pixels that were read to the page as a person sees it."""
    height, width = page.pixels.shape[:2]
    x, y = page.size.width / width, page.size.height / height
    box = Box(line.box.x0 * x, line.box.y0 * y, line.box.x1 * x, line.box.y1 * y)
    return OcrLine(line.text, box, line.confidence)
