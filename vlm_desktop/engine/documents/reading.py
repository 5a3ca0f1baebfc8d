"""Reading documents: pages to words, lines, blocks, tables. `services.documents.reader`."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.ocrtext import ReadPicture
from vlm_desktop.base.pagereading import DocumentReading, PageReading, Word
from vlm_desktop.base.types import DecodedPage, DecodeRequest
from vlm_desktop.engine.decoding import decode_one
from vlm_desktop.engine.documents.lines import lines_of
from vlm_desktop.engine.documents.upright import box_in_view, view_of
from vlm_desktop.media.pool import DecodePool

READING_SIDE = 1_600
"""The shorter side, in pixels, at which a page is read."""
_MOST_WORDS_KEPT = 300_000
_PAGE_COST = 100


class DocumentReader:
    """Reads pages of pictures and PDFs; keeps what it read lately.

    For one thread at a time (the lane "model"); the kept readings may be asked for from any.
    """

    def __init__(
        self, open_pool: Callable[[], DecodePool], open_reader: Callable[[], TextReader]
    ) -> None:
        self._open_pool = open_pool
        self._open_reader = open_reader
        self._reader: TextReader | None = None
        self._kept = _Kept()

    def read(
        self, path: Path, cancel: CancelToken, pages: Sequence[int] | None = None
    ) -> Generator[Event, None, DocumentReading]:
        """Read the pages with these numbers (from 1), or all.

        Raises MediaRefused, PartMissing, ModelBroken, Cancelled.
        """
        request = DecodeRequest(path.absolute(), min_side=READING_SIDE, thumbnail_side=0)
        decoded = decode_one(request, self._open_pool, cancel)
        wanted = [page for page in decoded.pages if pages is None or max(1, page.number) in pages]
        read = []
        for done, page in enumerate(wanted):
            cancel.raise_if_cancelled()
            yield Progress(Phase.OCR, done, len(wanted))
            key = (decoded.content_hash, max(1, page.number))
            reading = self._kept.get(key)
            if reading is None:
                reading = self._read_page(page)
                self._kept.add(key, reading)
            read.append(reading)
        return DocumentReading(
            path, decoded.content_hash, decoded.kind, len(decoded.pages), tuple(read)
        )

    def close(self) -> None:
        """Free the networks and what is kept."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
        self._kept.clear()

    def _read_page(self, page: DecodedPage) -> PageReading:
        if self._reader is None:
            self._reader = self._open_reader()
        return page_reading(page, self._reader.read_words(page.pixels))


def page_reading(page: DecodedPage, picture: ReadPicture) -> PageReading:
    """What was read in a page's picture, told in the page's upright view."""
    view = view_of(picture, page.size)
    height, width = page.pixels.shape[:2]
    scale_x, scale_y = page.size.width / width, page.size.height / height
    words = tuple(
        Word(
            word.text,
            box_in_view(word.quad, view, scale_x, scale_y),
            word.confidence,
            characters=word.characters,
        )
        for line in picture.lines
        for word in line.words
    )
    lines = sorted(lines_of(words), key=lambda line: (line.box.y0, line.box.x0))
    return PageReading(max(1, page.number), view, words, tuple(lines))


class _Kept:
    """Pages by content and number, the least recently used dropped first. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, int], PageReading] = OrderedDict()
        self._cost = 0

    def get(self, key: tuple[str, int]) -> PageReading | None:
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def add(self, key: tuple[str, int], page: PageReading) -> None:
        with self._lock:
            if key in self._pages:
                return
            self._pages[key] = page
            self._cost += len(page.words) + _PAGE_COST
            while self._cost > _MOST_WORDS_KEPT and len(self._pages) > 1:
                _, dropped = self._pages.popitem(last=False)
                self._cost -= len(dropped.words) + _PAGE_COST

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._cost = 0
