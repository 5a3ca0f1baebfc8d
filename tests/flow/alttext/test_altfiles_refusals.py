"""What may not happen to a file while alt text is written; nothing is left beside it, either."""

import errno
import os
from pathlib import Path

import pytest

from tests.flow.alttext.test_altfiles import ASIDE, there, undo
from tests.unit.media.altmaking import SAMPLES, WORDS, sample, segment, with_exif, with_segments
from vlm_desktop.base.altfileerrors import (
    FileChangedSince,
    LanguageRefused,
    PictureDamaged,
    PictureSigned,
    ReadBackDiffers,
)
from vlm_desktop.base.altfiles import AltWords, Where, WriteOptions
from vlm_desktop.base.errors import DestinationNotWritable, DiskFull, MediaRefused
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.media import replacing
from vlm_desktop.media.source import content_hash


@pytest.fixture
def files() -> AltFiles:
    return AltFiles()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return sample(tmp_path, "exif.jpg")


def test_a_file_that_was_changed_since_is_refused(files: AltFiles, photo: Path) -> None:
    drafted = files.read(photo).content_hash
    photo.write_bytes(SAMPLES["progressive.jpg"]())
    before = photo.read_bytes()
    for options in (WriteOptions(), ASIDE):
        with pytest.raises(FileChangedSince):
            files.write(photo, WORDS, options, expected_hash=drafted)
    assert photo.read_bytes() == before
    assert there(photo) == ["exif.jpg"]
    files.write(photo, WORDS, expected_hash=content_hash(before))


def test_a_file_that_changes_while_it_is_written_is_refused(
    files: AltFiles, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = replacing._write_beside
    theirs = SAMPLES["progressive.jpg"]()

    def late(target: Path, parts: object) -> Path:
        made = write(target, parts)  # type: ignore[arg-type]
        photo.write_bytes(theirs)
        return made

    monkeypatch.setattr(replacing, "_write_beside", late)
    with pytest.raises(FileChangedSince):
        files.write(photo, WORDS, WriteOptions(backup=True))
    assert photo.read_bytes() == theirs
    assert there(photo) == ["exif.jpg"]


def test_read_only_files_and_folders_are_left_alone(files: AltFiles, ordinary_user: Path) -> None:
    photo = sample(ordinary_user, "exif.jpg")
    before = photo.read_bytes()
    photo.chmod(0o444)
    with pytest.raises(DestinationNotWritable):
        files.write(photo, WORDS)
    files.write(photo, WORDS, ASIDE)  # beside it is something else
    (ordinary_user / "exif.jpg.xmp").unlink()
    photo.chmod(0o644)
    ordinary_user.chmod(0o500)
    try:
        for options in (WriteOptions(), WriteOptions(backup=True), ASIDE):
            with pytest.raises(DestinationNotWritable):
                files.write(photo, WORDS, options)
    finally:
        ordinary_user.chmod(0o700)
    assert photo.read_bytes() == before
    assert there(photo) == ["exif.jpg"]


def test_a_full_disk_loses_nothing(
    files: AltFiles, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = photo.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("fsync", "copy"):
        with monkeypatch.context() as patched:
            if name == "fsync":
                patched.setattr(replacing.os, "fsync", full)
            else:
                patched.setattr(replacing.shutil, "copyfile", full)
            with pytest.raises(DiskFull):
                files.write(photo, WORDS, WriteOptions(backup=True))
        assert photo.read_bytes() == before
        assert there(photo) == ["exif.jpg"]


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="needs a small file system")
def test_a_disk_that_is_really_full_loses_nothing(
    files: AltFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's own limit on file sizes stands for the disk: a write ends in the middle."""
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    photo = sample(tmp_path, "exif.jpg")
    before = photo.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 50, hard))
    try:
        with pytest.raises(DestinationNotWritable):
            files.write(photo, WORDS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert photo.read_bytes() == before
    assert there(photo) == ["exif.jpg"]


def test_what_does_not_read_back_is_thrown_away(
    files: AltFiles, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = photo.read_bytes()
    write = replacing._write_beside

    def spoil(target: Path, parts: object) -> Path:
        made = write(target, parts)  # type: ignore[arg-type]
        data = bytearray(made.read_bytes())
        data[-20] ^= 1
        made.write_bytes(data)
        return made

    monkeypatch.setattr(replacing, "_write_beside", spoil)
    with pytest.raises(ReadBackDiffers):
        files.write(photo, WORDS, WriteOptions(backup=True))
    assert photo.read_bytes() == before
    assert there(photo) == ["exif.jpg"]


def test_a_broken_file_is_refused_and_left_alone(files: AltFiles, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:300])
    before = photo.read_bytes()
    with pytest.raises(PictureDamaged):
        files.write(photo, WORDS)
    assert photo.read_bytes() == before
    assert files.read(photo).unreadable == (photo,)
    assert files.write(photo, WORDS, ASIDE).read_back


@pytest.mark.parametrize("tag", ["", "en_US", 'de"><x', "ninelette"])
def test_a_language_that_is_none_is_refused(files: AltFiles, photo: Path, tag: str) -> None:
    with pytest.raises(LanguageRefused):
        files.write(photo, {tag: AltWords("A")})


def test_files_that_are_gone_empty_or_no_pictures_are_refused(
    files: AltFiles, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.jpg").write_text("no picture")
    for name in ("gone.jpg", "empty.jpg", "notes.jpg"):
        for options in (WriteOptions(), ASIDE):
            with pytest.raises(MediaRefused):
                files.write(tmp_path / name, WORDS, options)
    for name in ("gone.jpg", "empty.jpg"):
        with pytest.raises(MediaRefused):
            files.read(tmp_path / name)
    assert files.read(tmp_path / "notes.jpg").format == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.jpg", "notes.jpg"]


def test_content_credentials_are_not_broken_unasked(files: AltFiles, photo: Path) -> None:
    manifest = segment(b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00Djumb....c2pa", 0xEB)
    photo.write_bytes(with_segments(with_exif(), manifest))
    before = photo.read_bytes()
    with pytest.raises(PictureSigned):
        files.write(photo, WORDS, WriteOptions(where=Where.FILE))
    written = files.write(photo, WORDS)
    assert written.notes == ("signed",)
    assert photo.read_bytes() == before
    undo(files, written)
    broken = files.write(photo, WORDS, WriteOptions(break_signature=True))
    assert broken.notes == ("signature-broken",)
    assert manifest in photo.read_bytes(), "the manifest itself stays"
