"""A look at the files of images: are they there, are they the same, how large, how do they look.

Size and time come first; only files that are new or changed are read. What the library knows of a
file with the same stamp is taken from there.
"""

import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.altkeeping import AltRefreshed, FileFacts
from vlm_desktop.base.alttext import AltAct
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import DecodedFile, DecodeOutcome, DecodeRequest, RefusedFile
from vlm_desktop.engine.alttext.revising import going_stale
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.altrecords import AltStamp
from vlm_desktop.store.library import Library

_SIDE = 64
"""The shorter side that is decoded: the fingerprint needs no more."""


class FileLooker:
    """Looks at files and keeps what it saw. For an io lane, one look at a time."""

    def __init__(self, library: Callable[[], Library], open_pool: Callable[[], DecodePool]) -> None:
        self._library = library
        self._open_pool = open_pool

    def look(
        self, image_ids: Sequence[int], cancel: CancelToken
    ) -> Generator[Event, None, AltRefreshed]:
        """Note what became of the files of images. Raises DecoderUnavailable, Cancelled."""
        seen = _Seen()
        stamps = self._library().alt_stamps(image_ids)
        to_read: dict[Path, list[AltStamp]] = {}
        for done, stamp in enumerate(stamps):
            if done % 100 == 0:
                yield Progress(Phase.INVENTORY, done, len(stamps))
                cancel.raise_if_cancelled()
            if self._must_be_read(stamp, seen):
                to_read.setdefault(stamp.path, []).append(stamp)
        try:
            if to_read:
                yield from self._read(to_read, seen, cancel)
        finally:
            seen.stale = self._mark_stale(seen.changed)
        return AltRefreshed(
            len(stamps),
            tuple(seen.changed),
            tuple(seen.stale),
            tuple(seen.missing),
            tuple(seen.unreadable),
        )

    def _must_be_read(self, stamp: AltStamp, seen: "_Seen") -> bool:
        """Whether the file is new or changed; what can be told without reading it is kept."""
        try:
            status = os.stat(stamp.path)
        except (OSError, ValueError):
            seen.missing.append(stamp.image_id)
            if not stamp.missing:
                self._library().note_alt_file(stamp.image_id, FileFacts(missing=True))
            return False
        now = (status.st_size, status.st_mtime_ns)
        if now == (stamp.size_bytes, stamp.mtime_ns) and stamp.content_hash:
            if stamp.missing:
                self._library().note_alt_found(stamp.image_id)
            if stamp.problem:
                seen.unreadable.append(stamp.image_id)
            return False
        known = self._library().alt_known_file(stamp.path)
        if known is not None and (known.size_bytes, known.mtime_ns) == now:
            self._note([stamp], known, seen)
            return False
        return True

    def _read(
        self, wanted: dict[Path, list[AltStamp]], seen: "_Seen", cancel: CancelToken
    ) -> Generator[Event, None, None]:
        requests = [DecodeRequest(path, _SIDE, 0) for path in wanted]
        done = 0
        yield Progress(Phase.DECODE, 0, len(requests))
        with self._open_pool() as pool:
            for outcome in pool.decode(requests, cancel, tick_seconds=1.0):
                if outcome is not None:
                    done += 1
                    self._note(wanted[outcome.path], _facts(outcome), seen)
                yield Progress(Phase.DECODE, done, len(requests))
        cancel.raise_if_cancelled()

    def _note(self, stamps: Sequence[AltStamp], facts: FileFacts, seen: "_Seen") -> None:
        for stamp in stamps:
            self._library().note_alt_file(stamp.image_id, facts)
            if facts.problem:
                seen.unreadable.append(stamp.image_id)
            if facts.content_hash and facts.content_hash != stamp.content_hash:
                seen.changed.append(stamp.image_id)

    def _mark_stale(self, image_ids: Sequence[int]) -> list[int]:
        if not image_ids:
            return []
        events = self._library().revise_alt(image_ids, going_stale(image_ids), new_batch())
        return sorted({one.image_id for one in events if one.act is AltAct.WENT_STALE})


class _Seen:
    """What a look found so far, as image ids."""

    def __init__(self) -> None:
        self.changed: list[int] = []
        self.stale: list[int] = []
        self.missing: list[int] = []
        self.unreadable: list[int] = []


def _facts(outcome: DecodeOutcome) -> FileFacts:
    if isinstance(outcome, DecodedFile):
        return FileFacts(
            outcome.content_hash,
            outcome.size_bytes,
            outcome.mtime_ns,
            outcome.pages[0].size,
            outcome.perceptual_hash,
        )
    assert isinstance(outcome, RefusedFile), "no hashes were to be skipped"
    return FileFacts(
        outcome.content_hash,
        outcome.size_bytes,
        outcome.mtime_ns,
        problem=outcome.reason.value,
    )
