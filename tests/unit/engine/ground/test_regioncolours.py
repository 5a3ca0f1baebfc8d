"""Colours of regions by the words people use."""

from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.grounding import GroundPicture
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.regioncolours import RegionColours, region_colours
from vlm_desktop.engine.ground.spatial import holds

SQUARE = Size(100, 100)


def painted(*colours: tuple[int, int, int], size: Size = SQUARE) -> GroundPicture:
    """Stripes of equal width, from left to right."""
    pixels = np.zeros((100, 100, 3), np.uint8)
    edges = np.linspace(0, 100, len(colours) + 1).astype(int)
    for colour, left, right in zip(colours, edges, edges[1:], strict=False):
        pixels[:, left:right] = colour
    return GroundPicture(Path("p"), "p", size, pixels)


ALL = Box(0, 0, 100, 100)
RED, BLUE, BLACK, WHITE = (200, 30, 40), (40, 70, 190), (20, 20, 20), (240, 240, 240)


def measured(*colours: tuple[int, int, int]) -> RegionColours:
    return region_colours(painted(*colours), ALL)


@pytest.mark.parametrize(
    ("rgb", "colour"),
    [
        (RED, "red"),
        (BLUE, "blue"),
        (BLACK, "black"),
        (WHITE, "white"),
        ((130, 80, 40), "brown"),
        ((40, 66, 40), "green"),
        ((120, 175, 225), "blue"),
        ((128, 128, 128), "grey"),
        ((240, 200, 60), "yellow"),
    ],
)
def test_one_colour_holds_and_those_far_away_do_not(rgb: tuple[int, int, int], colour: str) -> None:
    found = measured(rgb)
    assert found.main == colour
    assert holds(found.probability(colour)) is True
    assert holds(found.probability("purple")) is not True
    far = {"red": "blue", "blue": "yellow", "yellow": "blue"}.get(colour, "pink")
    assert holds(found.probability(far)) is False
    assert found.instead_of(far) == colour


def test_two_colours_hold_together() -> None:
    found = measured(BLACK, WHITE, BLACK, WHITE)
    assert holds(found.probability("black")) is True
    assert holds(found.probability("white")) is True


def test_a_red_bus_with_black_windows_is_red_and_not_black() -> None:
    found = measured(RED, RED, RED, BLACK)
    assert found.main == "red"
    assert holds(found.probability("red")) is True
    assert holds(found.probability("black")) is not True


def test_a_white_shirt_in_the_shade_is_not_denied() -> None:
    assert holds(measured((195, 195, 198)).probability("white")) is True
    assert holds(measured((225, 205, 175)).probability("white")) is not False


def test_a_mask_leaves_out_what_is_around() -> None:
    picture = painted(RED, BLUE)
    full = np.zeros((100, 100), bool)
    full[:, :50] = True
    found = region_colours(picture, ALL, Mask.of(full))
    assert holds(found.probability("blue")) is False
    assert holds(region_colours(picture, ALL).probability("blue")) is True


def test_pixels_may_be_fewer_than_the_picture_has() -> None:
    picture = painted(RED, BLUE, size=Size(1000, 200))
    assert region_colours(picture, Box(600, 0, 900, 200)).main == "blue"
    full = np.zeros((200, 1000), bool)
    full[:, :400] = True
    assert region_colours(picture, Box(0, 0, 1000, 200), Mask.of(full)).main == "red"


@pytest.mark.parametrize("box", [Box(0, 0, 0, 0), Box(99.5, 99, 99.6, 99.6), Box(90, 9, 300, 99)])
def test_boxes_of_hardly_a_pixel_and_beyond_the_picture_are_measured(box: Box) -> None:
    assert region_colours(painted(RED), box).main == "red"


def test_an_empty_mask_is_no_mask() -> None:
    empty = Mask.of(np.zeros((100, 100), bool))
    assert region_colours(painted(RED), ALL, empty).main == "red"
