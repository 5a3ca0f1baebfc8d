"""Thumbnails: asked once, off the main thread, newest first, kept within bounds."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices, jpeg
from vlm_desktop.gui import thumbnails
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.jobs import JobRunner


@pytest.fixture
def loader(services: FakeServices, runner: JobRunner) -> ThumbnailLoader:
    made = ThumbnailLoader(services, runner)
    made.set_side(64)
    return made


def test_a_picture_is_asked_once_and_comes_from_another_thread(
    qtbot: QtBot, services: FakeServices, loader: ThumbnailLoader
) -> None:
    with qtbot.waitSignal(loader.loaded) as told:
        assert loader.pixmap(7) is None
        assert loader.pixmap(7) is None
    assert told.args == [7]
    pixmap = loader.pixmap(7)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (64, 64)
    assert services.thumbnails_asked == [7]
    assert threading.main_thread().name not in services.thumbnail_threads


def test_a_picture_that_is_not_there_is_not_asked_again_until_the_library_grew(
    qtbot: QtBot, services: FakeServices, loader: ThumbnailLoader
) -> None:
    services.without_thumbnail = {3}
    loader.pixmap(3)
    qtbot.waitUntil(lambda: services.thumbnails_asked == [3])
    qtbot.wait(30)
    assert loader.pixmap(3) is None
    qtbot.wait(30)
    assert services.thumbnails_asked == [3]
    services.without_thumbnail = set()
    loader.forget_absent()
    with qtbot.waitSignal(loader.loaded):
        loader.pixmap(3)
    assert loader.pixmap(3) is not None


@pytest.mark.qt_log_ignore("JPEG")  # the decoder says so itself
@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(1)[:40]])
def test_a_broken_thumbnail_is_as_good_as_none(
    qtbot: QtBot,
    services: FakeServices,
    loader: ThumbnailLoader,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
) -> None:
    monkeypatch.setattr(services, "thumbnail", lambda content_id: data or None)
    loader.pixmap(1)
    qtbot.waitUntil(lambda: 1 in loader._absent)
    assert loader.pixmap(1) is None


def test_the_newest_wish_is_served_first(
    qtbot: QtBot,
    services: FakeServices,
    loader: ThumbnailLoader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user scrolled on: what was wanted before can wait."""
    gate, real = threading.Event(), services.thumbnail

    def held(content_id: int) -> bytes | None:
        gate.wait(5)
        return real(content_id)

    monkeypatch.setattr(services, "thumbnail", held)
    for number in range(20):
        loader.pixmap(number)
    qtbot.wait(30)
    gate.set()
    qtbot.waitUntil(lambda: len(services.thumbnails_asked) == 20)
    served = services.thumbnails_asked
    assert served.index(19) < served.index(2)
    assert sorted(served) == list(range(20))


def test_memory_is_bounded_and_the_oldest_goes_first(
    qtbot: QtBot, loader: ThumbnailLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_KEPT_BYTES", 64 * 64 * 4 * 5)
    for number in range(8):
        with qtbot.waitSignal(loader.loaded):
            loader.pixmap(number)
    assert list(loader._kept) == [3, 4, 5, 6, 7]
    assert loader._kept_bytes == 64 * 64 * 4 * 5


def test_another_size_fetches_anew(
    qtbot: QtBot, services: FakeServices, loader: ThumbnailLoader
) -> None:
    with qtbot.waitSignal(loader.loaded):
        loader.pixmap(1)
    loader.set_side(64)
    assert loader.pixmap(1) is not None
    loader.set_side(96)
    with qtbot.waitSignal(loader.loaded):
        assert loader.pixmap(1) is None
    pixmap = loader.pixmap(1)
    assert pixmap is not None
    assert pixmap.width() == 96
    assert services.thumbnails_asked == [1, 1]


def test_a_failing_engine_leaves_the_loader_alive(
    qtbot: QtBot,
    services: FakeServices,
    loader: ThumbnailLoader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(content_id: int) -> bytes | None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(services, "thumbnail", broken)
        loader.pixmap(1)
        qtbot.waitUntil(lambda: loader._jobs == 0)
    assert "the disk is gone" in caplog.text
    with qtbot.waitSignal(loader.loaded):
        loader.pixmap(2)
