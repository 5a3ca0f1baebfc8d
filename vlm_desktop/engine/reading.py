"""The text in pictures: decode larger, read, commit. Runs after the vectors are there."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from vlm_desktop.backends.protocols import TextReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Committed, Event, Phase, Progress
from vlm_desktop.base.types import DecodedFile, DecodeOutcome, DecodeRequest
from vlm_desktop.engine.lane import Lane
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.store.records import ContentFile

OCR_SIDE = 736
"""The shorter side, in pixels, at which pictures are read; what the detector was trained at."""

LEAST_CONFIDENCE = 0.5
COMMIT_SECONDS = 2.0
TICK_SECONDS = 0.5
_CONTENTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read on one page; empty when there is no text."""

    content_id: int
    page: int
    text: str


class TextPhase:
    """Reads every stored picture that was not read yet. Open, read, close; one thread."""

    def __init__(self, library: Library, open_reader: Callable[[], TextReader]) -> None:
        self._library = library
        self._open_reader = open_reader
        self._reader: TextReader | None = None
        self._waiting: dict[Path, ContentFile] = {}
        self._read: list[PageText] = []
        self._committed_at = time.monotonic()
        self._contents = 0

    def count(self) -> int:
        """How many photos were not read yet."""
        return self._library.count_without_ocr()

    def open(self) -> None:
        """Load the reader. Raises PartMissing or ModelBroken."""
        self._reader = self._open_reader()

    def __enter__(self) -> "TextPhase":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.close()

    def read(self, pool: DecodePool, cancel: CancelToken) -> Generator[Event, None, None]:
        total = self.count()
        started = time.perf_counter()
        # One thread: the reader itself uses all cores, and is not to be shared.
        lane = Lane(self._read_file, 1, "ocr")
        try:
            with lane:
                for outcome in pool.decode(self._requests(), cancel, tick_seconds=TICK_SECONDS):
                    cancel.raise_if_cancelled()
                    finished = self._take(outcome, lane) + lane.collect()
                    yield from self._keep(finished, total, started)
                cancel.raise_if_cancelled()
                while lane.busy:
                    cancel.raise_if_cancelled()
                    yield from self._keep(lane.wait(), total, started)
        finally:
            committed = self._commit()
        if committed:
            yield Committed(committed)
        yield Progress(Phase.OCR, self._contents, total, self._rate(started))

    def _requests(self) -> Iterator[DecodeRequest]:
        after = 0
        while contents := self._library.contents_without_ocr(
            after_id=after, limit=_CONTENTS_AT_ONCE
        ):
            after = contents[-1].content_id
            for content in contents:
                self._waiting[content.path] = content
                yield DecodeRequest(path=content.path, min_side=OCR_SIDE, thumbnail_side=0)

    def _take(
        self, outcome: DecodeOutcome | None, lane: Lane[DecodedFile, list[PageText]]
    ) -> list[list[PageText]]:
        if isinstance(outcome, DecodedFile):
            return lane.submit(outcome)
        if outcome is not None:
            self._waiting.pop(outcome.path, None)  # gone or changed since: the next run sees to it
        return []

    def _read_file(self, decoded: DecodedFile) -> list[PageText]:
        """On the lane's thread. Pages with a text layer of their own are not read."""
        assert self._reader is not None
        content = self._waiting[decoded.path]
        pages = []
        for page in decoded.pages:
            if page.number in content.pages:
                lines = self._reader.read(page.pixels)
                text = "\n".join(line.text for line in lines if line.confidence >= LEAST_CONFIDENCE)
                pages.append(PageText(content.content_id, page.number, text))
        return pages

    def _keep(
        self, finished: list[list[PageText]], total: int, started: float
    ) -> Generator[Event, None, None]:
        for pages in finished:
            self._read += pages
            self._contents += 1
        if time.monotonic() - self._committed_at < COMMIT_SECONDS:
            return
        committed = self._commit()
        if committed:
            yield Committed(committed)
        yield Progress(Phase.OCR, self._contents, total, self._rate(started))

    def _rate(self, started: float) -> float:
        return self._contents / max(time.perf_counter() - started, 1e-9)

    def _commit(self) -> int:
        rows, self._read = self._read, []
        self._committed_at = time.monotonic()
        if rows:
            self._library.save_ocr([(row.content_id, row.page, row.text) for row in rows])
        return len({row.content_id for row in rows})
