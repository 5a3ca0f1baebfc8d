"""Paths survive being stored, whatever their bytes."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.store.pathcodec import (
    below,
    decode_path,
    encode_path,
    join_stored,
    readable,
    split_relative,
)

_NAME_BYTES = st.binary(min_size=1, max_size=12).filter(
    lambda name: not {0, 47} & set(name) and name not in (b".", b"..")
)
NAMES = _NAME_BYTES.map(os.fsdecode) if sys.platform == "linux" else st.from_regex(r"[a-zé ]{1,9}")


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_a_relative_path_comes_back_equal(parts: list[str]) -> None:
    relative = os.path.join(*parts)
    folder, name = split_relative(relative)
    assert decode_path(encode_path(relative)) == relative
    assert join_stored(encode_path("/root"), folder, name) == Path("/root") / relative


@given(st.lists(NAMES, min_size=1, max_size=3), st.lists(NAMES, min_size=1, max_size=3))
def test_below_holds_exactly_what_lies_under_a_folder(one: list[str], two: list[str]) -> None:
    folder = encode_path(os.path.join(*one))
    other = encode_path(os.path.join(*two))
    low, high = below(folder)
    inside = len(two) > len(one) and two[: len(one)] == one
    assert (low <= other < high) == inside
    assert low <= folder + b"/" + other < high


def test_the_file_system_root_needs_no_second_slash() -> None:
    assert join_stored(b"/", b"", b"a.jpg") == Path("/a.jpg")
    assert join_stored(b"/", b"in", b"a.jpg") == Path("/in/a.jpg")


@pytest.mark.parametrize(
    ("stored", "text"), [("cafe\u0301".encode(), "café"), (b"caf\xe9", "caf\ufffd")]
)
def test_readable_text_is_composed_and_valid(stored: bytes, text: str) -> None:
    assert readable(stored) == text
