"""Texts led back to the words of a page."""

from pathlib import Path

import pytest

from vlm_desktop.base.pagereading import DocumentReading, Line, PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, MediaKind, Size
from vlm_desktop.engine.documents.aligning import DocumentText, differences


def page(number: int, *lines: str, turns: int = 0) -> PageReading:
    """Lines of words, each character 10 wide and each line 20 high."""
    words, rows = [], []
    for row, line in enumerate(lines):
        x, first = 0.0, len(words)
        for text in line.split():
            words.append(Word(text, Box(x, 20 * row, x + 10 * len(text), 20 * row + 16), 0.9))
            x += 10 * len(text) + 10
        indices = tuple(range(first, len(words)))
        rows.append(Line(indices, Box(0, 20 * row, x, 20 * row + 16)))
    return PageReading(number, PageView(Size(400, 400), turns), tuple(words), tuple(rows))


def document(*pages: PageReading) -> DocumentText:
    return DocumentText(DocumentReading(Path("a.png"), "", MediaKind.PHOTO, len(pages), pages))


def test_a_value_over_two_lines() -> None:
    found = document(page(1, "NO 2 JALAN", "TEMENGGUNG 43200")).find("Jalan Temenggung")
    assert found is not None
    assert found.evidence.words == (2, 3)
    assert found.evidence.text == "JALAN TEMENGGUNG"
    assert found.evidence.box == Box(0, 0, 100, 36)
    assert found.likeness == 1.0


def test_spaces_that_the_reader_dropped() -> None:
    found = document(page(1, "TAXINVOICE 17")).find("Tax invoice")
    assert found is not None
    assert found.evidence.words == (0,)


def test_a_misread_character_is_near_enough() -> None:
    found = document(page(1, "x RESTORAN WAN SHENG y")).find("Restoran Wan 5heng")
    assert found is not None
    assert found.evidence.words == (1, 2, 3)
    assert 0.8 < found.likeness < 1


@pytest.mark.parametrize("text", ["50", "6.70", "gift", "", "  ", "Hotel Adlon Berlin"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert document(page(1, "TOTAL 1500 6.7 gifted Hostel")).find(text) is None


def test_the_better_page_wins() -> None:
    both = document(page(1, "Gross Totel"), page(2, "Gross Total"))
    found = both.find("gross total")
    assert found is not None
    assert found.evidence.page == 2


def test_boxes_are_told_on_the_page() -> None:
    found = document(page(1, "upside down", turns=2)).find("upside")
    assert found is not None
    assert found.evidence.box == Box(340, 384, 400, 400)


def test_differences_join_to_both_texts() -> None:
    pieces = differences("1,234.50", "1.234,50")
    assert "".join(one.expected for one in pieces) == "1,234.50"
    assert "".join(one.found for one in pieces) == "1.234,50"
    assert sum(one.expected != one.found for one in pieces) == 2
