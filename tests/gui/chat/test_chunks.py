"""Cutting a growing answer into pieces, and into sentences to be spoken."""

import pytest

from vlm_desktop.gui.panes.chat.chunks import HARD, SOFT, chunks
from vlm_desktop.gui.panes.chat.sentences import SentenceFeed, spoken
from vlm_desktop.gui.strings import chat as strings

LONG = "\n\n".join(f"Paragraph {n} says something about the picture. " * 8 for n in range(40))
CODE = "Before.\n\n```python\nfor one in two:\n\n    pass\n```\n\nAfter."


def test_code_stands_apart_with_its_language() -> None:
    before, code, after = chunks(CODE)
    assert (before.text, after.text) == ("Before.", "After.")
    assert (code.text, code.language, code.is_code) == (
        "for one in two:\n\n    pass",
        "python",
        True,
    )


def test_a_block_of_code_may_go_on() -> None:
    (code,) = chunks("```\nfirst\nsecond")
    assert code.is_code
    assert not code.closed


def test_a_longer_fence_holds_shorter_ones() -> None:
    (code,) = chunks("````\n```\ninside\n```\n````")
    assert code.text == "```\ninside\n```"


def test_lists_and_tables_are_not_cut_apart() -> None:
    items = "\n\n".join(
        f"{n}. an item of some length, to be read in its place" for n in range(1, 60)
    )
    assert len(items) > SOFT
    assert len(chunks(items)) == 1


@pytest.mark.parametrize("text", [LONG, CODE * 30, "no end " * 3_000, "x" * 20_000])
def test_a_piece_never_changes_once_two_more_have_come(text: str) -> None:
    before = ()
    for end in range(0, len(text), 977):
        now = chunks(text[:end])
        settled = max(0, len(before) - 2)
        assert now[:settled] == before[:settled]
        assert all(len(one.text) <= HARD for one in now if not one.is_code)
        before = now


def test_nothing_is_lost_between_the_pieces() -> None:
    words = "".join(one.text for one in chunks(LONG)).split()
    assert words == LONG.split()


def said(text: str, step: int) -> list[str]:
    feed = SentenceFeed(strings.code_lines)
    found = []
    for end in range(step, len(text), step):
        found += feed.more(text[:end])
    return found + feed.more(text, is_whole=True)


@pytest.mark.parametrize("step", [1, 3, 11, 1000])
def test_sentences_are_spoken_once_and_whole(step: int) -> None:
    text = "There is a **cat**. It sits on [a chair](http://x.example)! Is it 3.5 years old? Maybe"
    assert said(text, step) == [
        "There is a cat.",
        "It sits on a chair!",
        "Is it 3.5 years old?",
        "Maybe",
    ]


@pytest.mark.parametrize("step", [1, 7])
def test_code_is_told_and_not_read(step: int) -> None:
    assert said(CODE, step) == ["Before.", "3 lines of code.", "After."]


def test_words_without_marks_for_the_ear() -> None:
    assert spoken("## Title\n- **one** `two`") == "Title one two"
