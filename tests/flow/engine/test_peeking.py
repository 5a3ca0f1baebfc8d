"""A look at files that need not be in the library."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.fakes import make_photo
from tests.flow.chat.conftest import LentPool
from tests.flow.engine.conftest import drive, pool
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.peeking import Peeking
from vlm_desktop.media.pool import DecodePool

__all__ = ["pool"]

Result = TypeVar("Result")


@pytest.fixture
def peeking(pool: DecodePool) -> Iterator[Peeking]:  # noqa: F811 - a fixture
    made = Peeking(lambda: LentPool(pool))
    yield made
    made.close()


def seen(verb: Generator[Event, None, Result]) -> Result:
    return drive(verb)[1]


def test_a_photo_has_one_page(peeking: Peeking, tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "red.jpg", "red", (400, 200))
    (page,) = seen(peeking.pages(photo, 1, 100, CancelToken()))
    assert (page.number, page.size) == (0, Size(400, 200))
    assert min(page.pixels.shape[:2]) >= 100


def test_a_thumbnail_shows_what_counts(peeking: Peeking, tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "red.jpg", "red", (400, 200))
    whole = seen(peeking.thumbnail(photo, 0, None, 64, CancelToken()))
    part = seen(peeking.thumbnail(photo, 0, Box(0, 0, 100, 200), 64, CancelToken()))
    assert whole[:2] == part[:2] == b"\xff\xd8"
    sizes = []
    for number, jpeg in enumerate((whole, part)):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg)
        (page,) = seen(peeking.pages(tmp_path / f"{number}.jpg", 1, 8, CancelToken()))
        sizes.append((page.size.width, page.size.height))
    assert sizes == [(64, 32), (32, 64)]


def test_what_is_no_picture_is_refused(peeking: Peeking, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaRefused):
        seen(peeking.pages(tmp_path / "broken.jpg", 1, 64, CancelToken()))
