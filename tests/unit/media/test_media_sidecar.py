import errno
import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.unit.media.picturemaking import encoded, picture
from vlm_desktop.base.errors import (
    DestinationNotWritable,
    DiskFull,
    MediaRefused,
    Refusal,
    SidecarDamaged,
)
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.media import sidecar as module
from vlm_desktop.media.metadata import read_sidecar
from vlm_desktop.media.sidecar import restore_sidecar, sidecar_stamp, write_sidecar
from vlm_desktop.media.xmp import read_xmp
from vlm_desktop.media.xmpedit import edited


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(picture(), "JPEG"))
    return path


def test_a_new_sidecar_belongs_to_that_file_alone(photo: Path) -> None:
    pixels = photo.read_bytes()
    change = write_sidecar(photo, PhotoChanges(4, "Title"))
    assert change.sidecar == photo.with_name("photo.jpg.xmp")
    assert change.before is None
    assert read_sidecar(photo) == change.after
    assert photo.read_bytes() == pixels
    assert sorted(path.name for path in photo.parent.iterdir()) == ["photo.jpg", "photo.jpg.xmp"]


def test_the_sidecar_that_is_read_is_written(photo: Path) -> None:
    shared = photo.with_suffix(".xmp")
    shared.write_bytes(edited(b"", PhotoChanges(caption="there")))
    assert write_sidecar(photo, PhotoChanges(2)).sidecar == shared
    own = photo.with_name("photo.jpg.xmp")
    own.write_bytes(b"")  # empty: the reader goes on to the other
    assert write_sidecar(photo, PhotoChanges(3)).sidecar == shared
    shared.unlink()
    assert write_sidecar(photo, PhotoChanges(3)).sidecar == own
    assert read_xmp(own.read_bytes()).rating == 3


def test_undo_brings_the_bytes_back(photo: Path) -> None:
    before = edited(b"", PhotoChanges(caption="there"))
    path = photo.with_suffix(".xmp")
    path.write_bytes(before)
    restore_sidecar(write_sidecar(photo, PhotoChanges(2, "T")), PhotoChanges(0, ""))
    assert path.read_bytes() == before


def test_undo_removes_a_sidecar_that_was_made(photo: Path) -> None:
    change = write_sidecar(photo, PhotoChanges(2))
    assert sidecar_stamp(photo) == change.sidecar.stat().st_mtime_ns
    restore_sidecar(change, PhotoChanges(0))
    assert not change.sidecar.exists()
    assert sidecar_stamp(photo) == 0
    restore_sidecar(change, PhotoChanges(0))
    assert not change.sidecar.exists()


def test_undo_keeps_what_others_wrote_since(photo: Path) -> None:
    change = write_sidecar(photo, PhotoChanges(2, "Mine"))
    change.sidecar.write_bytes(edited(change.after, PhotoChanges(caption="Theirs")))
    restore_sidecar(change, PhotoChanges(title="Before"))
    said = read_xmp(change.sidecar.read_bytes())
    assert (said.title, said.caption, said.rating) == ("Before", "Theirs", 2)


