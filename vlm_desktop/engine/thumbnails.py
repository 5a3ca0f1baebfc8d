"""Making thumbnails again: after they were deleted, lost, or wanted in another size."""

from collections.abc import Callable, Generator, Iterator

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import DecodedFile, DecodeRequest
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library

_MIN_SIDE = 64


def make_thumbnails(
    library: Library,
    thumbnails: ThumbnailStore,
    open_pool: Callable[[], DecodePool],
    side: int,
    cancel: CancelToken,
    *,
    again: bool,
) -> Generator[Event, None, int]:
    """Thumbnails of `side` pixels for contents without one, or with `again` for all.

    Photos on drives that are not there, and files that changed since, keep what they have.
    Returns how many were made. Raises `DiskFull`, `HomeNotWritable`, `Cancelled` (those made
    stay).
    """
    total = library.info().contents
    looked_at = 0

    def requests() -> Iterator[DecodeRequest]:
        nonlocal looked_at
        last = 0
        while found := library.readable_contents(last):
            last = found[-1].content_id
            for content in found:
                looked_at += 1
                if again or not thumbnails.path(content.content_hash).exists():
                    yield DecodeRequest(content.path, _MIN_SIDE, thumbnail_side=side)

    made = 0
    yield Progress(Phase.THUMBNAILS, 0, total)
    with open_pool() as pool:
        for outcome in pool.decode(requests(), cancel):
            if isinstance(outcome, DecodedFile):
                thumbnails.write_batch([(outcome.content_hash, outcome.thumbnail)])
                made += 1
            yield Progress(Phase.THUMBNAILS, min(looked_at, total), total)
    cancel.raise_if_cancelled()
    return made
