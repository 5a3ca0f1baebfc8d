"""The photo view's engine over a real library: details, pixels, edits and their undoing."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import COLOURS, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    DatabaseBusy,
    DestinationNotWritable,
    MediaRefused,
    NotInLibrary,
    PhotoOffline,
    Refusal,
    SidecarDamaged,
)
from vlm_desktop.base.types import MediaKind, PhotoChanges, Query, Size, TagRow
from vlm_desktop.engine import viewing
from vlm_desktop.engine.photos import RATINGS_DIFFER
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.viewing import Viewer, full_size, shorter_side
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.sidecar import write_sidecar

PHRASE = "a windmill at dusk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A photo, a copy of its bytes, and another photo."""
    folder = tmp_path / "photos"
    first = make_photo(folder / "a.jpg", next(iter(COLOURS)), seed=1)
    (folder / "again").mkdir()
    (folder / "again" / "copy.jpg").write_bytes(first.read_bytes())
    make_photo(folder / "b.jpg", next(iter(COLOURS)), seed=2)
    return folder


@pytest.fixture
def indexed(services: AppServices, folder: Path) -> AppServices:
    drive(services.index([folder], CancelToken()))
    return services


def content(services: AppServices, path: Path) -> int:
    found = services.library.content_of(path)
    assert found is not None
    return found


def found(services: AppServices, phrase: str) -> set[int]:
    query = Query(phrases=(phrase,))
    _, result = drive(services.search(query, CancelToken()))
    return {hit.content_id for hit in result.hits}


def edit(services: AppServices, paths: list[Path], changes: PhotoChanges):  # type: ignore[no-untyped-def]
    ids = [content(services, path) for path in paths]
    return drive(services.photos.edit(ids, changes, CancelToken()))[1]


# --- details -------------------------------------------------------------------------------


def test_details_tell_everything(indexed: AppServices, folder: Path) -> None:
    facts = indexed.photos.details(content(indexed, folder / "a.jpg"))
    assert {file.path for file in facts.details.files} == {
        folder / "a.jpg",
        folder / "again" / "copy.jpg",
    }
    assert facts.is_there
    assert facts.details.kind is MediaKind.PHOTO
    assert facts.pages == ((0, facts.details.size),)
    assert facts.added_at.endswith("+00:00")
    assert facts.details.models
    with pytest.raises(NotInLibrary):
        indexed.photos.details(999_999)


