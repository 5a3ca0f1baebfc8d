"""Upkeep: settings that act, copies of the library, forgetting, sizes, thumbnails."""

import dataclasses
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.fakes import ColourEncoder, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    BadInputFile,
    BadSetting,
    Cancelled,
    DestinationNotWritable,
    HomeNotWritable,
    NotInLibrary,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.settings import load_settings
from vlm_desktop.base.types import ImageTerm, Query
from vlm_desktop.engine import folders
from vlm_desktop.engine.feedback import vote_key
from vlm_desktop.engine.services import AppServices


def index(services: AppServices, *folders: Path) -> None:
    drive(services.index(folders, CancelToken()))


# --- settings ----------------------------------------------------------------------------


def test_a_change_is_saved_acts_and_can_be_taken_back(services: AppServices) -> None:
    _, change = drive(services.upkeep.change({"decode_memory_mb": 1024, "scale": 150}))
    assert services.limits.max_memory == 1024 * 1024**2
    assert load_settings(services.paths.settings).scale == 150
    assert change.restart == ("scale",)
    drive(services.upkeep.change(change.reverted))
    assert services.settings == change.before
    assert load_settings(services.paths.settings) == change.before


def test_every_limit_in_the_settings_reaches_the_decoder(services: AppServices) -> None:
    values = {"max_pixels": 20_000_000, "decode_seconds": 7, "max_pages": 3}
    drive(services.upkeep.change(values))
    limits = services.limits
    assert (limits.max_pixels, limits.seconds, limits.max_pages) == (20_000_000, 7, 3)


def test_another_provider_opens_the_networks_anew_and_lets_those_at_work_be(
    services: AppServices, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def open_encoder(model_id: str, *, provider: str, threads: int) -> ColourEncoder:
        asked.append((provider, threads))
        return encoder

    monkeypatch.setattr(services._registry, "open_encoder", open_encoder)
    services.encoders.get("colours")
    drive(services.upkeep.change({"provider": "cpu", "encode_threads": 2}))
    assert not encoder.closed
    services.encoders.get("colours")
    services.encoders.get("colours")
    assert asked == [("auto", 0), ("cpu", 2)]
    drive(services.upkeep.change({"theme": "dark"}))
    services.encoders.get("colours")
    assert len(asked) == 2


def test_folders_are_watched_only_while_the_setting_says_so(
    services: AppServices, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(services, photos)
    watched: list[list[Path]] = []

    class Watcher:
        def __init__(self, tell: Callable[[Event], None], *_: object) -> None:
            self._tell = tell

        def watch(self, roots: Iterable[Path]) -> None:
            watched.append(list(roots))
            self._tell(Event())

        def stop(self) -> None:
            """Nothing runs."""

    monkeypatch.setattr(folders, "Watcher", Watcher)
    verb = services.folders.watch(CancelToken())
    next(verb)
    for wanted in (False, True):
        drive(services.upkeep.change({"watch_folders": wanted}))
        next(verb)
    verb.close()
    assert watched == [[photos], [], [photos]]


def test_a_bad_value_changes_nothing(services: AppServices) -> None:
    with pytest.raises(BadSetting):
        drive(services.upkeep.change({"theme": "dark", "scale": 3}))
    assert services.settings.theme == "system"
    assert not services.paths.settings.exists()


def test_a_change_that_cannot_be_saved_does_not_act(services: AppServices) -> None:
    services.paths.settings.mkdir(parents=True)
    with pytest.raises(HomeNotWritable):
        drive(services.upkeep.change({"theme": "dark"}))
    assert services.settings.theme == "system"


def test_exported_settings_come_back(services: AppServices, tmp_path: Path) -> None:
    target = tmp_path / "settings-for-another-machine.json"
    drive(services.upkeep.change({"theme": "dark", "ocr": False}))
    drive(services.upkeep.export_settings(target))
    drive(services.upkeep.change({"theme": "light", "ocr": True, "scale": 125}))
    _, taken = drive(services.upkeep.import_settings(target))
    assert (services.settings.theme, services.settings.ocr, services.settings.scale) == (
        "dark",
        False,
        100,
    )
    assert taken.change.changed == {"theme": "dark", "ocr": False, "scale": 100}
    assert taken.left_out == ()


def test_what_an_imported_file_says_badly_is_left_out_and_named(
    services: AppServices, tmp_path: Path
) -> None:
    given = tmp_path / "given.json"
    settings = {"theme": "dark", "scale": 9000, "colour_of_the_sky": "green"}
    given.write_text(json.dumps({"program": "vlm-desktop", "settings": settings}), "utf-8")
    _, taken = drive(services.upkeep.import_settings(given))
    assert services.settings.theme == "dark"
    assert taken.left_out == ("scale", "colour_of_the_sky")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"settings": {"theme": "dark"}}', "\ufeff{}"])
def test_a_file_that_holds_no_settings_is_refused(
    services: AppServices, tmp_path: Path, text: str
) -> None:
    given = tmp_path / "given.json"
    given.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputFile):
        drive(services.upkeep.import_settings(given))
    assert services.settings.theme == "system"


