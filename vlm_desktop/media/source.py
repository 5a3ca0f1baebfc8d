"""One file's bytes, read once, with its hash and the stamp that tells whether it changed."""

import contextlib
import errno
import hashlib
import io
import mmap
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.media.sniff import HEAD_BYTES

WHOLE_FILE_BYTES = 256 * 1024 * 1024
"""Files up to this size are held in memory; larger ones are hashed as a stream."""

_MOST_IN_MEMORY = 1024 * 1024 * 1024
_WINDOWS_PATH = 260
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and modification time, which the library compares to notice a change."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read. `data` is None when it is too large to hold in memory."""

    path: Path
    stamp: Stamp
    content_hash: str
    head: bytes
    data: bytes | None

    @property
    def extension(self) -> str:
        return self.path.suffix[1:].lower()

    @contextlib.contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes as a seekable file: from memory, or from disk for a large file."""
        if self.data is not None:
            yield io.BytesIO(self.data)
            return
        with self.path.open("rb") as file:
            yield file

    def in_memory(self, most: int = _MOST_IN_MEMORY) -> bytes:
        """All bytes, or the first `most` of a large file."""
        if self.data is not None:
            return self.data
        with self.path.open("rb") as file:
            return file.read(most)

    def mapped(self) -> bytes | mmap.mmap:
        """All bytes, those of a large file mapped from disk instead of read."""
        if self.data is not None:
            return self.data
        with self.path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def content_hash(data: bytes) -> str:
    """The library's name for these bytes: hex blake2b-160."""
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def take_stamp(path: Path) -> Stamp:
    """Size and modification time of a regular file. Raises `MediaRefused`."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise refused_by_system(path, error) from error
    return _stamp_of(path, status)


def read_source(path: Path, *, whole_file_bytes: int = WHOLE_FILE_BYTES) -> Source:
    """Read and hash `path`. Raises `MediaRefused` when it cannot be read or changes meanwhile."""
    before = take_stamp(path)
    try:
        with path.open("rb", buffering=0) as file:
            opened = _stamp_of(path, os.fstat(file.fileno()))
            if opened.size <= whole_file_bytes:
                data: bytes | None = _read_all(file, opened.size)
                head = data[:HEAD_BYTES] if data else b""
                digest = content_hash(data or b"")
            else:
                data = None
                head, digest = _hash_stream(file)
            after = _stamp_of(path, os.fstat(file.fileno()))
    except OSError as error:
        raise refused_by_system(path, error) from error
    if not before == opened == after or (data is not None and len(data) != before.size):
        raise MediaRefused(path=path, reason=Refusal.CHANGING)
    return Source(path, before, digest, head, data)


def refuse_if_changed(source: Source) -> None:
    """Raise `MediaRefused` when the file is no longer what was read."""
    if take_stamp(source.path) != source.stamp:
        raise MediaRefused(path=source.path, reason=Refusal.CHANGING)


def refused_by_system(path: Path, error: OSError | ValueError) -> MediaRefused:
    """What the operating system said, as a refusal of this file."""
    if isinstance(error, ValueError):
        # A NUL in the name, or a lone surrogate that the file system's encoding lacks.
        return MediaRefused(path=path, reason=Refusal.UNREADABLE, detail=str(error))
    reason = {
        errno.ENOENT: Refusal.VANISHED,
        errno.ENOTDIR: Refusal.VANISHED,
        errno.ESTALE: Refusal.VANISHED,
        errno.ENAMETOOLONG: Refusal.PATH_TOO_LONG,
    }.get(error.errno or 0, Refusal.UNREADABLE)
    if sys.platform == "win32" and reason is Refusal.VANISHED and len(str(path)) >= _WINDOWS_PATH:
        reason = Refusal.PATH_TOO_LONG  # Windows just says that there is no such file
    return MediaRefused(path=path, reason=reason, detail=error.strerror or str(error))


def _stamp_of(path: Path, status: os.stat_result) -> Stamp:
    if not stat.S_ISREG(status.st_mode):
        # Opening a named pipe or a device could block for ever.
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise MediaRefused(path=path, reason=Refusal.UNREADABLE, detail=what)
    if status.st_size == 0:
        raise MediaRefused(path=path, reason=Refusal.EMPTY)
    return Stamp(status.st_size, status.st_mtime_ns)


def _read_all(file: io.FileIO, size: int) -> bytes:
    """`size` bytes, or one more when the file has grown, or fewer when it was cut."""
    parts = []
    left = size + 1
    while left:
        part = file.read(left)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _hash_stream(file: io.FileIO) -> tuple[bytes, str]:
    digest = hashlib.blake2b(digest_size=20)
    head = b""
    while part := file.read(_CHUNK):
        head = head or part[:HEAD_BYTES]
        digest.update(part)
    return head, digest.hexdigest()
