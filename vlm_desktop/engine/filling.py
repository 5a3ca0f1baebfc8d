"""Decode and encode side by side, and commit what is finished every few seconds."""

import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from vlm_desktop.backends.protocols import ImageTextEncoder
from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound
from vlm_desktop.base.events import Committed, Event, Phase, Progress, Quarantined
from vlm_desktop.base.types import DecodedFile, DecodedPage, DecodeOutcome, DecodeRequest, KnownFile
from vlm_desktop.engine.lane import Lane
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import (
    TRANSIENT_REFUSALS,
    AdoptedFile,
    ContentFile,
    IndexedFile,
    Outcome,
    PendingFile,
    QuarantinedFile,
)

COMMIT_SECONDS = 2.0
COMMIT_FILES = 256
TICK_SECONDS = 0.5
ENCODE_BATCH = 8
_AT_ONCE = 500
_START_PICTURE = np.zeros((8, 8, 3), dtype=np.uint8)
_NO_PIXELS = np.empty((0, 0, 3), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """One decoded file and the embeddings of its pages, in their order."""

    decoded: DecodedFile
    vectors: VectorArray


EncodeLane: TypeAlias = Lane[Sequence[DecodedFile], list[_Encoded]]


class Filler:
    """One run with one encoder over all that waits: new files, and photos without its vectors.

    `files` counts the files that were pending and are indexed now, `pictures` the pages that
    were encoded, `pictures_per_second` their rate.
    """

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailStore,
        encoder: ImageTextEncoder,
        root_ids: Sequence[int],
        thumbnail_side: int,
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._encoder = encoder
        self._model_id = encoder.spec.model_id
        self._root_ids = root_ids
        self._thumbnail_side = thumbnail_side
        self._waiting: dict[Path, deque[PendingFile | ContentFile]] = {}
        self._decoded: list[DecodedFile] = []
        self._decoded_pages = 0
        self._outcomes: list[Outcome] = []
        self._vectors: list[tuple[int, int, VectorArray]] = []
        self._committed_at = time.monotonic()
        self._started_at = 0.0
        self._seconds = 0.0
        self.files = 0
        self.pictures = 0

    @property
    def pictures_per_second(self) -> float:
        return self.pictures / self._seconds if self._seconds else 0.0

    def count(self) -> int:
        """How many files and photos wait."""
        return self._library.count_pending(self._root_ids) + self._library.count_without_vectors(
            self._model_id
        )

    def fill(self, pool: DecodePool, cancel: CancelToken) -> Generator[Event, None, None]:
        """Decode, encode and commit everything that waits.

        Whatever ends the run, what was finished by then is committed.
        """
        total = self.count()
        self._encoder.encode_images([_START_PICTURE])
        self._started_at = time.perf_counter()
        lane = Lane(self._encode, self._encoder.image_lanes, "encode")
        try:
            with lane:
                for outcome in pool.decode(self._requests(), cancel, tick_seconds=TICK_SECONDS):
                    cancel.raise_if_cancelled()
                    yield from self._take(outcome, lane)
                    self._finish(lane.collect())
                    yield from self._commit_when_due(total)
                cancel.raise_if_cancelled()
                self._send(lane)
                while lane.busy:
                    cancel.raise_if_cancelled()
                    self._finish(lane.wait())
                    yield from self._commit_when_due(total)
        finally:
            committed = self._commit()
            self._seconds = time.perf_counter() - self._started_at
        if committed:
            yield Committed(committed)
        yield Progress(Phase.ENCODE, total, total, self.pictures_per_second)

    # --- feeding -----------------------------------------------------------------------

    def _requests(self) -> Iterator[DecodeRequest]:
        after = 0
        while pending := self._library.pending_files(self._root_ids, after, _AT_ONCE):
            after = pending[-1].file_id
            known = self._library.hashes_by_size({file.size for file in pending}, self._model_id)
            for file in pending:
                skip = frozenset() if file.reread else known.get(file.size, frozenset())
                yield self._request(file, self._thumbnail_side, skip)
        after = 0
        while contents := self._library.contents_without_vectors(self._model_id, after, _AT_ONCE):
            after = contents[-1].content_id
            for content in contents:
                yield self._request(content, 0, frozenset())

    def _request(
        self, item: PendingFile | ContentFile, thumbnail_side: int, skip: frozenset[str]
    ) -> DecodeRequest:
        self._waiting.setdefault(item.path, deque()).append(item)
        return DecodeRequest(item.path, self._encoder.spec.image_side, thumbnail_side, skip)

    def _take(
        self, outcome: DecodeOutcome | None, lane: EncodeLane
    ) -> Generator[Event, None, None]:
        """Sort one outcome of the pool; None is its sign of life while files take long.

        A batch that waits for such a file to be full would wait for it to be committed, too.
        """
        if outcome is None:
            self._send(lane)
            return
        if isinstance(outcome, DecodedFile):
            self._decoded.append(outcome)
            self._decoded_pages += len(outcome.pages)
            if self._decoded_pages >= ENCODE_BATCH:
                self._send(lane)
            return
        item = self._item(outcome.path)
        if isinstance(item, ContentFile):
            return  # known, but not readable now: a later run sees to it
        if isinstance(outcome, KnownFile):
            self._outcomes.append(AdoptedFile(item.file_id, outcome))
            self.files += 1
        else:
            if outcome.reason in TRANSIENT_REFUSALS:
                self._check_drive(outcome.path)
            self._outcomes.append(QuarantinedFile(item.file_id, outcome))
            yield Quarantined(outcome.path, outcome.reason, outcome.detail)

    def _check_drive(self, path: Path) -> None:
        """Raise FolderNotFound when not the file is at fault but its drive is gone.

        The files that wait go on waiting then, instead of being set aside by the thousand.
        """
        for root in self._library.roots():
            if not root.online and path.is_relative_to(root.path):
                raise FolderNotFound(path=root.path)

    def _item(self, path: Path) -> PendingFile | ContentFile:
        waiting = self._waiting[path]
        item = waiting.popleft()
        if not waiting:
            del self._waiting[path]
        return item

    # --- encoding ----------------------------------------------------------------------

    def _send(self, lane: EncodeLane) -> None:
        if self._decoded:
            batch, self._decoded, self._decoded_pages = self._decoded, [], 0
            self._finish(lane.submit(batch))

    def _encode(self, batch: Sequence[DecodedFile]) -> list[_Encoded]:
        """On a thread of the lane."""
        vectors = self._encoder.encode_images(
            [page.pixels for decoded in batch for page in decoded.pages]
        )
        encoded: list[_Encoded] = []
        start = 0
        for decoded in batch:
            stop = start + len(decoded.pages)
            encoded.append(_Encoded(_without_pixels(decoded), vectors[start:stop]))
            start = stop
        return encoded

    def _finish(self, batches: Sequence[list[_Encoded]]) -> None:
        for one in (one for batch in batches for one in batch):
            item = self._item(one.decoded.path)
            pages = [page.number for page in one.decoded.pages]
            vectors = tuple(zip(pages, one.vectors, strict=True))
            self.pictures += len(pages)
            if isinstance(item, PendingFile):
                self._outcomes.append(IndexedFile(item.file_id, one.decoded, vectors))
                self.files += 1
            elif one.decoded.content_hash == item.content_hash:
                self._vectors += [(item.content_id, page, vector) for page, vector in vectors]

    # --- committing --------------------------------------------------------------------

    def _commit_when_due(self, total: int) -> Generator[Event, None, None]:
        waited = time.monotonic() - self._committed_at
        if waited < COMMIT_SECONDS and len(self._outcomes) < COMMIT_FILES:
            return
        committed = self._commit()
        self._seconds = time.perf_counter() - self._started_at
        if committed:
            yield Committed(committed)
        yield Progress(Phase.ENCODE, min(self.pictures, total), total, self.pictures_per_second)

    def _commit(self) -> int:
        """Thumbnails first, then all rows in one transaction; returns how many files."""
        outcomes, self._outcomes = self._outcomes, []
        vectors, self._vectors = self._vectors, []
        self._committed_at = time.monotonic()
        if outcomes:
            self._thumbnails.write_batch(
                [
                    (outcome.decoded.content_hash, outcome.decoded.thumbnail)
                    for outcome in outcomes
                    if isinstance(outcome, IndexedFile) and outcome.decoded.thumbnail
                ]
            )
            self._library.save_outcomes(self._model_id, outcomes)
        if vectors:
            self._library.save_vectors(self._model_id, vectors)
        return len(outcomes) + len(vectors)


def _without_pixels(decoded: DecodedFile) -> DecodedFile:
    """The same file without its pictures, which are the bulk of it."""

    def bare(page: DecodedPage) -> DecodedPage:
        return replace(page, pixels=_NO_PIXELS)

    return replace(decoded, pages=tuple(bare(page) for page in decoded.pages))
