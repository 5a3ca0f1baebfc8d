"""The grid under hands: keyboard, mouse, band, zoom."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.grid.conftest import OpenPanel
from vlm_desktop.gui.panes.search.grid_panel import GridPanel
from vlm_desktop.gui.panes.search.grid_view import GridView

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(panel: GridPanel) -> GridView:
    return panel.view


def middle(view: GridView, row: int) -> QPoint:
    return view.visualRect(view.model().index(row, 0)).center()


def current(view: GridView) -> int:
    return view.currentIndex().row()


def wheel(view: GridView, at: QPoint, notches: float, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(view.viewport().mapToGlobal(at)),
        QPoint(), QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


# --- keyboard ----------------------------------------------------------------------------


def test_arrows_go_from_photo_to_photo(qtbot: QtBot, view: GridView) -> None:
    assert current(view) == 0, "the focus is on a photo at once"
    for key, expected in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        qtbot.keyClick(view, key)
        assert current(view) == expected
    below = view.layout_now().beside(1, 1)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert current(view) == below
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.layout_now().row_of(current(view)) == 0


def test_home_end_and_pages_bring_the_photo_into_view(qtbot: QtBot, view: GridView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert current(view) == 299
    assert view.viewport().rect().contains(middle(view, 299))
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert 280 < current(view) < 299
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert (current(view), view.verticalOffset()) == (0, 0)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert current(view) > 3
    assert view.viewport().rect().contains(middle(view, current(view)))


def test_shift_selects_all_between_and_control_goes_without_selecting(
    qtbot: QtBot, view: GridView
) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert view.selected_rows() == [(1, 3)]
    qtbot.keyClick(view, Qt.Key.Key_Left, SHIFT)
    assert view.selected_rows() == [(1, 2)]
    qtbot.keyClick(view, Qt.Key.Key_Right, CTRL)
    qtbot.keyClick(view, Qt.Key.Key_Right, CTRL)
    assert (current(view), view.selected_rows()) == (4, [(1, 2)])
    qtbot.keyClick(view, Qt.Key.Key_Space, CTRL)
    assert view.selected_rows() == [(1, 2), (4, 4)]


def test_all_and_nothing(panel: GridPanel, qtbot: QtBot) -> None:
    panel.desk.actions.get("edit.select-all").trigger()  # type: ignore[attr-defined]
    assert panel.view.selected_rows() == [(0, 299)]
    assert len(panel.selected_ids()) == 300
    qtbot.waitUntil(lambda: panel.bar.count.text() == "300 selected of 300 photos")
    panel.desk.actions.get("edit.select-none").trigger()  # type: ignore[attr-defined]
    assert panel.view.selected_rows() == []


def test_enter_opens_the_current_photo(qtbot: QtBot, view: GridView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.activated) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args[0].row() == 1


def test_letters_find_a_file_by_its_name(qtbot: QtBot, view: GridView) -> None:
    qtbot.keyClicks(view, "photo 12")
    qtbot.waitUntil(lambda: current(view) == 299 - 129)
    assert view.selected_rows() == [(170, 170)]


def test_a_name_that_is_not_there_is_said(panel: GridPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.view, "zz")
    said: list[str] = panel.desk.said  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: said[-1:] == ["No file name here begins with “zz”."])
    assert current(panel.view) == 0


def test_keys_the_grid_does_not_know_go_on(qtbot: QtBot, view: GridView) -> None:
    keys: list[int] = []
    view.parentWidget().keyPressEvent = lambda event: keys.append(event.key())
    qtbot.keyClick(view, Qt.Key.Key_F7)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert keys in ([Qt.Key.Key_F7, Qt.Key.Key_Escape], [])
    assert current(view) == 0


# --- mouse -------------------------------------------------------------------------------


def test_clicks_choose_as_everywhere(qtbot: QtBot, view: GridView) -> None:
    viewport = view.viewport()
    qtbot.mouseClick(viewport, LEFT, NONE, middle(view, 2))
    assert view.selected_rows() == [(2, 2)]
    qtbot.mouseClick(viewport, LEFT, SHIFT, middle(view, 5))
    assert view.selected_rows() == [(2, 5)]
    qtbot.mouseClick(viewport, LEFT, CTRL, middle(view, 3))
    assert [row for run in view.selected_rows() for row in range(run[0], run[1] + 1)] == [2, 4, 5]
    qtbot.mouseClick(viewport, LEFT, NONE, middle(view, 4))
    assert view.selected_rows() == [(4, 4)]
    qtbot.mouseClick(viewport, LEFT, NONE, QPoint(3, 3))
    assert view.selected_rows() == [], "the ground deselects"
    qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, NONE, middle(view, 1))
    assert view.selected_rows() == [(1, 1)], "the context menu is about what is under it"


def test_a_band_selects_what_it_touches(qtbot: QtBot, view: GridView) -> None:
    viewport = view.viewport()
    start, end = middle(view, 1), middle(view, view.layout_now().beside(1, 1))
    QTest.mousePress(viewport, LEFT, NONE, start)
    QTest.mouseMove(viewport, start + QPoint(2, 20))
    QTest.mouseMove(viewport, end + QPoint(4, 4))
    assert view._band is not None
    view.viewport().repaint()
    QTest.mouseRelease(viewport, LEFT, NONE, end)
    rows = {row for run in view.selected_rows() for row in range(run[0], run[1] + 1)}
    assert {1, view.layout_now().beside(1, 1)} <= rows
    assert rows <= set(range(8))
    assert view._band is None


def test_a_double_click_opens(qtbot: QtBot, view: GridView) -> None:
    with qtbot.waitSignal(view.activated) as opened:
        qtbot.mouseDClick(view.viewport(), LEFT, NONE, middle(view, 3))
    assert opened.args[0].row() == 3


# --- zoom --------------------------------------------------------------------------------


def test_zooming_by_the_wheel_keeps_what_is_under_the_pointer(view: GridView) -> None:
    view.verticalScrollBar().setValue(2_000)
    at = QPoint(400, 300)
    item = view.indexAt(at).row()
    assert item >= 0
    for notches in (1, 1, -1, -2):
        wheel(view, at, notches, CTRL)
        rect = view.visualRect(view.model().index(item, 0))
        assert rect.top() <= at.y() + 1
        assert rect.bottom() >= at.y() - 1
    height = view.row_height
    wheel(view, at, -1, NONE)
    assert view.row_height == height, "the wheel alone scrolls"
    assert view.verticalOffset() > 0


def test_zoom_has_bounds_a_slider_and_keys(panel: GridPanel, qtbot: QtBot) -> None:
    view, actions = panel.view, panel.desk.actions  # type: ignore[attr-defined]
    usual = view.row_height
    with qtbot.waitSignal(view.zoomed):
        actions.get("view.larger").trigger()
    assert view.row_height > usual
    assert panel.bar.zoom.value() > 0
    actions.get("view.usual-size").trigger()
    assert view.row_height == usual
    panel.bar.zoom.setValue(0)
    smallest = view.row_height
    actions.get("view.smaller").trigger()
    assert view.row_height == smallest
    panel.bar.zoom.setValue(100)
    assert view.row_height > 2 * usual


def test_zooming_by_key_keeps_the_current_photo_in_place(panel: GridPanel) -> None:
    view = panel.view
    view.choose(120)
    before = middle(view, 120).y()
    panel.desk.actions.get("view.larger").trigger()  # type: ignore[attr-defined]
    assert abs(middle(view, 120).y() - before) <= 2


def test_resizing_keeps_the_photos_in_view(panel: GridPanel, qtbot: QtBot) -> None:
    view = panel.view
    view.verticalScrollBar().setValue(3_000)
    first = view.indexAt(QPoint(60, 60)).row()
    panel.host.resize(700, 640)  # type: ignore[attr-defined]
    qtbot.wait(20)
    assert view.visualRect(view.model().index(first, 0)).intersects(view.viewport().rect())


# --- what is seen and heard ----------------------------------------------------------------


def test_a_screen_reader_finds_a_list_of_named_cells(panel: GridPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(panel.model.index(0).data()))
    found = QAccessible.queryAccessibleInterface(panel.view)
    assert found.role() == QAccessible.Role.List
    assert found.childCount() == 300
    cell = found.child(2)
    assert cell.role() == QAccessible.Role.ListItem
    assert cell.text(QAccessible.Text.Name).startswith("photo 3 of 300, photo 297.jpg")
    assert cell.rect().isValid()


def test_groups_are_said_above_the_grid(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel(60)
    view = panel.view
    assert view._group_line.accessibleName() == "September 2013, 4 photos"
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view._group_line.accessibleName() != "September 2013, 4 photos"
    panel.bar.group.setCurrentIndex(0)
    panel.bar.arranged.emit(panel.bar.arrangement())
    qtbot.waitUntil(lambda: panel.model.groups == ())
    assert not view._group_line.isVisible()


def test_selection_focus_and_pictures_are_painted(
    open_panel: OpenPanel, services: FakeServices, qtbot: QtBot
) -> None:
    for number in range(6):
        services.browsing.library.path(number).touch()
    panel = open_panel(6)
    view = panel.view
    qtbot.waitUntil(lambda: view.picture_of(0) is not None and view.picture_of(5) is not None)
    before = view.viewport().grab().toImage()
    centre = middle(view, 0)
    ratio = before.devicePixelRatio()
    number = panel.model.content_id(0) or 0
    seen = before.pixelColor(round(centre.x() * ratio), round(centre.y() * ratio))
    assert abs(seen.red() - (number * 53) % 256) < 12
    qtbot.mouseClick(view.viewport(), LEFT, NONE, middle(view, 1))
    after = view.viewport().grab().toImage()
    corner = view.visualRect(panel.model.index(1)).topLeft() + QPoint(2, 30)
    at = (round(corner.x() * ratio), round(corner.y() * ratio))
    assert before.pixelColor(*at) != after.pixelColor(*at)
