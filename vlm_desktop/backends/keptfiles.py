"""Things by name that were costly to make, in memory and as files, the least recently used dropped.

How a thing is written, read and weighed is told by whoever keeps it.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from safetensors import SafetensorError

SHARE = 8
"""An entry above this fraction of the room is not kept: it would push out everything else."""
SUFFIX = ".safetensors"
_TOUCHED = (OSError, SafetensorError, KeyError, ValueError)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """How one kind of thing is kept. `load` and `save` may raise OSError and what safetensors
    raises; `weigh` gives bytes."""

    load: Callable[[Path], T]
    save: Callable[[T, Path], None]
    weigh: Callable[[T], int]


class KeptFiles(Generic[T]):
    """Things by name. Never raises: a miss costs time. A file that does not read is no entry.

    `folder` None keeps them in memory only. Any thread may call.
    """

    def __init__(
        self, folder: Path | None, form: Form[T], *, memory_bytes: int, disk_bytes: int
    ) -> None:
        self._folder = folder
        self._form = form
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._held = 0

    def get(self, name: str) -> T | None:
        """The thing of this name, from memory or from disk."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        found = self._read(name)
        if found is not None:
            self._remember(name, found)
        return found

    def has(self, name: str) -> bool:
        """Whether there is an entry, without reading it."""
        with self._lock:
            if name in self._kept:
                return True
        return self._folder is not None and _path(self._folder, name).is_file()

    def put(self, name: str, thing: T) -> None:
        self._remember(name, thing)
        self._write(name, thing)

    def forget(self) -> None:
        """Empty the memory; the disk keeps what it has."""
        with self._lock:
            self._kept.clear()
            self._held = 0

    # --- memory ------------------------------------------------------------------------

    def _remember(self, name: str, thing: T) -> None:
        size = self._form.weigh(thing)
        if size * SHARE > self._memory_bytes:
            return
        with self._lock:
            old = self._kept.pop(name, None)
            self._held += size - (self._form.weigh(old) if old is not None else 0)
            self._kept[name] = thing
            while self._held > self._memory_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._held -= self._form.weigh(dropped)

    # --- disk --------------------------------------------------------------------------

    def _read(self, name: str) -> T | None:
        if self._folder is None:
            return None
        path = _path(self._folder, name)
        try:
            found = self._form.load(path)
            os.utime(path)
        except _TOUCHED:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return found

    def _write(self, name: str, thing: T) -> None:
        """A reader sees the whole file or none."""
        size = self._form.weigh(thing)
        if self._folder is None or size * SHARE > self._disk_bytes:
            return
        temporary = ""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(self._folder, size)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".writing-")
            os.close(handle)
            self._form.save(thing, Path(temporary))
            os.replace(temporary, _path(self._folder, name))
        except _TOUCHED:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)

    def _make_room(self, folder: Path, needed: int) -> None:
        entries = sorted(_entries(folder))
        held = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if held + needed <= self._disk_bytes:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                held -= size


def _path(folder: Path, name: str) -> Path:
    return folder / (hashlib.sha256(name.encode()).hexdigest()[:40] + SUFFIX)


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """(last used, bytes, path) of each entry."""
    with os.scandir(folder) as found:
        for one in found:
            if one.name.endswith(SUFFIX):
                with contextlib.suppress(OSError):
                    status = one.stat()
                    yield status.st_mtime, status.st_size, Path(one.path)
