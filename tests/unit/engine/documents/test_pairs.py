"""Labels and their values."""

import pytest

from tests.unit.engine.documents.typedwords import lines_from_top, typed
from vlm_desktop.base.pagereading import Word
from vlm_desktop.engine.documents.pairs import pairs_of


def pairs(words: list[Word]) -> list[tuple[str, str]]:
    def text(indices: tuple[int, ...]) -> str:
        return " ".join(words[i].text for i in indices)

    return [(text(p.key), text(p.value)) for p in pairs_of(words, lines_from_top(words))]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([(0, 0, "Due date: 2 May")], id="one line"),
        pytest.param([(0, 0, "Due date : 2 May")], id="colon apart"),
        pytest.param([(0, 0, "Due date:"), (600, 0, "2 May")], id="far right"),
        pytest.param([(0, 0, "Due date ........ 2 May")], id="leaders"),
        pytest.param([(0, 0, "Due date:"), (0, 25, "2 May")], id="below"),
    ],
)
def test_a_value_is_found_beside_and_under_its_label(parts: list[tuple[float, float, str]]) -> None:
    key, value = pairs(typed(*parts))[0]
    assert (key.rstrip(": "), value) == ("Due date", "2 May")


def test_two_pairs_may_share_a_line() -> None:
    found = pairs(typed((0, 0, "Date: 2 May"), (300, 0, "Time: 17:30")))
    assert ("Date:", "2 May") in found[:2]
    assert ("Time:", "17:30") in found[:2]


def test_a_label_that_stands_alone_has_no_value() -> None:
    assert pairs(typed((0, 0, "Remarks:"), (0, 200, "far below"))) == [("Remarks:", "")]


def test_the_surest_come_first() -> None:
    words = typed((0, 0, "Total: 12.00"), (0, 40, "some words"), (400, 40, "other words"))
    scores = [pair.score for pair in pairs_of(words, lines_from_top(words))]
    assert scores == sorted(scores, reverse=True)
    assert pairs(words)[0] == ("Total:", "12.00")


def test_numbers_are_no_labels() -> None:
    assert pairs(typed((0, 0, "12.00"), (300, 0, "14.40"))) == []
