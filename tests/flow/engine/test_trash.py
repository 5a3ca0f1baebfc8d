"""Photos to a real trash folder and back."""

import os
import urllib.parse
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    DestinationNotWritable,
    KeptCopyGone,
    MediaRefused,
)
from vlm_desktop.base.filework import TrashRequest
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.trash import CAN_RESTORE, TrashReport
from vlm_desktop.media.trash import move_to_trash, restore

pytestmark = pytest.mark.skipif(not CAN_RESTORE, reason="this system does not tell where files go")


@pytest.fixture(autouse=True)
def trash_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


def move(services: AppServices, *requests: TrashRequest) -> TrashReport:
    return drive(services.trash.move(requests, CancelToken()))[1]


def test_a_photo_goes_with_its_sidecar_and_comes_back_with_all_that_is_known(
    services: AppServices, photos: Path, trash_folder: Path
) -> None:
    photo = photos / "set0" / "0.jpg"
    sidecar = photo.with_name("0.jpg.xmp")
    sidecar.write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    drive(services.index([photos], CancelToken()))
    content_id = services.library.content_of(photo)
    before, bytes_before = photo.stat().st_mtime_ns, photo.read_bytes()

    report = move(services, TrashRequest(photo))
    assert not photo.exists()
    assert not sidecar.exists()
    assert [one.path for one in report.moved] == [photo]
    assert {path.name for path in (trash_folder / "files").iterdir()} == {"0.jpg", "0.jpg.xmp"}
    info = (trash_folder / "info" / "0.jpg.trashinfo").read_text()
    assert info.startswith("[Trash Info]\n")
    assert f"Path={urllib.parse.quote(str(photo))}\n" in info
    assert services.info().files.missing == 1
    assert content_id in services.library.hidden_contents()

    _, back = drive(services.trash.restore(report, CancelToken()))
    assert back.restored == (photo,)
    assert not back.problems
    assert photo.read_bytes() == bytes_before
    assert photo.stat().st_mtime_ns == before
    assert sidecar.exists()
    assert not any((trash_folder / "files").iterdir())
    assert not any((trash_folder / "info").iterdir())
    assert services.library.content_of(photo) == content_id
    _, summary = drive(services.index([photos], CancelToken()))
    assert summary.indexed == 0


def test_a_sidecar_that_speaks_for_another_photo_stays(
    tmp_path: Path, services: AppServices
) -> None:
    raw = make_photo(tmp_path / "p" / "one.png", "red")
    photo = make_photo(tmp_path / "p" / "one.jpg", "red")
    shared = photo.with_suffix(".xmp")
    shared.write_text("x")
    move(services, TrashRequest(photo))
    assert shared.exists()
    assert raw.exists()
    move(services, TrashRequest(raw))
    assert not shared.exists()


def test_odd_names_and_equal_ones_keep_apart(tmp_path: Path, services: AppServices) -> None:
    odd = os.fsdecode(b"caf\xe9 100% \xff.jpg")
    photos = [make_photo(tmp_path / f"p{n}" / "ä ü.jpg", "red", seed=n) for n in range(3)]
    photos.append(make_photo(tmp_path / "p4" / "plain.jpg", "red").rename(tmp_path / "p4" / odd))
    report = move(services, *(TrashRequest(photo) for photo in photos))
    assert len(report.moved) == 4
    assert not any(photo.exists() for photo in photos)
    _, back = drive(services.trash.restore(report, CancelToken()))
    assert back.restored == tuple(photos)
    assert all(photo.exists() for photo in photos)


def test_one_that_fails_holds_up_no_other(tmp_path: Path, services: AppServices) -> None:
    there = make_photo(tmp_path / "p" / "one.jpg", "red")
    gone = tmp_path / "p" / "two.jpg"
    report = move(services, TrashRequest(gone), TrashRequest(there))
    assert [one.path for one in report.moved] == [there]
    (problem,) = report.problems
    assert problem.path == gone
    assert isinstance(problem.error, MediaRefused)


