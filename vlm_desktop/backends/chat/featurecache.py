"""What models saw in pictures, kept in memory and on disk, so that they need not look again.

An entry belongs to one picture (content and crop), one budget of tokens, one model in one
precision and one adapter; all of these are in its name. A file that does not read is no entry.
"""

import contextlib
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vlm_desktop.backends.chat.vision import Features

MEMORY_BYTES = 256 * 1024**2
DISK_BYTES = 2 * 1024**3
_SHARE = 8
"""An entry above this fraction of the room is not kept: it would push out everything else."""
_SUFFIX = ".safetensors"
_POOLED, _DEEP = "pooled", "deep"
_TOUCHED = (OSError, SafetensorError, KeyError, ValueError)


class FeatureCache:
    """Features by name, the least recently used dropped first. Never raises: a miss costs time.

    `folder` None keeps them in memory only. Tensors are on the CPU.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        memory_bytes: int = MEMORY_BYTES,
        disk_bytes: int = DISK_BYTES,
    ) -> None:
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._kept: OrderedDict[str, Features] = OrderedDict()
        self._held = 0

    def get(self, name: str) -> Features | None:
        """The features of this name, from memory or from disk."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        found = self._read(name)
        if found is not None:
            self._remember(name, found)
        return found

    def put(self, name: str, features: Features) -> None:
        pooled, *deep = (one.cpu().contiguous() for one in (features.pooled, *features.deep))
        plain = Features(pooled, tuple(deep))
        self._remember(name, plain)
        self._write(name, plain)

    def forget(self) -> None:
        """Empty the memory; the disk keeps what it has."""
        self._kept.clear()
        self._held = 0

    # --- memory ------------------------------------------------------------------------

    def _remember(self, name: str, features: Features) -> None:
        if features.size_bytes * _SHARE > self._memory_bytes:
            return
        old = self._kept.pop(name, None)
        self._held += features.size_bytes - (old.size_bytes if old else 0)
        self._kept[name] = features
        while self._held > self._memory_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._held -= dropped.size_bytes

    # --- disk --------------------------------------------------------------------------

    def _path(self, folder: Path, name: str) -> Path:
        return folder / (hashlib.sha256(name.encode()).hexdigest()[:40] + _SUFFIX)

    def _read(self, name: str) -> Features | None:
        if self._folder is None:
            return None
        path = self._path(self._folder, name)
        try:
            tensors = load_file(path)
            deep = [tensors[f"{_DEEP}.{number}"] for number in range(len(tensors) - 1)]
            found = Features(tensors[_POOLED], tuple(deep))
            os.utime(path)
        except _TOUCHED:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return found

    def _write(self, name: str, features: Features) -> None:
        """A reader sees the whole file or none."""
        if self._folder is None or features.size_bytes * _SHARE > self._disk_bytes:
            return
        tensors = {_POOLED: features.pooled}
        tensors |= {f"{_DEEP}.{number}": one for number, one in enumerate(features.deep)}
        temporary = ""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(self._folder, features.size_bytes)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".writing-")
            os.close(handle)
            save_file(tensors, temporary)
            os.replace(temporary, self._path(self._folder, name))
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


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """(last used, bytes, path) of each entry."""
    with os.scandir(folder) as found:
        for one in found:
            if one.name.endswith(_SUFFIX):
                with contextlib.suppress(OSError):
                    status = one.stat()
                    yield status.st_mtime, status.st_size, Path(one.path)
