"""How a page stands."""

import math

import pytest

from vlm_desktop.base.ocrtext import Point, Quad, ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Size
from vlm_desktop.engine.documents.upright import box_in_view, view_of

SIZE = Size(1000, 1400)


def line(x: float, y: float, length: float, degrees: float, height: float = 20) -> ReadLine:
    """A line that falls to the right by so many degrees."""
    angle = math.radians(degrees)
    across = (math.cos(angle), math.sin(angle))

    def at(along: float, down: float) -> Point:
        return (
            x + along * across[0] - down * across[1],
            y + along * across[1] + down * across[0],
        )

    quad: Quad = (at(0, 0), at(length, 0), at(length, height), at(0, height))
    return ReadLine(quad, (ReadWord("word", quad, 0.9, ()),))


def test_a_straight_page_is_left_alone() -> None:
    lines = tuple(line(100, 100 + 40 * k, 500, 0.1) for k in range(10))
    assert view_of(ReadPicture(0, lines), SIZE) == PageView(SIZE)


@pytest.mark.parametrize("degrees", [-12.0, -1.0, 0.6, 4.0, 30.0])
def test_lines_are_level_in_the_view(degrees: float) -> None:
    lines = tuple(line(300, 300 + 40 * k, 400, degrees) for k in range(10))
    view = view_of(ReadPicture(0, lines), SIZE)
    assert view.skew == pytest.approx(degrees, abs=0.01)
    for one in lines:
        box = box_in_view(one.quad, view)
        assert box.y1 - box.y0 == pytest.approx(20, abs=0.5)


def test_a_few_crooked_stamps_do_not_turn_the_page() -> None:
    straight = tuple(line(100, 100 + 40 * k, 500, 1.5) for k in range(8))
    stamps = tuple(line(600, 900 + 60 * k, 200, 25) for k in range(3))
    view = view_of(ReadPicture(0, straight + stamps), SIZE)
    assert view.skew == pytest.approx(1.5, abs=0.01)


def test_lines_that_do_not_agree_tell_nothing() -> None:
    lines = tuple(line(100, 100 + 40 * k, 300, 3 * (-1) ** k) for k in range(10))
    assert view_of(ReadPicture(0, lines), SIZE).skew == 0


def test_short_lines_tell_nothing() -> None:
    assert view_of(ReadPicture(0, (line(100, 100, 30, 8),)), SIZE).skew == 0


def test_a_page_on_its_side_is_turned_before_its_skew_is_told() -> None:
    lying = tuple(line(500 + 40 * k, 200, 400, 90 + 2) for k in range(10))
    view = view_of(ReadPicture(1, lying), SIZE)
    assert (view.turns, view.skew) == (1, pytest.approx(2, abs=0.01))
