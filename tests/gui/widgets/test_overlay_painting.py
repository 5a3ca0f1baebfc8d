"""Painting makes nothing anew, and keeps what is said in sight."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vlm_desktop.base.grounding import Heatmap, PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.gui.widgets import overlay_canvas, overlay_pixels, photo_canvas
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import OverlayItem, Tool

Place = Callable[[float, float], QPoint]
KEY = Qt.Key


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
    assert made == ["mask_drawing", "_edges", "_image", "heat_image", "_image"]
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


@pytest.mark.parametrize("size", [(1, 1), (3, 300), (4000, 40), (0, 0)])
def test_pictures_of_any_shape_are_painted(
    canvas: OverlayCanvas, size: tuple[int, int], spoken: list[str], qtbot: QtBot
) -> None:
    width, height = size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if width:
        image.fill(Qt.GlobalColor.gray)
    canvas.show_photo(image, image.size())
    whole = np.ones((height, width), bool)
    canvas.show_items(
        [
            OverlayItem("mask", mask=Mask.of(whole), points=(PromptPoint(0, 0),), can_edit=True),
            OverlayItem("box", box=QRectF(0, 0, width, height), can_edit=True),
            OverlayItem("heat", heat=Heatmap(np.ones((1, 1), np.float32))),
            OverlayItem("far", box=QRectF(-9e6, 9e6, 1e7, 1e7), polygon=((0, 0), (1, 1))),
            OverlayItem("nothing"),
        ]
    )
    for zoom in (None, 0.25, 16.0):
        if zoom is not None:
            canvas.zoom_to(zoom)
        for key in (KEY.Key_Home, KEY.Key_Right, KEY.Key_Right, KEY.Key_Down):
            qtbot.keyClick(canvas, key)
            canvas.grab()
    assert bool(spoken) is (width > 0)


def test_the_cross_shows_only_while_keys_move_it(
    canvas: OverlayCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[object] = []
    monkeypatch.setattr(overlay_canvas, "paint_cross", lambda *_: painted.append(True))
    canvas.set_tool(Tool.POINT)
    canvas.begin_aim()
    for is_here in (True, False):
        monkeypatch.setattr(canvas, "hasFocus", lambda is_here=is_here: is_here)
        painted.clear()
        canvas.grab()
        assert bool(painted) is is_here


def test_no_fill_hides_the_heat(
    canvas: OverlayCanvas, items: list[OverlayItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = OverlayItem("warm", "cat", heat=Heatmap(np.zeros((2, 2), np.float32)))
    mask = next(item for item in items if item.mask is not None)
    canvas.show_items([warm])
    bare = canvas.grab().toImage()
    canvas.show_items([mask, warm])
    at = canvas.geometry_of_photo.transform().map(QPointF(80, 215)).toPoint()
    assert canvas.grab().toImage().pixelColor(at) == bare.pixelColor(at)
    canvas.show_items([mask])
    assert canvas.grab().toImage().pixelColor(at) != bare.pixelColor(at)
