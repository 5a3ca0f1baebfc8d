"""The items over one picture: ready when put, found by place, walked."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from vlm_desktop.base.grounding import Heatmap, PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.gui.widgets import overlay_pixels
from vlm_desktop.gui.widgets.overlay import Overlay
from vlm_desktop.gui.widgets.overlay_items import OverlayItem

PHOTO = QSize(400, 300)


def ring() -> Mask:
    bits = np.zeros((300, 400), bool)
    bits[50:150, 50:150] = True
    bits[80:120, 80:120] = False
    return Mask.of(bits)


@pytest.fixture
def overlay(qapp: object) -> Overlay:
    made = Overlay()
    made.put(
        [
            OverlayItem("all", box=QRectF(0, 0, 400, 300)),
            OverlayItem("ring", mask=ring(), points=(PromptPoint(60, 60), PromptPoint(300, 200))),
            OverlayItem("part", box=QRectF(90, 90, 20, 20), group="parts"),
            OverlayItem("other part", box=QRectF(200, 90, 20, 20), group="parts"),
            OverlayItem("roof", polygon=((300, 10), (390, 10), (300, 100))),
            OverlayItem("warm", heat=Heatmap(np.eye(3, dtype=np.float32))),
        ],
        PHOTO,
    )
    return made


def test_points_come_before_areas_and_small_before_large(overlay: Overlay) -> None:
    assert overlay.hits(QPointF(100, 100), 5) == ("part", "all"), "not the hole of the ring"
    assert overlay.hits(QPointF(70, 70), 5) == ("ring", "all")
    assert overlay.hits(QPointF(303, 202), 5) == ("ring", "all"), "its point is far from its mask"
    assert overlay.hits(QPointF(303, 202), 1) == ("all",)
    assert overlay.hits(QPointF(310, 20), 1) == ("roof", "all")
    assert overlay.hits(QPointF(380, 90), 1) == ("all",), "in the box of the polygon only"
    assert overlay.hits(QPointF(-5, 20), 1) == ()


def test_a_mask_is_drawn_once_however_often_it_is_put(
    overlay: Overlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, heat = overlay.item("ring"), overlay.item("warm")
    assert item is not None
    assert heat is not None
    drawn, warm = overlay.drawing(item), overlay.warmth(heat)
    monkeypatch.setattr(overlay_pixels, "mask_drawing", lambda *_: pytest.fail("again"))
    monkeypatch.setattr(overlay_pixels, "heat_image", lambda *_: pytest.fail("again"))
    overlay.put([item, heat, OverlayItem("more", box=QRectF(1, 1, 2, 2))], PHOTO)
    assert overlay.drawing(item) is drawn
    assert overlay.warmth(heat) is warm


def test_what_is_gone_is_no_more_in_hand_and_leaves_no_drawing(overlay: Overlay) -> None:
    item = overlay.item("ring")
    assert item is not None
    overlay.current, overlay.lit = "ring", "parts"
    overlay.put(overlay.items[2:3], PHOTO)
    assert (overlay.current, overlay.lit) == (None, "parts"), "one of the group is still there"
    assert overlay.drawing(item) is None
    overlay.put((), PHOTO)
    assert overlay.lit is None


def test_a_group_stands_out_together(overlay: Overlay) -> None:
    overlay.lit, overlay.current = "parts", "part"
    assert overlay.upper == [2, 3]
    assert not overlay.knows("nobody")
    assert overlay.knows("parts")


def test_only_what_is_in_sight_is_painted(overlay: Overlay) -> None:
    assert overlay.in_sight(QRectF(380, 280, 20, 20)) == [0, 5], "heat is everywhere"
    assert overlay.in_sight(QRectF(290, 190, 20, 20)) == [0, 1, 5], "a point of the ring"


def test_steps_follow_the_reading_order_and_stop_at_its_ends(overlay: Overlay) -> None:
    walked = []
    for _ in range(7):
        overlay.current = overlay.step(1)
        walked.append(overlay.current)
    assert walked[:6] == ["warm", "ring", "roof", "part", "other part", "all"]
    assert walked[6] == walked[5]
    assert overlay.step(-1) == walked[4]
    assert (overlay.end(False), overlay.end(True)) == (walked[0], walked[5])
    assert Overlay().step(1) is None
    assert Overlay().end(True) is None


def test_up_and_down_go_to_the_nearest(overlay: Overlay) -> None:
    overlay.current = "part"
    assert overlay.aside(1) == "all"
    overlay.current = "roof"
    assert overlay.aside(-1) == "warm", "its strongest cell is the first of equal ones"
    overlay.current = "warm"
    assert overlay.aside(-1) == "warm", "nothing is above"
    overlay.current = None
    assert overlay.aside(1) == overlay.step(1)
