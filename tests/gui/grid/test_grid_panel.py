"""What the grid shows, and what stays when it changes."""

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.fake_browsing import catalogue
from tests.gui.fake_services import FakeServices
from tests.gui.grid.conftest import OpenPanel
from vlm_desktop.base.errors import DatabaseBusy
from vlm_desktop.engine.listing import Arrangement, Flag, Grouping, Order
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.search.grid_panel import GridPanel


def arrange(qtbot: QtBot, panel: GridPanel, **chosen: object) -> None:
    with qtbot.waitSignal(panel.shown):
        panel._arranged(Arrangement(**chosen))  # type: ignore[arg-type]


def ids(panel: GridPanel) -> list[int]:
    return panel.model.content_ids(0, panel.model.rowCount() - 1)


def test_library_hits_and_sets_take_turns(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    assert panel.bar.count.text() == "300 photos"
    panel.show_hits([services.hit(5), services.hit(9)], "dog")
    qtbot.waitUntil(lambda: ids(panel) == [5, 9])
    assert panel.bar.sort.currentText() == "Best match"
    panel.show_set(ContentSet("Two of them", (7, 3, 8)))
    qtbot.waitUntil(lambda: ids(panel) == [7, 3, 8])
    assert panel.bar.count.text() == "Two of them: 3 photos"
    assert panel.bar.all_photos.isVisible()
    panel.bar.all_photos.click()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 300)
    assert not panel.bar.all_photos.isVisible()
    assert panel.is_library


