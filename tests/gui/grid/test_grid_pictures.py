"""Pictures of the grid: asked for once, at the size needed, within a bound of memory."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices, jpeg
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures, Wanted, decoded
from vlm_desktop.jobs import JobRunner

Make = Callable[..., GridPictures]


@pytest.fixture
def make(services: FakeServices, runner: JobRunner) -> Make:
    return lambda **more: GridPictures(services, runner, **more)


def wanted(*numbers: int, side: int = 60) -> list[Wanted]:
    return [Wanted(number, side, side, 6) for number in numbers]


def test_what_is_wanted_comes_once_and_off_the_main_thread(
    make: Make, services: FakeServices, qtbot: QtBot
) -> None:
    pictures = make()
    for _ in range(3):
        pictures.want(wanted(1, 2, 3))
    qtbot.waitUntil(lambda: pictures.picture(3) is not None)
    pictures.want(wanted(1, 2, 3))
    qtbot.wait(30)
    assert sorted(services.thumbnails_asked) == [1, 2, 3]
    assert all(name.startswith("io") for name in services.browsing.threads)
    found = pictures.picture(1)
    assert found is not None
    assert (found.width(), found.height()) == (60, 60)


def test_what_was_scrolled_past_is_not_decoded(
    make: Make, services: FakeServices, qtbot: QtBot
) -> None:
    pictures = make()
    for first in range(0, 1_000, 20):
        pictures.want(wanted(*range(first, first + 20)))
    qtbot.waitUntil(lambda: pictures.picture(999) is not None)
    assert len(services.thumbnails_asked) < 120


def test_another_size_is_fetched_while_the_old_one_is_shown(make: Make, qtbot: QtBot) -> None:
    pictures = make()
    pictures.want(wanted(1))
    qtbot.waitUntil(lambda: pictures.picture(1) is not None)
    pictures.want(wanted(1, side=90))
    old = pictures.picture(1)
    assert old is not None
    assert old.width() == 60
    qtbot.waitUntil(lambda: pictures.picture(1).width() == 90)


def test_what_is_absent_is_asked_once_until_it_may_be_there(
    make: Make, services: FakeServices, qtbot: QtBot
) -> None:
    services.without_thumbnail = {7}
    pictures = make()
    pictures.want(wanted(7))
    qtbot.waitUntil(lambda: pictures.is_absent(7))
    pictures.want(wanted(7))
    qtbot.wait(30)
    assert services.thumbnails_asked == [7]
    services.without_thumbnail = set()
    pictures.forget_absent()
    pictures.want(wanted(7))
    qtbot.waitUntil(lambda: pictures.picture(7) is not None)


def test_memory_is_bounded_and_the_newest_stay(make: Make, qtbot: QtBot) -> None:
    pictures = make(kept_bytes=10 * 60 * 60 * 4)
    for number in range(30):
        pictures.want(wanted(number))
        qtbot.waitUntil(lambda number=number: pictures.picture(number) is not None)
    assert pictures.kept_bytes <= 10 * 60 * 60 * 4
    assert pictures.picture(0) is None
    assert pictures.picture(29) is not None


def test_nothing_is_decoded_after_closing(make: Make, services: FakeServices, qtbot: QtBot) -> None:
    pictures = make()
    pictures.close()
    pictures.want(wanted(1))
    qtbot.wait(30)
    assert services.thumbnails_asked == []


def test_a_picture_fills_its_cell_with_round_corners() -> None:
    image = decoded(jpeg(3, (480, 200)), Wanted(3, 100, 80, 8))
    assert image is not None
    assert (image.width(), image.height()) == (100, 80)
    assert QColor(image.pixelColor(50, 40)).alpha() == 255
    for x, y in ((0, 0), (99, 0), (0, 79), (99, 79)):
        assert image.pixelColor(x, y).alpha() < 60
    for x, y in ((50, 0), (0, 40), (99, 40), (50, 79)):
        assert image.pixelColor(x, y).alpha() == 255


def test_a_photo_on_a_drive_that_is_away_has_no_colours() -> None:
    image = decoded(jpeg(3), Wanted(3, 60, 40, 4, grey=True))
    assert image is not None
    colour = image.pixelColor(30, 20)
    assert colour.red() == colour.green() == colour.blue()


@pytest.mark.qt_log_ignore("JPEG")  # the decoder says so itself
def test_what_is_no_picture_is_none() -> None:
    assert decoded(b"\xff\xd8 not a jpeg", Wanted(1, 10, 10, 2)) is None
