"""Removing a folder in the window over the real engine: hidden, undone, done again, forgotten."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.gui.library.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.watching import FoldersChanged, WatchMode, WatchState
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library.folders_section import FoldersSection


@pytest.fixture
def photos(tmp_path: Path, index: Callable[[Path], None]) -> Path:
    """Two red photos and a blue one, indexed; another folder is indexed beside it."""
    folder = tmp_path / "Holiday"
    for number, colour in enumerate(("red", "red", "blue")):
        make_photo(folder / f"{number}.jpg", colour, seed=number)
    make_photo(tmp_path / "Rest" / "other.jpg", "green", seed=9)
    index(folder)
    index(tmp_path / "Rest")
    return folder


@pytest.fixture
def first(engine: AppServices, photos: Path) -> int:
    """A photo of the folder that a person said something of."""
    library = engine.library
    content_id = library.content_of(photos / "0.jpg")
    assert content_id is not None
    library.tag([content_id], "beach")
    library.add_to_album("Best of", [content_id])
    library.vote("a beach", content_id, 1)
    return content_id


def section_of(window: MainWindow) -> FoldersSection:
    window.shell.tools.open_section("folders")
    section = window.pane("library").section("folders")
    assert isinstance(section, FoldersSection)
    return section


def remove(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    section = section_of(window)
    qtbot.waitUntil(lambda: section.model.rowCount() > 0)
    paths = [section.model.folder(row).path for row in range(section.model.rowCount())]
    section.table.setCurrentIndex(section.model.index(paths.index(folder), 0))
    section.remove.click()
    qtbot.waitUntil(lambda: folder not in shown(window))


def shown(window: MainWindow) -> list[Path]:
    model = section_of(window).model
    return [model.folder(row).path for row in range(model.rowCount())]


def said_of(engine: AppServices, content_id: int) -> tuple[object, ...]:
    library = engine.library
    return (
        [one.name for one in library.tags_of([content_id]).get(content_id, ())],
        [(one.name, one.contents) for one in library.albums()],
        library.votes("a beach"),
        library.all_tags(),
    )


def test_removed_hidden_undone_and_done_again(
    qtbot: QtBot, live_window: Callable[[], MainWindow], engine: AppServices, photos: Path,
    first: int,
) -> None:  # fmt: skip
    before = said_of(engine, first)
    window = live_window()
    window.show_pane("search")
    grid = window.search.grid.model()
    qtbot.waitUntil(lambda: grid.rowCount() == 4)

    remove(qtbot, window, photos)
    assert "Undo brings it back" in window.status.text.text()
    qtbot.waitUntil(lambda: window.desk.library.contents == 1)
    qtbot.waitUntil(lambda: grid.rowCount() == 1)
    assert engine.library.all_tags() == []

    for _ in range(2):
        window.shell.undo_action.trigger()
        qtbot.waitUntil(lambda: window.desk.library.contents == 4)
        qtbot.waitUntil(lambda: grid.rowCount() == 4)
        qtbot.waitUntil(lambda: photos in shown(window))
        assert said_of(engine, first) == before
        assert engine.thumbnail(first) is not None
        assert engine.verify().is_complete
        window.shell.redo_action.trigger()
        qtbot.waitUntil(lambda: window.desk.library.contents == 1)
        qtbot.waitUntil(lambda: grid.rowCount() == 1)
        qtbot.waitUntil(lambda: photos not in shown(window))
    assert len(list(photos.iterdir())) == 3


def test_two_folders_come_back_one_after_the_other(
    qtbot: QtBot, live_window: Callable[[], MainWindow], photos: Path
) -> None:
    rest = photos.with_name("Rest")
    window = live_window()
    remove(qtbot, window, photos)
    remove(qtbot, window, rest)
    window.shell.undo_action.trigger()
    qtbot.waitUntil(lambda: shown(window) == [rest])
    window.shell.undo_action.trigger()
    qtbot.waitUntil(lambda: shown(window) == [photos, rest])
    qtbot.waitUntil(lambda: window.desk.library.contents == 4)


def test_the_next_start_forgets_what_was_removed(
    qtbot: QtBot, live_window: Callable[[], MainWindow], engine: AppServices, photos: Path,
    first: int, reopen: Callable[[], AppServices],
) -> None:  # fmt: skip
    window = live_window()
    remove(qtbot, window, photos)
    window.shell.tools._begin.timeout.emit()  # what this run removed is not forgotten by it
    window.shell.undo_action.trigger()
    qtbot.waitUntil(lambda: photos in shown(window))
    assert said_of(engine, first)[0] == ["beach"]
    remove(qtbot, window, photos)
    window.close_now()

    again = reopen()
    assert drive(again.folders.purge(CancelToken())) == 3
    assert said_of(again, first) == ([], [("Best of", 0)], {}, [])
    assert again.info().contents == 1
    assert again.verify().is_complete


def test_adding_it_by_hand_before_undo_keeps_everything(
    qtbot: QtBot, live_window: Callable[[], MainWindow], engine: AppServices, photos: Path,
    first: int,
) -> None:  # fmt: skip
    before = said_of(engine, first)
    window = live_window()
    remove(qtbot, window, photos)
    qtbot.waitUntil(lambda: window.desk.library.contents == 1)
    window.shell.add_folders([photos])
    qtbot.waitUntil(lambda: window.desk.library.contents == 4)
    assert said_of(engine, first) == before
    window.shell.undo_action.trigger()
    qtbot.waitUntil(lambda: "Undone" in window.status.text.text())
    assert said_of(engine, first) == before
    assert shown(window).count(photos) == 1


def test_what_was_noticed_before_does_not_bring_it_back(
    qtbot: QtBot, live_window: Callable[[], MainWindow], engine: AppServices, photos: Path
) -> None:
    window = live_window()
    remove(qtbot, window, photos)
    watching = window.desk.watching
    watching._heard(WatchState(photos, WatchMode.EVENTS))
    with qtbot.waitSignal(window.desk.indexing.finished, timeout=20_000):
        watching._heard(FoldersChanged(photos, (photos,)))
    assert [one.path for one in engine.folders.states()] == [photos.with_name("Rest")]
