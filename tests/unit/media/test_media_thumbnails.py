"""Thumbnails appear whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from vlm_desktop.base.errors import DiskFull, HomeNotWritable
from vlm_desktop.media.thumbnails import ThumbnailStore

HASH = "ab" * 20
OTHER = "cd" * 20
JPEG = b"\xff\xd8 picture"


def test_write_read_delete(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path / "thumbnails")
    store.write_batch([(HASH, JPEG), (OTHER, b"")])
    assert store.path(HASH) == tmp_path / "thumbnails" / "ab" / f"{HASH}.jpg"
    assert store.read(HASH) == JPEG
    assert store.read(OTHER) is None
    store.delete([HASH, OTHER])
    assert store.read(HASH) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_batch_may_be_written_again_and_after_the_folder_went(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    store.write_batch([(HASH, JPEG)])
    store.path(HASH).unlink()
    store.path(HASH).parent.rmdir()
    store.write_batch([(HASH, JPEG)])
    store.write_batch([(HASH, JPEG + b"2")])
    assert store.read(HASH) == JPEG + b"2"


def test_half_a_file_is_no_thumbnail(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    store.write_batch([(HASH, JPEG)])
    store.path(HASH).write_bytes(b"")
    assert store.read(HASH) is None


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 20, "ab/cd" * 4])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a content hash"):
        ThumbnailStore(tmp_path).path(name)


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, DiskFull), (errno.EROFS, HomeNotWritable)]
)
def test_trouble_with_the_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    store = ThumbnailStore(tmp_path)
    store.write_batch([(OTHER, JPEG)])

    def refuse(self: Path, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(expected):
        store.write_batch([(HASH, JPEG)])
    assert store.read(OTHER) == JPEG
    assert not list(tmp_path.rglob("*.part"))
