"""Places, choices and relations, computed from boxes: also ties, margins and odd boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground import relations, spatial
from vlm_desktop.engine.ground.spatial import Measure, Relation, Side

SIZE = Size(1000, 500)


def at(x: float, y: float, wide: float = 100, high: float = 100) -> Box:
    """A box by its centre."""
    return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


LEFT, MIDDLE, RIGHT = at(100, 250), at(500, 250), at(900, 250)


def told(probabilities: list[float]) -> list[bool | None]:
    return [spatial.holds(one) for one in probabilities]


# --- sides ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "sides", "holds"),
    [
        (LEFT, (Side.LEFT,), True),
        (LEFT, (Side.RIGHT,), False),
        (MIDDLE, (Side.LEFT,), False),
        (at(450, 250), (Side.LEFT,), None),
        (MIDDLE, (Side.MIDDLE,), True),
        (LEFT, (Side.MIDDLE,), False),
        (at(100, 50), (Side.TOP, Side.LEFT), True),
        (at(900, 50), (Side.TOP, Side.LEFT), False),
        (at(100, 450), (Side.BOTTOM,), True),
    ],
)
def test_in_place(box: Box, sides: tuple[Side, ...], holds: bool | None) -> None:
    assert spatial.holds(spatial.in_place(box, SIZE, sides)) is holds


def test_sides_of() -> None:
    assert spatial.sides_of(at(100, 50), SIZE) == (Side.TOP, Side.LEFT)
    assert spatial.sides_of(RIGHT, SIZE) == (Side.RIGHT,)
    assert spatial.sides_of(MIDDLE, SIZE) == (Side.MIDDLE,)


# --- one of several ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "number", "chosen"),
    [
        (Measure.LEFT, 1, 1),
        (Measure.LEFT, 2, 0),
        (Measure.LEFT, -1, 2),
        (Measure.RIGHT, 1, 2),
        (Measure.RIGHT, 2, 0),
        (Measure.MIDDLE, 1, 0),
    ],
)
def test_one_of_three_in_a_row(measure: Measure, number: int, chosen: int) -> None:
    found = told(spatial.ranked([MIDDLE, LEFT, RIGHT], SIZE, measure, number))
    assert found == [index == chosen for index in range(3)]


def test_the_fourth_of_three_is_none() -> None:
    found = spatial.ranked([MIDDLE, LEFT, RIGHT], SIZE, Measure.LEFT, 4)
    assert told(found) == [False, False, False]


def test_two_that_tie_cannot_be_told_and_the_third_can() -> None:
    found = spatial.ranked([at(100, 100), at(104, 400), RIGHT], SIZE, Measure.LEFT)
    assert told(found) == [None, None, False]
    assert spatial.ranked([LEFT, LEFT], SIZE, Measure.LEFT) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("measure", "chosen"),
    [
        (Measure.LARGEST, 1),
        (Measure.SMALLEST, 0),
        (Measure.TALLEST, 1),
        (Measure.WIDEST, 2),
        (Measure.SHORTEST, 2),
        (Measure.NARROWEST, 0),
        (Measure.LONGEST, 2),
    ],
)
def test_sizes(measure: Measure, chosen: int) -> None:
    boxes = [at(100, 250, 40, 60), at(400, 250, 200, 300), at(800, 250, 400, 30)]
    found = told(spatial.ranked(boxes, SIZE, measure))
    assert found == [index == chosen for index in range(3)]


def test_one_alone_is_each_of_them_and_none_is_nothing() -> None:
    assert spatial.ranked([LEFT], SIZE, Measure.RIGHT) == [1.0]
    assert spatial.ranked([], SIZE, Measure.RIGHT) == []
    assert spatial.ranked([], SIZE, Measure.MIDDLE) == []


def test_middle_of_two_is_the_one_next_to_the_centre() -> None:
    assert told(spatial.ranked([LEFT, at(550, 250)], SIZE, Measure.MIDDLE)) == [False, True]


def test_nearest_and_furthest() -> None:
    door = [at(950, 250)]
    boxes = [LEFT, MIDDLE, RIGHT]
    assert told(relations.by_distance(boxes, door, SIZE, far=False)) == [False, False, True]
    assert told(relations.by_distance(boxes, door, SIZE, far=True)) == [True, False, False]
    assert relations.by_distance(boxes, [], SIZE, far=True) == [0.5, 0.5, 0.5]


# --- relations -----------------------------------------------------------------------------

TABLE = Box(200, 300, 800, 480)


@pytest.mark.parametrize(
    ("box", "relation", "other", "holds"),
    [
        (LEFT, Relation.LEFT_OF, MIDDLE, True),
        (MIDDLE, Relation.LEFT_OF, LEFT, False),
        (MIDDLE, Relation.RIGHT_OF, LEFT, True),
        (at(100, 50), Relation.LEFT_OF, at(110, 400), False),
        (at(100, 250), Relation.LEFT_OF, at(130, 250), None),
        (at(500, 60), Relation.ABOVE, at(500, 300), True),
        (at(500, 300), Relation.ABOVE, at(500, 60), False),
        (at(100, 60), Relation.ABOVE, at(900, 300), None),
        (at(500, 400), Relation.BELOW, at(500, 100), True),
        (at(500, 440, 80, 60), Relation.BELOW, TABLE, True),
        (Box(400, 220, 460, 320), Relation.ON, TABLE, True),
        (Box(400, 330, 460, 380), Relation.ON, TABLE, True),
        (Box(400, 20, 460, 120), Relation.ON, TABLE, False),
        (Box(820, 320, 900, 470), Relation.ON, TABLE, False),
        (at(400, 400, 50, 50), Relation.INSIDE, TABLE, True),
        (at(100, 100), Relation.INSIDE, TABLE, False),
        (at(300, 250), Relation.NEXT_TO, at(420, 260), True),
        (LEFT, Relation.NEXT_TO, RIGHT, False),
        (at(400, 400, 50, 50), Relation.NEXT_TO, TABLE, False),
        (at(300, 100), Relation.NEAR, at(430, 160), True),
        (LEFT, Relation.NEAR, RIGHT, False),
        (at(500, 250, 200, 400), Relation.WITH, at(500, 80, 60, 60), True),
        (LEFT, Relation.WITH, RIGHT, False),
        (LEFT, Relation.WITHOUT, RIGHT, True),
        (LEFT, Relation.BEHIND, RIGHT, None),
        (LEFT, Relation.IN_FRONT_OF, RIGHT, None),
    ],
)
def test_related(box: Box, relation: Relation, other: Box, holds: bool | None) -> None:
    assert spatial.holds(relations.related(box, relation, [other])) is holds


def test_any_of_the_others_will_do_and_none_never_does() -> None:
    assert spatial.holds(relations.related(MIDDLE, Relation.LEFT_OF, [LEFT, RIGHT])) is True
    assert relations.related(MIDDLE, Relation.LEFT_OF, []) == 0.0


def test_nothing_is_left_of_itself() -> None:
    same = Box(LEFT.x0 + 1, LEFT.y0, LEFT.x1 + 1, LEFT.y1)
    assert relations.related(LEFT, Relation.NEXT_TO, [same]) == 0.0


def test_between() -> None:
    assert spatial.holds(relations.between(MIDDLE, [LEFT], [RIGHT])) is True
    assert spatial.holds(relations.between(LEFT, [MIDDLE], [RIGHT])) is False
    assert spatial.holds(relations.between(at(500, 20), [at(400, 450)], [at(600, 450)])) is False
    people = [LEFT, RIGHT]
    assert spatial.holds(relations.between(MIDDLE, people, people)) is True


# --- whatever boxes --------------------------------------------------------------------------

_SIDE = st.floats(-50, 5000, allow_nan=False)
_BOX = st.tuples(_SIDE, _SIDE, _SIDE, _SIDE).map(
    lambda four: Box(
        min(four[0], four[2]), min(four[1], four[3]), max(four[0], four[2]), max(four[1], four[3])
    )
)


@given(_BOX, _BOX, st.sampled_from(list(Relation)))
def test_relations_are_probabilities(one: Box, other: Box, relation: Relation) -> None:
    assert 0.0 <= relations.related(one, relation, [other]) <= 1.0


@given(st.lists(_BOX, max_size=6), st.sampled_from(list(Measure)), st.sampled_from([-1, 1, 2, 7]))
def test_at_most_one_is_surely_chosen(boxes: list[Box], measure: Measure, number: int) -> None:
    found = spatial.ranked(boxes, Size(1, 1), measure, number)
    assert all(0.0 <= one <= 1.0 for one in found)
    assert told(found).count(True) <= 1


@given(_BOX, _BOX)
def test_left_and_right_mirror_each_other(one: Box, other: Box) -> None:
    left = relations.related(one, Relation.LEFT_OF, [other])
    assert left == relations.related(other, Relation.RIGHT_OF, [one])
