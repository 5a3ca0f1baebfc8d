"""Every verdict, reason and thing seen has its words."""

import pytest

from vlm_desktop import groundstrings
from vlm_desktop.base.grounding import Clause, ClauseKind, Grounded, Verdict
from vlm_desktop.engine.ground.phrasewords import phrase_words

CUP = Clause(ClauseKind.OBJECT, "cup", True, 0.9)


def answer(verdict: Verdict, *clauses: Clause) -> Grounded:
    return Grounded("a cup", verdict, (), clauses, "m")


def test_every_code_has_words() -> None:
    assert set(groundstrings.VERDICTS) == {one.value for one in Verdict}
    assert set(groundstrings.REASONS) == {one.value for one in ClauseKind}
    seen = {*phrase_words().groups["colour"], *map(" ".join, phrase_words().sides.values())}
    assert set(groundstrings.SEEN) == seen


@pytest.mark.parametrize(
    ("clause", "reason"),
    [
        (
            Clause(ClauseKind.ATTRIBUTE, "red", False, 0.9, "blue"),
            "“cup” is here, but it is blue and not “red”.",
        ),
        (
            Clause(ClauseKind.PLACE, "on the left", False, 0.9, "right"),
            "“cup” is here, but it is on the right and not “on the left”.",
        ),
        (
            Clause(ClauseKind.RELATION, "on the table", False, 0.9),
            "“cup” is here, but not “on the table”.",
        ),
        (
            Clause(ClauseKind.NUMBER, "three", False, 0.8, "2"),
            "“cup”: 2 are here, and not “three”.",
        ),
        (
            Clause(ClauseKind.ATTRIBUTE, "wooden", False, 0.9, "plastic"),
            "“cup” is here, but it is plastic and not “wooden”.",
        ),
    ],
)
def test_the_clause_that_does_not_hold_is_named(clause: Clause, reason: str) -> None:
    held = Clause(ClauseKind.RELATION, "near the dog", True, 0.9)
    assert groundstrings.reason(answer(Verdict.ATTRIBUTE_WRONG, CUP, held, clause)) == reason


def test_what_cannot_be_told_is_named() -> None:
    behind = Clause(ClauseKind.RELATION, "behind the dog", None, 0.5)
    said = groundstrings.reason(answer(Verdict.UNSURE, CUP, behind))
    assert said == "“cup” is here; whether it is “behind the dog” cannot be told."
    maybe = Clause(ClauseKind.OBJECT, "cup", None, 0.6)
    assert groundstrings.reason(answer(Verdict.UNSURE, maybe)) == (
        "Whether “cup” is here cannot be told."
    )


def test_what_was_found_needs_no_reason() -> None:
    assert groundstrings.reason(answer(Verdict.FOUND, CUP)) == ""
    gone = Clause(ClauseKind.OBJECT, "cup", False, 0.9)
    assert groundstrings.reason(answer(Verdict.ABSENT, gone)) == "Nothing here is “cup”."
