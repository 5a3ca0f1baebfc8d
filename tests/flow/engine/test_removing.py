"""Folders that are removed from the library and brought back: the engine over real files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import COLOURS, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, NotInLibrary
from vlm_desktop.base.events import Committed, Event, Phase, Progress
from vlm_desktop.base.types import Query
from vlm_desktop.engine.services import AppServices
from vlm_desktop.store import removing

RED = Query(text="red", show_all=True, limit=100)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """One photo of its own, and a copy of one of the other folder's."""
    folder = tmp_path / "other"
    make_photo(folder / "own.jpg", "red", seed=500)
    (folder / "copy.jpg").write_bytes(_red(tmp_path / "photos").read_bytes())
    return folder


@pytest.fixture
def indexed(services: AppServices, photos: Path, other: Path) -> AppServices:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    drive(services.index([photos, other], CancelToken()))
    return services


def _red(photos: Path) -> Path:
    number = list(COLOURS).index("red")
    return photos / f"set{number}" / "0.jpg"


def index(services: AppServices, *folders: Path, only_known: bool = False) -> list[Event]:
    return drive(services.index(folders, CancelToken(), only_known=only_known))[0]


def found(services: AppServices) -> list[Path]:
    _, result = drive(services.search(RED, CancelToken()))
    return sorted(hit.path for hit in result.hits)


def test_removed_hidden_and_brought_back(indexed: AppServices, photos: Path, other: Path) -> None:
    before, info = found(indexed), indexed.info()
    ids = indexed.library.catalogue().content_ids.tolist()
    mine = indexed.library.content_of(photos / "set1" / "1.jpg")
    assert mine is not None
    indexed.library.tag([mine], "kept")
    files = sorted(photos.rglob("*.*"))

    _, removed = drive(indexed.folders.remove(photos))
    assert removed.files == 25
    assert sorted(photos.rglob("*.*")) == files
    assert found(indexed) == [other / "copy.jpg", other / "own.jpg"]
    assert [one.root.path for one in indexed.info().roots] == [other]
    assert [one.path for one in indexed.folders.states()] == [other]
    assert indexed.quarantine() == []
    assert indexed.verify().is_complete
    assert drive(indexed.duplicates(CancelToken()))[1] == 0
    assert indexed.thumbnail(mine) is None

    drive(indexed.folders.restore(photos))
    assert found(indexed) == before
    assert indexed.info().files == info.files
    assert indexed.library.catalogue().content_ids.tolist() == ids
    assert [one.name for one in indexed.library.tags_of([mine])[mine]] == ["kept"]
    assert indexed.thumbnail(mine) is not None
    assert not [one for one in index(indexed, photos) if isinstance(one, Committed)]
    with pytest.raises(NotInLibrary):
        drive(indexed.folders.restore(photos.with_name("elsewhere")))


def test_the_next_start_forgets_it_for_good(
    indexed: AppServices, open_services: Callable[..., AppServices], photos: Path, other: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(removing, "_AT_ONCE", 10)
    thumbnails = indexed.paths.thumbnails
    before = {path for path in thumbnails.rglob("*") if path.is_file()}
    drive(indexed.folders.remove(photos))
    assert drive(indexed.folders.purge(CancelToken()))[1] == 0
    indexed.close()

    again = open_services()
    events, forgotten = drive(again.folders.purge(CancelToken()))
    assert forgotten == 23  # of 24, since a copy lies elsewhere
    assert all(one.phase is Phase.SCRUB for one in events if isinstance(one, Progress))
    assert len(events) > 1
    assert len(before - {path for path in thumbnails.rglob("*") if path.is_file()}) == 23
    assert found(again) == [other / "copy.jpg", other / "own.jpg"]
    assert again.verify().is_complete
    with pytest.raises(NotInLibrary):
        drive(again.folders.restore(photos))


def test_a_purge_can_be_stopped_and_goes_on(
    indexed: AppServices, open_services: Callable[..., AppServices], photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(removing, "_AT_ONCE", 10)
    drive(indexed.folders.remove(photos))
    indexed.close()
    again = open_services()
    cancel = CancelToken()
    verb = again.folders.purge(cancel)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert again.verify().is_complete
    drive(again.folders.remove(photos.with_name("other")))
    drive(again.folders.purge(CancelToken()))
    drive(again.folders.restore(photos.with_name("other")))
    assert again.info().contents == 2


def test_adding_the_folder_again_reads_nothing_anew(indexed: AppServices, photos: Path) -> None:
    before = indexed.info()
    drive(indexed.folders.remove(photos))
    make_photo(photos / "new.jpg", "blue", seed=900)
    _, summary = drive(indexed.index([photos], CancelToken()))
    assert (summary.indexed, summary.removed) == (1, 0)
    assert indexed.info().contents == before.contents + 1
    drive(indexed.folders.restore(photos))
    drive(indexed.folders.purge(CancelToken()))
    assert indexed.info().contents == before.contents + 1


@pytest.mark.parametrize("phase", [Phase.INVENTORY, Phase.ENCODE, Phase.OCR])
def test_a_run_gives_up_a_folder_that_is_removed_under_it(
    services: AppServices, photos: Path, other: Path, phase: Phase
) -> None:
    index(services, other)
    contents = services.info().contents
    services.library.add_root(photos)
    verb = services.index([other, photos], CancelToken(), only_known=True)
    is_there = True
    for event in verb:
        if is_there and isinstance(event, Progress) and event.phase is phase:
            drive(services.folders.remove(photos))
            is_there = False
    assert not is_there
    assert [one.root.path for one in services.info().roots] == [other]
    assert services.info().contents == contents
    assert services.verify().is_complete

    drive(services.folders.restore(photos))
    index(services, photos)
    assert services.info().contents == contents + 23
    assert services.verify().is_complete


def test_a_run_that_was_asked_for_before_does_not_add_it_again(
    indexed: AppServices, photos: Path, other: Path
) -> None:
    drive(indexed.folders.remove(photos))
    index(indexed, photos, photos / "set1", other, only_known=True)
    assert [one.root.path for one in indexed.info().roots] == [other]
    index(indexed, photos / "set1")
    assert indexed.library.content_of(photos / "set1" / "1.jpg") is not None
    assert indexed.library.content_of(photos / "set2" / "1.jpg") is None


def test_forgetting_a_photo_that_lies_in_a_removed_folder_too_is_final(
    indexed: AppServices, photos: Path, other: Path
) -> None:
    drive(indexed.folders.remove(photos))
    drive(indexed.upkeep.forget([other / "copy.jpg"], CancelToken(), keep_out=False))
    drive(indexed.folders.restore(photos))
    assert indexed.library.content_of(_red(photos)) is None
    assert indexed.verify().is_complete
