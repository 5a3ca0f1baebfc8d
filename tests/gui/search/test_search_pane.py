"""The window, used as a person uses it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices, FakeSetAside
from vlm_desktop.base.errors import DatabaseBusy, FolderNotFound, LibraryEmpty, ModelBroken, Refusal
from vlm_desktop.base.types import Query
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.strings import indexing, pages, query, shell

OpenWindow = Callable[[], MainWindow]


def search(qtbot: QtBot, window: MainWindow, text: str) -> None:
    window.search.bar.line.setFocus()
    window.search.bar.line.clear()
    with qtbot.waitSignal(window.search.searching.state_changed, check_params_cb=lambda s: s.asked):
        qtbot.keyClicks(window.search.bar.line, text)
    qtbot.waitUntil(lambda: window.search.panel.is_ready)


# --- searching ---------------------------------------------------------------------------


def test_typing_finds_photos_and_says_how_sure(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "dog on a beach")
    assert window.search.bar.verdict.text() == "3 likely, 2 possible"
    assert window.search.middle.currentWidget() is window.search.panel
    assert window.search.hits.rowCount() == 5
    qtbot.waitUntil(lambda: len(services.thumbnails_asked) == 5)
    assert len(services.queries) == 1, "typing on does not search at every key"
    assert services.queries[0].text == "dog on a beach"


def test_the_parts_of_a_typed_query_reach_the_engine(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, 'cake -people "happy birthday" date:2012')
    query = services.queries[-1]
    assert query.text == "cake"
    assert query.exclude == ("people",)
    assert query.phrases == ("happy birthday",)
    assert query.filters.date_from == "2012"
    assert not query.show_all


def test_nothing_matches_is_said_and_the_closest_are_one_press_away(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.answer = lambda query: services.found(query, 0, 0)
    search(qtbot, window, "qwxz")
    assert window.search.bar.verdict.text() == query.NOTHING_MATCHES
    assert window.search.page.title.text() == query.NOTHING_MATCHES
    with qtbot.waitSignal(window.search.searching.state_changed):
        qtbot.mouseClick(window.search.page.primary, Qt.MouseButton.LeftButton)
    assert services.queries[-1].show_all
    assert window.search.bar.show_all.isChecked()
    assert window.search.bar.verdict.text() == "Nothing here matches; these 5 come closest"
    assert window.search.middle.currentWidget() is window.search.panel


def test_the_newest_search_wins(qtbot: QtBot, window: MainWindow, services: FakeServices) -> None:
    services.answer = lambda query: services.found(query, len(query.text), 0)
    services.search_gate.clear()
    window.search.bar.line.setText("aaaa")
    qtbot.waitUntil(lambda: len(services.queries) == 1)
    window.search.bar.line.setText("aa")
    qtbot.wait(250)
    shown: list[str] = []
    window.search.searching.state_changed.connect(lambda state: shown.append(state.verdict))
    services.search_gate.set()
    qtbot.waitUntil(lambda: bool(shown))
    qtbot.wait(50)
    assert shown == ["2 likely, 0 possible"]


def test_a_slow_search_says_that_it_searches(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.search_gate.clear()
    window.search.bar.line.setText("dog")
    qtbot.waitUntil(lambda: window.search.bar.verdict.text() == query.SEARCHING)
    services.search_gate.set()
    qtbot.waitUntil(lambda: window.search.bar.verdict.text() == "3 likely, 2 possible")


def test_an_emptied_line_goes_back_to_the_start(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.contents = 12
    window = open_window()
    search(qtbot, window, "dog")
    window.search.bar.line.clear()
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == 12)
    assert window.search.middle.currentWidget() is window.search.panel
    assert window.search.bar.verdict.text() == ""
    assert not window.search.bar.show_all.isVisible()


def test_more_hits_than_shown_is_admitted(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.answer = lambda query: replace(services.found(query, 3, 2), likely=700, possible=4_000)
    search(qtbot, window, "dog")
    assert window.search.bar.verdict.text() == "700 likely, 4,000 possible; the best 5 are shown"


def test_a_bad_filter_is_explained_without_asking_the_engine(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "date:20xx")
    assert services.queries == []
    assert "date:20xx" in window.search.page.sentence.text()
    assert "date:2012" in window.search.page.sentence.text()


def test_a_failed_search_is_one_sentence_and_the_next_one_works(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.search_error = ModelBroken(model="starter", detail="text.onnx is missing")
    search(qtbot, window, "dog")
    assert window.search.page.title.text() == pages.FAILED_TITLE
    assert "text.onnx is missing" in window.search.page.sentence.text()
    services.search_error = None
    search(qtbot, window, "dogs")
    assert window.search.middle.currentWidget() is window.search.panel


def test_an_empty_library_offers_to_add_a_folder(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.search_error = LibraryEmpty(model="starter")
    search(qtbot, window, "dog")
    assert window.search.page.title.text() == pages.EMPTY_TITLE
    assert window.search.page.primary.text() == pages.ADD_FOLDER_BUTTON


def test_a_query_of_ten_thousand_letters_is_no_trouble(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    window.search.bar.line.setText("long " * 2_000)
    qtbot.waitUntil(lambda: len(services.queries) == 1)
    qtbot.waitUntil(lambda: window.search.middle.currentWidget() is window.search.panel)


def test_the_chosen_photo_stays_chosen_when_more_are_found(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "dog")
    window.search.grid.setCurrentIndex(window.search.hits.index(1))
    services.answer = lambda query: services.found(query, 20, 0)
    services.files_to_index = 2
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == 20, timeout=6_000)
    assert window.search.grid.currentIndex().row() == 1
    assert window.search.grid.currentIndex().isValid()


# --- keyboard ----------------------------------------------------------------------------


def test_the_whole_way_by_keyboard(
    qtbot: QtBot, window: MainWindow, services: FakeServices, opened: list[Path]
) -> None:
    """Type, go down into the photos, along, open with Enter, back with Esc, clear with Esc."""
    photos = [services.hit(n).path for n in range(5)]
    for path in photos:
        path.write_bytes(b"")
    search(qtbot, window, "dog")
    qtbot.keyClick(window.search.bar.line, Qt.Key.Key_Down)
    assert window.focusWidget() is window.search.grid
    assert window.search.grid.currentIndex().row() == 0
    qtbot.keyClick(window.search.grid, Qt.Key.Key_Right)
    qtbot.keyClick(window.search.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.search.photo.view.canvas.image.width() > 240)
    assert window.search.photo.view.content_id == 1
    qtbot.keyClick(window.search.photo.view.canvas, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.search.grid
    assert window.search.grid.currentIndex().row() == 1
    assert window.search.folder_action.shortcut().toString() == "Ctrl+Return"
    window.search.folder_action.trigger()
    qtbot.waitUntil(lambda: opened == [photos[1].parent])
    qtbot.keyClick(window.search.grid, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.search.bar.line
    assert window.search.bar.line.selectedText() == "dog"
    qtbot.keyClick(window.search.bar.line, Qt.Key.Key_Escape)
    assert window.search.bar.line.text() == ""


def test_a_double_click_opens_the_photo(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.hit(0).path.write_bytes(b"")
    search(qtbot, window, "dog")
    place = window.search.grid.visualRect(window.search.hits.index(0)).center()
    viewport = window.search.grid.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.search.photo.is_open)
    assert window.search.photo.view.content_id == 0


def test_a_photo_that_is_gone_is_said(
    qtbot: QtBot, window: MainWindow, services: FakeServices, opened: list[Path]
) -> None:
    search(qtbot, window, "dog")
    window.search.grid.setCurrentIndex(window.search.hits.index(0))
    window.search.show_in_folder()
    said = f"{services.hit(0).path} is not there any more."
    qtbot.waitUntil(lambda: window.status.text.text() == said)
    assert opened == []


def test_no_viewer_for_a_photo_is_said(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.can_open = False
    services.hit(0).path.write_bytes(b"")
    search(qtbot, window, "dog")
    window.search.grid.setCurrentIndex(window.search.hits.index(0))
    window.search.show_in_folder()
    qtbot.waitUntil(lambda: "No program" in window.status.text.text())


def test_actions_on_a_photo_wait_for_one(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.search.open_action.isEnabled()
    search(qtbot, window, "dog")
    window.search.grid.setCurrentIndex(window.search.hits.index(0))
    assert window.search.open_action.isEnabled()
    window.search.bar.line.clear()
    qtbot.waitUntil(lambda: not window.search.open_action.isEnabled())


def test_tab_goes_through_the_window_in_reading_order(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    services.set_aside = [FakeSetAside(Path("/x.jpg"), Refusal.EMPTY)]
    window.add_folder(Path("/photos"))
    search(qtbot, window, "dog")
    window.desk.library.refresh()
    qtbot.waitUntil(lambda: window.status.set_aside.isVisible())
    expected = [
        window.search.bar.line,
        window.search.bar.pictures,
        window.search.bar.filters,
        window.search.bar.history,
        window.search.bar.saved,
        window.search.bar.show_all,
        window.search.panel.bar.sort,
        window.search.panel.bar.group,
        window.search.panel.bar.stacks,
        window.search.panel.bar.timeline,
        window.search.panel.bar.zoom,
        window.search.grid,
        window.status.pause,
        window.status.stop,
        window.status.set_aside,
        window.rail.buttons["search"],
    ]
    window.search.bar.line.setFocus()
    seen = [window.focusWidget()]
    for _ in expected[1:]:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(window.focusWidget())
    assert seen == expected


def test_everything_that_takes_focus_has_a_name(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    search(qtbot, window, "dog")
    nameless = [
        type(widget).__name__
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and isinstance(widget, QAbstractButton | QLineEdit | type(window.search.grid))
        and widget.isVisibleTo(window)
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []
    assert window.search.bar.line.accessibleDescription()


# --- indexing ----------------------------------------------------------------------------


def test_a_folder_is_indexed_with_progress_and_an_ending(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    window.add_folder(Path("/photos/Holidays"))
    qtbot.waitUntil(lambda: "0 of 40 photos" in window.status.text.text())
    assert window.status.bar.isVisible()
    assert window.status.stop.isVisible()
    assert window.search.page.title.text() == pages.INDEXING_TITLE
    services.index_gate.set()
    qtbot.waitUntil(lambda: window.status.text.text().startswith("40 photos indexed"))
    assert not window.status.bar.isVisible()
    assert not window.status.stop.isVisible()
    qtbot.waitUntil(lambda: window.search.page.title.text() == "40 photos ready to search")
    assert services.indexed_folders == [(Path("/photos/Holidays"),)]


def test_stop_ends_the_run_and_says_that_work_is_kept(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    window.add_folder(Path("/photos"))
    window.add_folder(Path("/more"))
    qtbot.waitUntil(lambda: "0 of 40" in window.status.text.text())
    qtbot.mouseClick(window.status.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status.text.text() == indexing.STOPPED)
    qtbot.wait(50)
    assert services.indexed_folders == [(Path("/photos"),)], "nothing queued starts either"


def test_folders_added_meanwhile_are_indexed_after_it_once(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    window.add_folder(Path("/one"))
    window.add_folder(Path("/one"))
    window.add_folder(Path("/two"))
    window.add_folder(Path("/two"))
    services.index_gate.set()
    qtbot.waitUntil(lambda: services.contents == 80)
    qtbot.wait(30)
    assert services.indexed_folders == [(Path("/one"),), (Path("/two"),)]


def test_searching_goes_on_while_indexing(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: window.indexing.is_running)
    search(qtbot, window, "dog")
    assert window.search.middle.currentWidget() is window.search.panel


def test_a_failed_run_is_one_sentence(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_error = FolderNotFound(path=Path("/photos"))
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: window.status.text.text() == "There is no folder /photos.")
    assert not window.indexing.is_running


def test_choosing_a_folder_indexes_it(
    qtbot: QtBot,
    window: MainWindow,
    services: FakeServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = ["", "/photos"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    window.desk.actions.get("file.add-folder").trigger()
    qtbot.wait(20)
    assert services.indexed_folders == []
    qtbot.mouseClick(window.search.page.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: services.indexed_folders == [(Path("/photos"),)])


def test_looking_for_changes_takes_every_folder_that_is_there(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    assert not window.shell.update_action.isEnabled()
    window.add_folder(Path("/one"))
    qtbot.waitUntil(lambda: window.shell.update_action.isEnabled())
    services.roots[0] = replace(services.roots[0], online=True)
    services.roots.append(replace(services.roots[0], path=Path("/gone"), online=False))
    window.desk.library.refresh()
    qtbot.waitUntil(lambda: len(window.desk.library.info.roots) == 2)
    window.shell.update_action.trigger()
    qtbot.waitUntil(lambda: len(services.indexed_folders) == 2)
    assert services.indexed_folders[-1] == (Path("/one"),)


def test_a_dropped_folder_is_indexed_and_a_file_is_not_taken(
    qtbot: QtBot, window: MainWindow, services: FakeServices, tmp_path: Path
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    for path, taken in ((file, False), (tmp_path, True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(
            window.rect().center(), action, data, buttons, Qt.KeyboardModifier.NoModifier
        )
        window.dragEnterEvent(enter)
        drop = QDropEvent(QPointF(9, 9), action, data, buttons, Qt.KeyboardModifier.NoModifier)
        window.dropEvent(drop)
        if taken:
            qtbot.waitUntil(lambda: bool(services.indexed_folders))
        else:
            said = shell.DROP_FOLDER_ONLY
            qtbot.waitUntil(lambda said=said: window.status.text.text() == said)  # type: ignore[misc]
    assert services.indexed_folders == [(tmp_path,)]


def test_files_set_aside_are_counted_and_a_click_lists_them(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.set_aside = [
        FakeSetAside(Path("/photos/bad.jpg"), Refusal.CORRUPT, "bad marker"),
        FakeSetAside(Path("/photos/empty.jpg"), Refusal.EMPTY),
    ]
    window = open_window()
    qtbot.waitUntil(lambda: window.status.set_aside.isVisible())
    assert window.status.set_aside.text() == "2 files set aside"
    qtbot.mouseClick(window.status.set_aside, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.pane("library"))
    section = window.pane("library").section("set-aside")
    qtbot.waitUntil(lambda: window.pane("library").stack.currentWidget() is section)


def test_a_library_that_cannot_be_opened_is_said(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.info_error = DatabaseBusy(path=Path("/home/library.sqlite3"))
    window = open_window()
    assert window.search.page.title.text() == pages.FAILED_TITLE
    assert "/home/library.sqlite3" in window.search.page.sentence.text()


def test_closing_during_work_stops_it(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.index_gate.clear()
    services.search_gate.clear()
    window.add_folder(Path("/photos"))
    window.search.bar.line.setText("dog")
    qtbot.waitUntil(lambda: len(services.queries) == 1 and bool(services.indexed_folders))
    window.close()
    box = window.findChild(QMessageBox)
    assert window.isVisible(), "it asks first"
    assert "photos" in box.text()
    close_now = next(one for one in box.buttons() if one.text() == shell.CLOSE_NOW)
    qtbot.mouseClick(close_now, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert window.indexing._job is None or window.indexing._job.wait(2)


def test_scrolling_asks_only_for_what_is_seen(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    def many(query: Query) -> object:
        return services.found(query, 400, 0)

    services.answer = many
    window.resize(900, 600)
    search(qtbot, window, "dog")
    qtbot.wait(200)
    assert 0 < len(services.thumbnails_asked) < 60


def test_the_window_is_no_larger_than_the_screen(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 200 % a small screen has half the room."""
    room = QSize(720, 500)
    monkeypatch.setattr(QWidget, "screen", lambda _: SimpleNamespace(availableSize=lambda: room))
    window = open_window()
    assert window.width() <= room.width()
    assert window.height() <= room.height()
