"""A page turned upright and straightened: every place leads back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size

views = st.builds(
    PageView,
    st.builds(Size, st.integers(1, 40_000), st.integers(1, 40_000)),
    st.integers(0, 3),
    st.floats(-20, 20),
)


@given(views, st.floats(0, 1), st.floats(0, 1))
def test_every_point_leads_back(view: PageView, across: float, down: float) -> None:
    x, y = across * view.page.width, down * view.page.height
    assert view.to_page(*view.to_view(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(views, st.floats(0, 1), st.floats(0, 1))
def test_every_point_lies_on_the_canvas(view: PageView, across: float, down: float) -> None:
    x, y = view.to_view(across * view.page.width, down * view.page.height)
    assert -1e-6 <= x <= view.size.width + 1e-6
    assert -1e-6 <= y <= view.size.height + 1e-6


@pytest.mark.parametrize("turns", range(4))
def test_turns_are_those_of_numpy(turns: int) -> None:
    picture = np.zeros((4, 6))
    picture[1, 5] = 1
    (row, column), *_ = np.argwhere(np.rot90(picture, turns))
    assert PageView(Size(6, 4), turns).to_view(5.5, 1.5) == (column + 0.5, row + 0.5)


def test_skew_is_counter_clockwise() -> None:
    view = PageView(Size(100, 100), skew=10)
    x, y = view.to_view(90, 50)
    middle = view.size.height / 2
    assert y < middle, "the right end of a level line goes up"
    assert x > view.size.width / 2


def test_boxes_stay_within_the_page() -> None:
    view = PageView(Size(200, 100), turns=1, skew=5)
    whole = Box(0, 0, view.size.width, view.size.height)
    assert view.box_to_page(whole) == Box(0, 0, 200, 100)
    assert view.box_to_view(Box(-5, -5, 500, 500)).x0 >= 0
