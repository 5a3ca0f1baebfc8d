"""From signals to a claim's state, and which words mean the same."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm_desktop.base.altchecks import ClaimState, EvidenceKind
from vlm_desktop.base.types import Box
from vlm_desktop.engine.alttext.claims import statements
from vlm_desktop.engine.alttext.evidence import open_question, rivals, within
from vlm_desktop.engine.alttext.quizzing import (
    Asks,
    QuizQuestion,
    answer_by_rules,
    conveyed,
    questions_about,
)
from vlm_desktop.engine.alttext.samewords import SameWords
from vlm_desktop.engine.alttext.verdicts import (
    CONTEXT_WEIGHT,
    Signals,
    evidence,
    verdict,
    weights_of,
)
from vlm_desktop.training.claims import SIGNALS, fit, probability, written

WEIGHED = ("object", "attribute", "number", "action", "relation", "place")
FOR = Signals(
    region=9.0, whole=9.0, rank=1.0, contrast=3.0, yes=3.0, grey=-1.0, open=1, again=4, samples=4,
    box=Box(0, 0, 1, 1), yes_text="yes",
)  # fmt: skip
AGAINST = Signals(
    region=-2.0, whole=-2.0, rank=0.1, contrast=-3.0, yes=-3.0, grey=0.0, open=-1, again=0,
    samples=4, yes_text="no",
)  # fmt: skip


@pytest.mark.parametrize("kind", WEIGHED)
def test_the_shipped_weights_follow_the_witnesses(kind: str) -> None:
    weights = weights_of(kind)
    assert weights is not None
    assert set(weights.weights) <= set(SIGNALS)
    assert all(weight >= 0 for weight in weights.weights.values())
    assert 0 < weights.disputed < weights.supported < 1
    assert verdict(kind, FOR)[0] is ClaimState.SUPPORTED
    assert verdict(kind, AGAINST)[0] is ClaimState.DISPUTED


def test_what_the_page_says_lifts_a_claim() -> None:
    told = replace(AGAINST, told="caption")
    assert verdict("object", told)[1] > verdict("object", AGAINST)[1]
    pieces = {one.kind: one for one in evidence("object", told)}
    assert pieces[EvidenceKind.CONTEXT].supports
    assert pieces[EvidenceKind.CONTEXT].detail == "caption"


def test_nothing_asked_is_nothing_known() -> None:
    assert verdict("object", Signals()) == (ClaimState.SEEN_ONCE, None)
    assert evidence("object", Signals()) == ()
    assert verdict("other", Signals()) == (ClaimState.SEEN_ONCE, None)


@pytest.mark.parametrize(
    ("read", "state"),
    [(True, ClaimState.SUPPORTED), (False, ClaimState.DISPUTED), (None, ClaimState.SEEN_ONCE)],
)
def test_words_are_judged_by_ocr_alone(read: bool | None, state: ClaimState) -> None:
    assert verdict("text", Signals(read=read))[0] is state


def test_nobody_is_recognised_by_looks() -> None:
    assert verdict("name", FOR)[0] is ClaimState.SEEN_ONCE
    assert verdict("name", Signals(told="names"))[0] is ClaimState.SUPPORTED
    assert verdict("name", Signals(recorded="keywords"))[0] is ClaimState.SUPPORTED


def test_each_piece_of_evidence_speaks_for_or_against() -> None:
    pro = {one.kind: one for one in evidence("object", FOR)}
    contra = {one.kind: one for one in evidence("object", AGAINST)}
    assert pro[EvidenceKind.REGION].box == Box(0, 0, 1, 1)
    assert EvidenceKind.ABSENT in contra
    assert contra[EvidenceKind.ABSENT].box is None
    assert pro[EvidenceKind.SAMPLES].detail == "4/4"
    assert pro[EvidenceKind.ANSWER].detail == "yes" or pro[EvidenceKind.ANSWER].supports
    assert not contra[EvidenceKind.ANSWER].supports
    for one in (*pro.values(), *contra.values()):
        assert one.score is None or 0 <= one.score <= 1


_SCORE = st.none() | st.floats(-12, 16, allow_nan=False)
_COUNTS = st.integers(0, 6).flatmap(
    lambda samples: st.tuples(st.integers(0, samples), st.just(samples))
)
_SIGNALS = st.builds(
    lambda counts, **others: Signals(again=counts[0], samples=counts[1], **others),
    _COUNTS,
    region=_SCORE,
    rank=st.none() | st.floats(0, 1),
    contrast=_SCORE,
    yes=_SCORE,
    grey=_SCORE,
    open=st.sampled_from([None, -1, 1]),
    read=st.sampled_from([None, False, True]),
    told=st.sampled_from(["", "caption"]),
    recorded=st.sampled_from(["", "keywords"]),
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from([*WEIGHED, "text", "name", "other"]), _SIGNALS)
def test_no_state_is_contradicted_by_all_that_was_found(kind: str, signals: Signals) -> None:
    state, share = verdict(kind, signals)
    speaks = [one.supports for one in evidence(kind, signals)]
    assert state is not ClaimState.SUPPORTED or True in speaks
    assert state is not ClaimState.DISPUTED or False in speaks
    weights = weights_of(kind)
    if weights is not None and share is not None:
        told = CONTEXT_WEIGHT if signals.told or signals.recorded else 0.0
        total = sum(weights.surplus(signals).values()) + told
        assert 1 / (1 + math.exp(-total)) == pytest.approx(share, abs=1e-9)


def test_a_colour_that_only_the_contrast_speaks_for_says_so() -> None:
    signals = Signals(
        region=2.0, rank=0.1, contrast=9.0, yes=-1.0, grey=0.0, open=-1, again=0, samples=4
    )
    assert verdict("attribute", signals)[0] is ClaimState.SUPPORTED
    speaks = [one.kind for one in evidence("attribute", signals) if one.supports]
    assert speaks == [EvidenceKind.CONTRAST]


def test_every_signal_that_is_weighed_is_shown() -> None:
    assert [one.kind for one in evidence("attribute", FOR)] == [
        EvidenceKind.REGION, EvidenceKind.RANK, EvidenceKind.CONTRAST, EvidenceKind.ANSWER,
        EvidenceKind.SIGHT, EvidenceKind.ANSWER, EvidenceKind.SAMPLES,
    ]  # fmt: skip


def test_fitted_weights_tell_true_from_false() -> None:
    rows = [
        {
            "kind": "object", "source": "own" if true else "other", "truth": true,
            "signals": dict.fromkeys(SIGNALS, (2.0 if true else -1.0) + step / 10),
        }
        for true in (True, False)
        for step in range(10)
    ]  # fmt: skip
    weights = fit(rows)["object"]
    assert (
        probability(weights, rows[0]["signals"]) > 0.5 > probability(weights, rows[-1]["signals"])
    )
    assert "[object]\noffset = " in written({"object": weights})


# --- words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("dogs", "a dog", True),
        ("bike", "bicycle", True),
        ("two men", "man", True),
        ("man", "woman", False),
        ("person", "woman", True),
        ("dog", "hot dog", False),
        ("soccer ball", "ball", True),
        ("cat", "dog", False),
        ("lamp", "lamps", True),
        ("", "dog", False),
    ],
)
def test_nouns_name_the_same_thing(one: str, other: str, same: bool) -> None:
    assert SameWords().same_thing(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("two", "2", True),
        ("2", "3", False),
        ("grey", "gray", True),
        ("brown and white", "white", True),
        ("red", "orange", False),
        ("running", "runs", True),
        ("sitting", "stand", False),
        ("yes", "no", False),
        ("", "", False),
    ],
)
def test_answers_agree(one: str, other: str, same: bool) -> None:
    assert SameWords().same_value(one, other) is same


def test_words_stand_in_a_text() -> None:
    assert within("dog", "Two Dogs, running")
    assert within("stop sign", "a STOP sign")
    assert not within("dog", "hotdogs")
    assert not within("", "dogs")


def test_a_claim_has_rivals_and_an_open_question() -> None:
    found = {one.claim.text: one for one in statements("Two red balls. A dog is running.")}
    assert "blue balls" in rivals(found["The balls are red."])
    assert "three balls" in rivals(found["There are two balls."])
    assert "dog sitting" in rivals(found["The dog is running."])
    assert rivals(found["There is a dog."]) == ()
    assert open_question(found["The balls are red."]) == "What color are the balls?"
    assert open_question(found["There are two balls."]) == "How many balls are there?"
    assert open_question(found["The dog is running."]) == "What is the dog doing?"
    assert open_question(found["There is a dog."]) == ""


# --- the quiz ------------------------------------------------------------------------------


def test_questions_are_about_what_drafts_agree_on() -> None:
    drafts = ["Two brown dogs run on grass.", "Dogs on grass.", "Two dogs and a frisbee."]
    asked = questions_about(drafts, "EXIT\nHERE", SameWords())
    assert [(one.kind, one.text) for one in asked] == [
        (Asks.WHAT, "What can be seen?"),
        (Asks.NUMBER, "How many dogs are there?"),
        (Asks.COLOUR, "What color are the dogs?"),
        (Asks.DOING, "What are the dogs doing?"),
        (Asks.WHERE, "Where are the dogs?"),
        (Asks.SAYS, "What does it say?"),
        (Asks.PEOPLE, "Are there people?"),
    ]
    assert asked[5].answer == "EXIT HERE"
    assert [one.kind for one in questions_about([""], "", SameWords())] == [Asks.PEOPLE]


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        (Asks.WHAT, "Some grass and two dogs.", "dogs"),
        (Asks.WHAT, "A cat.", ""),
        (Asks.NUMBER, "Two dogs.", "2"),
        (Asks.NUMBER, "A dog.", "one"),
        (Asks.NUMBER, "Dogs.", ""),
        (Asks.COLOUR, "A brown and white dog by a red car.", "brown and white"),
        (Asks.DOING, "A dog runs; a cat sleeps.", "run"),
        (Asks.WHERE, "A dog on the beach.", "beach"),
        (Asks.WHERE, "A flea sits on a dog.", ""),
        (Asks.PEOPLE, "A boy with a dog.", "yes"),
        (Asks.PEOPLE, "A dog.", ""),
    ],
)
def test_rules_read_a_text(kind: Asks, text: str, answer: str) -> None:
    said = answer_by_rules(QuizQuestion(kind, "?", "dog"), text, SameWords())
    assert said.split(" and ")[0] == answer.split(" and ")[0]
    assert (said == "") == (answer == "")


def test_words_to_be_read_are_conveyed_by_half() -> None:
    asked = QuizQuestion(Asks.SAYS, "?", answer="GRAND HOTEL PARIS")
    text = 'A sign reads "Grand Hotel".'
    said = answer_by_rules(asked, text, SameWords())
    assert said == "Grand Hotel"
    assert conveyed(asked, asked.answer, said, SameWords())
    assert not conveyed(asked, asked.answer, "Grand", SameWords())
    assert answer_by_rules(asked, "The grand old hotel.", SameWords()) != ""
    assert answer_by_rules(asked, "A sign.", SameWords()) == ""


def test_that_nobody_is_there_need_not_be_said() -> None:
    asked = QuizQuestion(Asks.PEOPLE, "?")
    assert conveyed(asked, "no", "", SameWords())
    assert not conveyed(asked, "yes", "", SameWords())
    assert conveyed(asked, "yes", "yes", SameWords())
