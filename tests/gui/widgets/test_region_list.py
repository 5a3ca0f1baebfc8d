"""The list beside a picture: the same regions, the same one in hand."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vlm_desktop.gui.widgets import region_list
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.gui.widgets.region_list import RegionList

KEY = Qt.Key


@pytest.fixture
def rows(canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot) -> RegionList:
    made = RegionList(canvas)
    qtbot.addWidget(made)
    made.resize(260, 400)
    canvas.move(0, 0)
    made.move(520, 0)  # the pointer is over one of them only
    made.show()
    qtbot.waitExposed(made)
    canvas.show_items(items)
    return made


def test_everything_over_the_picture_stands_in_the_list(
    rows: RegionList, canvas: OverlayCanvas, items: list[OverlayItem]
) -> None:
    model = rows.regions
    assert [model.index(row).data() for row in range(model.rowCount())] == [
        one.label for one in items
    ]
    face = QAccessible.queryAccessibleInterface(rows)
    assert (
        face.child(1).text(QAccessible.Text.Name)
        == "cat, 84 % sure, outline, lower left, 5 % of the picture"
    )
    assert rows.accessibleName()
    canvas.clear()
    assert model.rowCount() == 0
    canvas.show_items([OverlayItem(1, box=QRectF(0, 0, 9, 9))])
    assert model.index(0).data() == "box", "what has no label says what it is"


def test_list_and_canvas_have_the_same_region_in_hand(
    rows: RegionList, canvas: OverlayCanvas, qtbot: QtBot
) -> None:
    canvas.set_current("roof")
    assert rows.currentIndex().row() == 2
    qtbot.keyClick(rows, KEY.Key_Down)
    assert canvas.current == "sky"
    qtbot.keyClick(rows, KEY.Key_Home)
    assert canvas.current == "cup"
    canvas.set_current(None)
    assert not rows.currentIndex().isValid()


def test_what_is_in_hand_stays_so_when_others_come_and_go(
    rows: RegionList, canvas: OverlayCanvas, items: list[OverlayItem]
) -> None:
    canvas.set_current("roof")
    canvas.show_items([OverlayItem("first", "first"), *items])
    assert rows.currentIndex().row() == 3
    canvas.show_items(items[:2])
    assert not rows.currentIndex().isValid()
    assert canvas.current is None


def test_pointing_at_a_row_lights_its_region(
    rows: RegionList, canvas: OverlayCanvas, qtbot: QtBot
) -> None:
    at = rows.visualRect(rows.regions.index(1)).center()
    qtbot.mouseMove(rows.viewport(), at)
    assert canvas.lit == "cat"
    leave = QMouseEvent(
        QEvent.Type.Leave, QPointF(), QPointF(), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(rows, leave)
    assert canvas.lit is None
    qtbot.mouseMove(rows.viewport(), at)
    qtbot.mouseMove(rows.viewport(), QPoint(20, 390))
    assert canvas.lit is None, "below the last row"


def test_enter_and_delete_are_told_with_the_key(
    rows: RegionList, canvas: OverlayCanvas, qtbot: QtBot
) -> None:
    canvas.set_current("cat")
    with qtbot.waitSignal(rows.chosen, check_params_cb=lambda key: key == "cat"):
        qtbot.keyClick(rows, KEY.Key_Return)
    with qtbot.waitSignal(rows.delete_wanted, check_params_cb=lambda key: key == "cat"):
        qtbot.keyClick(rows, KEY.Key_Delete)


def test_a_change_of_one_region_does_not_reset_the_list(
    rows: RegionList, canvas: OverlayCanvas, items: list[OverlayItem], qtbot: QtBot
) -> None:
    reset: list[int] = []
    rows.regions.modelReset.connect(lambda: reset.append(1))
    canvas.set_current("cup")
    assert canvas.edit_current()
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert reset == []
    assert rows.regions.items[0] == canvas.item("cup") != items[0]


def test_painting_counts_no_pixels_twice(rows: RegionList, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = region_list.brief
    monkeypatch.setattr(
        region_list, "brief", lambda item, photo: (asked.append(item.key), real(item, photo))[1]
    )
    rows.regions._details.clear()
    for _ in range(3):
        rows.viewport().repaint()
    assert sorted(map(str, asked)) == ["cat", "cup", "roof", "sky"]


def test_thousands_of_regions_are_painted_as_few(
    rows: RegionList, canvas: OverlayCanvas, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[object] = []
    real = region_list.brief
    monkeypatch.setattr(
        region_list, "brief", lambda item, photo: (asked.append(item.key), real(item, photo))[1]
    )
    canvas.show_items(
        [OverlayItem(number, "x", box=QRectF(number % 400, number // 400, 3, 3))
         for number in range(5000)]
    )  # fmt: skip
    canvas.set_current(4000)
    rows.viewport().repaint()
    canvas.grab()
    assert rows.currentIndex().row() == 4000
    assert len(asked) < 50
