"""Outlines of masks: traced along pixels, joined into one, and filled again exactly."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.ndimage import label

from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.outlines import (
    Outline,
    area_of,
    box_around,
    fill,
    joined,
    trace,
    union,
)

_BITS = arrays.arrays(
    np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.booleans()
)


def turning(outline: Outline) -> float:
    """Twice the signed area: positive for a part, negative for a hole."""
    turned = zip(outline, (*outline[1:], outline[0]), strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turned)


@settings(deadline=None)
@given(_BITS)
def test_one_joined_outline_holds_the_very_pixels(bits: np.ndarray) -> None:
    mask = Mask.of(bits)
    outlines = trace(mask)
    assert np.array_equal(fill(mask.size, joined(outlines)).full(), bits)
    assert sum(turning(one) for one in outlines) == 2 * bits.sum()
    parts = [one for one in outlines if turning(one) > 0]
    assert len(parts) == label(bits)[1]
    assert all(area_of(one) > 0 for one in outlines)


def test_a_mask_that_lies_somewhere_is_traced_where_it_lies() -> None:
    mask = Mask(Size(20, 10), 5, 3, np.ones((2, 4), bool))
    (outline,) = trace(mask)
    assert outline == ((5, 3), (9, 3), (9, 5), (5, 5))
    assert box_around(outline) == Box(5, 3, 9, 5)
    assert area_of(outline) == 8


def test_an_outline_between_pixels_holds_those_whose_centres_it_holds() -> None:
    mask = fill(Size(6, 6), ((0.4, 0.4), (2.6, 0.4), (2.6, 2.6), (0.4, 2.6)))
    assert mask.box == Box(0, 0, 3, 3)
    triangle = fill(Size(4, 4), ((0, 0), (4, 0), (0, 4)))
    assert triangle.full().astype(int).tolist() == [
        [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0],
    ]  # fmt: skip


def test_an_outline_may_reach_beyond_the_picture() -> None:
    mask = fill(Size(5, 4), ((-10, -10), (3, -10), (3, 99), (-10, 99)))
    assert mask.box == Box(0, 0, 3, 4)
    assert fill(Size(5, 4), ((10, 10), (20, 10), (20, 20))).area == 0
    assert fill(Size(5, 4), ((1, 1), (2, 2))).area == 0


def test_masks_are_united() -> None:
    one = Mask.of(np.eye(4, dtype=bool))
    other = Mask.of(np.fliplr(np.eye(4, dtype=bool)))
    assert union(one.size, [one, other]).area == 8
    assert union(one.size, []).area == 0
    assert trace(union(one.size, [])) == []
    assert joined([]) == ()
