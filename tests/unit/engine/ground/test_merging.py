"""What a file brings is put beside what a person said, never over it."""

from dataclasses import replace

from tests.flow.ground.objectmaking import ring, thing
from vlm_desktop.base.grounding import GroundObject, ObjectState
from vlm_desktop.base.types import Box
from vlm_desktop.engine.ground.merging import merged

ACCEPTED, REJECTED, PROPOSED = ObjectState.ACCEPTED, ObjectState.REJECTED, ObjectState.PROPOSED
NEAR = Box(1.5, 2.25, 11.125, 8)


def said(objects: tuple[GroundObject, ...]) -> list[tuple[int, str, ObjectState, Box | None]]:
    return [(one.number, one.label, one.state, one.box) for one in objects]


def test_the_same_again_changes_nothing() -> None:
    mine = (thing(1), thing(2, "dog", mask=ring()), thing(3, "x", box=None))
    outcome = merged(mine, [replace(one, number=0, label=one.label.upper()) for one in mine])
    assert outcome.objects == mine
    assert (outcome.added, outcome.offered, outcome.known) == (0, 0, 3)


def test_new_words_for_what_is_there_are_added() -> None:
    mine = (thing(1, expressions=("the cup",)),)
    outcome = merged(mine, [thing(0, expressions=("cup on the left", "the cup"))])
    assert outcome.objects[0].expressions == ("the cup", "cup on the left")
    assert outcome.known == 1


def test_what_a_person_judged_stays_and_the_other_is_offered() -> None:
    for state in (ACCEPTED, REJECTED):
        mine = (thing(4, state=state),)
        outcome = merged(mine, [thing(4, box=NEAR)])
        assert said(outcome.objects) == [
            (4, "cup", state, mine[0].box), (5, "cup", PROPOSED, NEAR),
        ]  # fmt: skip
        assert (outcome.added, outcome.offered) == (0, 1)


def test_a_proposal_gives_way_to_what_is_brought_as_accepted() -> None:
    outcome = merged((thing(4, state=PROPOSED, colour=3),), [thing(9, box=NEAR)])
    assert said(outcome.objects) == [(4, "cup", ACCEPTED, NEAR)]
    outcome = merged((thing(4, state=PROPOSED),), [thing(9, box=NEAR, state=PROPOSED)])
    assert len(outcome.objects) == 2


def test_all_else_is_added_under_a_number_of_its_own() -> None:
    far = Box(20, 20, 30, 30)
    outcome = merged((thing(1),), [thing(1, box=far), thing(0, "dog"), thing(9, "cat")])
    assert [(one.number, one.label) for one in outcome.objects] == [
        (1, "cup"), (2, "cup"), (3, "dog"), (9, "cat"),
    ]  # fmt: skip
    assert outcome.added == 3


def test_two_alike_in_one_file_are_one() -> None:
    outcome = merged((), [thing(0), thing(0)])
    assert (len(outcome.objects), outcome.added, outcome.known) == (1, 1, 1)
