"""Quarter turns and reading order."""

import numpy as np
import pytest

from vlm_desktop.backends.ocr import layout
from vlm_desktop.base.types import Box, OcrLine


def quad(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_points_find_their_way_back_through_a_quarter_turn(turns: int) -> None:
    picture = np.zeros((20, 30), dtype=np.uint8)
    picture[3:5, 7:16] = 1
    turned = np.rot90(picture, turns)
    ys, xs = np.nonzero(turned)
    found = quad(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    back = layout.quads_before_turn(found[None], turns, width=30, height=20)[0]
    assert layout.bounding_box(back, 30, 20) == Box(7, 3, 16, 5)


def test_a_box_is_kept_within_the_picture() -> None:
    assert layout.bounding_box(quad(-4, -1, 40, 9), 30, 20) == Box(0, 0, 30, 9)


def test_long_tall_lines_outweigh_many_short_flat_ones() -> None:
    flat = [quad(0, 10 * i, 20, 10 * i + 8) for i in range(3)]
    tall = [quad(40, 0, 50, 200)]
    assert layout.mostly_tall(np.stack(flat + tall))
    assert not layout.mostly_tall(np.stack(flat))


def test_rows_from_the_top_each_from_the_left() -> None:
    boxes = [
        Box(200, 52, 260, 70),  # right of the second row
        Box(10, 10, 90, 30),
        Box(10, 50, 150, 70),
        Box(120, 14, 180, 33),  # right of the first row, a little lower
    ]
    assert layout.reading_order(boxes) == [1, 3, 2, 0]


def test_a_page_askew_keeps_its_rows() -> None:
    """Ten boxes a row, each 3 px lower than its left neighbour: 27 px over a row of 20 px."""
    rows = [
        [Box(60 * k, 40 * row + 3 * k, 60 * k + 50, 40 * row + 3 * k + 20) for k in range(10)]
        for row in range(3)
    ]
    boxes = [box for row in rows for box in row]
    shuffled = np.random.default_rng(0).permutation(len(boxes))
    order = layout.reading_order([boxes[i] for i in shuffled])
    assert [int(shuffled[i]) for i in order] == list(range(30))


def test_lines_come_in_reading_order() -> None:
    lines = [
        OcrLine("world", Box(60, 1, 100, 20), 0.9),
        OcrLine("hello", Box(0, 0, 50, 20), 0.9),
    ]
    order = layout.reading_order([line.box for line in lines])
    assert [lines[i].text for i in order] == ["hello", "world"]


@pytest.mark.parametrize(
    ("width", "height"), [(100, 100), (300, 1200), (100, 3_500), (9_000, 200), (1, 1), (64, 35_000)]
)
def test_pieces_cover_a_picture_and_every_place_has_one_owner(width: int, height: int) -> None:
    pieces = layout.pieces_of(width, height)
    places = np.random.default_rng(1).uniform((0, 0), (width, height), (200, 2)).astype(np.float32)
    owners = np.stack([piece.owns(places) for piece in pieces])
    assert (owners.sum(axis=0) == 1).all()
    for piece, own in zip(pieces, owners, strict=True):
        x, y = places[own].T
        assert ((piece.left <= x) & (x <= piece.right)).all()
        assert ((piece.top <= y) & (y <= piece.bottom)).all()
        long, short = piece.bottom - piece.top, piece.right - piece.left
        assert max(long, short) <= 5 * min(long, short)
