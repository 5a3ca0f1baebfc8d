"""From a region back to words: what is tried, and that only what grounding proves is told."""

import pytest

from tests.fakes import ColourEncoder
from tests.unit.engine.ground.pointing import (
    BLUE_CUP,
    LAPTOP,
    RED_CUP,
    KnowingFinder,
    OneFinder,
    picture,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chaterrors import BadRegion
from vlm_desktop.base.grounding import DescriptionLength, Expression
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.expressions import Expressions
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.naming import Named
from vlm_desktop.engine.ground.phrases import Phrases
from vlm_desktop.engine.ground.referring import ways_to_say

SIZE = Size(600, 300)


def expressions(finder: KnowingFinder, *nouns: str) -> Expressions:
    """With nouns given, so that no encoder has to know what a cup looks like."""
    encoders = Encoders(lambda model_id: ColourEncoder(model_id))
    phrases = Phrases(OneFinder(finder), encoders, Masking())  # type: ignore[arg-type]

    def no_answerer() -> None:
        raise AssertionError("nobody should be asked for a caption")

    made = Expressions(
        phrases,
        encoders,
        lambda: "colours",
        Masking(),
        no_answerer,  # type: ignore[arg-type]
        lambda: "none",
    )
    names = tuple(Named(noun, 0.5) for noun in nouns)
    made._naming.names = lambda *_: names  # type: ignore[method-assign]
    return made


def refer(region: Box, *nouns: str, finder: KnowingFinder | None = None) -> tuple[Expression, ...]:
    made = expressions(finder or KnowingFinder(), *nouns)
    return made.refer(picture(), region, CancelToken())


# --- what is tried -------------------------------------------------------------------------


def test_alone_a_noun_is_enough_and_comes_first() -> None:
    assert ways_to_say("cup", "red", RED_CUP, [], SIZE) == ("cup", "red cup")


def test_of_two_the_left_one() -> None:
    ways = ways_to_say("cup", "", RED_CUP, [BLUE_CUP], SIZE)
    assert ways[:2] == ("cup", "left cup")
    assert "right cup" not in ways


def test_of_three_the_leftmost_and_the_second() -> None:
    boxes = [Box(x, 100, x + 50, 150) for x in (0, 200, 400)]
    assert "leftmost cup" in ways_to_say("cup", "", boxes[0], boxes[1:], SIZE)
    middle = ways_to_say("cup", "", boxes[1], [boxes[0], boxes[2]], SIZE)
    assert "middle cup" in middle
    assert "second cup from the left" in middle


def test_size_where_it_differs_and_nothing_where_all_is_the_same() -> None:
    big = Box(300, 0, 600, 300)
    assert "bigger cup" in ways_to_say("cup", "", big, [RED_CUP], SIZE)
    assert ways_to_say("cup", "", RED_CUP, [RED_CUP], SIZE) == ("cup",)


# --- what is told --------------------------------------------------------------------------


def test_the_shortest_that_finds_it_alone() -> None:
    assert refer(LAPTOP, "laptop") == (Expression("laptop", 1.0, 0),)
    assert refer(RED_CUP, "cup") == (Expression("red cup", 1.0, 0),)


def test_place_where_colour_tells_nothing() -> None:
    twins = [Box(210, 90, 260, 190), Box(290, 90, 340, 190)]  # both on the black laptop
    (found,) = refer(twins[1], "key", finder=KnowingFinder({"key": twins}))
    assert found == Expression("right key", 1.0, 0)


def test_a_noun_that_does_not_find_it_is_not_told() -> None:
    assert [one.text for one in refer(LAPTOP, "cup", "laptop")] == ["laptop"]


def test_where_nothing_finds_it_nothing_is_told() -> None:
    assert refer(Box(0, 200, 60, 300), "cup", "dog") == ()


def test_where_none_finds_it_alone_the_rivals_are_counted() -> None:
    four = [Box(x, y, x + 50, y + 50) for x in (200, 280) for y in (80, 140)]
    found = refer(four[0], "key", finder=KnowingFinder({"key": four}))
    assert found
    assert all(one.overlap == 1.0 and one.rivals for one in found)


def test_second_from_the_top() -> None:
    four = [Box(200, y, 300, y + 60) for y in (0, 70, 140, 210)]
    (found,) = refer(four[1], "key", finder=KnowingFinder({"key": four}))
    assert found == Expression("second key from the top", 1.0, 0)


def test_overlap_is_that_of_what_was_found_again() -> None:
    (found,) = refer(Box(200, 80, 350, 170), "laptop")
    assert found.overlap == pytest.approx(0.75)


def test_each_noun_costs_one_pass() -> None:
    finder = KnowingFinder()
    refer(RED_CUP, "cup", "laptop", finder=finder)
    assert finder.asked == ["cup", "laptop"]


def test_short_descriptions_ask_no_chat_model() -> None:
    made = expressions(KnowingFinder(), "cup")
    said = made.describe(picture(), RED_CUP, DescriptionLength.SHORT, CancelToken())
    assert said == "red cup"


@pytest.mark.parametrize("box", [Box(700, 0, 800, 100), Box(50, 50, 50, 80), Box(-20, -20, -5, -5)])
def test_regions_outside_or_without_area_are_refused(box: Box) -> None:
    with pytest.raises(BadRegion):
        refer(box, "cup")
