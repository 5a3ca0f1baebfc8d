"""The event loop turns while the real engine indexes, searches and scrolls."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QTimer
from pytestqt.qtbot import QtBot

from tests.gui.pieces import cut_pieces
from tests.gui.real_library import PHOTOS
from tests.gui.watchdog import MOST_SECONDS, Watchdog, longest_stall
from tests.tools.stage import Stage, staged
from vlm_desktop.gui.panes import PANES

COUNT = 300


@pytest.fixture(scope="module")
def many_photos(tmp_path_factory: pytest.TempPathFactory, real_photos: Path) -> Path:
    folder = tmp_path_factory.mktemp("many") / "Pieces"
    return cut_pieces([real_photos / name for name in PHOTOS], folder, COUNT)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, real_library: Path) -> Iterator[Stage]:
    shutil.copytree(real_library, tmp_path / "home")
    with staged(tmp_path / "home", QSize(1280, 800)) as made:
        yield made


def test_the_watchdog_measures_what_the_main_thread_did(qtbot: QtBot) -> None:
    with Watchdog() as watchdog:
        QTimer.singleShot(50, lambda: time.sleep(0.15))
        qtbot.wait(350)
    assert watchdog.longest > 0.14, watchdog.report()
    assert len(watchdog.stalls) >= 1
    assert longest_stall(lambda: qtbot.wait(300)) < MOST_SECONDS
    with Watchdog() as calm:
        qtbot.waitUntil(lambda: calm.beats > 20)


def test_nothing_blocks_the_window_while_it_indexes_searches_and_scrolls(
    stage: Stage, many_photos: Path
) -> None:
    window = stage.window
    with Watchdog() as watchdog:
        window.add_folder(many_photos)
        queries = ["a cat", "coffee on a table", "space", "a person in an orange suit", "rocket"]
        asked = early = 0
        while window.indexing.is_running or asked < 2 * len(queries):
            window.desk.navigator.search_wanted.emit(queries[asked % len(queries)])
            asked += 1
            stage.wait(700)
            if window.indexing.is_running and window.search.searching.state.hits:
                early += 1
            scroll(stage)
            assert asked < 80, "indexing does not end"
        stage.until(lambda: window.desk.library.contents > COUNT)
    assert window.desk.library.contents == COUNT + len(PHOTOS)
    assert early > 0, "photos are found while indexing goes on"
    assert watchdog.longest < MOST_SECONDS, watchdog.report()


def test_going_through_the_panes_blocks_nothing(stage: Stage) -> None:
    for pane in PANES:
        stage.window.show_pane(pane.key)
        stage.settle()
    with Watchdog() as watchdog:
        for pane in PANES:
            stage.window.show_pane(pane.key)
            stage.wait(300)
    assert watchdog.longest < MOST_SECONDS, watchdog.report()


def scroll(stage: Stage) -> None:
    bar = stage.window.search.grid.verticalScrollBar()
    for step in range(12):
        bar.setValue(bar.maximum() * step // 11)
        stage.wait(16)