def test_settings_cannot_be_exported_onto_a_folder(services: AppServices, tmp_path: Path) -> None:
    with pytest.raises(DestinationNotWritable):
        drive(services.upkeep.export_settings(tmp_path))


# --- the library as a file ---------------------------------------------------------------


def test_an_exported_library_can_be_taken_in_elsewhere_and_searched(
    open_services: Callable[..., AppServices], photos: Path, tmp_path: Path
) -> None:
    services = open_services()
    index(services, photos)
    target = tmp_path / "library-copy.sqlite3"
    events, _ = drive(services.upkeep.export_library(target, CancelToken()))
    assert all(isinstance(one, Progress) and one.phase is Phase.COPY for one in events)
    drive(services.upkeep.forget([photos], CancelToken(), keep_out=False))
    assert services.info().contents == 0
    _, taken = drive(services.upkeep.import_library(target, CancelToken()))
    assert taken.contents == services.info().contents == 24
    _, found = drive(services.search(Query(text="red"), CancelToken()))
    assert found.hits
    assert services.upkeep.other_copies() == (taken.kept,)
    drive(services.upkeep.delete_copies())
    assert services.upkeep.other_copies() == ()


# --- forgetting --------------------------------------------------------------------------


def test_a_forgotten_photo_leaves_no_byte_and_does_not_come_back(
    services: AppServices, photos: Path
) -> None:
    secret = make_photo(photos / "set0" / "unmistakable-name.jpg", "red", seed=77)
    index(services, photos)
    content = services.library.content_of(secret)
    assert content is not None
    located = services.library.locate([content])[content]
    vector = services.library.vectors_of("colours", [content])[content].tobytes()
    thumbnail = services.thumbnail(content)
    assert thumbnail is not None
    needles = [b"unmistakable-name", located.content_hash.encode(), vector, thumbnail]
    before = _holding(services.paths.home, needles)
    assert len({needle for _, needle in before}) == len(needles)

    _, report = drive(services.upkeep.forget([secret], CancelToken(), keep_out=True))
    assert (report.files, report.photos, report.vectors) == (1, 1, 1)
    assert report.kept_out
    assert report.clean
    assert _holding(services.paths.home, needles) == []
    assert secret.exists()

    index(services, photos)
    assert services.library.content_of(secret) is None
    assert services.upkeep.kept_out_count() == 1
    assert services.upkeep.let_in() == 1
    index(services, photos)
    assert services.library.content_of(secret) is not None


def _holding(home: Path, needles: list[bytes]) -> list[tuple[str, bytes]]:
    files = [path for path in home.rglob("*") if path.is_file()]
    return [
        (path.name, needle)
        for path in files
        for needle in needles
        if needle in path.read_bytes() or needle.decode("latin-1") in path.name
    ]


def test_queries_that_named_a_forgotten_picture_are_forgotten(
    services: AppServices, photos: Path
) -> None:
    index(services, photos)
    near = photos / "set0"
    content = services.library.content_of(photos / "set1" / "0.jpg")
    assert content is not None
    for typed, path in (("like this", near / "0.jpg"), ("like that", photos / "set01.jpg")):
        query = WrittenQuery(typed, images=(ImageTerm(path),))
        services.library.remember_query(typed, query.to_json())
        services.library.vote(vote_key(Query(images=(ImageTerm(path),))), content, 1)
    services.library.remember_query("words", WrittenQuery("words").to_json())
    drive(services.upkeep.forget([near], CancelToken(), keep_out=False))
    assert [folded for folded, _ in services.library.query_history()] == ["words", "like that"]
    for path, votes in ((near / "0.jpg", {}), (photos / "set01.jpg", {content: 1})):
        assert services.library.votes(vote_key(Query(images=(ImageTerm(path),)))) == votes
    assert _holding(services.paths.home, [str(near / "0.jpg").encode()]) == []


