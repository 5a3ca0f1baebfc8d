"""The real `Browsing` over a catalogue in memory."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import Filters, MediaKind
from vlm_desktop.engine.browsing import Browsing
from vlm_desktop.store.browsing import Catalogue
from vlm_desktop.store.records import INDEXED, Located

_FIRST = int(np.datetime64("2012-08-05T12:00:00", "s").astype(np.int64))
_A_WEEK = 7 * 86_400
_SHAPES = ((400, 300), (300, 400), (600, 400))


def catalogue(folder: Path, count: int, **columns: object) -> Catalogue:
    """Contents 0 to `count` - 1, a week apart, the higher the newer; columns may be replaced."""
    ids = np.arange(count, dtype=np.int64)
    zeros, falses = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    shapes = np.array(_SHAPES, dtype=np.int64)[ids % len(_SHAPES)]
    made: dict[str, object] = {
        "content_ids": ids,
        "moments": _FIRST + _A_WEEK * ids,
        "dated": ~falses,
        "folders": zeros,
        "folder_paths": (folder,),
        "kinds": zeros,
        "widths": shapes[:, 0] if count else zeros,
        "heights": shapes[:, 1] if count else zeros,
        "sizes": 1_000 + ids,
        "ratings": zeros - 1,
        "page_counts": zeros + 1,
        "cameras": zeros,
        "copies": zeros + 1,
        "twins": zeros,
        "hashes": zeros.astype(np.uint64),
        "hashed": falses,
        "online": ~falses,
        "pending": falses,
        "pairs": np.empty((0, 2), np.int64),
    }
    return Catalogue(**(made | columns))  # type: ignore[arg-type]


@dataclass
class FakeLibrary:
    """What `Browsing` asks of a library. `shown` tells how many contents are not hidden."""

    folder: Path
    shown: Callable[[], int]
    known: Catalogue | None = None
    located: list[int] = field(default_factory=list)
    _browsed: bool = False

    def catalogue(self) -> Catalogue:
        if self.known is None:
            self.known = catalogue(self.folder, 5_000)
        return self.known

    def filter_contents(self, _: Filters) -> NDArray[np.int64]:
        return self.catalogue().content_ids[: self.shown()]

    def active_model(self) -> None:
        return None

    def locate(self, content_ids: Sequence[int]) -> dict[int, Located]:
        self.located += content_ids
        return {
            content_id: Located(self.path(content_id), True, INDEXED, "00", MediaKind.PHOTO)
            for content_id in content_ids
        }

    def path(self, content_id: int) -> Path:
        return self.folder / f"photo {content_id:03}.jpg"

    def contents_named(self, start: str) -> NDArray[np.int64]:
        ids = self.catalogue().content_ids.tolist()
        found = [i for i in ids if self.path(i).name.casefold().startswith(start.casefold())]
        return np.array(found, dtype=np.int64)

    def name_ranks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        ids = self.catalogue().content_ids
        return ids, ids

    def hashes_of(self, content_ids: Sequence[int]) -> dict[int, str]:
        return {int(i): f"{i:040x}" for i in content_ids}


class FakeBrowsing(Browsing):
    """Thumbnails come from `thumbnail`; who asked for which is remembered."""

    def __init__(self, library: FakeLibrary, thumbnail: Callable[[int], bytes | None]) -> None:
        super().__init__(lambda: library, None)  # type: ignore[arg-type, return-value]
        self.library = library
        self._thumbnail = thumbnail
        self.threads: set[str] = set()

    def thumbnails(self, content_ids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        self.threads.add(threading.current_thread().name)
        for content_id in content_ids:
            yield content_id, self._thumbnail(content_id)
