"""What pictures of examples are: hash, size, orientation, their look, when they were taken.

What the library knows, or what was seen before, is not decoded again while the file has the same
size and time of change.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelUnknown, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import DecodedFile, DecodeRequest, RefusedFile, Size
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library
from vlm_desktop.store.trainingpictures import PictureFacts

LOOK = 16
"""Cells a side of the small grey picture that tells near-duplicates from chance."""
_SIDE = 64
_KEPT_AT_ONCE = 200


class Looking:
    """Looks at pictures. `open_pool` makes decoder processes; `has_library` says whether there is a
    library to ask and to remember in."""

    def __init__(
        self,
        library: Callable[[], Library],
        has_library: Callable[[], bool],
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self._library = library
        self._has_library = has_library
        self._open_pool = open_pool

    def look(
        self, paths: Iterable[str], cancel: CancelToken
    ) -> Generator[Event, None, dict[str, PictureFacts]]:
        """Facts by path, of files that cannot be read with their problem. What was seen is kept
        as it goes, so a cancelled look goes on where it was.

        Raises DecoderUnavailable, Cancelled.
        """
        wanted = list(dict.fromkeys(paths))
        library = self._library() if self._has_library() else None
        seen = library.seen_pictures(wanted) if library else {}
        found = {path: facts for path, facts in seen.items() if _is_current(facts)}
        todo = [path for path in wanted if path not in found]
        yield Progress(Phase.DECODE, len(found), len(wanted))
        if not todo:
            return found
        fresh: list[PictureFacts] = []
        requests = (DecodeRequest(Path(path), _SIDE, thumbnail_side=0) for path in todo)
        with self._open_pool() as pool, closing(_outcomes(pool, requests, cancel)) as outcomes:
            for facts in outcomes:
                found[facts.path] = facts
                if facts.mtime_ns:
                    fresh.append(facts)
                if library and len(fresh) >= _KEPT_AT_ONCE:
                    library.note_pictures(fresh)
                    fresh.clear()
                yield Progress(Phase.DECODE, len(found), len(wanted))
        if library and fresh:
            library.note_pictures(fresh)
        cancel.raise_if_cancelled()
        return found

    def vectors(self, hashes: Sequence[str], model_id: str = "") -> dict[str, VectorArray]:
        """Stored vectors [dimension] of pictures by their hash, of a model, or with "" of the one
        that answers searches. None where there is no library, or the picture was not indexed."""
        library = self._library() if self._has_library() else None
        chosen = model_id or (library and library.active_model())
        if library is None or not chosen:
            return {}
        ids = library.contents_of_hashes(list(dict.fromkeys(filter(None, hashes))))
        try:
            stored = library.vectors_of(chosen, list(ids.values()))
        except ModelUnknown:
            return {}
        return {key: stored[one][0] for key, one in ids.items() if one in stored}


def _is_current(facts: PictureFacts) -> bool:
    try:
        status = Path(facts.path).stat()
    except (OSError, ValueError):
        return False
    return (facts.size_bytes, facts.mtime_ns) == (status.st_size, status.st_mtime_ns)


def _outcomes(
    pool: DecodePool, requests: Iterable[DecodeRequest], cancel: CancelToken
) -> Generator[PictureFacts, None, None]:
    for outcome in pool.decode(requests, cancel):
        if isinstance(outcome, DecodedFile):
            yield _facts(outcome)
        elif isinstance(outcome, RefusedFile):
            yield PictureFacts(
                path=str(outcome.path),
                size_bytes=outcome.size_bytes,
                # What says nothing about the bytes is tried again the next time.
                mtime_ns=0 if outcome.reason in _PASSING else outcome.mtime_ns,
                content_hash=outcome.content_hash,
                problem=outcome.reason.value,
                detail=outcome.detail,
            )


_PASSING = (Refusal.VANISHED, Refusal.CHANGING, Refusal.UNREADABLE)


def _facts(one: DecodedFile) -> PictureFacts:
    page = one.pages[0] if one.pages else None
    said = one.metadata
    return PictureFacts(
        path=str(one.path),
        size_bytes=one.size_bytes,
        mtime_ns=one.mtime_ns,
        content_hash=one.content_hash,
        size=page.size if page else Size(0, 0),
        orientation=said.orientation,
        fingerprint=one.perceptual_hash,
        look=look_of(page.pixels) if page else b"",
        taken_at=said.taken_at,
        camera=f"{said.make} {said.model}".strip(),
    )


def look_of(pixels: PixelArray) -> bytes:
    """A picture as LOOK x LOOK grey cells, each the mean of its pixels."""
    grey = pixels.astype(np.float32).mean(axis=2)
    height, width = grey.shape
    rows = np.arange(LOOK) * height // LOOK
    columns = np.arange(LOOK) * width // LOOK
    sums = np.add.reduceat(np.add.reduceat(grey, rows, axis=0), columns, axis=1)
    # Where a picture is smaller than the grid, reduceat gives the cell itself.
    tall = np.maximum(np.diff(np.append(rows, height)), 1)
    wide = np.maximum(np.diff(np.append(columns, width)), 1)
    cells = sums / (tall[:, None] * wide[None, :])
    return bytes(np.clip(np.rint(cells), 0, 255).astype(np.uint8))
