"""The grid in the Search pane: the library without a query, hits with one, sets from elsewhere."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.navigator import ContentSet

OpenWindow = Callable[[], MainWindow]


def test_without_a_query_the_newest_photos_are_there(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.contents = 40
    window = open_window()
    pane = window.search
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 40)
    assert pane.middle.currentWidget() is pane.panel
    assert pane.hits.content_id(0) == 39
    assert services.queries == []


def test_an_empty_library_has_a_page_instead(window: MainWindow) -> None:
    assert window.search.middle.currentWidget() is window.search.page


def test_marking_dates_asks_for_them_and_clearing_does_not(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.contents = 40
    pane = open_window().search
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 40)
    pane.panel.bar.timeline.click()
    pane.panel.timeline.range_chosen.emit("2012-08", "2012-10")
    qtbot.waitUntil(lambda: len(services.queries) == 1)
    asked = services.queries[0].filters
    assert (asked.date_from, asked.date_to) == ("2012-08", "2012-10")
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 5)
    pane.panel.timeline.clear_range()
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 40)


def test_a_set_of_photos_is_shown_and_left_again(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    services.contents = 40
    window = open_window()
    pane = window.search
    pane.search_for("dog")
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 5)
    window.desk.navigator.contents_wanted.emit(ContentSet("A lasso", (3, 1, 2)))
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 3)
    qtbot.wait(200)
    assert pane.hits.content_ids(0, 2) == [3, 1, 2]
    assert pane.middle.currentWidget() is pane.panel
    assert pane.bar.line.text() == ""
    pane.focus_query()
    assert pane.back()
    qtbot.waitUntil(lambda: pane.hits.rowCount() == 40)


def test_photos_appear_while_indexing_goes_on(
    qtbot: QtBot, open_window: OpenWindow, services: FakeServices
) -> None:
    window = open_window()
    services.contents = 12
    window.desk.navigator.library_changed.emit()
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == 12)
    assert window.search.middle.currentWidget() is window.search.panel


def test_thousands_of_hits_are_asked_for(
    qtbot: QtBot, window: MainWindow, services: FakeServices
) -> None:
    services.answer = lambda query: services.found(query, 1_500, 0)
    window.search.search_for("dog")
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == 1_500)
    assert services.queries[-1].limit == 5_000
