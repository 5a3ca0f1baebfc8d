"""How much room each part of the home folder takes."""

import contextlib
import os
import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import HomePaths

_PROGRESS_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk. `copies` are older libraries kept beside; `free` is what the disk has left."""

    database: int
    copies: int
    vectors: int
    thumbnails: int
    thumbnail_count: int
    models: int
    log: int
    free: int

    @property
    def total(self) -> int:
        parts = (self.database, self.copies, self.vectors, self.thumbnails, self.models, self.log)
        return sum(parts)


def measure_sizes(paths: HomePaths, cancel: CancelToken) -> Generator[Event, None, Sizes]:
    """Add up the files of a home folder. What vanishes meanwhile counts nothing."""
    thumbnails = count = 0
    due = time.monotonic() + _PROGRESS_SECONDS
    for size in _files(paths.thumbnails):
        thumbnails, count = thumbnails + size, count + 1
        if time.monotonic() >= due:
            cancel.raise_if_cancelled()
            yield Progress(Phase.SIZES, count, None)
            due = time.monotonic() + _PROGRESS_SECONDS
    name = paths.database.name
    beside = list(paths.home.glob(f"{paths.database.stem}*")) if paths.home.is_dir() else []
    own = [path for path in beside if path.name.startswith(name)]
    return Sizes(
        database=sum(map(_size, own)),
        copies=sum(_size(path) for path in beside if path not in own),
        vectors=sum(_files(paths.vectors)),
        thumbnails=thumbnails,
        thumbnail_count=count,
        models=sum(_files(paths.models)),
        log=sum(_files(paths.log.parent)),
        free=_free(paths.home),
    )


def _files(folder: Path) -> Iterator[int]:
    """Sizes of all files below a folder."""
    for where, _, names in os.walk(folder):
        for name in names:
            yield _size(Path(where, name))


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _free(folder: Path) -> int:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    with contextlib.suppress(OSError):
        return shutil.disk_usage(nearest).free
    return 0
