"""Where regions lie, in words, and the order they are read in."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from vlm_desktop.base.grounding import Heatmap, PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.gui.widgets.overlay_items import Kind, OverlayItem
from vlm_desktop.gui.widgets.region_words import place_of, reading_order, said, share_of

PHOTO = QSizeF(300, 150)


@pytest.mark.parametrize(
    ("x", "y", "place"),
    [
        (0, 0, "upper left"),
        (150, 10, "top"),
        (299, 0, "upper right"),
        (99, 75, "left"),
        (150, 75, "middle"),
        (300, 75, "right"),
        (-40, 900, "lower left"),
        (101, 149, "bottom"),
        (300, 150, "lower right"),
    ],
)
def test_places_are_nine_parts_of_the_picture(x: float, y: float, place: str) -> None:
    assert place_of(QPointF(x, y), PHOTO) == place


def test_a_picture_of_no_size_has_a_middle() -> None:
    assert place_of(QPointF(), QSizeF()) == "middle"


def test_a_mask_counts_its_pixels_and_not_its_holes() -> None:
    bits = np.zeros((150, 300), bool)
    bits[:50, :100] = True
    bits[10:20, 10:20] = False
    item = OverlayItem(1, "cat", mask=Mask.of(bits), note="84 % sure")
    assert share_of(item, PHOTO) == pytest.approx(4900 / 45000)
    assert said(item, PHOTO) == "cat, 84 % sure, outline, upper left, 11 % of the picture"
    assert said(item, PHOTO, 2, 3).startswith("2 of 3: cat, ")


def test_each_kind_says_what_it_is() -> None:
    box = OverlayItem(1, box=QRectF(0, 0, 300, 75))
    assert said(box, PHOTO) == "box, top, 50 % of the picture"
    outside = OverlayItem(1, box=QRectF(-300, 0, 600, 150))
    assert share_of(outside, PHOTO) == 1.0, "only what is inside of the picture"
    corners = OverlayItem(1, "roof", polygon=((0, 0), (300, 0), (0, 150)))
    assert said(corners, PHOTO) == "roof, polygon, middle, 50 % of the picture"
    tiny = OverlayItem(1, box=QRectF(299, 149, 1, 1))
    assert said(tiny, PHOTO) == "box, lower right, under 1 % of the picture"
    one = OverlayItem(1, points=(PromptPoint(1, 1),))
    assert said(one, PHOTO) == "point, upper left"
    two = OverlayItem(1, points=(PromptPoint(1, 1), PromptPoint(299, 149)))
    assert said(two, PHOTO) == "2 points, middle"
    warm = np.zeros((3, 3), np.float32)
    warm[2, 0] = 1
    heat = OverlayItem(1, "red cup", heat=Heatmap(warm))
    assert said(heat, PHOTO) == "red cup, heat, strongest: lower left"
    assert said(OverlayItem(1, "gone"), PHOTO).startswith("gone, no place")


def test_an_empty_mask_falls_back_to_its_box() -> None:
    empty = Mask.of(np.zeros((4, 4), bool))
    assert OverlayItem(1, mask=empty).kind is Kind.NOTHING
    assert OverlayItem(1, mask=empty, box=QRectF(0, 0, 2, 2)).kind is Kind.BOX


def test_regions_are_read_line_by_line() -> None:
    lines = [
        QRectF(200, 4, 50, 20),  # 0: on the first line, a little lower, to the right
        QRectF(0, 100, 50, 20),  # 1: third line
        QRectF(0, 0, 50, 20),  # 2: first line
        QRectF(100, 50, 50, 20),  # 3: second line
        QRectF(0, 52, 50, 20),  # 4: second line
        QRectF(300, 10, 0, 0),  # 5: a point on the first line
    ]
    assert reading_order(lines) == [2, 0, 5, 4, 3, 1]
    assert reading_order([]) == []


def test_what_is_large_takes_no_line_from_what_is_small() -> None:
    boxes = [QRectF(0, 0, 100, 100), QRectF(60, 10, 10, 10), QRectF(10, 80, 10, 10)]
    assert reading_order(boxes) == [1, 0, 2]