def test_nothing_goes_while_the_copy_to_keep_is_absent_or_the_same_file(
    tmp_path: Path, services: AppServices
) -> None:
    photo = make_photo(tmp_path / "p" / "one.jpg", "red")
    link = tmp_path / "p" / "link.jpg"
    link.symlink_to(photo)
    report = move(
        services, TrashRequest(photo, kept=tmp_path / "p" / "gone.jpg"), TrashRequest(photo, link)
    )
    assert photo.exists()
    assert [type(one.error) for one in report.problems] == [KeptCopyGone, KeptCopyGone]


def test_coming_back_never_covers_another_file(tmp_path: Path, services: AppServices) -> None:
    photo = make_photo(tmp_path / "p" / "one.jpg", "red")
    report = move(services, TrashRequest(photo))
    photo.write_bytes(b"another")
    _, back = drive(services.trash.restore(report, CancelToken()))
    assert not back.restored
    assert isinstance(back.problems[0].error, DestinationNotWritable)
    assert photo.read_bytes() == b"another"
    photo.unlink()
    _, back = drive(services.trash.restore(report, CancelToken()))
    assert back.restored == (photo,)


def test_a_folder_that_went_too_is_made_again_and_an_emptied_trash_is_told(
    tmp_path: Path, services: AppServices, trash_folder: Path
) -> None:
    photo = make_photo(tmp_path / "p" / "deep" / "one.jpg", "red")
    report = move(services, TrashRequest(photo))
    photo.parent.rmdir()
    drive(services.trash.restore(report, CancelToken()))
    assert photo.exists()
    report = move(services, TrashRequest(photo))
    (trash_folder / "files" / "one.jpg").unlink()
    _, back = drive(services.trash.restore(report, CancelToken()))
    assert isinstance(back.problems[0].error, MediaRefused)


def test_a_folder_that_may_not_be_changed_keeps_its_photo(
    ordinary_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(ordinary_user / "data"))
    photo = make_photo(ordinary_user / "p" / "one.jpg", "red")
    photo.parent.chmod(0o500)
    try:
        with pytest.raises(DestinationNotWritable):
            move_to_trash(photo)
        assert photo.exists()
        assert not any((ordinary_user / "data" / "Trash" / "info").iterdir())
    finally:
        photo.parent.chmod(0o700)


def test_another_drive_has_a_trash_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive_top = tmp_path / "drive"
    photo = make_photo(drive_top / "p" / "one.jpg", "red")
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == drive_top)
    put, calls = Path.rename, []

    def rename(self: Path, target: Path) -> Path:
        calls.append(target)
        if "data" in target.parts:  # the home's trash is on another file system
            raise OSError(18, "Invalid cross-device link")
        return put(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    trashed = move_to_trash(photo)
    own = drive_top / f".Trash-{os.geteuid()}"
    assert trashed.stored == own / "files" / "one.jpg"
    assert "Path=p/one.jpg\n" in (own / "info" / "one.jpg.trashinfo").read_text()
    restore(trashed)
    assert photo.exists()


def test_cancelling_brings_back_what_was_moved(tmp_path: Path, services: AppServices) -> None:
    photos = [make_photo(tmp_path / "p" / f"{n}.jpg", "red", seed=n) for n in range(3)]
    cancel = CancelToken()
    verb = services.trash.move([TrashRequest(photo) for photo in photos], cancel)
    next(verb)
    next(verb)
    assert not photos[0].exists()
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert all(photo.exists() for photo in photos)


def test_what_cannot_be_brought_back_is_noted_as_gone(
    tmp_path: Path, services: AppServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [make_photo(tmp_path / "p" / f"{n}.jpg", "red", seed=n) for n in range(3)]
    drive(services.index([tmp_path / "p"], CancelToken()))
    monkeypatch.setattr(services.trash, "can_restore", False)
    cancel = CancelToken()
    verb = services.trash.move([TrashRequest(photo) for photo in photos], cancel)
    next(verb)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert [photo.exists() for photo in photos] == [False, True, True]
    assert services.info().files.missing == 1
