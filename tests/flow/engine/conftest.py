"""The real engine over a temporary home, with an encoder that knows colours."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.fakes import (
    COLOURS,
    ColourEncoder,
    FakeRegistry,
    SharedPool,
    SignReader,
    make_photo,
)
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Result = TypeVar("Result")


def drive(verb: Generator[Event, None, Result]) -> tuple[list[Event], Result]:
    """All events of a verb, and its result."""
    events: list[Event] = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            return events, end.value


@pytest.fixture(scope="session")
def pool() -> Iterator[DecodePool]:
    """Workers shared by all tests of the ring; their start is most of a short test."""
    with DecodePool(2, DecodeLimits(seconds=10)) as opened:
        yield opened


@pytest.fixture
def encoder() -> ColourEncoder:
    return ColourEncoder()


@pytest.fixture
def reader() -> SignReader:
    return SignReader()


@pytest.fixture
def open_services(
    tmp_path: Path, pool: DecodePool, encoder: ColourEncoder, reader: SignReader
) -> Iterator[Callable[..., AppServices]]:
    """Services over tmp_path/home; called again, another program over the same home."""
    opened: list[AppServices] = []

    def build(other: ColourEncoder | None = None) -> AppServices:
        paths = HomePaths(tmp_path / "home")
        used = other or encoder
        services = AppServices(
            paths,
            replace(Settings(), search_model=used.spec.model_id),
            FakeRegistry(used, reader),  # type: ignore[arg-type]
            lambda: Library.open(paths),
            lambda: SharedPool(pool),  # type: ignore[arg-type, return-value]
        )
        opened.append(services)
        return services

    yield build
    for services in opened:
        services.close()


@pytest.fixture
def services(open_services: Callable[..., AppServices]) -> AppServices:
    return open_services()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four photos of each colour, in a folder per colour."""
    folder = tmp_path / "photos"
    for number, colour in enumerate(COLOURS):
        for copy in range(4):
            make_photo(folder / f"set{number}" / f"{copy}.jpg", colour, seed=10 * number + copy)
    return folder
