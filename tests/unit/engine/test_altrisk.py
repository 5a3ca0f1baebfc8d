"""Risk: named reasons, put together as independent causes."""

import pytest

from vlm_desktop.base.altchecks import Claim, ClaimState, Field, Finding, Ledger, Weight
from vlm_desktop.base.alttext import Candidate, Decision, Suggestion
from vlm_desktop.engine.alttext.risk import WEIGHTS, Risk, disagreement, judge


def drafts(*texts: str) -> list[Candidate]:
    return [Candidate(text) for text in texts]


def ledger(*states: ClaimState) -> Ledger:
    return Ledger("", tuple(Claim("", "other", 0, 0, state) for state in states))


TEXT = Suggestion(Decision.TEXT, (("text-area", "38"),), 0.8, "SALE")
PHOTO = Suggestion(Decision.INFORMATIVE, (("photo", ""),), 0.8)
ERROR = Finding("placeholder", Weight.ERROR, Field.ALT, 0, 1)
HINT = Finding("no-full-stop", Weight.HINT, Field.ALT, 0, 1)


@pytest.mark.parametrize(
    ("found", "reasons"),
    [
        (judge(drafts("A lamp.", "A lamp."), PHOTO), ()),
        (judge(drafts("A lamp."), None), ()),
        (judge([], None), ()),
        (judge(drafts("A lamp.", "Two trucks."), PHOTO), ("disagreement",)),
        (judge(drafts("A lamp."), TEXT), ("text",)),
        (judge(drafts("A man waves."), PHOTO), ("people",)),
        (judge(drafts("A mandarin."), PHOTO), ()),
        (judge(drafts("A lamp."), PHOTO, alike=True), ("near-duplicate",)),
        (judge(drafts("A lamp."), PHOTO, [ERROR, HINT]), ("finding",)),
        (judge(drafts("A lamp."), PHOTO, (), ledger(ClaimState.SUPPORTED)), ()),
        (judge(drafts("A lamp."), PHOTO, (), ledger(ClaimState.DISPUTED)), ("low-support",)),
        (
            judge(drafts("A man.", "Trucks."), TEXT, [ERROR], alike=True),
            ("disagreement", "finding", "text", "people", "near-duplicate"),
        ),
    ],
)
def test_reasons_are_named_the_strongest_first(found: Risk, reasons: tuple[str, ...]) -> None:
    assert found.reasons == reasons
    assert (found.score > 0) == bool(reasons)


def test_more_reasons_are_more_risk_and_never_more_than_one() -> None:
    one = judge(drafts("A man."), PHOTO).score
    two = judge(drafts("A man."), TEXT).score
    all_of_them = judge(
        drafts("A man.", "Trucks."), TEXT, [ERROR], ledger(ClaimState.DISPUTED), alike=True
    )
    assert one == pytest.approx(WEIGHTS["people"])
    assert one < two < all_of_them.score < 1
    assert set(all_of_them.reasons) == set(WEIGHTS)


def test_half_the_support_is_half_the_reason() -> None:
    some = judge(drafts("A lamp."), None, (), ledger(ClaimState.DISPUTED, ClaimState.SUPPORTED))
    assert some.score == pytest.approx(WEIGHTS["low-support"] / 2)
    unsure = judge(drafts("A lamp."), None, (), ledger(ClaimState.SEEN_ONCE))
    assert unsure.score == some.score


@pytest.mark.parametrize(
    ("texts", "expected"),
    [([], 0.0), (["a b"], 0.0), (["a b", "A, b!"], 0.0), (["a b", "c d"], 1.0), (["a b", ""], 0.0),
     (["a b", "a c"], 0.5)],
)  # fmt: skip
def test_disagreement_is_what_drafts_do_not_share(texts: list[str], expected: float) -> None:
    assert disagreement(texts) == pytest.approx(expected)
