"""Texts led back to the words of a page."""

import pytest

from tests.unit.engine.documents import pagemaking
from tests.unit.engine.documents.pagemaking import page
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.aligning import DocumentText, differences


def document(*pages: PageReading) -> DocumentText:
    return DocumentText(pagemaking.document(*pages))


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
    assert found.evidence.box == Box(840, 1184, 900, 1200)


def test_differences_join_to_both_texts() -> None:
    pieces = differences("1,234.50", "1.234,50")
    assert "".join(one.expected for one in pieces) == "1,234.50"
    assert "".join(one.found for one in pieces) == "1.234,50"
    assert sum(one.expected != one.found for one in pieces) == 2
