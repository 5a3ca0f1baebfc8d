"""The library knows the program's own writing: a photo stays the photo it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.alttext.conftest import Desk, drive
from tests.unit.media.altmaking import SAMPLES, sample
from tests.unit.media.picturemaking import decoded
from vlm_desktop.base.altfiles import AltWords, Where, WriteOptions
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DatabaseBusy
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.source import content_hash
from vlm_desktop.store.library import Library

WORDS = {"en": AltWords("A red square", "All of it is red.")}


@pytest.fixture
def indexed(services: AppServices, photos: Path) -> AppServices:
    drive(services.index([photos], CancelToken(), ocr=False))
    return services


def test_the_next_indexing_has_nothing_to_do(indexed: AppServices, photos: Path) -> None:
    photo = photos / "a.jpg"
    library = indexed.library
    content = library.content_of(photo)
    thumbnail = indexed.thumbnail(content or 0)
    assert thumbnail is not None
    library.set_tags("person", [(content or 0, [("kept", None)])])
    written = indexed.alttext.files.write(photo, WORDS)
    _, summary = drive(indexed.index([photos], CancelToken(), ocr=False))
    assert (summary.indexed, summary.unchanged) == (0, 3)
    assert library.content_of(photo) == content
    details = library.details(content or 0)
    assert details.content_hash == written.hash_after == content_hash(photo.read_bytes())
    assert details.metadata.alt_text == "A red square"
    assert details.metadata.extended_description == "All of it is red."
    assert [tag for tag, _ in library.all_tags()] == ["kept"]
    assert indexed.thumbnail(content or 0) == thumbnail
    kept = [path for path in indexed.paths.thumbnails.rglob("*") if path.is_file()]
    assert len(kept) == 3, "none is left under the old name"
    assert library.verify().problems == ()


def test_a_full_new_look_says_the_same(indexed: AppServices, photos: Path) -> None:
    """What was told to the library is what it would have found by reading the file."""
    photo = photos / "a.jpg"
    indexed.alttext.files.write(photo, WORDS)
    told = indexed.library.details(indexed.library.content_of(photo) or 0)
    indexed.library.forget(photo)
    drive(indexed.index([photos], CancelToken(), ocr=False))
    found = indexed.library.details(indexed.library.content_of(photo) or 0)
    assert found.metadata == told.metadata
    assert found.content_hash == told.content_hash


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_indexing_reads_what_was_written(name: str, tmp_path: Path) -> None:
    """The library's own reader finds it in every container, and the same picture."""
    photo = sample(tmp_path, name)
    before = decoded(photo)
    AltFiles().write(photo, WORDS)
    after = decoded(photo)
    assert after.metadata == replace(
        before.metadata, alt_text="A red square", extended_description="All of it is red."
    )
    assert after.pixel_hash == before.pixel_hash
    assert after.content_hash != before.content_hash


def test_undo_leads_the_library_back(indexed: AppServices, photos: Path) -> None:
    photo = photos / "a.jpg"
    before = content_hash(photo.read_bytes())
    content = indexed.library.content_of(photo)
    written = indexed.alttext.files.write(photo, WORDS)
    drive(indexed.alttext.files.undo([written], CancelToken()))
    details = indexed.library.details(content or 0)
    assert (details.content_hash, details.metadata.alt_text) == (before, "")
    _, summary = drive(indexed.index([photos], CancelToken(), ocr=False))
    assert summary.indexed == 0


def test_a_sidecar_is_followed_too(indexed: AppServices, photos: Path) -> None:
    photo = photos / "a.jpg"
    indexed.alttext.files.write(photo, WORDS, WriteOptions(where=Where.SIDECAR))
    details = indexed.library.details(indexed.library.content_of(photo) or 0)
    assert details.metadata.alt_text == "A red square"
    _, summary = drive(indexed.index([photos], CancelToken(), ocr=False))
    assert summary.indexed == 0


def test_what_was_approved_stays_approved(
    desk: Desk, photos: Path, images: Callable[[], tuple[AltImage, ...]]
) -> None:
    first = images()[0]
    assert first.path is not None
    desk.sets.decide([first.id], Decision.INFORMATIVE)
    desk.sets.save_text(first.id, "en", "A red square")
    desk.approve(first.id)
    files = AltFiles(lambda: desk.library)
    written = files.write(first.path, WORDS, expected_hash=images()[0].content_hash)
    set_id = desk.sets.sets()[0].id
    desk.refresh(set_id)
    assert desk.text(first.id).state is AltState.APPROVED
    assert desk.text(first.id).approved_hash == written.hash_after
    assert images()[0].content_hash == written.hash_after
    desk.sets.note_written(first.id, written)
    drive(files.undo([written], CancelToken()))
    desk.refresh(set_id)
    assert desk.text(first.id).state is AltState.APPROVED
    assert desk.text(first.id).approved_hash == written.hash_before
    # Another picture in its place is another matter.
    make_photo(first.path, "green", seed=99)
    desk.refresh(set_id)
    assert desk.text(first.id).state is AltState.STALE


def test_a_library_that_cannot_follow_undoes_the_writing(
    indexed: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = photos / "a.jpg"
    before = photo.read_bytes()

    def busy(*_: object) -> bool:
        raise DatabaseBusy(path=photo)

    monkeypatch.setattr(Library, "follow_written", busy)
    for options in (WriteOptions(backup=True), WriteOptions(where=Where.SIDECAR)):
        with pytest.raises(DatabaseBusy):
            indexed.alttext.files.write(photo, WORDS, options)
    assert photo.read_bytes() == before
    assert sorted(path.name for path in photos.iterdir()) == ["a.jpg", "b.jpg", "c.jpg"]


def test_without_a_library_none_is_made(services: AppServices, photos: Path) -> None:
    services.alttext.files.write(photos / "a.jpg", WORDS)
    assert not services.paths.database.exists()
