"""Where a photo lies on the screen, and the box on it; no widgets needed."""

import pytest
from PySide6.QtCore import QPointF, QSize, QSizeF, Qt

from vlm_desktop.gui.widgets.photo_geometry import MOST_ZOOM, Geometry
from vlm_desktop.gui.widgets.photo_region import Region


@pytest.fixture
def geometry() -> Geometry:
    made = Geometry()
    made.resize(QSize(800, 600), 1.0)
    made.show(QSize(4000, 2000))
    return made


def near(one: QPointF, other: QPointF) -> bool:
    return (one - other).manhattanLength() < 0.01


def test_a_photo_is_fitted_but_never_enlarged(geometry: Geometry) -> None:
    assert geometry.zoom == pytest.approx(0.2)
    assert near(geometry.to_photo(QPointF(400, 300)), QPointF(2000, 1000))
    assert not geometry.is_larger
    geometry.show(QSize(100, 50))
    assert geometry.zoom == 1.0


def test_full_size_is_a_pixel_per_pixel_on_every_screen(geometry: Geometry) -> None:
    geometry.resize(QSize(800, 600), 2.0)
    geometry.zoom_to(1.0)
    left, right = geometry.to_photo(QPointF(0, 0)), geometry.to_photo(QPointF(1, 0))
    assert (right - left).x() == pytest.approx(2.0)


def test_zooming_keeps_what_is_under_the_mouse(geometry: Geometry) -> None:
    at = QPointF(500, 320)
    before = geometry.to_photo(at)
    geometry.zoom_to(1.0, at)
    assert near(geometry.to_photo(at), before)
    geometry.zoom_to(2.0, at)
    assert near(geometry.to_photo(at), before)
    geometry.zoom_to(99.0)
    assert geometry.zoom == MOST_ZOOM


def test_dragging_stops_at_the_edge(geometry: Geometry) -> None:
    assert not geometry.move(QPointF(50, 0)), "a fitted photo does not move"
    geometry.zoom_to(1.0)
    assert geometry.move(QPointF(100, 0))
    for _ in range(100):
        geometry.move(QPointF(100, 100))
    assert near(geometry.to_photo(QPointF(0, 0)), QPointF(0, 0))
    assert not geometry.move(QPointF(100, 100))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turning_keeps_the_photo_in_view(geometry: Geometry, quarters: int) -> None:
    geometry.turn(quarters)
    expected = 600 / 4000 if quarters % 2 else 0.2
    assert geometry.zoom == pytest.approx(expected)
    geometry.zoom_to(1.0)
    before = geometry.to_photo(QPointF(400, 300))
    geometry.move(QPointF(40, 0))
    assert near(geometry.to_photo(QPointF(440, 300)), before)


def test_only_what_shows_is_worth_decoding(geometry: Geometry) -> None:
    assert geometry.wanted_side() == 800
    geometry.zoom_to(1.0)
    assert geometry.wanted_side() == 4000
    geometry.zoom_to(4.0)
    assert geometry.wanted_side() == 4000


# --- the box -------------------------------------------------------------------------------


def test_a_box_is_drawn_moved_and_resized_by_mouse() -> None:
    region = Region(QSizeF(1000, 500))
    region.press(QPointF(900, 400), 1.0, fresh=True)
    region.drag(QPointF(600, 900))
    region.release()
    assert region.box.getRect() == (600, 400, 300, 100)
    region.press(QPointF(700, 450), 1.0, fresh=False)
    region.drag(QPointF(100, 450))
    region.release()
    assert region.box.getRect() == (0, 400, 300, 100)
    region.press(QPointF(300, 500), 1.0, fresh=False)
    region.drag(QPointF(500, 450))
    assert region.box.getRect() == (0, 400, 500, 50)


def test_a_box_is_moved_and_resized_by_keys_inside_the_photo() -> None:
    region = Region(QSizeF(1000, 500))
    start = region.box.getRect()
    assert region.key(Qt.Key.Key_Right, resize=False)
    assert region.box.getRect() == (start[0] + 20, *start[1:])
    assert region.key(Qt.Key.Key_Down, resize=True)
    assert region.box.height() == start[3] + 10
    for _ in range(100):
        region.key(Qt.Key.Key_Left, resize=False)
        region.key(Qt.Key.Key_Left, resize=True)
    assert region.box.left() == 0
    assert region.box.width() == pytest.approx(10)
    assert not region.key(Qt.Key.Key_A, resize=False)


def test_a_mere_click_is_no_box() -> None:
    region = Region(QSizeF(1000, 500))
    region.press(QPointF(10, 10), 1.0, fresh=True)
    region.drag(QPointF(12, 12))
    assert not region.is_large_enough
