"""The folders of the library in the window, and what watching them does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.gui.fake_folders import folder_state
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.language import fill
from vlm_desktop.base.watching import FoldersChanged, PollReason, WatchMode, WatchState
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library.folders_model import Column
from vlm_desktop.gui.panes.library.folders_section import FoldersSection
from vlm_desktop.gui.strings import indexing as indexing_strings
from vlm_desktop.gui.strings import library as strings

HOLIDAYS, SCANS = Path("/photos/Holidays"), Path("/drive/Scans")


def folders_of(window: MainWindow) -> FoldersSection:
    window.shell.tools.open_section("folders")
    section = window.pane("library").section("folders")
    assert isinstance(section, FoldersSection)
    return section


@pytest.fixture
def section(qtbot: QtBot, window: MainWindow, services: FakeServices) -> FoldersSection:
    services.folders.known = [
        folder_state(HOLIDAYS, 1),
        folder_state(SCANS, 2, online=False),
    ]
    shown = folders_of(window)
    qtbot.waitUntil(lambda: shown.model.rowCount() == 2)
    return shown


def start_watching(qtbot: QtBot, window: MainWindow, services: FakeServices) -> None:
    window.desk.watching.start()
    qtbot.waitUntil(lambda: services.folders.watching)


def cell(section: FoldersSection, row: int, column: Column, role: int = 0) -> object:
    return section.model.index(row, column).data(role)


def test_each_folder_says_how_it_is(section: FoldersSection) -> None:
    assert cell(section, 0, Column.FOLDER) == str(HOLIDAYS)
    assert [cell(section, 0, column) for column in (Column.STATE, Column.PHOTOS)] == [
        strings.STATE_ONLINE,
        "1,204",
    ]
    assert cell(section, 0, Column.PENDING) == "2"
    assert cell(section, 0, Column.SET_ASIDE) == "3"
    assert cell(section, 0, Column.LOOKED_AT) == strings.JUST_NOW
    assert cell(section, 1, Column.STATE) == strings.STATE_OFFLINE
    spoken = cell(section, 1, Column.FOLDER, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"{SCANS}, Not connected, 1,204 photos"
    assert section.table.hasFocus()


def test_an_empty_library_offers_to_add_a_folder(qtbot: QtBot, window: MainWindow) -> None:
    section = folders_of(window)
    qtbot.waitUntil(lambda: section.page.title.text() == strings.FOLDERS_EMPTY_TITLE)
    assert section.page.primary.text() == strings.ADD_FOLDER
    assert section.page.isVisible()
    assert not section.remove.isEnabled()


def test_buttons_act_on_the_selected_folder(
    qtbot: QtBot, section: FoldersSection, window: MainWindow, services: FakeServices, opened: list
) -> None:
    qtbot.mouseClick(section.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: services.indexed_folders == [(HOLIDAYS,)])
    qtbot.mouseClick(section.reveal, Qt.MouseButton.LeftButton)
    assert opened == [HOLIDAYS]
    qtbot.mouseClick(section.photos, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.search
    qtbot.waitUntil(lambda: any(str(HOLIDAYS) in str(query) for query in services.queries))
    section.table.setCurrentIndex(section.model.index(1, 0))
    assert not section.reveal.isEnabled()
    section.look_now()
    qtbot.wait(50)
    assert services.indexed_folders == [(HOLIDAYS,)]


def test_watching_is_switched_by_the_check_box(
    qtbot: QtBot, section: FoldersSection, services: FakeServices
) -> None:
    index = section.model.index(0, Column.WATCHED)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    section.model.setData(index, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    qtbot.waitUntil(lambda: index.data() == strings.WATCHED_NO)
    assert not services.folders.known[0].is_watched
    section.table.setFocus()
    qtbot.keyClick(section.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: services.folders.known[0].is_watched)


def test_the_chosen_folder_stays_chosen_when_others_come(
    qtbot: QtBot, section: FoldersSection, services: FakeServices, window: MainWindow
) -> None:
    section.table.setCurrentIndex(section.model.index(1, 0))
    services.folders.known.insert(0, folder_state(Path("/new"), 3))
    window.desk.navigator.library_changed.emit()
    qtbot.waitUntil(lambda: section.model.rowCount() == 3)
    chosen = section.selected()
    assert chosen is not None
    assert chosen.path == SCANS
    qtbot.keyClick(section.table, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.search


def test_removing_needs_no_question_because_undo_brings_it_back(
    qtbot: QtBot, section: FoldersSection, services: FakeServices, window: MainWindow
) -> None:
    changes = window.desk.changes
    section.table.setFocus()
    qtbot.keyClick(section.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: services.folders.removed == [HOLIDAYS])
    qtbot.waitUntil(lambda: section.model.rowCount() == 1)
    assert section.findChild(QMessageBox) is None
    assert window.status.text.text() == fill(strings.REMOVED, folder="Holidays")
    assert changes.undo_text == "Removing “Holidays”"

    window.shell.undo_action.trigger()
    qtbot.waitUntil(lambda: services.folders.removed == [])
    qtbot.waitUntil(lambda: section.model.rowCount() == 2)
    assert window.status.text.text() == "Undone: Removing “Holidays”"

    window.shell.redo_action.trigger()
    qtbot.waitUntil(lambda: services.folders.removed == [HOLIDAYS])
    qtbot.waitUntil(lambda: section.model.rowCount() == 1)
    qtbot.mouseClick(section.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: services.folders.removed == [HOLIDAYS, SCANS])
    qtbot.waitUntil(lambda: section.page.title.text() == strings.FOLDERS_EMPTY_TITLE)


def test_what_earlier_runs_removed_is_forgotten_once_watching_begins(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    assert services.folders.purged == 0
    window.shell.tools._begin.timeout.emit()
    qtbot.waitUntil(lambda: services.folders.purged == 1)
    qtbot.waitUntil(lambda: services.folders.watching)


def test_what_changes_is_indexed_and_what_changes_meanwhile_is_indexed_after(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    start_watching(qtbot, window, services)
    services.index_gate.clear()
    services.folders.tell(FoldersChanged(HOLIDAYS, (HOLIDAYS / "a",)))
    qtbot.waitUntil(lambda: services.indexed_folders == [(HOLIDAYS / "a",)])
    services.folders.tell(FoldersChanged(HOLIDAYS, (HOLIDAYS / "a",)))
    services.folders.tell(FoldersChanged(HOLIDAYS, (HOLIDAYS / "b",)))
    qtbot.wait(100)
    assert len(services.indexed_folders) == 1
    services.index_gate.set()
    qtbot.waitUntil(
        lambda: services.indexed_folders[1:] == [(HOLIDAYS / "a", HOLIDAYS / "b")], timeout=5000
    )
    qtbot.waitUntil(lambda: services.folders.anew > 0)


def test_a_look_nobody_asked_for_leaves_the_last_message_when_it_finds_nothing(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.files_to_index = 0
    start_watching(qtbot, window, services)
    window.status.say("Saved: Rating of 1 photo.")
    services.folders.tell(FoldersChanged(HOLIDAYS, (HOLIDAYS / "a",)))
    with qtbot.waitSignal(window.desk.indexing.finished):
        pass
    assert window.status.text.text() == "Saved: Rating of 1 photo."
    window.desk.indexing.index([HOLIDAYS / "a"])
    qtbot.waitUntil(lambda: window.status.text.text() == indexing_strings.FINISHED_NOTHING)


def test_how_folders_are_watched_is_shown_and_trouble_is_said(
    qtbot: QtBot, window: MainWindow, services: FakeServices, section: FoldersSection
) -> None:
    assert cell(section, 0, Column.WATCHED) == strings.WATCHED_STARTING
    start_watching(qtbot, window, services)
    services.folders.tell(WatchState(HOLIDAYS, WatchMode.EVENTS))
    qtbot.waitUntil(lambda: cell(section, 0, Column.WATCHED) == strings.WATCHED_EVENTS)
    services.folders.tell(WatchState(HOLIDAYS, WatchMode.POLLING, PollReason.LIMIT))
    qtbot.waitUntil(lambda: cell(section, 0, Column.WATCHED) == strings.WATCHED_POLLING)
    assert "looked through from time to time" in window.status.text.text()
    tip = cell(section, 0, Column.WATCHED, Qt.ItemDataRole.ToolTipRole)
    assert "max_user_watches" in str(tip)
    services.folders.tell(WatchState(HOLIDAYS, WatchMode.OFFLINE))
    qtbot.waitUntil(lambda: "not there at the moment" in window.status.text.text())
    services.folders.tell(WatchState(HOLIDAYS, WatchMode.EVENTS))
    qtbot.waitUntil(lambda: "is back" in window.status.text.text())


def test_pausing_holds_the_running_work(
    qtbot: QtBot, section: FoldersSection, services: FakeServices, window: MainWindow
) -> None:
    assert not section.pause.isVisible()
    services.index_gate.clear()
    section.look_now()
    qtbot.waitUntil(section.pause.isVisible)
    qtbot.mouseClick(section.pause, Qt.MouseButton.LeftButton)
    assert window.desk.work.running[0].state.paused
    qtbot.mouseClick(section.pause, Qt.MouseButton.LeftButton)
    assert not window.desk.work.running[0].state.paused
    services.index_gate.set()
    qtbot.waitUntil(lambda: not section.pause.isVisible(), timeout=5000)


def test_a_new_photo_is_found_by_itself(
    qtbot: QtBot,
    live_window: Callable[[], MainWindow],
    engine: AppServices,
    index: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    photos = tmp_path / "photos"
    make_photo(photos / "one.jpg", "red", seed=1)
    index(photos)
    window = live_window()
    window.desk.watching.start()
    qtbot.waitUntil(
        lambda: window.desk.watching.states.get(photos) == WatchState(photos, WatchMode.EVENTS),
        timeout=10_000,
    )
    make_photo(photos / "new" / "two.jpg", "blue", seed=2)
    qtbot.waitUntil(lambda: window.desk.library.contents == 2, timeout=20_000)
    (photos / "one.jpg").unlink()
    qtbot.waitUntil(lambda: window.desk.library.contents == 1, timeout=20_000)


def test_a_folder_that_vanishes_while_it_is_shown_is_greyed_and_comes_back(
    qtbot: QtBot,
    live_window: Callable[[], MainWindow],
    index: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    photos = tmp_path / "photos"
    for number in range(3):
        make_photo(photos / f"{number}.jpg", "red", seed=number)
    index(photos)
    window = live_window()
    section = folders_of(window)
    window.desk.watching.start()
    qtbot.waitUntil(lambda: photos in window.desk.watching.states, timeout=10_000)
    away = tmp_path / "away"
    photos.rename(away)
    qtbot.waitUntil(lambda: cell(section, 0, Column.STATE) == strings.STATE_OFFLINE, timeout=15_000)
    assert window.desk.library.contents == 3
    section.look_now()
    assert not window.indexing.is_running
    away.rename(photos)
    qtbot.waitUntil(lambda: cell(section, 0, Column.STATE) == strings.STATE_ONLINE, timeout=15_000)
