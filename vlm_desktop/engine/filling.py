"""Decode and encode side by side, and commit what is finished every few seconds."""

import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vlm_desktop.backends.protocols import ImageTextEncoder
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Committed, Event, Phase, Progress, Quarantined
from vlm_desktop.base.types import (
    DecodedFile,
    DecodedPage,
    DecodeOutcome,
    DecodeRequest,
    KnownFile,
    RefusedFile,
    VectorArray,
)
from vlm_desktop.engine.lane import Lane
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import (
    AdoptedFile,
    IndexedFile,
    Library,
    Outcome,
    PendingFile,
    QuarantinedFile,
)

COMMIT_SECONDS = 2.0
COMMIT_FILES = 256
ENCODE_BATCH = 8
_PENDING_AT_ONCE = 500
_NO_PIXELS = np.empty((0, 0, 3), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """One decoded file and the embeddings of its pages, in their order."""

    decoded: DecodedFile
    vectors: VectorArray


class Filler:
    """One run over all pending files with one encoder.

    `files` and `pictures` count what this run finished; `pictures_per_second` is their rate.
    """

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailStore,
        encoder: ImageTextEncoder,
        thumbnail_side: int,
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._encoder = encoder
        self._model_id = encoder.spec.model_id
        self._thumbnail_side = thumbnail_side
        self._requested: dict[object, deque[PendingFile]] = {}
        self._decoded: list[DecodedFile] = []
        self._decoded_pages = 0
        self._outcomes: list[Outcome] = []
        self._seen: set[str] = set()
        self._committed_at = time.monotonic()
        self._seconds = 0.0
        self.files = 0
        self.pictures = 0

    @property
    def pictures_per_second(self) -> float:
        return self.pictures / self._seconds if self._seconds else 0.0

    def is_needed(self) -> bool:
        """Whether any file waits to be decoded, or any known photo lacks this model's vectors."""
        return self._library.count_pending(self._model_id) > 0

    def fill(self, pool: DecodePool, cancel: CancelToken) -> Generator[Event, None, None]:
        """Decode, encode and commit everything pending.

        Whatever ends the run, what was finished by then is committed.
        """
        started = time.perf_counter()
        total = self._library.count_pending(self._model_id)
        self._encoder.encode_images([np.zeros((8, 8, 3), dtype=np.uint8)])  # start it once
        lane = Lane(self._encode, self._encoder.image_lanes, "encode")
        try:
            with lane:
                for outcome in pool.decode(self._requests(), cancel):
                    cancel.raise_if_cancelled()
                    yield from self._take(outcome, lane)
                    self._finish(lane.collect())
                    yield from self._commit_when_due(total, started)
                self._send(lane)
                while lane.busy:
                    cancel.raise_if_cancelled()
                    self._finish(lane.wait())
                    yield from self._commit_when_due(total, started)
        finally:
            self._seconds = time.perf_counter() - started
            committed = self._commit()
        if committed:
            yield Committed(committed)
        yield Progress(Phase.ENCODE, self.files, total, self.pictures_per_second)

    # --- feeding -----------------------------------------------------------------------

    def _requests(self) -> Iterator[DecodeRequest]:
        after = 0
        side = self._encoder.spec.image_side
        while pending := self._library.pending_files(
            self._model_id, after_id=after, limit=_PENDING_AT_ONCE
        ):
            after = pending[-1].file_id
            known = self._library.hashes_by_size({file.size for file in pending}, self._model_id)
            for file in pending:
                self._requested.setdefault(file.path, deque()).append(file)
                yield DecodeRequest(
                    path=file.path,
                    min_side=side,
                    thumbnail_side=self._thumbnail_side,
                    skip_hashes=frozenset() if file.metadata_only else known.get(
                        file.size, frozenset()
                    ),
                )

    def _take(
        self, outcome: DecodeOutcome | None, lane: Lane[Sequence[DecodedFile], list[_Encoded]]
    ) -> Generator[Event, None, None]:
        """Sort one outcome of the pool; None is its sign of life while files take long."""
        if outcome is None:
            return
        if isinstance(outcome, DecodedFile):
            self._decoded.append(outcome)
            self._decoded_pages += len(outcome.pages)
            if self._decoded_pages >= ENCODE_BATCH:
                self._send(lane)
            return
        pending = self._pending(outcome)
        if isinstance(outcome, KnownFile):
            self._outcomes.append(AdoptedFile(pending.file_id, outcome))
            self.files += 1
        else:
            self._outcomes.append(QuarantinedFile(pending.file_id, outcome))
            yield Quarantined(outcome.path, outcome.reason, outcome.detail)

    def _pending(self, outcome: DecodedFile | KnownFile | RefusedFile) -> PendingFile:
        waiting = self._requested[outcome.path]
        pending = waiting.popleft()
        if not waiting:
            del self._requested[outcome.path]
        return pending

    # --- encoding ----------------------------------------------------------------------

    def _send(self, lane: Lane[Sequence[DecodedFile], list[_Encoded]]) -> None:
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
        for encoded in (one for batch in batches for one in batch):
            numbers = [page.number for page in encoded.decoded.pages]
            self._outcomes.append(
                IndexedFile(
                    file_id=self._pending(encoded.decoded).file_id,
                    decoded=encoded.decoded,
                    vectors=tuple(zip(numbers, encoded.vectors, strict=True)),
                )
            )
            self.files += 1
            self.pictures += len(numbers)

    # --- committing --------------------------------------------------------------------

    def _commit_when_due(self, total: int, started: float) -> Generator[Event, None, None]:
        waited = time.monotonic() - self._committed_at
        if waited < COMMIT_SECONDS and len(self._outcomes) < COMMIT_FILES:
            return
        self._seconds = time.perf_counter() - started
        committed = self._commit()
        if committed:
            yield Committed(committed)
        yield Progress(Phase.ENCODE, self.files, total, self.pictures_per_second)

    def _commit(self) -> int:
        """Thumbnails first, then all rows in one transaction; returns how many files."""
        outcomes, self._outcomes = self._outcomes, []
        self._committed_at = time.monotonic()
        if not outcomes:
            return 0
        self._thumbnails.write_batch(
            [
                (outcome.decoded.content_hash, outcome.decoded.thumbnail)
                for outcome in outcomes
                if isinstance(outcome, IndexedFile) and outcome.decoded.thumbnail
            ]
        )
        self._library.save_outcomes(self._model_id, outcomes)
        return len(outcomes)


def _without_pixels(decoded: DecodedFile) -> DecodedFile:
    """The same file without its pictures, which are the bulk of it."""

    def bare(page: DecodedPage) -> DecodedPage:
        return replace(page, pixels=_NO_PIXELS)

    return replace(decoded, pages=tuple(bare(page) for page in decoded.pages))
