"""Two answers with what differs marked."""

import pytest

from vlm_desktop.gui.panes.train.adapters_marks import marked


@pytest.mark.parametrize(
    ("first", "second", "left", "right"),
    [
        ("a cup", "a cup", "a cup", "a cup"),
        ("a red cup", "a blue cup", "a <s>red</s> cup", "a <b>blue</b> cup"),
        ("", "a <b> & so", "", "<b>a &lt;b&gt; &amp; so</b>"),
        ("A  cup.", "a cup", "A  cup<s>.</s>", "a cup"),
        ("it's\na cup", "it's a", "it's<br>a<s> cup</s>", "it's a"),
    ],
)
def test_words_that_only_one_says_are_marked(
    first: str, second: str, left: str, right: str
) -> None:
    assert marked(first, second) == (left, right)
