"""Taking a typed query apart and putting it together again loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.types import Filters
from vlm_desktop.engine.querytext import (
    PartKind,
    TypedPart,
    parse_query,
    parts,
    without_unfinished,
)


@given(st.text(max_size=200))
def test_any_text_survives_being_taken_apart(typed: str) -> None:
    first = parts(typed)
    again = parts(" ".join(part.written for part in first))
    assert [(part.kind, part.text) for part in again] == [(part.kind, part.text) for part in first]


@given(st.text(max_size=200))
def test_parts_say_where_they_stand(typed: str) -> None:
    ends = [0]
    for part in parts(typed):
        assert ends[-1] <= part.start < part.end <= len(typed)
        ends.append(part.end)


def test_a_value_in_quotes_may_hold_spaces_and_quotes() -> None:
    (part,) = parts('camera:"Canon ""EOS"" 5D"')
    assert (part.kind, part.key, part.value) == (PartKind.FILTER, "camera", 'Canon "EOS" 5D')
    assert part.written == 'camera:"Canon ""EOS"" 5D"'
    assert parse_query('beach camera:"Canon EOS" -"red ball"').filters.camera == "Canon EOS"


def test_keys_may_be_written_large() -> None:
    assert parse_query("Date:2012").filters == Filters(date_from="2012", date_to="2012")


def test_an_exclusion_of_several_words_keeps_its_quotes() -> None:
    assert TypedPart(PartKind.EXCLUDE, "red ball").written == '-"red ball"'
    assert TypedPart(PartKind.EXCLUDE, "ball").written == "-ball"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("dog date:20", "dog "),
        ("dog date:", "dog "),
        ("dog date:2012", "dog date:2012"),
        ("dog date:20 ", "dog date:20 "),
        ("dog rating:9", "dog rating:9"),
        ("dog date:20xx", "dog date:20xx"),
        ("type:pd", ""),
        ("type:q", "type:q"),
        ("dog note:", "dog note:"),
        ("", ""),
    ],
)
def test_a_filter_that_is_being_typed_is_left_out(typed: str, left: str) -> None:
    assert without_unfinished(typed) == left


@pytest.mark.parametrize("piece", ["word ", '"', '-"a', 'camera:"', '""', "-", "date:2012 ", "x"])
def test_ten_thousand_characters_are_read_at_once(piece: str) -> None:
    typed = (piece * 10_000)[:10_000]
    read = parts(typed)
    assert all(len(part.text) <= len(typed) for part in read)
    assert typed.startswith(without_unfinished(typed).rstrip())
