"""The folders of the library: state, watching, quarantine; on real files."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, FolderNotFound, NotInLibrary, Refusal
from vlm_desktop.base.events import Event, Notice, Progress
from vlm_desktop.base.watching import FoldersChanged, WatchMode, WatchState
from vlm_desktop.engine import indexing
from vlm_desktop.engine.folders import Folders
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.watch import WatchTiming

QUICK = WatchTiming(settle=0.1, longest=1.0, online=0.1, poll=0.2)


@pytest.fixture
def indexed(services: AppServices, photos: Path) -> AppServices:
    (photos / "set0" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (photos / "set1" / "empty.png").write_bytes(b"")
    drive(services.index([photos], CancelToken()))
    return services


@pytest.fixture
def folders(indexed: AppServices) -> Folders:
    return Folders(lambda: indexed.library, indexed._thumbnails, QUICK)


class Watching:
    """Steps through `Folders.watch` on this thread."""

    def __init__(self, folders: Folders) -> None:
        self.cancel = CancelToken()
        self.verb = folders.watch(self.cancel)

    def next(self, kind: type[Event]) -> Event:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            event = next(self.verb)
            if isinstance(event, kind):
                return event
        raise TimeoutError


@pytest.fixture
def watch(folders: Folders) -> Iterator[Callable[[], Watching]]:
    made: list[Watching] = []

    def begin() -> Watching:
        made.append(Watching(folders))
        return made[-1]

    yield begin
    for one in made:
        one.cancel.cancel()
        one.verb.close()


def test_state_counts_what_lies_in_a_folder(folders: Folders, photos: Path) -> None:
    (state,) = folders.states()
    assert (state.path, state.online, state.is_watched) == (photos, True, True)
    assert (state.files.indexed, state.files.pending, state.files.quarantined) == (24, 0, 2)
    assert state.looked_at is not None
    photos.rename(photos.with_name("away"))
    assert not folders.states()[0].online


def test_files_set_aside_are_a_table_by_reason_and_can_be_retried(
    folders: Folders, indexed: AppServices, photos: Path
) -> None:
    table = folders.set_aside()
    found = {(table.path(row), table.reasons[row]) for row in range(len(table))}
    assert found == {
        (photos / "set0" / "broken.jpg", Refusal.CORRUPT),
        (photos / "set1" / "empty.png", Refusal.EMPTY),
    }
    row = list(table.reasons).index(Refusal.EMPTY)
    make_photo(photos / "set1" / "empty.png", "green", seed=99)
    to_index = folders.retry([table.ids[row]])
    assert to_index == (photos / "set1",)
    drive(indexed.index(to_index, CancelToken()))
    assert [one.path.name for one in indexed.quarantine()] == ["broken.jpg"]


def test_ten_thousand_files_set_aside_are_read_and_retried_in_no_time(
    folders: Folders, indexed: AppServices, photos: Path
) -> None:
    with indexed.library._db.writing() as connection:
        (folder,) = connection.execute("SELECT min(id) FROM folders").fetchone()
        connection.executemany(
            "INSERT INTO files (folder_id, name, size, mtime_ns, state, refusal)"
            " VALUES (?, ?, 1, 1, 'quarantined', ?)",
            (
                (folder, f"x{n:05}.jpg".encode(), ("corrupt", "empty", "too-slow")[n % 3])
                for n in range(10_000)
            ),
        )
    table = folders.set_aside()
    assert len(table) == 10_002
    assert table.path(5000).parent.parent == photos
    assert len(folders.retry(table.ids)) == 2
    assert len(folders.set_aside()) == 0


def test_watching_begins_with_what_changed_while_nobody_watched(
    watch: Callable[[], Watching], indexed: AppServices, photos: Path
) -> None:
    make_photo(photos / "set2" / "new.jpg", "blue", seed=77)
    (photos / "set3" / "0.jpg").unlink()
    (photos / "set4" / "1.jpg.xmp").write_text("<x/>")
    begun = watch()
    assert begun.next(WatchState) == WatchState(photos, WatchMode.EVENTS)
    told = begun.next(FoldersChanged)
    assert isinstance(told, FoldersChanged)
    assert told.folders == (photos / "set2", photos / "set3", photos / "set4")
    drive(indexed.index(told.folders, CancelToken()))
    again = watch()
    again.next(WatchState)
    make_photo(photos / "set5" / "later.jpg", "blue", seed=78)
    later = again.next(FoldersChanged)
    assert later == FoldersChanged(photos, (photos / "set5",))


def test_a_drive_that_goes_is_offline_and_what_came_meanwhile_is_told(
    watch: Callable[[], Watching], photos: Path, tmp_path: Path
) -> None:
    begun = watch()
    begun.next(WatchState)
    away = tmp_path / "away"
    photos.rename(away)
    assert begun.next(WatchState) == WatchState(photos, WatchMode.OFFLINE)
    make_photo(away / "set1" / "meanwhile.jpg", "red", seed=55)
    away.rename(photos)
    assert begun.next(WatchState) == WatchState(photos, WatchMode.EVENTS)
    assert begun.next(FoldersChanged) == FoldersChanged(photos, (photos / "set1",))


def test_a_folder_that_is_not_to_be_watched_is_left_alone(
    watch: Callable[[], Watching], folders: Folders, photos: Path, indexed: AppServices
) -> None:
    other = photos.with_name("other")
    make_photo(other / "a.jpg", "red", seed=1)
    drive(indexed.index([other], CancelToken()))
    folders.set_watched(photos, False)
    assert [one.is_watched for one in folders.states()] == [False, True]
    begun = watch()
    assert begun.next(WatchState) == WatchState(other, WatchMode.EVENTS)
    make_photo(photos / "set1" / "new.jpg", "red", seed=2)
    make_photo(other / "b.jpg", "red", seed=3)
    assert begun.next(FoldersChanged) == FoldersChanged(other, (other,))
    folders.set_watched(photos, True)
    assert begun.next(WatchState) == WatchState(photos, WatchMode.EVENTS)
    assert begun.next(FoldersChanged) == FoldersChanged(photos, (photos / "set1",))
    with pytest.raises(NotInLibrary):
        folders.set_watched(photos / "set1", True)


def test_what_is_kept_out_is_no_change(
    watch: Callable[[], Watching], indexed: AppServices, photos: Path
) -> None:
    secret = photos / "set0" / "0.jpg"
    drive(indexed.upkeep.forget([secret], CancelToken(), keep_out=True))
    begun = watch()
    begun.next(WatchState)
    make_photo(photos / "set5" / "later.jpg", "blue", seed=78)
    assert begun.next(FoldersChanged) == FoldersChanged(photos, (photos / "set5",))


def test_unused_knowledge_can_be_let_go(
    folders: Folders, indexed: AppServices, photos: Path
) -> None:
    shutil.rmtree(photos / "set0")
    drive(indexed.index([photos], CancelToken()))
    _, forgotten = drive(folders.forget_unused())
    assert forgotten.contents == 0  # Missing files may come back, so what is known of them stays.
    assert indexed.info().files.missing == 5


def test_a_walk_that_is_stopped_loses_nothing(indexed: AppServices, photos: Path) -> None:
    cancel = CancelToken()
    verb = indexed.index([photos], cancel)
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert indexed.info().files.missing == 0


def test_an_unreadable_folder_loses_nothing(
    indexed: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = os.scandir

    def scandir(path: str | Path) -> object:
        if str(path).endswith("set2"):
            raise OSError(5, "Input/output error")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    events, _ = drive(indexed.index([photos], CancelToken()))
    assert [one.code for one in events if isinstance(one, Notice)] == ["folder-unreadable"]
    assert indexed.info().files.missing == 0


def test_a_drive_that_goes_during_the_walk_loses_nothing(
    indexed: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = indexing.scan_folder

    def lost(folder: Path, cancel: CancelToken) -> Iterator[object]:
        for number, found in enumerate(walk(folder, cancel)):
            if number == 5:
                photos.rename(photos.with_name("away"))
            yield found

    monkeypatch.setattr(indexing, "scan_folder", lost)
    with pytest.raises(FolderNotFound):
        drive(indexed.index([photos], CancelToken()))
    assert indexed.info().files.missing == 0


def test_a_drive_that_goes_while_photos_are_read_sets_nothing_aside(
    services: AppServices, photos: Path
) -> None:
    away = photos.with_name("away")
    verb = services.index([photos], CancelToken())
    for event in verb:
        if isinstance(event, Progress) and event.total is not None:
            photos.rename(away)
            break
    with pytest.raises(FolderNotFound):
        drive(verb)
    assert services.quarantine() == []
    waiting = services.info().files.pending
    assert waiting > 0
    away.rename(photos)
    folders = Folders(lambda: services.library, services._thumbnails, QUICK)
    begun = Watching(folders)
    told = begun.next(FoldersChanged)
    begun.cancel.cancel()
    begun.verb.close()
    assert isinstance(told, FoldersChanged)
    drive(services.index(told.folders, CancelToken()))
    assert services.info().files.indexed == 24


def test_an_absent_folder_holds_up_no_other(indexed: AppServices, photos: Path) -> None:
    absent = photos.with_name("absent")
    make_photo(photos / "set1" / "new.jpg", "red", seed=5)
    events, summary = drive(indexed.index([absent, photos], CancelToken()))
    assert summary.indexed == 1
    assert Notice("folder-offline", str(absent)) in events
    with pytest.raises(FolderNotFound):
        drive(indexed.index([absent], CancelToken()))
