"""Thumbnails on disk: one JPEG per content, found by its hash."""

import contextlib
import errno
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vlm_desktop.base.errors import DiskFull, HomeNotWritable

_FULL = (errno.ENOSPC, errno.EDQUOT)
_HASH = re.compile(r"[0-9a-f]{8,128}")
_JPEG_MAGIC = b"\xff\xd8"


class ThumbnailStore:
    """A folder of thumbnails, spread over 256 subfolders by the first two hex digits.

    Safe to use from several threads and processes: files appear whole or not at all, and the
    same content always has the same thumbnail. All of it can be made again from the photos.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[str] = set()

    def path(self, content_hash: str) -> Path:
        """Where the thumbnail of a content lies or would lie. Raises ValueError for no hash."""
        if not _HASH.fullmatch(content_hash):
            raise ValueError(f"not a content hash: {content_hash!r}")
        return self._folder / content_hash[:2] / f"{content_hash}.jpg"

    def write_batch(self, thumbnails: Sequence[tuple[str, bytes]]) -> None:
        """Write (content hash, JPEG) pairs; those without bytes are passed over.

        Raises `DiskFull` or `HomeNotWritable`; what was written until then stays.
        """
        for content_hash, jpeg in thumbnails:
            if jpeg:
                self._write(self.path(content_hash), jpeg)

    def read(self, content_hash: str) -> bytes | None:
        """The JPEG, or None when there is none or it is not whole."""
        try:
            jpeg = self.path(content_hash).read_bytes()
        except OSError:
            return None
        return jpeg if jpeg.startswith(_JPEG_MAGIC) else None

    def delete(self, content_hashes: Iterable[str]) -> None:
        """Remove thumbnails; those that are not there are passed over."""
        for content_hash in content_hashes:
            with contextlib.suppress(OSError):
                self.path(content_hash).unlink()

    def clear(self) -> Iterator[tuple[int, int, int]]:
        """Remove all thumbnails; yields (folders done, folders in all, thumbnails of the last).

        One that cannot be removed is passed over.
        """
        folders = [path for path in _entries(self._folder) if path.is_dir()]
        for done, folder in enumerate(folders, 1):
            count = 0
            for path in _entries(folder):
                with contextlib.suppress(OSError):
                    path.unlink()
                    count += 1
            yield done, len(folders), count

    def _write(self, target: Path, jpeg: bytes) -> None:
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            if target.parent.name not in self._made:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(target.parent.name)
            try:
                temporary.write_bytes(jpeg)
            except FileNotFoundError:  # somebody removed the folder since
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(jpeg)
            temporary.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            if error.errno in _FULL:
                raise DiskFull(path=self._folder) from error
            raise HomeNotWritable(path=self._folder, detail=error.strerror or str(error)) from error


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