def test_a_whole_root_is_forgotten_without_being_kept_out(
    services: AppServices, photos: Path
) -> None:
    index(services, photos)
    _, report = drive(services.upkeep.forget([photos], CancelToken(), keep_out=True))
    assert (report.photos, report.kept_out) == (24, False)
    assert services.info().roots == ()
    index(services, photos)
    assert services.info().contents == 24


def test_a_photo_forgotten_with_its_folder_is_no_error(services: AppServices, photos: Path) -> None:
    index(services, photos)
    paths = [photos / "set0", photos / "set0" / "0.jpg", photos / "set0"]
    needles = [str(Path("set0") / "0.jpg").encode()]
    _, report = drive(services.upkeep.forget(paths, CancelToken(), keep_out=False))
    assert report.clean
    assert services.library.content_of(paths[1]) is None
    assert _holding(services.paths.home, needles) == []


def test_the_map_forgets_and_is_not_taken_for_that_of_another_library(
    services: AppServices, photos: Path, tmp_path: Path
) -> None:
    index(services, photos)
    drive(services.explore.map(CancelToken()))
    drive(services.upkeep.export_library(tmp_path / "copy.sqlite3", CancelToken()))
    gone = services.library.content_of(photos / "set0" / "0.jpg")
    drive(services.upkeep.forget([photos / "set0"], CancelToken(), keep_out=False))
    kept = services.library.read_map("colours")
    assert kept is not None
    assert len(kept.content_ids) == len(kept.positions) == services.info().contents
    assert gone not in kept.content_ids
    drive(services.upkeep.import_library(tmp_path / "copy.sqlite3", CancelToken()))
    assert services.library.read_map("colours") is None


def test_what_is_not_in_the_library_cannot_be_forgotten(
    services: AppServices, photos: Path, tmp_path: Path
) -> None:
    index(services, photos)
    with pytest.raises(NotInLibrary):
        drive(services.upkeep.forget([tmp_path / "other.jpg"], CancelToken(), keep_out=True))
    assert services.upkeep.kept_out_count() == 0


# --- sizes, thumbnails, devices ----------------------------------------------------------


def test_sizes_are_those_on_disk(services: AppServices, photos: Path) -> None:
    index(services, photos)
    models = services.paths.models / "one"
    models.mkdir(parents=True)
    (models / "weights.bin").write_bytes(bytes(12345))
    _, sizes = drive(services.upkeep.sizes(CancelToken()))
    assert sizes.models == 12345
    assert sizes.thumbnail_count == 24
    assert min(sizes.database, sizes.vectors, sizes.thumbnails, sizes.free) > 0
    assert sizes.total >= sizes.database + sizes.models


def test_sizes_of_a_home_that_is_not_made_yet_are_nothing(services: AppServices) -> None:
    _, sizes = drive(services.upkeep.sizes(CancelToken()))
    assert sizes.total == 0
    assert sizes.free > 0


def test_deleted_thumbnails_are_made_again(services: AppServices, photos: Path) -> None:
    index(services, photos)
    _, deleted = drive(services.upkeep.delete_thumbnails(CancelToken()))
    assert deleted == 24
    content = services.library.content_of(photos / "set0" / "0.jpg")
    assert content is not None
    assert services.thumbnail(content) is None
    _, made = drive(services.upkeep.make_thumbnails(CancelToken()))
    assert made == 24
    assert services.thumbnail(content) is not None
    assert drive(services.upkeep.make_thumbnails(CancelToken()))[1] == 0


def test_thumbnails_follow_another_size(services: AppServices, tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "big" / "one.jpg", "red", size=(900, 600))
    index(services, photo.parent)
    content = services.library.content_of(photo)
    assert content is not None
    before = services.thumbnail(content)
    drive(services.upkeep.change({"thumbnail_side": 200}))
    assert drive(services.upkeep.make_thumbnails(CancelToken(), again=True))[1] == 1
    after = services.thumbnail(content)
    assert before is not None
    assert after is not None
    assert len(after) < len(before)


def test_making_thumbnails_can_be_stopped(services: AppServices, photos: Path) -> None:
    index(services, photos)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(services.upkeep.make_thumbnails(cancel, again=True))


def test_the_changes_say_what_changed(services: AppServices) -> None:
    _, change = drive(services.upkeep.change({"theme": "dark"}))
    assert change.changed == {"theme": "dark"}
    assert change.reverted == {"theme": "system"}
    assert dataclasses.replace(change.before, theme="dark") == change.after