def test_a_change_in_between_is_merged(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photo.with_name("photo.jpg.xmp")
    path.write_bytes(edited(b"", PhotoChanges(caption="first")))
    write = module._write_beside

    def late(target: Path, data: bytes, like: Path) -> Path:
        if b"other" not in path.read_bytes():
            path.write_bytes(edited(path.read_bytes(), PhotoChanges(add_keywords=("other",))))
        return write(target, data, like)

    monkeypatch.setattr(module, "_write_beside", late)
    change = write_sidecar(photo, PhotoChanges(title="Mine"))
    said = read_xmp(path.read_bytes())
    assert (said.title, said.caption, said.keywords) == ("Mine", "first", ("other",))
    assert b"other" in (change.before or b"")


def test_a_program_that_never_rests_is_reported(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photo.with_name("photo.jpg.xmp")
    write, turns = module._write_beside, iter(range(100))

    def restless(target: Path, data: bytes, like: Path) -> Path:
        path.write_bytes(edited(b"", PhotoChanges(caption=f"turn {next(turns)}")))
        return write(target, data, like)

    monkeypatch.setattr(module, "_write_beside", restless)
    with pytest.raises(DestinationNotWritable):
        write_sidecar(photo, PhotoChanges(1))
    assert sorted(one.name for one in photo.parent.iterdir()) == ["photo.jpg", "photo.jpg.xmp"]


@pytest.mark.skipif(os.name == "nt", reason="modes are a POSIX matter")
def test_the_mode_is_kept(photo: Path) -> None:
    photo.chmod(0o640)
    path = write_sidecar(photo, PhotoChanges(1)).sidecar
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o664)
    write_sidecar(photo, PhotoChanges(2))
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_sidecar_beside_a_read_only_photo_can_be_written_again(ordinary_user: Path) -> None:
    photo = ordinary_user / "photo.jpg"
    photo.write_bytes(encoded(picture(), "JPEG"))
    photo.chmod(0o444)
    write_sidecar(photo, PhotoChanges(4))
    change = write_sidecar(photo, PhotoChanges(5))
    assert read_xmp(change.sidecar.read_bytes()).rating == 5
    assert photo.stat().st_mode & 0o777 == 0o444


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_linked_sidecar_stays_a_link(photo: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(edited(b"", PhotoChanges(1)))
    link = photo.with_name("photo.jpg.xmp")
    link.symlink_to(target)
    write_sidecar(photo, PhotoChanges(2))
    assert link.is_symlink()
    assert read_xmp(target.read_bytes()).rating == 2


def test_a_damaged_sidecar_stays_as_it_is(photo: Path) -> None:
    path = photo.with_name("photo.jpg.xmp")
    path.write_bytes(b"<x:xmpmeta> torn")
    with pytest.raises(SidecarDamaged):
        write_sidecar(photo, PhotoChanges(1))
    assert path.read_bytes() == b"<x:xmpmeta> torn"


def test_a_photo_that_is_gone_gets_none(photo: Path) -> None:
    photo.unlink()
    with pytest.raises(MediaRefused) as refused:
        write_sidecar(photo, PhotoChanges(1))
    assert refused.value.reason is Refusal.VANISHED
    assert not list(photo.parent.iterdir())


def test_a_read_only_folder_is_said(ordinary_user: Path) -> None:
    photo = ordinary_user / "photo.jpg"
    photo.write_bytes(encoded(picture(), "JPEG"))
    sidecar = write_sidecar(photo, PhotoChanges(1)).sidecar
    before = sidecar.read_bytes()
    ordinary_user.chmod(0o500)
    try:
        with pytest.raises(DestinationNotWritable):
            write_sidecar(photo, PhotoChanges(2))
    finally:
        ordinary_user.chmod(0o700)
    assert sidecar.read_bytes() == before
    sidecar.chmod(0o400)
    with pytest.raises(DestinationNotWritable):
        write_sidecar(photo, PhotoChanges(2))
    assert sidecar.read_bytes() == before


def test_a_full_disk_loses_nothing(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sidecar(photo, PhotoChanges(1)).sidecar
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(DiskFull):
        write_sidecar(photo, PhotoChanges(2))
    assert path.read_bytes() == before
    assert sorted(one.name for one in photo.parent.iterdir()) == ["photo.jpg", "photo.jpg.xmp"]


def test_exiftool_reads_the_same(photo: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    changes = PhotoChanges(4, "Über <uns> & 你好", "Zeile 1\nZeile 2", ("Hund", "日本"))
    path = write_sidecar(photo, changes).sidecar
    done = subprocess.run(
        ["exiftool", "-json", "-XMP:all", "-validate", "-warning", "-a", str(path)],
        capture_output=True,
        check=True,
        timeout=300,
    )
    said = json.loads(done.stdout)[0]
    assert said["Title"] == changes.title
    assert said["Description"] in (changes.caption, "Zeile 1.Zeile 2", "Zeile 1 Zeile 2")
    assert said["Subject"] == list(changes.add_keywords)
    assert said["Rating"] == 4
    assert "Warning" not in said
    # And what exiftool wrote is edited in place.
    subprocess.run(
        [
            "exiftool",
            "-q",
            "-overwrite_original",
            "-XMP-xmp:Rating=1",
            "-XMP-dc:Creator=Me",
            str(path),
        ],
        check=True,
        timeout=300,
    )
    write_sidecar(photo, PhotoChanges(title="Again"))
    assert b"Me" in path.read_bytes()
    assert read_xmp(path.read_bytes()).rating == 1
