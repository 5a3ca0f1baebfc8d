"""Which model answers: switching in one step, in the shadow, and in an empty library."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from tests.fakes import SharedPool
from tests.model.encoders.tinypair import make_pair
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelIncomplete, ModelUnknown
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings, load_settings
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Result = TypeVar("Result")


def drive(verb: Generator[Event, None, Result]) -> tuple[list[Event], Result]:
    events: list[Event] = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            return events, end.value


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        pixels = np.random.default_rng(number).integers(0, 255, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def services(tmp_path: Path, pool: DecodePool) -> Iterator[AppServices]:
    for name in ("starter", "other"):
        make_pair(tmp_path / "bundled" / name, name)
    paths = HomePaths(tmp_path / "home")
    registry = Registry(tmp_path / "bundled", paths.models, tmp_path / "none.toml")
    made = AppServices(
        paths, Settings(ocr=False), registry,
        lambda: Library.open(paths), lambda: SharedPool(pool),
    )  # fmt: skip
    yield made
    made.close()


def test_a_model_takes_over_once_it_knows_every_photo(services: AppServices, photos: Path) -> None:
    drive(services.index([photos], CancelToken()))
    facts = drive(services.switching.facts())[1]
    assert (facts.active, facts.photos, dict(facts.covered)) == ("starter", 6, {"starter": 6})
    assert [card.id for card in facts.cards] == ["other", "starter"]
    assert facts.free_bytes > 0

    verb = services.switching.adopt("other", CancelToken())
    for event in verb:
        if isinstance(event, Progress) and event.phase is Phase.ENCODE:
            assert services.model_in_use() == "starter", "while the other one learns"
    facts = drive(services.switching.facts())[1]
    assert (facts.active, dict(facts.covered)) == ("other", {"starter": 6, "other": 6})
    assert load_settings(services.paths.settings).search_model == "other"


def test_going_back_needs_no_indexing(services: AppServices, photos: Path) -> None:
    drive(services.index([photos], CancelToken()))
    drive(services.switching.adopt("other", CancelToken()))
    events = drive(services.switching.adopt("starter", CancelToken()))[0]
    assert not [one for one in events if isinstance(one, Progress)]
    assert services.model_in_use() == "starter"


def test_what_is_missing_is_indexed_when_going_back(services: AppServices, photos: Path) -> None:
    drive(services.index([photos], CancelToken()))
    drive(services.switching.adopt("other", CancelToken()))
    Image.new("RGB", (30, 30), "red").save(photos / "new.png")
    drive(services.index([photos], CancelToken()))
    assert dict(drive(services.switching.facts())[1].covered) == {"other": 7, "starter": 6}
    drive(services.switching.adopt("starter", CancelToken()))
    assert dict(drive(services.switching.facts())[1].covered) == {"other": 7, "starter": 7}


def test_stopped_it_leaves_the_model_that_was(services: AppServices, photos: Path) -> None:
    drive(services.index([photos], CancelToken()))
    token = CancelToken()
    verb = services.switching.adopt("other", token)
    next(verb)
    token.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert services.model_in_use() == "starter"


def test_photos_that_cannot_be_reached_keep_a_model_from_taking_over(
    services: AppServices, photos: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    Image.new("RGB", (30, 30), "blue").save(away / "blue.png")
    drive(services.index([photos, away], CancelToken()))
    away.rename(tmp_path / "elsewhere")
    with pytest.raises(ModelIncomplete):
        drive(services.switching.adopt("other", CancelToken()))
    assert services.model_in_use() == "starter"


def test_in_an_empty_library_it_is_a_setting(services: AppServices) -> None:
    assert drive(services.switching.adopt("other", CancelToken()))[1] == "other"
    assert services.model_in_use() == "other"
    assert drive(services.switching.facts())[1].active == "other"


def test_an_unknown_model_is_named(services: AppServices, photos: Path) -> None:
    drive(services.index([photos], CancelToken()))
    with pytest.raises(ModelUnknown):
        drive(services.switching.adopt("unheard-of", CancelToken()))
