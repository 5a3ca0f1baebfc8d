"""Zoom, pan, lasso and dots, without a window."""

import math

import numpy as np
import pytest
from PySide6.QtGui import QColor

from vlm_desktop.gui.panes.library.map_dots import dots
from vlm_desktop.gui.panes.library.map_geometry import (
    MapView,
    first_in_cells,
    inside,
    nearest_point,
    next_place,
    spread_of,
)


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float32).reshape(-1, 2)


def test_the_whole_map_fits_and_pixels_lead_back() -> None:
    view = MapView(800, 400, spread=(1.0, 0.5))
    assert view.to_canvas(points((0.5, 0.5)))[0].tolist() == [400, 200]
    corners = view.to_canvas(points((0.0, 0.25), (1.0, 0.75)))
    assert corners.tolist() == [[0, 0], [800, 400]]
    assert view.to_map(800, 400) == (1.0, 0.75)


def test_zooming_keeps_the_point_under_the_pointer_and_ends_at_the_whole() -> None:
    view = MapView(800, 400)
    before = view.to_map(600, 100)
    closer = view.zoomed(3, 600, 100)
    assert closer.to_map(600, 100) == pytest.approx(before)
    assert closer.zoomed(0.01, 0, 0) == view


def test_a_lasso_holds_what_is_inside_a_ring_but_not_its_hole() -> None:
    turns = np.linspace(0, 2 * math.pi, 50)
    ring = [(0.5 + 0.3 * math.cos(turn), 0.5 + 0.3 * math.sin(turn)) for turn in turns]
    found = inside(points((0.5, 0.5), (0.75, 0.5), (0.85, 0.5), (0.0, 0.0)), ring)
    assert found.tolist() == [True, True, False, False]
    assert not inside(points((0.5, 0.5)), ring[:2]).any()
    eight = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]
    crossed = inside(points((0.5, 0.2), (0.2, 0.5), (0.8, 0.5)), eight)
    assert crossed.tolist() == [False, True, True]


def test_the_nearest_photo_within_reach() -> None:
    known = points((0.1, 0.1), (0.4, 0.4))
    assert nearest_point(known, 0.39, 0.41, 0.05) == 1
    assert nearest_point(known, 0.25, 0.25, 0.05) is None
    assert nearest_point(points(), 0, 0, 1) is None


def test_arrows_find_the_place_that_lies_that_way() -> None:
    places = [(0.5, 0.5), (0.9, 0.5), (0.6, 0.1), (0.1, 0.5)]
    assert next_place(places, 0, 1, 0) == 1
    assert next_place(places, 0, 0, -1) == 2
    assert next_place(places, 0, -1, 0) == 3
    assert next_place(places, 1, 1, 0) == 1


def test_one_photo_a_cell_and_none_in_a_crowd() -> None:
    random = np.random.default_rng(0)
    some = random.random((40, 2)).astype(np.float32)
    view = MapView(800, 800)
    rows = first_in_cells(some, view, 80, 5.0)
    assert 0 < len(rows) <= 40
    cells = np.floor(some[rows] * 10)
    assert len({tuple(cell) for cell in cells.tolist()}) == len(rows)
    assert not len(first_in_cells(np.repeat(some, 50, axis=0), view, 80, 5.0))


def test_spread_is_the_part_that_holds_photos() -> None:
    wide, high = spread_of(points((0.1, 0.5), (0.9, 0.6)))
    assert wide == pytest.approx(0.86, abs=0.01)
    assert high == pytest.approx(0.26, abs=0.01)


def test_dots_are_painted_where_they_lie_and_selected_ones_on_top() -> None:
    spots = points((10, 10), (30, 10), (30, 10), (500, 500), (-20, 3))
    selected = np.array([False, False, True, False, False])
    image = dots(spots, selected, (60, 40), 1, "#000000", "#ff0000")
    assert (image.width(), image.height()) == (60, 40)
    assert image.pixelColor(10, 10).alpha() > 0
    assert image.pixelColor(30, 10) == QColor("#ff0000")
    assert image.pixelColor(45, 30).alpha() == 0


def test_crowds_are_stronger_than_single_photos() -> None:
    spots = points((10, 10), *[(40, 10)] * 12)
    image = dots(spots, np.zeros(13, bool), (60, 40), 1, "#000000", "#ff0000")
    assert image.pixelColor(40, 10).alpha() > image.pixelColor(10, 10).alpha() + 40
