"""Reading documents: pages to words, lines, blocks, tables. `services.documents.reader`."""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.ocrtext import ReadPicture
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.readpage import on_page, read_page, read_straight

_MOST_WORDS_KEPT = 300_000
_PAGE_COST = 100


class DocumentReader:
    """Reads pages of pictures and PDFs; keeps what it read lately.

    One thread reads at a time (the lane "model"); others wait for their turn.
    """

    def __init__(self, pages: DocumentPages, open_reader: Callable[[], TextReader]) -> None:
        self._pages = pages
        self._open_reader = open_reader
        self._reader: TextReader | None = None
        self._turn = threading.Lock()
        self._kept = _Kept()

    def read(
        self, path: Path, cancel: CancelToken, pages: Sequence[int] | None = None
    ) -> Generator[Event, None, DocumentReading]:
        """Read the pages with these numbers (from 1), or all; in the order of the file.

        Raises PageNotThere, MediaRefused, DecoderUnavailable, PartMissing, ModelBroken, Cancelled.
        """
        document = self._pages.open(path, cancel)
        wanted = sorted(set(pages)) if pages is not None else range(1, document.page_count + 1)
        read = []
        for done, number in enumerate(wanted):
            cancel.raise_if_cancelled()
            yield Progress(Phase.OCR, done, len(wanted))
            key = (document.content_hash, number)
            page = self._kept.get(key)
            if page is None:
                page = self._read_page(path, number, cancel)
                self._kept.add(key, page)
            read.append(page)
        yield Progress(Phase.OCR, len(wanted), len(wanted))
        return DocumentReading(
            path=path,
            content_hash=document.content_hash,
            kind=document.kind,
            page_count=document.page_count,
            pages=tuple(read),
            hazards=document.hazards,
        )

    def seen(self, path: Path, number: int, cancel: CancelToken) -> ReadPicture:
        """What OCR alone sees on a page, quads in its coordinates; nothing is kept.

        Raises as `read`.
        """
        drawn = self._pages.read(path, number, cancel)
        with self._turn:
            cancel.raise_if_cancelled()
            return on_page(read_straight(drawn.pixels, self._ready_reader()), drawn)

    def read_by_ocr(self, path: Path, number: int, cancel: CancelToken) -> PageReading:
        """A page as OCR alone sees it, its own text aside; not kept. Raises as `read`."""
        drawn = dataclasses.replace(self._pages.read(path, number, cancel), layer=None)
        with self._turn:
            cancel.raise_if_cancelled()
            return read_page(drawn, self._ready_reader)

    def close(self) -> None:
        """Free the networks and what is kept; a later read loads them again."""
        with self._turn:
            reader, self._reader = self._reader, None
            if reader is not None:
                reader.close()
        self._kept.clear()

    def _read_page(self, path: Path, number: int, cancel: CancelToken) -> PageReading:
        drawn = self._pages.read(path, number, cancel)
        with self._turn:
            cancel.raise_if_cancelled()
            return read_page(drawn, self._ready_reader)

    def _ready_reader(self) -> TextReader:
        """The networks, loaded when a page first needs them."""
        if self._reader is None:
            self._reader = self._open_reader()
        return self._reader


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
