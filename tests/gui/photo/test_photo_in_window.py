"""The photo view in the whole window: asked for from elsewhere, remembered, closed with it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.navigator import ContentSet


def search(qtbot: QtBot, window: MainWindow) -> None:
    window.search.search_for("dog")
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == 5)


def test_a_photo_wanted_elsewhere_is_shown_and_the_focus_is_on_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    search(qtbot, window)
    window.show_pane("library")
    window.desk.navigator.photo_wanted.emit(2)
    photo = window.search.photo
    qtbot.waitUntil(lambda: photo.is_open and photo.view.canvas.image.width() > 240)
    assert window.focusWidget() is photo.view.canvas
    assert photo.view.isVisible()
    qtbot.keyClick(photo.view.canvas, Qt.Key.Key_Escape)
    assert window.search.panel.selected_ids() == (2,)


def test_another_list_in_the_grid_closes_the_photo(qtbot: QtBot, window: MainWindow) -> None:
    search(qtbot, window)
    window.search.photo.open(1)
    window.desk.navigator.contents_wanted.emit(ContentSet("A set", (1, 2)))
    assert not window.search.photo.is_open


def test_a_box_on_a_photo_becomes_part_of_the_query(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window)
    window.search.photo.open(1)
    view = window.search.photo.view
    qtbot.waitUntil(lambda: view.canvas.image.width() > 240)
    view.toggle_region()
    asked = len(services.queries)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(services.queries) > asked)
    (picture,) = services.queries[-1].images
    assert picture.path == services.photos.path(1)
    assert picture.box is not None


def test_stars_reach_the_selection_and_undo_takes_them_back(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window)
    window.search.grid.selectAll()
    qtbot.waitUntil(lambda: len(window.desk.navigator.selection) == 5)
    window.search.grid.setFocus()
    qtbot.keyClick(window.search.grid, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(services.photos.edits) == 1)
    assert services.photos.edits[0][0] == (0, 1, 2, 3, 4)
    qtbot.waitUntil(lambda: "Rating of 5 photos" in window.desk.actions.get("edit.undo").text())
    window.desk.actions.get("edit.undo").trigger()
    qtbot.waitUntil(lambda: services.photos.said(0).rating is None)


def test_the_panel_is_there_at_the_next_start(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.search.photo.show_details(True)
    state = window.search.state()
    other = open_window()
    assert not other.search.photo.details_action.isChecked()
    other.search.restore(state)
    assert other.search.photo.panel.isVisible()


def test_the_window_closes_over_an_open_photo_in_full_screen(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.photos.path(1).parent.mkdir(parents=True, exist_ok=True)
    services.photos.path(1).write_bytes(b"a photo")
    search(qtbot, window)
    window.search.photo.open(1)
    window.search.photo.view.toggle_full_screen()
    assert window.isFullScreen()
    watched = window.search.photo.view._watch._watcher
    qtbot.waitUntil(lambda: watched.files() != [])
    window.close()
    assert not window.isVisible()
    assert watched.files() == []
