"""All that is over a picture, by keys alone."""

from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.widgets.hands import heard
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import OverlayItem, Tool

KEY = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_arrows_walk_in_reading_order_and_say_where(
    canvas: OverlayCanvas, items: list[OverlayItem], spoken: list[str], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    told, chosen = heard(canvas.current_changed), heard(canvas.chosen)
    for _ in range(5):
        qtbot.keyClick(canvas, KEY.Key_Right)
    assert [key for (key,) in told] == ["cup", "sky", "roof", "cat"]
    assert spoken[0] == "1 of 4: cup, box, upper left, 2 % of the picture"
    assert spoken[3] == "2 of 4: cat, 84 % sure, outline, lower left, 5 % of the picture"
    assert spoken[4] == spoken[3], "at the end it says where one is"
    qtbot.keyClick(canvas, KEY.Key_Up)
    assert canvas.current == "cup"
    qtbot.keyClick(canvas, KEY.Key_Down)
    assert canvas.current == "sky"
    qtbot.keyClick(canvas, KEY.Key_Home)
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert chosen == [("cup",)]


def test_what_is_walked_to_comes_in_sight(
    canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.zoom_to(8.0)
    qtbot.keyClick(canvas, KEY.Key_End)
    assert canvas.current == "cat"
    assert canvas.region_in_sight.intersects(QRectF(20, 200, 100, 60))
    qtbot.keyClick(canvas, KEY.Key_Home)
    assert canvas.region_in_sight.intersects(QRectF(40, 40, 60, 50))


def test_with_nothing_over_the_picture_arrows_are_for_others(
    canvas: OverlayCanvas, qtbot: QtBot, spoken: list[str]
) -> None:
    canvas.zoom_to(4.0)
    before = canvas.geometry_of_photo.focus
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert canvas.geometry_of_photo.focus != before, "they move the picture"
    assert spoken == []


def test_delete_asks_for_what_may_be_edited_only(
    canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    told = heard(canvas.delete_wanted)
    for key in ("sky", "cup"):
        canvas.set_current(key)
        qtbot.keyClick(canvas, KEY.Key_Delete)
    assert told == [("cup",)]


def test_a_box_is_moved_and_stretched_by_keys(
    canvas: OverlayCanvas, items: list[OverlayItem], spoken: list[str], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_current("sky")
    assert not canvas.edit_current()
    canvas.set_current("cup")
    told = heard(canvas.box_changed)
    qtbot.keyClick(canvas, KEY.Key_F2)
    assert spoken[-1].startswith("upper left corner, upper left, 10 % from the left")
    qtbot.keyClick(canvas, KEY.Key_Right, CONTROL)
    assert told[-1][1].getRect() == (41, 40, 59, 50), "one pixel"
    qtbot.keyClick(canvas, KEY.Key_Down)
    assert told[-1][1].getRect() == (41, 44, 59, 46), "a hundredth of what is in sight"
    for _ in range(8):
        qtbot.keyClick(canvas, KEY.Key_Tab)
    assert spoken[-1].startswith("whole box")
    qtbot.keyClick(canvas, KEY.Key_Left, SHIFT)
    assert told[-1][1].getRect() == (21, 44, 59, 46)
    assert len(told) == 3
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert canvas.overlay.handle is None
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert canvas.current != "cup", "arrows walk again"


def test_a_point_is_moved_and_removed_by_keys(
    canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_current("cat")
    moved, removed = heard(canvas.point_moved), heard(canvas.point_removed)
    asked = heard(canvas.delete_wanted)
    assert canvas.edit_current()
    qtbot.keyClick(canvas, KEY.Key_Tab)
    qtbot.keyClick(canvas, KEY.Key_Up, CONTROL)
    assert [(one[0], one[1], one[2].toTuple()) for one in moved] == [("cat", 1, (70, 229))]
    qtbot.keyClick(canvas, KEY.Key_Delete)
    assert removed == [("cat", 1)]
    assert asked == [], "the region itself stays"


def test_tab_goes_on_past_the_last_handle(
    canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_current("roof")
    assert canvas.edit_current()
    for _ in range(2):
        assert canvas.focusNextPrevChild(True)
    canvas.focusNextPrevChild(True)
    assert canvas.overlay.handle is None, "nobody is caught here"


def test_a_cross_clicks_by_keys(
    canvas: OverlayCanvas, items: list[OverlayItem], spoken: list[str], qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_tool(Tool.POINT)
    told = heard(canvas.clicked)
    qtbot.keyClick(canvas, KEY.Key_Insert)
    qtbot.keyClick(canvas, KEY.Key_Return)
    qtbot.keyClick(canvas, KEY.Key_Left, SHIFT)
    qtbot.keyClick(canvas, KEY.Key_Left, SHIFT)
    qtbot.keyClick(canvas, KEY.Key_Up, SHIFT)
    qtbot.keyClick(canvas, KEY.Key_Up, SHIFT)
    assert spoken[-1] == "upper left, 30 % from the left, 23 % from the top, sky"
    qtbot.keyClick(canvas, KEY.Key_Return, SHIFT)
    assert [(at.toTuple(), adds) for at, adds in told] == [((200, 150), True), ((120, 70), False)]
    canvas.grab()
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert canvas.by_keys.aim is None
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert canvas.current == "cup"


def test_the_cross_stops_at_the_edge(canvas: OverlayCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(Tool.POINT)
    canvas.begin_aim()
    for _ in range(30):
        qtbot.keyClick(canvas, KEY.Key_Right, SHIFT)
    assert canvas.by_keys.aim is not None
    assert canvas.by_keys.aim.toTuple() == (400, 150)


def test_a_box_is_drawn_by_keys(canvas: OverlayCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(Tool.BOX)
    told = heard(canvas.box_drawn)
    qtbot.keyClick(canvas, KEY.Key_Insert)
    qtbot.keyClick(canvas, KEY.Key_Left)
    qtbot.keyClick(canvas, KEY.Key_Return)
    ((box,),) = told
    assert box.toRect().getRect() == (112, 90, 160, 120)
