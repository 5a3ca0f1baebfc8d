"""Indexing with real SQLite, real decoding and an encoder that counts what it is given."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.fakes import ColourEncoder, SignReader, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    FolderNotFound,
    ModelIncomplete,
    ModelMismatch,
    Refusal,
)
from vlm_desktop.base.events import Committed, Progress, Quarantined
from vlm_desktop.base.types import DecodeLimits, DecodeOutcome, DecodeRequest, Query
from vlm_desktop.engine import filling
from vlm_desktop.engine.filling import COMMIT_SECONDS
from vlm_desktop.engine.indexing import IndexSummary
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.decode import decode_file


def index(services: AppServices, *folders: Path, ocr: bool = False) -> IndexSummary:
    return drive(services.index(folders, CancelToken(), ocr=ocr))[1]


def test_a_folder_goes_in_and_a_second_run_decodes_nothing(
    services: AppServices, photos: Path, encoder: ColourEncoder
) -> None:
    first = index(services, photos)
    assert (first.scanned, first.indexed, first.unchanged) == (24, 24, 0)
    assert first.images_per_second > 0
    before = encoder.pictures
    second = index(services, photos)
    assert (second.scanned, second.indexed, second.unchanged) == (24, 0, 24)
    assert encoder.pictures == before
    assert services.verify().is_complete


def test_bad_files_cost_only_themselves(services: AppServices, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff" + os.urandom(200))
    (photos / "empty.png").write_bytes(b"")
    (photos / "text.jpg").write_text("not a picture")
    events, summary = drive(services.index([photos], CancelToken(), ocr=False))
    refused = {entry.path.name: entry.reason for entry in summary.quarantined}
    assert refused == {
        "broken.jpg": Refusal.CORRUPT,
        "empty.png": Refusal.EMPTY,
        "text.jpg": Refusal.NOT_AN_IMAGE,
    }
    assert {event.path.name for event in events if isinstance(event, Quarantined)} == set(refused)
    assert summary.scanned == summary.indexed + summary.unchanged + len(summary.quarantined)
    again = index(services, photos)
    assert (again.indexed, len(again.quarantined)) == (0, 3)
    make_photo(photos / "broken.jpg", "red", seed=99)
    assert index(services, photos).indexed == 1
    assert services.verify().is_complete


def test_moved_copied_and_returned_files_are_not_encoded_again(
    services: AppServices, photos: Path, encoder: ColourEncoder
) -> None:
    index(services, photos)
    before = encoder.pictures
    (photos / "set0").rename(photos / "moved")
    shutil.copy2(photos / "set1" / "0.jpg", photos / "copy.jpg")
    summary = index(services, photos)
    assert summary.removed == 4
    assert encoder.pictures <= before + 1  # the picture that starts the encoder
    assert services.info().contents == 24
    kept = photos / "set2" / "0.jpg"
    kept.rename(photos.parent / "away.jpg")
    assert index(services, photos).removed == 1
    found = drive(services.search(Query(text="blue"), CancelToken()))[1]
    assert kept not in [hit.path for hit in found.hits]
    (photos.parent / "away.jpg").rename(kept)
    index(services, photos)
    found = drive(services.search(Query(text="blue"), CancelToken()))[1]
    assert kept in [hit.path for hit in found.hits]
    assert services.verify().is_complete


def test_a_folder_inside_a_known_one_is_looked_at_alone(
    services: AppServices, photos: Path
) -> None:
    index(services, photos)
    make_photo(photos / "set0" / "new.jpg", "red", seed=77)
    (photos / "set1" / "0.jpg").unlink()
    summary = index(services, photos / "set0")
    assert (summary.scanned, summary.indexed, summary.removed) == (5, 1, 0)
    assert len(services.info().roots) == 1
    assert index(services, photos).removed == 1


def test_a_folder_around_known_ones_takes_them_over(services: AppServices, photos: Path) -> None:
    index(services, photos / "set0", photos / "set1")
    summary = index(services, photos)
    assert (summary.scanned, summary.indexed, summary.unchanged) == (24, 16, 8)
    assert [info.root.path for info in services.info().roots] == [photos]
    assert services.info().files.scanned == 24
    assert services.verify().is_complete


def test_a_missing_drive_is_not_a_deletion(services: AppServices, photos: Path) -> None:
    index(services, photos)
    photos.rename(photos.parent / "unplugged")
    with pytest.raises(FolderNotFound):
        index(services, photos)
    found = drive(services.search(Query(text="red", limit=4), CancelToken()))[1]
    assert len(found.hits) == 4


def test_cancel_keeps_what_was_committed(services: AppServices, photos: Path) -> None:
    cancel = CancelToken()
    verb = services.index([photos], cancel, ocr=False)
    for event in verb:
        if isinstance(event, Progress):
            cancel.cancel()
            break
    with pytest.raises(Cancelled):
        drive(verb)
    assert index(services, photos).scanned == 24
    assert services.verify().is_complete


def test_commits_are_told(services: AppServices, photos: Path) -> None:
    events, _ = drive(services.index([photos], CancelToken(), ocr=False))
    assert sum(event.files for event in events if isinstance(event, Committed)) == 24


def test_text_in_pictures_is_read_once(
    services: AppServices, photos: Path, reader: SignReader
) -> None:
    reader.word = "Bakery Lane"
    index(services, photos, ocr=True)
    assert reader.pictures == 24
    index(services, photos, ocr=True)
    assert reader.pictures == 24
    found = drive(services.search(Query(phrases=("bakery",)), CancelToken()))[1]
    assert found.likely == 24


def test_a_second_model_is_indexed_in_the_shadow(
    open_services: Callable[..., AppServices], photos: Path
) -> None:
    index(open_services(), photos)
    other = open_services(ColourEncoder("others"))
    drive(other.index([photos], CancelToken(), model="others", ocr=False))
    states = {model.model_id: (model.state, model.contents) for model in other.info().models}
    assert states == {"colours": ("active", 24), "others": ("shadow", 24)}
    other.use_model("others")
    assert other.model_in_use() == "others"
    make_photo(photos / "new.jpg", "red", seed=321)
    index(other, photos)
    with pytest.raises(ModelIncomplete):
        open_services().use_model("colours")
    assert other.model_in_use() == "others"


def test_vectors_of_another_preprocessing_are_not_mixed(
    open_services: Callable[..., AppServices], photos: Path
) -> None:
    index(open_services(), photos)
    with pytest.raises(ModelMismatch):
        index(open_services(ColourEncoder(version="2")), photos)


def test_names_beyond_ascii_and_very_long_paths(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "фото ñ 写真" / ("long " * 40) / ("deep" * 50)
    make_photo(folder / "été – Łódź 猫.jpg", "green")
    summary = index(services, tmp_path / "фото ñ 写真")
    assert (summary.indexed, summary.quarantined) == (1, ())
    found = drive(services.search(Query(text="green"), CancelToken()))[1]
    assert found.hits[0].path == folder / "été – Łódź 猫.jpg"


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links and POSIX permissions")
def test_link_loops_and_unreadable_folders(services: AppServices, photos: Path) -> None:
    (photos / "loop").symlink_to(photos, target_is_directory=True)
    (photos / "set0" / "up").symlink_to(photos.parent, target_is_directory=True)
    summary = index(services, photos)
    assert summary.scanned >= 24
    assert services.info().contents == 24


class SlowPool:
    """A pool in which one file takes long: outcomes at once for the others, then signs of life."""

    def __init__(self, slow: Path, ticks: int, patience: Callable[[int], object] = bool) -> None:
        """`patience` is told how many signs of life there were."""
        self._slow = slow
        self._ticks = ticks
        self._patience = patience
        self.tick_seconds = 0.0

    def __enter__(self) -> "SlowPool":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def decode(
        self, requests: Iterable[DecodeRequest], cancel: CancelToken, *, tick_seconds: float
    ) -> Iterator[DecodeOutcome | None]:
        self.tick_seconds = tick_seconds
        late = []
        for request in requests:
            if request.path == self._slow:
                late.append(request)
            else:
                yield decode_file(request, DecodeLimits())
        for tick in range(self._ticks):
            if cancel.is_cancelled:
                return
            time.sleep(0.02)
            yield None
            self._patience(tick)
        for request in late:
            yield decode_file(request, DecodeLimits())


def test_a_slow_file_does_not_hold_back_the_commit(
    services: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "COMMIT_SECONDS", 0.2)
    slow = SlowPool(photos / "set0" / "0.jpg", ticks=40)
    services.open_pool = lambda: slow  # type: ignore[assignment, return-value]
    verb = services.index([photos], CancelToken(), ocr=False)
    committed = [
        (event.files, services.library.verify().indexed)
        for event in verb
        if isinstance(event, Committed)
    ]
    assert 23 in [indexed for _, indexed in committed], "all others, while one is still decoded"
    assert sum(files for files, _ in committed) == 24
    assert slow.tick_seconds <= 1
    assert filling.TICK_SECONDS + COMMIT_SECONDS < 5


def test_cancel_ends_while_a_slow_file_is_decoded(services: AppServices, photos: Path) -> None:
    cancel = CancelToken()

    def lose_patience(ticks: int) -> None:
        if ticks == 50:
            cancel.cancel()

    slow = SlowPool(photos / "set0" / "0.jpg", ticks=1_000, patience=lose_patience)
    services.open_pool = lambda: slow  # type: ignore[assignment, return-value]
    with pytest.raises(Cancelled):
        drive(services.index([photos], cancel, ocr=False))
    assert services.verify().indexed == 23, "what was finished is kept"
