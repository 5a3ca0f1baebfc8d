"""Differences between two texts, word by word."""

import pytest

from vlm_desktop.base.altkeeping import DiffKind, DiffPart
from vlm_desktop.engine.alttext.history import word_diff

PAIRS = [
    ("", ""),
    ("", "A dog."),
    ("A dog.", ""),
    ("A dog on a lawn.", "A brown dog on a lawn."),
    ("Ein Hund, müde.", "Ein müder Hund."),
    ("two  spaces", "two spaces"),
    ("犬がいる", "犬が走る"),
    ("a " * 3_000, "b " * 3_000),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_parts_are_both_texts(before: str, after: str) -> None:
    parts = word_diff(before, after)
    assert "".join(one.text for one in parts if one.kind is not DiffKind.ADDED) == before
    assert "".join(one.text for one in parts if one.kind is not DiffKind.REMOVED) == after


def test_only_the_words_that_differ_are_told() -> None:
    assert word_diff("A dog on a lawn.", "A cat on a lawn.") == (
        DiffPart(DiffKind.SAME, "A "),
        DiffPart(DiffKind.REMOVED, "dog"),
        DiffPart(DiffKind.ADDED, "cat"),
        DiffPart(DiffKind.SAME, " on a lawn."),
    )
