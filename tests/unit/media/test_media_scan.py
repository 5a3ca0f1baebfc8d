"""Walking folders: what counts as a picture, what is left out, what is reported."""

import os
import sys
from pathlib import Path

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound, FolderUnreadable
from vlm_desktop.media.scan import (
    SUPPORTED_EXTENSIONS,
    ScannedFile,
    ScanProblem,
    is_image_name,
    scan_folder,
)

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def touch(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def scan(root: Path) -> dict[str, ScannedFile | ScanProblem]:
    return {
        item.path.relative_to(root).as_posix(): item for item in scan_folder(root, CancelToken())
    }


def test_files_are_found_with_their_stamps(tmp_path: Path) -> None:
    path = touch(tmp_path / "a" / "b" / "Photo.JPG", b"12345")
    status = path.stat()
    assert list(scan_folder(tmp_path, CancelToken())) == [
        ScannedFile(path, 5, status.st_mtime_ns, 0)
    ]


def test_what_counts_as_a_picture(tmp_path: Path) -> None:
    wanted = ["a.heic", "b.CR3", "c.pdf", "d.jxl", "e.svg", "f.psd", "g.tar.jpeg"]
    for name in [*wanted, "notes.txt", "film.mp4", "noextension", "x.xmp", "jpg", "a.jpg.bak"]:
        touch(tmp_path / name)
    assert sorted(scan(tmp_path)) == sorted(wanted)
    assert {"jpg", "nef", "pdf", "avif"} <= SUPPORTED_EXTENSIONS
    assert "svg" not in SUPPORTED_EXTENSIONS
    assert is_image_name("x.PNG")
    assert not is_image_name(".x.png")


def test_hidden_and_system_folders_are_left_out(tmp_path: Path) -> None:
    for folder in (".git", "@eaDir", "$RECYCLE.BIN", ".Trash-1000", "lost+found"):
        touch(tmp_path / folder / "a.jpg")
    touch(tmp_path / "._a.jpg")
    touch(tmp_path / "node_modules" / "a.jpg")
    assert list(scan(tmp_path)) == ["node_modules/a.jpg"]
    assert list(scan(tmp_path / ".git")) == ["a.jpg"]


def test_sidecars(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "B.jpg.XMP", "c.jpg", "c.xmp", "d.jpg", "d.jpg.xmp", "d.xmp"):
        touch(tmp_path / name)
    os.utime(tmp_path / "d.jpg.xmp", ns=(7_000_000_000, 7_000_000_000))
    found = scan(tmp_path)
    stamps = {
        name: item.sidecar_mtime_ns for name, item in found.items() if isinstance(item, ScannedFile)
    }
    assert stamps["a.jpg"] == 0
    assert stamps["b.jpg"] == (tmp_path / "B.jpg.XMP").stat().st_mtime_ns
    assert stamps["c.jpg"] == (tmp_path / "c.xmp").stat().st_mtime_ns
    assert stamps["d.jpg"] == 7_000_000_000


@needs_links
def test_links_neither_loop_nor_lead_in_twice(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    touch(root / "z" / "a.jpg")
    touch(elsewhere / "b.jpg")
    (root / "z" / "loop").symlink_to(root)
    (root / "a-link-to-z").symlink_to(root / "z")
    (root / "out").symlink_to(elsewhere)
    (root / "out-again").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "one.jpg").symlink_to(elsewhere / "b.jpg")
    (root / "album.jpg").symlink_to(elsewhere)
    (root / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    found = scan(root)
    files = sorted(name for name, item in found.items() if isinstance(item, ScannedFile))
    assert files[-1] == "z/a.jpg"
    assert "one.jpg" in files
    assert len([name for name in files if name.endswith("/b.jpg")]) == 1
    assert len(files) == 3
    assert isinstance(found["broken.jpg"], ScanProblem)


def test_an_unreadable_folder_is_a_problem_not_an_end(ordinary_user: Path) -> None:
    touch(ordinary_user / "a" / "a.jpg")
    touch(ordinary_user / "z" / "a.jpg")
    (ordinary_user / "a").chmod(0)
    try:
        found = scan(ordinary_user)
    finally:
        (ordinary_user / "a").chmod(0o700)
    assert isinstance(found["a"], ScanProblem)
    assert isinstance(found["z/a.jpg"], ScannedFile)


def test_a_folder_that_cannot_be_listed_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "bad" / "a.jpg")
    touch(tmp_path / "good" / "a.jpg")
    real = os.scandir

    def scandir(path: str) -> object:
        if os.fspath(path).endswith("bad"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = scan(tmp_path)
    assert found["bad"] == ScanProblem(tmp_path / "bad", "Permission denied")
    assert isinstance(found["good/a.jpg"], ScannedFile)


def test_the_root_itself_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(FolderNotFound):
        list(scan_folder(tmp_path / "none", CancelToken()))
    with pytest.raises(FolderUnreadable):
        list(scan_folder(touch(tmp_path / "file.jpg"), CancelToken()))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_names_that_are_no_text_survive(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(name)).write_bytes(b"x")
    [found] = scan_folder(tmp_path, CancelToken())
    assert os.fsencode(found.path) == name


@pytest.mark.skipif(sys.platform == "win32", reason="limits differ")
def test_very_long_paths(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(5):
        deep = deep / ("d" * 60)
    path = touch(deep / "a.jpg")
    assert len(str(path)) > 300
    assert [item.path for item in scan_folder(tmp_path, CancelToken())] == [path]
    here = Path.cwd()
    os.chdir(deep)
    try:
        for _ in range(20):  # deeper than any path may be long
            os.mkdir("e" * 200)
            os.chdir("e" * 200)
    finally:
        os.chdir(here)
    found = list(scan_folder(tmp_path, CancelToken()))
    assert ScanProblem in {type(item) for item in found}
    assert "path too long" in {item.detail for item in found if isinstance(item, ScanProblem)}


def test_cancel(tmp_path: Path) -> None:
    for number in range(5):
        touch(tmp_path / str(number) / "a.jpg")
    token = CancelToken()
    walk = scan_folder(tmp_path, token)
    next(walk)
    token.cancel()
    assert list(walk) == []
