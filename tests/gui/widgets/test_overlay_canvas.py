"""Regions over a picture: pointed at, clicked, moved."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.widgets.hands import LEFT, drag, heard, turn
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Key, OverlayItem, Tool

Place = Callable[[float, float], QPoint]
KEY = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier

# --- pointing and clicking --------------------------------------------------------------


def test_what_is_under_the_pointer_stands_out(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    told = heard(canvas.pointed)
    for x, y in ((60, 60), (62, 62), (390, 10), (390, 290)):
        qtbot.mouseMove(canvas, place(x, y))
    assert told == [("cup",), ("sky",), (None,)], "told once for each change"
    assert canvas.lit is None


def test_looking_a_click_takes_the_smallest_in_hand(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    told, clicked = heard(canvas.chosen), heard(canvas.clicked)
    qtbot.mouseClick(canvas, LEFT, pos=place(60, 60))
    assert (told, canvas.current) == ([("cup",)], "cup")
    drag(qtbot, canvas, place(320, 60), place(380, 140))
    assert len(told) == 1, "a drag is no click"
    assert clicked == []


def test_pointing_a_click_adds_and_with_shift_takes_away(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_tool(Tool.POINT)
    told, boxes = heard(canvas.clicked), heard(canvas.box_drawn)
    qtbot.mouseClick(canvas, LEFT, pos=place(150, 200))
    qtbot.mouseClick(canvas, LEFT, SHIFT, place(60, 60))
    assert [(at.toPoint().toTuple(), adds) for at, adds in told] == [
        ((150, 200), True),
        ((60, 60), False),
    ]
    qtbot.mouseClick(canvas, LEFT, ALT, place(60, 60))
    assert canvas.current == "cup", "with Alt it takes"
    assert len(told) == 2
    qtbot.mouseClick(canvas, LEFT, pos=place(-20, 150))
    qtbot.mouseClick(canvas, LEFT, pos=place(150, 320))
    assert len(told) == 2, "nothing is beside the picture"
    assert boxes == []


def test_a_drag_draws_a_box_that_ends_at_the_picture(
    canvas: OverlayCanvas, place: Place, qtbot: QtBot
) -> None:
    for tool in (Tool.POINT, Tool.BOX):
        canvas.set_tool(tool)
        told, clicked = heard(canvas.box_drawn), heard(canvas.clicked)
        drag(qtbot, canvas, place(300, 200), place(430, 100))
        ((box,),) = told
        assert box.toRect().getRect() == (300, 100, 100, 100)
        assert clicked == []


def test_with_no_picture_nothing_is_clicked_or_aimed(canvas: OverlayCanvas, qtbot: QtBot) -> None:
    canvas.clear()
    canvas.set_tool(Tool.POINT)
    told = heard(canvas.clicked)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(50, 50))
    canvas.begin_aim()
    qtbot.keyClick(canvas, KEY.Key_Insert)
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert told == []
    assert not canvas.end_hand()


# --- moving -----------------------------------------------------------------------------


def test_a_point_is_dragged_and_told_once(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_tool(Tool.POINT)
    told, clicked = heard(canvas.point_moved), heard(canvas.clicked)
    drag(qtbot, canvas, place(71, 231), place(90, 250))
    ((key, number, at),) = told
    assert (key, number, at.toPoint().toTuple()) == ("cat", 1, (90, 250))
    item = canvas.item("cat")
    assert item is not None
    assert item.points[1].adds is False
    assert (round(item.points[1].x), round(item.points[0].x)) == (90, 30)
    assert clicked == []
    qtbot.mouseClick(canvas, LEFT, pos=place(90, 250))
    assert (len(told), clicked) == (1, []), "to press it without a move changes nothing"


def test_edges_and_corners_of_what_is_in_hand_are_dragged(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    boxes, polygons = heard(canvas.box_changed), heard(canvas.polygon_changed)
    drag(qtbot, canvas, place(100, 90), place(150, 140))
    assert boxes == [], "only what is in hand has handles"
    canvas.set_current("cup")
    drag(qtbot, canvas, place(100, 90), place(150, 140))
    ((key, box),) = boxes
    assert (key, box.toRect().getRect()) == ("cup", (40, 40, 110, 100))
    canvas.set_current("roof")
    drag(qtbot, canvas, place(300, 120), place(380, 500))
    ((key, corners),) = polygons
    assert (key, len(corners)) == ("roof", 3)
    assert (round(corners[2][0]), corners[2][1]) == (380, 300)
    canvas.set_current("sky")
    drag(qtbot, canvas, place(400, 150), place(200, 100))
    assert len(boxes) == 1, "it may not be edited"


def test_what_comes_meanwhile_does_not_end_a_drag(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_tool(Tool.POINT)
    told = heard(canvas.point_moved)
    qtbot.mousePress(canvas, LEFT, pos=place(30, 210))
    qtbot.mouseMove(canvas, place(60, 200))
    canvas.show_items([*items, OverlayItem("new", box=QRectF(1, 1, 5, 5))])
    qtbot.mouseMove(canvas, place(70, 190))
    qtbot.mouseRelease(canvas, LEFT, pos=place(70, 190))
    assert [one[:2] for one in told] == [("cat", 0)]
    qtbot.mousePress(canvas, LEFT, pos=place(70, 190))
    qtbot.mouseMove(canvas, place(90, 200))
    canvas.show_items(items[:1])
    qtbot.mouseRelease(canvas, LEFT, pos=place(90, 200))
    assert len(told) == 1, "what is gone cannot be moved"


def test_escape_takes_back_a_drag(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_current("cup")
    told = heard(canvas.box_changed)
    qtbot.mousePress(canvas, LEFT, pos=place(100, 90))
    qtbot.mouseMove(canvas, place(150, 140))
    assert canvas.end_hand()
    qtbot.mouseRelease(canvas, LEFT, pos=place(150, 140))
    assert told == []
    assert canvas.items == tuple(items)
    assert not canvas.end_hand()


# --- the wheel, and moving the picture --------------------------------------------------


def test_the_wheel_goes_to_its_taker_over_regions_only(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place
) -> None:
    canvas.show_items(items)
    taken: list[tuple[tuple[Key, ...], int]] = []
    answer = [True]

    def taker(keys: tuple[Key, ...], notches: int) -> bool:
        taken.append((keys, notches))
        return answer[0]

    canvas.wheel_taker = taker
    turn(canvas, place(60, 60), 0.5)
    turn(canvas, place(60, 60), 0.5)
    turn(canvas, place(60, 60), -1)
    assert taken == [(("cup", "sky"), 1), (("cup", "sky"), -1)]
    assert canvas.geometry_of_photo.is_fitted
    turn(canvas, place(60, 60), 1, CONTROL)
    assert not canvas.geometry_of_photo.is_fitted, "Ctrl always zooms"
    canvas.fit()
    turn(canvas, place(200, 280), 1)
    assert (len(taken), canvas.geometry_of_photo.is_fitted) == (2, False)
    canvas.fit()
    answer[0] = False
    turn(canvas, place(60, 60), 1)
    assert (len(taken), canvas.geometry_of_photo.is_fitted) == (3, False)


def test_the_middle_button_space_and_ctrl_with_arrows_move_the_picture(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place, qtbot: QtBot
) -> None:
    canvas.show_items(items)
    canvas.set_tool(Tool.POINT)
    told, boxes = heard(canvas.clicked), heard(canvas.box_drawn)
    canvas.zoom_to(4.0)

    def moves(do: Callable[[], None]) -> bool:
        before = canvas.geometry_of_photo.focus
        do()
        return canvas.geometry_of_photo.focus != before

    def middle() -> None:
        qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(200, 200))
        qtbot.mouseMove(canvas, QPoint(260, 240))
        qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(260, 240))

    def held() -> None:
        qtbot.keyPress(canvas, KEY.Key_Space)
        drag(qtbot, canvas, QPoint(200, 200), QPoint(160, 240))
        qtbot.keyRelease(canvas, KEY.Key_Space)

    assert moves(middle)
    assert moves(held)
    assert moves(lambda: qtbot.keyClick(canvas, KEY.Key_Right, CONTROL))
    assert told == boxes == []


# --- in hand ----------------------------------------------------------------------------


def test_what_is_in_hand_stays_while_it_is_there(
    canvas: OverlayCanvas, items: list[OverlayItem]
) -> None:
    canvas.show_items(items)
    canvas.set_current("cat")
    told = heard(canvas.current_changed)
    canvas.show_items(items[1:])
    assert (canvas.current, told) == ("cat", [])
    canvas.show_items(items[2:])
    assert (canvas.current, told) == (None, [(None,)])
    canvas.set_current("nobody")
    assert canvas.current is None


def test_another_picture_has_nothing_over_it(
    canvas: OverlayCanvas, items: list[OverlayItem]
) -> None:
    canvas.show_items(items)
    changed = heard(canvas.items_changed)
    canvas.show_photo(canvas.image, canvas.image.size())
    assert (canvas.items, changed) == ((), [()])