def test_the_same_hits_again_move_nothing(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel.show_hits([services.hit(5)], "dog")
    qtbot.waitUntil(lambda: panel.is_ready)
    with qtbot.assertNotEmitted(panel.model.modelReset, wait=60):
        panel.show_hits([services.hit(5)], "dog")


def test_what_a_person_looks_at_stays_while_photos_stream_in(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    view = panel.view
    view.choose(100)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 30)
    content_id = panel.model.content_id(100)
    top = view.anchor()
    assert top is not None
    first = panel.model.content_id(top[0])
    offset = top[2]
    services.contents = 340
    services.browsing.library.known = catalogue(services.folder, 340)
    with qtbot.waitSignal(panel.shown):
        panel.reload()
    assert panel.model.rowCount() == 340
    assert panel.model.content_id(view.currentIndex().row()) == content_id
    assert panel.selected_ids() == (content_id,)
    row = panel.model.row_of(first or 0)
    assert view.visualRect(panel.model.index(row)).top() == offset


def test_another_query_begins_at_the_top(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel.view.verticalScrollBar().setValue(4_000)
    panel.show_hits([services.hit(n) for n in range(200)], "dog")
    qtbot.waitUntil(lambda: panel.is_ready)
    assert panel.view.verticalOffset() == 0


def test_orders_and_groups_are_chosen_above_the_grid(panel: GridPanel, qtbot: QtBot) -> None:
    arrange(qtbot, panel, order=Order.OLDEST)
    assert ids(panel)[:3] == [0, 1, 2]
    arrange(qtbot, panel, order=Order.NAME, grouping=Grouping.FOLDER)
    assert len(panel.model.groups) == 1
    assert ids(panel)[0] == 0
    panel.bar.sort.setCurrentIndex(panel.bar.sort.findData(Order.NEWEST))
    panel.bar.group.setCurrentIndex(panel.bar.group.findData(Grouping.DAY))
    with qtbot.waitSignal(panel.shown):
        panel.bar.arranged.emit(panel.bar.arrangement())
    assert len(panel.model.groups) == 300


def test_the_line_above_gives_way_in_a_narrow_window(panel: GridPanel, qtbot: QtBot) -> None:
    bar, host = panel.bar, panel.host  # type: ignore[attr-defined]
    assert bar.zoom.isVisible()
    assert all(label.isVisible() for label in bar._labels)
    host.resize(430, 600)
    qtbot.waitUntil(lambda: not bar.zoom.isVisible())
    assert host.width() == 430
    for box in (bar.sort, bar.group, bar.stacks, bar.timeline):
        qtbot.waitUntil(lambda box=box: box.width() >= box.sizeHint().width())
        assert box.geometry().right() <= bar.width()
    host.resize(1_000, 600)
    qtbot.waitUntil(lambda: bar.zoom.isVisible())


def test_a_burst_opens_and_closes(open_panel: OpenPanel, qtbot: QtBot) -> None:
    moments = 1_000_000 * np.arange(1, 7)
    moments[3] = moments[2] + 1
    moments[4] = moments[2] + 2
    panel = open_panel(6, moments=moments, cameras=np.ones(6, np.int64), hashed=np.ones(6, bool))
    assert panel.model.rowCount() == 4
    row = next(row for row in range(4) if panel.model.cell(row).count)
    assert panel.model.cell(row).count == 3
    assert panel.model.cell(row).flags & Flag.BURST
    assert "3 shots of a burst" in panel.model.index(row).data(11)  # AccessibleTextRole
    panel.view.choose(row)
    with qtbot.waitSignal(panel.shown):
        panel.desk.actions.get("photo.open-stack").trigger()  # type: ignore[attr-defined]
    assert panel.model.rowCount() == 6
    assert "stack is open" in panel.model.index(row + 1).data(11)
    with qtbot.waitSignal(panel.shown):
        panel.toggle_stack(row + 1)
    assert panel.model.rowCount() == 4
    tile = panel.view.visualRect(panel.model.index(row))
    corner = tile.topRight() + QPoint(-14, 14)
    with qtbot.waitSignal(panel.shown):
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert panel.model.rowCount() == 6, "its sign is a button"
    with qtbot.waitSignal(panel.shown):
        panel.toggle_stack(row)
    with qtbot.waitSignal(panel.shown):
        panel.bar.stacks.setChecked(False)
    assert panel.model.rowCount() == 6


def test_the_selection_is_told_to_the_window(panel: GridPanel, qtbot: QtBot) -> None:
    navigator = panel.desk.navigator  # type: ignore[attr-defined]
    with qtbot.waitSignal(navigator.selection_changed) as told:
        panel.view.choose(3)
    assert told.args == [(296,)]
    assert navigator.selection == (296,)


def test_a_photo_can_be_gone_to(panel: GridPanel) -> None:
    assert panel.go_to(12)
    assert panel.selected_ids() == (12,)
    assert panel.view.viewport().rect().intersects(panel.view.visualRect(panel.view.currentIndex()))
    assert not panel.go_to(12_345)


def test_a_library_that_is_locked_is_said_and_what_was_there_stays(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    def busy() -> None:
        raise DatabaseBusy(path=services.folder)

    services.browsing.library.catalogue = busy  # type: ignore[method-assign]
    panel.reload()
    qtbot.waitUntil(lambda: bool(panel.desk.said))  # type: ignore[attr-defined]
    assert panel.model.rowCount() == 300


def test_an_empty_library_is_empty(open_panel: OpenPanel) -> None:
    panel = open_panel(0)
    assert panel.is_empty
    assert panel.bar.count.text() == "0 photos"


def test_how_it_looked_comes_back(
    open_panel: OpenPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel = open_panel(300)
    arrange(qtbot, panel, order=Order.OLDEST, grouping=Grouping.FOLDER, stacked=False)
    panel.view.set_row_height(250)
    panel.view.choose(40)
    extend = QItemSelectionModel.SelectionFlag.Select
    panel.view.selectionModel().select(panel.model.index(42), extend)
    panel.bar.timeline.setChecked(True)
    kept = panel.state()
    panel.desk.actions.remove("view.larger")  # type: ignore[attr-defined]
    other = open_panel(300)
    other.restore(kept)
    other.reload()
    qtbot.waitUntil(lambda: ids(other)[0] == 0)
    assert other.view.row_height == 250
    assert other.view.currentIndex().row() == 40
    assert other.view.selected_rows() == panel.view.selected_rows()
    assert len(other.selected_ids()) == 2
    assert other.timeline.isVisible()
    assert other.bar.arrangement() == Arrangement(Order.OLDEST, Grouping.FOLDER, stacked=False)
    for odd in (
        {"zoom": "x"},
        {"current": 1, "selected": ["x"]},
        {"arrangements": [1]},
        {"arrangements": {"library": [1, 2]}},
    ):
        other.restore(odd)
    assert other.view.row_height == 250


def test_nothing_is_asked_after_closing(
    panel: GridPanel, services: FakeServices, qtbot: QtBot
) -> None:
    panel.close_down()
    services.contents = 10
    with qtbot.assertNotEmitted(panel.shown, wait=60):
        panel.reload()
        panel.show_hits([services.hit(1)], "dog")
    assert panel.model.rowCount() == 300
