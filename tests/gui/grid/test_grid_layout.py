"""Where photos stand."""

import itertools

import numpy as np
import pytest

from vlm_desktop.gui.panes.search.grid_layout import GridLayout, Spot, find_breaks

GAP, HEADER = 8, 40


def lay(aspects: list[float], spans: list[tuple[int, int]], width: int = 1000) -> GridLayout:
    breaks = find_breaks(np.array(aspects, dtype=np.float64), spans, width, 200, GAP)
    return GridLayout(aspects, breaks, spans, width, GAP, HEADER, left=12)


@pytest.fixture
def mixed() -> GridLayout:
    """A hundred photos of three shapes in two groups."""
    aspects = [(1.33, 0.75, 1.5)[n % 3] for n in range(100)]
    return lay(aspects, [(0, 60), (60, 40)])


def spots(layout: GridLayout) -> list[Spot]:
    return [spot for row in range(layout.rows) for spot in layout.spots(row)]


def test_every_photo_has_one_place_and_none_overlap(mixed: GridLayout) -> None:
    found = spots(mixed)
    assert [spot.item for spot in found] == list(range(100))
    for row in range(mixed.rows):
        for left, right in itertools.pairwise(mixed.spots(row)):
            assert right.x - (left.x + left.width) in (GAP - 1, GAP, GAP + 1)
            assert (left.y, left.height) == (right.y, right.height)
    for row in range(mixed.rows - 1):
        bottom = mixed.spots(row)[0].y + mixed.spots(row)[0].height
        assert mixed.spots(row + 1)[0].y >= bottom + GAP


def test_full_rows_fill_the_width_near_the_wanted_height(mixed: GridLayout) -> None:
    lasts = {mixed.row_of(59), mixed.row_of(99)}
    for row in set(range(mixed.rows)) - lasts:
        some = mixed.spots(row)
        assert some[0].x == 12
        assert abs(some[-1].x + some[-1].width - 1012) <= 1
        assert 150 <= some[0].height <= 270


def test_photos_keep_their_shape(mixed: GridLayout) -> None:
    for spot in spots(mixed):
        shape = (1.33, 0.75, 1.5)[spot.item % 3]
        assert spot.width / spot.height == pytest.approx(shape, rel=0.03)


def test_one_photo_is_not_blown_up() -> None:
    (spot,) = spots(lay([1.5], [(0, 1)]))
    assert (spot.width, spot.height) == (300, 200)


def test_a_group_begins_a_row_below_its_header(mixed: GridLayout) -> None:
    (header,) = mixed.headers_between(0, mixed.height)
    first = mixed.spot(60)
    assert header.group == 1
    assert first is not None
    assert first.x == 12
    assert first.y == header.y + header.height
    assert mixed.group_at(header.y - 1) == 0
    assert mixed.group_at(header.y) == 1


def test_what_stands_at_a_point_is_found(mixed: GridLayout) -> None:
    for spot in spots(mixed):
        assert mixed.item_at(spot.x, spot.y) == spot.item
        assert mixed.item_at(spot.x + spot.width - 1, spot.y + spot.height - 1) == spot.item
    assert mixed.item_at(500, 3) is None
    assert mixed.item_at(2, 50) is None


def test_rows_of_a_stretch_are_those_that_touch_it(mixed: GridLayout) -> None:
    for top in range(0, mixed.height, 97):
        touched = [
            row
            for row in range(mixed.rows)
            if mixed.spots(row)[0].y < top + 300
            and mixed.spots(row)[0].y + mixed.spots(row)[0].height >= top
        ]
        assert list(mixed.rows_between(top, top + 300)) == touched


def test_up_and_down_go_to_the_nearest_and_stop_at_the_ends(mixed: GridLayout) -> None:
    spot = mixed.spot(20)
    assert spot is not None
    below = mixed.spot(mixed.beside(20, 1))
    assert below is not None
    assert mixed.row_of(below.item) == mixed.row_of(20) + 1
    assert abs((below.x + below.width / 2) - (spot.x + spot.width / 2)) < 250
    assert mixed.beside(0, -1) == 0
    assert mixed.row_of(mixed.beside(0, 10_000)) == mixed.rows - 1


def test_a_rectangle_finds_runs(mixed: GridLayout) -> None:
    assert mixed.items_in(0, 0, 5_000, mixed.height) == [(0, 99)]
    spot = mixed.spot(7)
    assert spot is not None
    assert mixed.items_in(spot.x, spot.y, spot.x + 1, spot.y + 1) == [(7, 7)]
    assert mixed.items_in(0, 0, 3, 3) == []


def test_nothing_has_no_rows() -> None:
    empty = lay([], [])
    assert (empty.rows, empty.spot(0), empty.item_at(5, 5)) == (0, None, None)
    assert list(empty.rows_between(0, 500)) == []
