"""Counting as destinations do, and cutting so that what is left can stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm_desktop.base.alttext import DESTINATIONS, Destination
from vlm_desktop.engine.alttext.lengths import (
    Length,
    cut,
    fits,
    left,
    measure,
    sentences,
    used,
    whole_sentences,
)

FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("text", "characters", "graphemes"),
    [
        ("", 0, 0),
        ("dog", 3, 3),
        (FAMILY, 5, 1),
        ("e\u0301", 2, 1),
        ("🇩🇪🇫🇷", 4, 2),
        ("a\r\nb", 4, 3),
        ("👍🏽", 2, 1),
    ],
)
def test_both_counts(text: str, characters: int, graphemes: int) -> None:
    assert measure(text) == Length(characters, graphemes)


def test_a_destination_counts_in_its_own_unit() -> None:
    by_key = {one.key: one for one in DESTINATIONS}
    assert used(FAMILY, by_key["web"]) == 5
    assert used(FAMILY, by_key["mastodon"]) == 1
    assert left("dog", by_key["web"]) == 122
    assert left("x" * 130, by_key["web"]) == -5
    assert left("dog", Destination("none", 0)) is None
    assert fits("x" * 9_999, Destination("none", 0))


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "Dr. Smith meets J. R. Brown. They talk! Why? 東京。大阪。"
    assert sentences(text) == [
        "Dr. Smith meets J. R. Brown. ", "They talk! ", "Why? ", "東京。", "大阪。",
    ]  # fmt: skip


def test_whole_sentences_are_kept_where_one_fits() -> None:
    room = Destination("c", 24)
    assert cut("A dog. A red car in the street.", room) == "A dog."
    assert whole_sentences("A red car in a narrow street.", room) == ""


def test_else_whole_words_that_promise_no_more() -> None:
    text = "A man in a red shirt and a blue hat stands near a car."
    assert cut(text, Destination("c", 24)) == "A man in a red shirt."
    assert cut(text, Destination("c", 34)) == "A man in a red shirt and a blue."
    assert cut("Donaudampfschiff", Destination("c", 5)) == "Dona."


def test_graphemes_are_never_torn() -> None:
    assert cut(FAMILY * 4, Destination("c", 3, graphemes=True)) == f"{FAMILY * 2}."


@settings(max_examples=120, deadline=None)
@given(
    st.text(max_size=80),
    st.integers(min_value=1, max_value=60),
    st.booleans(),
)
def test_what_is_cut_fits_and_is_a_beginning(text: str, limit: int, graphemes: bool) -> None:
    room = Destination("c", limit, graphemes)
    shorter = cut(text, room)
    assert fits(shorter, room)
    assert text.strip().startswith(shorter.removesuffix(".").strip()) or text.startswith(shorter)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80))
def test_sentences_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text
