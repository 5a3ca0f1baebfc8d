"""Regions over a picture by mouse and by keys; painting makes nothing anew."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vlm_desktop.base.grounding import Heatmap
from vlm_desktop.gui.widgets import overlay_pixels, photo_canvas
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Key, OverlayItem, Tool

Place = Callable[[float, float], QPoint]
LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def drag(qtbot: QtBot, canvas: OverlayCanvas, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)


def heard(signal: object) -> list[tuple[object, ...]]:
    """What a signal tells from now on."""
    found: list[tuple[object, ...]] = []
    signal.connect(lambda *told: found.append(told))  # type: ignore[attr-defined]
    return found


def turn(canvas: OverlayCanvas, at: QPoint, notches: float, held: object = None) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton, held or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


# --- painting ------------------------------------------------------------------------------


def test_painting_makes_no_picture_and_traces_nothing(
    canvas: OverlayCanvas, items: list[OverlayItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = OverlayItem("warm", "cat", heat=Heatmap(np.eye(4, dtype=np.float32)))
    made: list[str] = []
    for name in ("mask_drawing", "heat_image", "_edges", "_image"):
        real = getattr(overlay_pixels, name)
        monkeypatch.setattr(
            overlay_pixels, name,
            lambda *of, name=name, real=real: (made.append(name), real(*of))[1],
        )  # fmt: skip
    canvas.show_items([*items, warm])
    assert made == ["mask_drawing", "_image", "_edges", "heat_image", "_image"]
    made.clear()
    canvas.grab()
    canvas.zoom_to(6.0)
    canvas.grab()
    canvas.set_current("cat")
    canvas.light("roof")
    canvas.turn(1)
    canvas.grab()
    canvas.show_items(items)
    canvas.grab()
    assert made == []


def test_pointing_paints_the_rest_from_what_is_painted_already(
    canvas: OverlayCanvas, items: list[OverlayItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    real = photo_canvas.OverlayPainter.paint_all
    monkeypatch.setattr(
        photo_canvas.OverlayPainter, "paint_all",
        lambda self: (painted.append("all"), real(self))[1],
    )  # fmt: skip
    canvas.show_items(items)
    canvas.grab()
    for key in ("cup", "cat", "roof", None):
        canvas.light(key)
        canvas.grab()
    canvas.set_current("sky")
    canvas.grab()
    assert painted == ["all"]
    canvas.zoom_to(3.0)
    canvas.grab()
    assert painted == ["all"] * 2


def colour_at(canvas: OverlayCanvas, at: QPoint) -> tuple[int, int, int]:
    found = canvas.grab().toImage().pixelColor(at)
    return (found.red(), found.green(), found.blue())


def test_a_mask_tints_what_belongs_and_neither_its_hole_nor_the_rest(
    canvas: OverlayCanvas, items: list[OverlayItem], place: Place
) -> None:
    bare = colour_at(canvas, place(100, 250))
    canvas.show_items([replace(items[1], points=())])
    assert colour_at(canvas, place(100, 250)) != bare
    assert colour_at(canvas, place(70, 230)) == bare, "the hole"
    assert colour_at(canvas, place(200, 250)) == bare
    canvas.turn(1)
    assert colour_at(canvas, place(100, 250)) != bare, "it turns with the picture"
    assert colour_at(canvas, place(200, 250)) == bare


def test_labels_stay_in_the_view_and_off_each_other(
    canvas: OverlayCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[list[QRectF]] = []
    real = photo_canvas.OverlayPainter.paint_upper
    monkeypatch.setattr(
        photo_canvas.OverlayPainter, "paint_upper",
        lambda self, numbers: (real(self, numbers), placed.append(self._taken))[0],
    )  # fmt: skip
    corners = ((0, 0), (360, 0), (0, 270), (360, 270), (180, 140), (182, 141), (184, 142))
    canvas.show_items(
        [
            OverlayItem(number, f"a label that is very long indeed {number}" * 3, number,
                        box=QRectF(x, y, 40, 30))
            for number, (x, y) in enumerate(corners)
        ]
    )  # fmt: skip
    for zoom in (1.0, 4.0, 0.5):
        canvas.zoom_to(zoom)
        canvas.grab()
        (labels,) = placed[-1:]
        assert labels
        for number, label in enumerate(labels):
            assert QRectF(canvas.rect()).contains(label)
            assert not any(label.intersects(other) for other in labels[:number])


# --- pointing and clicking -----------------------------------------------------------------


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


# --- moving --------------------------------------------------------------------------------


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


# --- the wheel, and moving the picture -----------------------------------------------------


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


# --- by keys -------------------------------------------------------------------------------


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


# --- in hand -------------------------------------------------------------------------------


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
