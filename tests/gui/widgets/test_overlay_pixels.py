"""Masks and heat as pictures: exact, with holes, made once."""

import gc
import weakref
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath

from vlm_desktop.base.grounding import Heatmap
from vlm_desktop.base.masks import Mask
from vlm_desktop.gui.widgets import overlay_pixels
from vlm_desktop.gui.widgets.overlay_pixels import heat_image, mask_drawing

RED = QColor("#d02040")


def alpha_of(image: QImage) -> NDArray[np.uint8]:
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return (pixels >> 24).astype(np.uint8)


def lines_of(path: QPainterPath) -> list[QLineF]:
    """Of its loops, which are closed."""
    elements = [path.elementAt(number) for number in range(path.elementCount())]
    lines = [
        QLineF(start.x, start.y, end.x, end.y)
        for start, end in pairwise(elements)
        if end.isLineTo()
    ]
    for loop in path.toSubpathPolygons():
        assert loop.isClosed()
    return lines


def outlined(bits: NDArray[np.bool_]) -> set[tuple[float, float, float, float]]:
    """Unit edges between pixels that belong and those that do not, by looking at each pixel."""
    height, width = bits.shape
    edges = set()
    for y in range(height + 1):
        for x in range(width + 1):
            here = y < height and x < width and bits[y, x]
            above = y > 0 and x < width and bits[y - 1, x]
            before = x > 0 and y < height and bits[y, x - 1]
            if here != above:
                edges.add((x, y, x + 1, y))
            if here != before:
                edges.add((x, y, x, y + 1))
    return edges


def unit_edges(path: QPainterPath) -> list[tuple[float, float, float, float]]:
    edges = []
    for line in lines_of(path):
        step = 1 / line.length()
        for number in range(round(line.length())):
            ends = (line.pointAt(number * step), line.pointAt((number + 1) * step))
            low, high = sorted((round(one.x()), round(one.y())) for one in ends)
            edges.append((*low, *high))
    return edges


@pytest.mark.parametrize("seed", range(5))
def test_fill_and_outline_are_the_mask_with_its_holes(seed: int) -> None:
    chance = np.random.default_rng(seed)
    bits = np.kron(chance.random((6, 8)) < 0.6, np.ones((3, 2), bool)).astype(bool)
    bits[7:9, 5:8] = True
    bits[8, 6] = False
    mask = Mask.of(bits)
    made = mask_drawing(mask, RED)
    assert made.step == 1
    np.testing.assert_array_equal(alpha_of(made.fill) == 255, mask.bits)
    assert made.place == QRectF(mask.left, mask.top, *mask.bits.shape[::-1])
    found = unit_edges(made.fine)
    assert len(found) == len(set(found)), "no edge twice"
    assert set(found) == outlined(bits)


def test_pixels_that_touch_at_a_corner_are_outlined_each() -> None:
    bits = np.eye(4, dtype=bool) | np.eye(4, dtype=bool)[::-1]
    found = unit_edges(mask_drawing(Mask.of(bits), RED).fine)
    assert sorted(found) == sorted(outlined(bits))


def test_the_fill_has_the_colour_as_it_is() -> None:
    made = mask_drawing(Mask.of(np.ones((3, 3), bool)), RED)
    assert made.fill.pixelColor(1, 1) == RED


def test_one_pixel_has_an_outline_too() -> None:
    bits = np.zeros((5, 5), bool)
    bits[2, 3] = True
    assert set(unit_edges(mask_drawing(Mask.of(bits), RED).fine)) == outlined(bits)


def test_a_large_mask_is_filled_coarsely_and_outlined_exactly() -> None:
    bits = np.zeros((3000, 4000), bool)
    bits[400:2600, 500:3500] = True
    bits[1000:1400, 1000:1400] = False
    made = mask_drawing(Mask.of(bits), RED)
    assert made.fill.width() * made.fill.height() <= overlay_pixels._MOST_PIXELS * 1.1
    assert made.step > 1
    lines = [(line.x1(), line.y1(), line.x2(), line.y2()) for line in lines_of(made.fine)]
    assert (500, 400, 3500, 400) in lines, "clockwise"
    assert (1000, 1000, 1000, 1400) in lines, "the hole, the other way round"
    assert len(lines) == 8
    whole = made.place
    assert abs(whole.right() - 3500) < made.step
    assert abs(whole.bottom() - 2600) < made.step


def test_what_a_lane_made_ready_is_not_traced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    masks = [Mask.of(np.ones((3, 3), bool)), Mask.of(np.zeros((3, 3), bool))]
    overlay_pixels.make_ready(*masks, None)
    monkeypatch.setattr(overlay_pixels, "_edges", lambda *_: pytest.fail("again"))
    assert not mask_drawing(masks[0], RED).fine.isEmpty()


def test_what_was_made_ready_goes_with_its_mask() -> None:
    mask = Mask.of(np.ones((3, 3), bool))
    gone = weakref.ref(mask)
    overlay_pixels.make_ready(mask)
    del mask
    gc.collect()
    assert gone() is None


def test_dust_is_filled_and_not_outlined() -> None:
    made = mask_drawing(Mask.of(np.random.default_rng(0).random((600, 600)) < 0.5), RED)
    assert made.fine.isEmpty()
    assert 0.4 < (alpha_of(made.fill) == 255).mean() < 0.6


def test_heat_is_strongest_where_its_cell_is_and_clear_where_it_is_cold() -> None:
    values = np.zeros((7, 14), np.float32)
    values[1, 10] = 1
    image = heat_image(Heatmap(values))
    alpha = alpha_of(image)
    row, column = divmod(int(alpha.argmax()), alpha.shape[1])
    assert (row * 7 // alpha.shape[0], column * 14 // alpha.shape[1]) == (1, 10)
    assert alpha[-1, 0] == 0
    assert 0 < alpha.max() < 255, "the picture shows through"


def test_more_heat_hides_more() -> None:
    image = heat_image(Heatmap(np.linspace(0, 1, 64, dtype=np.float32)[None, :]))
    alpha = alpha_of(image)[0].astype(int)
    assert (np.diff(alpha) >= 0).all()
    assert alpha[0] < alpha[-1]


def test_values_that_are_none_or_too_large_are_bounded() -> None:
    values = np.array([[np.nan, np.inf, -np.inf, 5.0]], np.float32)
    alpha = alpha_of(heat_image(Heatmap(values)))
    assert alpha[0, 0] == 0
    assert alpha.max() < 255
