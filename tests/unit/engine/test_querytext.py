"""What a person types, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.types import Filters, PlaceBox
from vlm_desktop.engine.querytext import add_filter, parse_query, query_prompts, search_words


def test_words_exclusions_phrases_and_filters() -> None:
    typed = parse_query('rocky on the sand -beach -"red ball" "happy birthday" date:2012 rating:3')
    assert typed.text == "rocky on the sand"
    assert typed.exclude == ("beach", "red ball")
    assert typed.phrases == ("happy birthday",)
    assert typed.filters == Filters(date_from="2012", date_to="2012", min_rating=3)


def test_a_lone_dash_and_an_unknown_key_are_words() -> None:
    typed = parse_query("t - shirt note:this")
    assert typed.text == "t - shirt note:this"
    assert typed.filters.is_empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date:2012-08..2013", Filters(date_from="2012-08", date_to="2013")),
        ("date:..2013", Filters(date_to="2013")),
        ("place:45,5,47.5,10", Filters(place=PlaceBox(45, 5, 47.5, 10))),
        ("place:-20,170,-10,-170", Filters(place=PlaceBox(-20, 170, -10, -170))),
        ("camera:Canon EOS", Filters(camera="Canon EOS")),
        ("folder:/photos/2012", Filters(folder="/photos/2012")),
        ("type:RAW", Filters(kinds=("raw",))),
        ("size:1000..", Filters(min_side=1000)),
        ("size:..500", Filters(max_side=500)),
        ("size:200..500", Filters(min_side=200, max_side=500)),
        ("tag:dog", Filters(tag="dog")),
        ("album:Summer: 2012", Filters(album="Summer: 2012")),
    ],
)
def test_filters(text: str, expected: Filters) -> None:
    assert add_filter(Filters(), text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "date", "date:", "date:yesterday", "date:2012-8", "date:..", "place:1,2,3",
        "place:a,b,c,d", "place:50,0,40,0", "place:0,0,95,0", "rating:6", "rating:good",
        "type:video", "size:big", "size:..", "colour:red",
    ],
)  # fmt: skip
def test_bad_filters_say_how_to_write_them(text: str) -> None:
    with pytest.raises(BadFilter) as caught:
        add_filter(Filters(), text)
    assert ":" in str(caught.value.fields["expected"])


def test_filters_add_up() -> None:
    filters = add_filter(add_filter(Filters(), "type:photo"), "type:pdf")
    assert filters.kinds == ("photo", "pdf")


def test_search_words_leave_out_short_and_common_ones() -> None:
    assert search_words("A dog on the Beach, at 10:30 with Žofie!") == ("dog", "beach", "žofie")


def test_a_bare_word_is_said_in_sentences_too() -> None:
    assert query_prompts("owl") == (
        "owl",
        "a photo of an owl",
        "there is an owl in the picture .",
    )
    assert query_prompts("two red cars")[1] == "a photo of two red cars"
    assert query_prompts("a dog on the beach") == ("a dog on the beach",)
    assert query_prompts("") == ("",)


@given(st.text(max_size=200))
def test_any_text_parses_or_is_a_bad_filter(text: str) -> None:
    try:
        typed = parse_query(text)
    except BadFilter:
        return
    assert "\n" not in typed.text
