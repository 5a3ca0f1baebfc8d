"""Answers at checkpoints: what changed in them, and their order."""

import pytest

from vlm_desktop.base.training import Probed
from vlm_desktop.gui.panes.train.run_answers import (
    BETTER,
    CHANGED,
    KEPT,
    WORSE,
    new_words,
    pieces,
    rows_at,
    steps_of,
)
from vlm_desktop.gui.panes.train.run_wall_list import html_of, said_row
from vlm_desktop.gui.tokens import colours

ANSWERS = {
    "same": (("a cat", 0.5), ("a cat", 0.5)),
    "better": (("a cat", 0.2), ("a black cat", 0.9)),
    "other": (("people outside", 0.4), ("two dogs", 0.1)),
    "silent": (("a cup", 0.4), ("", 0.2)),
}
PROBES = {
    key: {0: Probed(0, 1.0, key, *base), 50: Probed(50, 1.0, key, *now)}
    for key, (base, now) in ANSWERS.items()
}


def test_new_words_are_marked_and_the_text_stays_whole() -> None:
    found = pieces("a cat on a mat", "a black cat, on the mat")
    assert "".join(text for text, _ in found) == "a black cat, on the mat"
    assert new_words(found) == "black , the"
    assert pieces("a", "a") == [("a", False)]
    assert pieces("", "new") == [("new", True)]
    assert pieces("old", "") == []


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        (KEPT, ["same", "better", "other", "silent"]),
        (CHANGED, ["silent", "other", "better", "same"]),
        (BETTER, ["better", "same", "silent", "other"]),
        (WORSE, ["other", "silent", "same", "better"]),
    ],
)
def test_answers_are_put_in_order(order: str, keys: list[str]) -> None:
    found = [row.key for row in rows_at(PROBES, {}, 50, order)]
    if order == CHANGED:  # silence and other words are both all there is to change
        assert set(found[:2]) == set(keys[:2])
        assert found[2:] == keys[2:]
    else:
        assert found == keys
    assert steps_of(PROBES) == (0, 50)


def test_a_row_says_what_it_shows() -> None:
    rows = {row.key: row for row in rows_at(PROBES, {}, 50, KEPT)}
    said = said_row(rows["better"])
    assert "Before: a cat" in said
    assert "Step 50: a black cat; 0.90, better; new words: black" in said
    assert "Step 50: (nothing); 0.20, worse" in said_row(rows["silent"])
    painted = html_of(rows["better"], colours("light"))
    assert "<b><u>black</u></b>" in painted
    assert "▲ 0.90" in painted


def test_words_of_a_model_are_no_markup() -> None:
    row = rows_at({"k": {0: Probed(0, 1.0, "k", "<b>x", 0.1)}}, {}, 0, KEPT)[0]
    assert "&lt;b&gt;x" in html_of(row, colours("light"))


def test_what_was_not_answered_at_a_step_is_said() -> None:
    row = rows_at(PROBES, {}, 70, KEPT)[0]
    assert "(not answered at this step)" in said_row(row)
    assert row.gain == 0.0