def test_copies_have_the_same_pixels(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pixels = Image.fromarray(np.full((60, 80, 3), 90, np.uint8))
    pixels.save(folder / "a.png")
    pixels.save(folder / "b.png", compress_level=0)
    drive(services.index([folder], CancelToken()))
    facts = services.photos.details(content(services, folder / "a.png"))
    assert [copy.path for copy in facts.copies] == [folder / "b.png"]


def test_the_listing_is_read_from_the_file(indexed: AppServices, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.new("RGB", (60, 40)).save(folder / "c.jpg", exif=exif)
    drive(indexed.index([folder], CancelToken()))
    verb = indexed.photos.listing(content(indexed, folder / "c.jpg"), CancelToken())
    assert TagRow("Image", "Make", "Maker") in drive(verb)[1].rows


def test_lines_are_read_once(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "a.jpg")
    first = drive(indexed.photos.lines(number, CancelToken()))
    second = drive(indexed.photos.lines(number, CancelToken()))
    assert first[1] == second[1]
    assert first[0]
    assert not second[0]


def test_what_several_photos_share(indexed: AppServices, folder: Path) -> None:
    both = [folder / "a.jpg", folder / "b.jpg"]
    edit(indexed, both, PhotoChanges(3, "Same", None, ("rome",)))
    edit(indexed, both[:1], PhotoChanges(caption="One", add_keywords=("dog",)))
    ids = [content(indexed, path) for path in both]
    shared = indexed.photos.shared_words([*ids, 999_999])
    assert (shared.count, shared.rating, shared.title, shared.caption) == (2, 3, "Same", None)
    assert shared.keywords == (("rome", 2), ("dog", 1))
    edit(indexed, both[:1], PhotoChanges(4))
    assert indexed.photos.shared_words(ids).rating == RATINGS_DIFFER
    assert set(indexed.photos.known_keywords()) == {"rome", "dog"}


def test_places_and_full_sizes_are_told(indexed: AppServices, folder: Path) -> None:
    assert indexed.photos.places() == ()
    assert indexed.photos.full_size(content(indexed, folder / "a.jpg"), 0) == Size(96, 64)


# --- pictures ------------------------------------------------------------------------------


def test_pictures_come_small_and_whole(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    noise = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "a.jpg", quality=90)
    drive(services.index([folder], CancelToken()))
    number = content(services, folder / "a.jpg")
    _, small = drive(services.photos.picture(number, 0, 400, CancelToken()))
    assert max(small.pixels.shape) in range(400, 801)
    assert small.size == Size(1600, 1200)
    assert not small.is_reduced
    _, whole = drive(services.photos.picture(number, 0, None, CancelToken()))
    assert whole.pixels.shape == (1200, 1600, 3)
    assert not whole.is_changed
    assert services.photos._viewer.is_open
    services.photos.close()
    assert not services.photos._viewer.is_open


def test_pages_of_a_pdf(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pages = [Image.new("RGB", (200, 100), colour) for colour in ("red", "lime", "blue")]
    pages[0].save(folder / "a.pdf", "PDF", save_all=True, append_images=pages[1:])
    drive(services.index([folder], CancelToken()))
    number = content(services, folder / "a.pdf")
    _, second = drive(services.photos.picture(number, 2, 300, CancelToken()))
    assert (second.page, second.page_count) == (2, 3)
    assert second.pixels[5, 5].argmax() == 1
    assert second.size.width == round(200 * 300 / 72)


def test_a_photo_changed_since_says_so(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "b.jpg")
    make_photo(folder / "b.jpg", next(iter(COLOURS)), seed=9)
    _, picture = drive(indexed.photos.picture(number, 0, None, CancelToken()))
    assert picture.is_changed


def test_a_deleted_photo_is_said_and_its_copy_is_shown(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "a.jpg")
    (folder / "a.jpg").unlink()
    _, picture = drive(indexed.photos.picture(number, 0, None, CancelToken()))
    assert picture.path == folder / "again" / "copy.jpg"
    (folder / "again" / "copy.jpg").unlink()
    with pytest.raises(MediaRefused) as refused:
        drive(indexed.photos.picture(number, 0, None, CancelToken()))
    assert refused.value.reason is Refusal.VANISHED
    assert not indexed.photos.details(number).is_there


def test_an_absent_drive_is_said(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "b.jpg")
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(PhotoOffline):
        drive(indexed.photos.picture(number, 0, None, CancelToken()))
    with pytest.raises(PhotoOffline):
        drive(indexed.photos.edit([number], PhotoChanges(1), CancelToken()))
    assert not indexed.photos.details(number).is_online


def test_the_viewer_lets_go_when_idle_and_starts_again(indexed: AppServices, folder: Path) -> None:
    viewer = Viewer(lambda: DecodePool(1, indexed.limits), idle_seconds=0.2)
    indexed.photos._viewer = viewer
    number = content(indexed, folder / "b.jpg")
    drive(indexed.photos.picture(number, 0, None, CancelToken()))
    until = time.monotonic() + 5
    while viewer.is_open and time.monotonic() < until:
        time.sleep(0.05)
    assert not viewer.is_open
    drive(indexed.photos.picture(number, 0, None, CancelToken()))
    viewer.close()
    with pytest.raises(Cancelled):
        drive(indexed.photos.picture(number, 0, None, CancelToken()))


@pytest.mark.parametrize(
    ("full", "longest", "short"),
    [
        (Size(4000, 3000), None, 3000),
        (Size(4000, 3000), 2000, 1500),
        (Size(4000, 3000), 9000, 3000),
        (Size(300, 4000), 100, 8),
        (Size(20_000, 15_000), None, 15_000 // 3 - 1),
    ],
)
def test_the_wish_in_the_decoders_words(full: Size, longest: int | None, short: int) -> None:
    assert shorter_side(full, longest) == short


def test_huge_pictures_come_reduced(
    services: AppServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "MOST_PIXELS", 100_000)
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (1000, 800), "red").save(folder / "a.png")
    drive(services.index([folder], CancelToken()))
    number = content(services, folder / "a.png")
    _, picture = drive(services.photos.picture(number, 0, None, CancelToken()))
    assert picture.is_reduced
    assert picture.size == Size(1000, 800)
    assert picture.pixels.shape[0] * picture.pixels.shape[1] <= 100_000


def test_a_pdf_page_is_looked_at_in_print_quality() -> None:
    assert full_size(Size(595, 842), is_pdf=True) == Size(2479, 3508)
    assert full_size(Size(595, 842), is_pdf=False) == Size(595, 842)


# --- edits ---------------------------------------------------------------------------------


def test_an_edit_is_found_at_once_and_undone(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "a.jpg")
    bytes_before = (folder / "a.jpg").read_bytes()
    changes = PhotoChanges(4, "Mill", PHRASE, ("wind", "Holland"))
    record = edit(indexed, [folder / "a.jpg"], changes)
    assert found(indexed, "windmill at") == {number}
    assert found(indexed, "Holland") == {number}
    said = indexed.photos.details(number).details.metadata
    assert (said.rating, said.title, said.caption) == (4, "Mill", PHRASE)
    assert said.keywords == ("wind", "Holland")
    sidecars = {folder / "a.jpg.xmp", folder / "again" / "copy.jpg.xmp"}
    assert all(path.is_file() for path in sidecars)
    assert (folder / "a.jpg").read_bytes() == bytes_before

    failures = drive(indexed.photos.undo_edit(record, CancelToken()))[1]
    assert failures == ()
    assert found(indexed, "windmill at") == set()
    said = indexed.photos.details(number).details.metadata
    assert (said.rating, said.title, said.keywords) == (None, "", ())
    assert not any(path.exists() for path in sidecars)


def test_the_next_index_run_finds_nothing_changed(indexed: AppServices, folder: Path) -> None:
    record = edit(indexed, [folder / "a.jpg", folder / "b.jpg"], PhotoChanges(caption=PHRASE))
    _, summary = drive(indexed.index([folder], CancelToken()))
    assert (summary.indexed, summary.unchanged) == (0, 3)
    drive(indexed.photos.undo_edit(record, CancelToken()))
    _, summary = drive(indexed.index([folder], CancelToken()))
    assert (summary.indexed, summary.unchanged) == (0, 3)


def test_reading_the_sidecar_again_says_the_same(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "b.jpg")
    edit(indexed, [folder / "b.jpg"], PhotoChanges(3, "T", "  C  d ", ("x", "y")))
    before = indexed.photos.details(number).details.metadata
    (folder / "b.jpg.xmp").touch()
    _, summary = drive(indexed.index([folder], CancelToken()))
    assert summary.indexed == 1
    assert indexed.photos.details(number).details.metadata == before


def test_what_another_program_wrote_since_survives_undo(indexed: AppServices, folder: Path) -> None:
    number = content(indexed, folder / "b.jpg")
    record = edit(indexed, [folder / "b.jpg"], PhotoChanges(2, "Mine"))
    write_sidecar(folder / "b.jpg", PhotoChanges(caption="Theirs"))
    drive(indexed.photos.undo_edit(record, CancelToken()))
    said = indexed.photos.details(number).details.metadata
    assert (said.title, said.caption) == ("", "Theirs")


def test_one_failure_does_not_stop_the_others(indexed: AppServices, folder: Path) -> None:
    (folder / "b.jpg.xmp").write_bytes(b"torn <")
    record = edit(indexed, [folder / "a.jpg", folder / "b.jpg"], PhotoChanges(5))
    assert [photo.content_id for photo in record.photos] == [content(indexed, folder / "a.jpg")]
    (failure,) = record.failures
    assert failure.path == folder / "b.jpg"
    assert isinstance(failure.error, SidecarDamaged)
    untouched = indexed.photos.details(content(indexed, folder / "b.jpg")).details.metadata
    assert untouched.rating is None
    with pytest.raises(SidecarDamaged):
        edit(indexed, [folder / "b.jpg"], PhotoChanges(5))


def test_a_library_that_cannot_be_written_leaves_no_sidecar(
    indexed: AppServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: object) -> None:
        raise DatabaseBusy(path=folder)

    monkeypatch.setattr(indexed.library, "save_words", busy)
    with pytest.raises(DatabaseBusy):
        edit(indexed, [folder / "b.jpg"], PhotoChanges(5))
    assert not (folder / "b.jpg.xmp").exists()


def test_undoing_goes_on_when_the_library_cannot_be_written(
    indexed: AppServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = edit(indexed, [folder / "a.jpg", folder / "b.jpg"], PhotoChanges(5))

    def busy(_: object) -> None:
        raise DatabaseBusy(path=folder)

    with monkeypatch.context() as patch:
        patch.setattr(indexed.library, "save_words", busy)
        with pytest.raises(DatabaseBusy):
            drive(indexed.photos.undo_edit(record, CancelToken()))
    assert not list(folder.rglob("*.xmp"))
    drive(indexed.index([folder], CancelToken()))
    number = content(indexed, folder / "b.jpg")
    assert indexed.photos.details(number).details.metadata.rating is None


def test_a_cancelled_edit_takes_back_what_it_did(indexed: AppServices, folder: Path) -> None:
    ids = [content(indexed, folder / name) for name in ("a.jpg", "b.jpg")]
    verb = indexed.photos.edit(ids, PhotoChanges(5), CancelToken())
    next(verb)
    next(verb)
    assert (folder / "a.jpg.xmp").exists()
    verb.close()
    assert not (folder / "a.jpg.xmp").exists()
    assert indexed.photos.details(ids[0]).details.metadata.rating is None


def test_a_read_only_folder_changes_nothing(
    open_services: Callable[..., AppServices], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = open_services()
    drive(services.index([folder], CancelToken()))
    number = content(services, folder / "b.jpg")

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vlm_desktop.media.sidecar.tempfile.mkstemp", refuse)
    with pytest.raises(DestinationNotWritable):
        drive(services.photos.edit([number], PhotoChanges(5), CancelToken()))
    assert services.photos.details(number).details.metadata.rating is None
