"""A library of any size to look through, for measuring the grid without anybody's photos."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.browsing import Browsing
from vlm_desktop.media.bench import photo_like_jpeg
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.synthetic import make_collection

_PICTURES = 24
_SIDES = ((480, 360), (360, 480), (480, 320), (480, 360))


class _Pictured(Browsing):
    """Answers with one of a few thumbnails, each as large as a photo's; none lies on disk."""

    def with_pictures(self, jpegs: Sequence[bytes]) -> Browsing:
        self._jpegs = jpegs
        return self

    def thumbnails(self, content_ids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        for content_id in content_ids:
            yield content_id, self._jpegs[content_id % len(self._jpegs)]


@contextlib.contextmanager
def made_library(home: Path, count: int) -> Iterator[Browsing]:
    """Browsing over a new library in `home` of `count` photos made up, with thumbnails.

    Raises what opening a library raises.
    """
    paths = HomePaths(home)
    jpegs = [
        photo_like_jpeg(*_SIDES[number % len(_SIDES)], seed=number) for number in range(_PICTURES)
    ]
    with make_collection(paths, count) as library:
        made = _Pictured(lambda: library, ThumbnailStore(paths.thumbnails))
        yield made.with_pictures(jpegs)
