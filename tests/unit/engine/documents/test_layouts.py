"""Fingerprints of layouts, and places that are found again: what they survive, and their bounds."""

from dataclasses import replace

import pytest

from tests.flow.documents.vendors import printed, vendor
from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldType
from vlm_desktop.base.pagereading import Line, PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.documents.layouts import (
    SAME_LAYOUT,
    fingerprint,
    folded,
    likeness,
    text_height,
)
from vlm_desktop.engine.documents.lessons import PLACE, decode_lesson, encode_lesson, place_of
from vlm_desktop.engine.documents.recalling import RecalledPage

_EMPTY = PageReading(1, PageView(Size(10, 10)), (), ())


def page_of(seed: int, number: int = 1, noise: float = 0.0) -> PageReading:
    return printed(vendor(seed), number, noise=noise).reading.pages[0]


def moved(page: PageReading, scale: float, dx: float, dy: float) -> PageReading:
    def there(box: Box) -> Box:
        return Box(
            box.x0 * scale + dx, box.y0 * scale + dy, box.x1 * scale + dx, box.y1 * scale + dy
        )

    words = tuple(replace(word, box=there(word.box)) for word in page.words)
    lines = tuple(replace(line, box=there(line.box)) for line in page.lines)
    return replace(page, words=words, lines=lines)


def test_a_page_without_words_has_no_layout() -> None:
    assert fingerprint(_EMPTY) == ""
    assert likeness("", "") == 0.0
    assert likeness("nonsense", fingerprint(page_of(1))) == 0.0
    assert text_height(_EMPTY) == 1.0


@pytest.mark.parametrize(("scale", "dx", "dy"), [(1.0, 300, -20), (0.3, 0, 0), (4.0, 50, 900)])
def test_shifting_and_scaling_change_nothing(scale: float, dx: float, dy: float) -> None:
    page = page_of(1)
    assert likeness(fingerprint(page), fingerprint(moved(page, scale, dx, dy))) == 1.0


def test_it_is_the_same_in_every_run() -> None:
    """It is kept in the library: another process must make the same."""
    assert fingerprint(page_of(1))[:32] == "19d7436dd09b6e3dc851b1f65eca2053"


def test_misread_words_cost_a_little() -> None:
    clean = fingerprint(page_of(1))
    assert likeness(clean, clean) == 1.0
    assert SAME_LAYOUT < likeness(clean, fingerprint(page_of(1, noise=0.05))) < 1.0


@pytest.mark.parametrize(
    ("one", "other"), [("Total:", "TOTAL"), ("T0tal", "Total"), ("B1LL", "Bill"), ("Été", "ete")]
)
def test_spellings_of_a_word_meet(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize("number", ["1234", "12.50", "A12345", "2024-05-06"])
def test_numbers_are_no_labels(number: str) -> None:
    assert folded(number) == ""


def test_a_place_survives_the_store() -> None:
    made = printed(vendor(1), 1)
    place = place_of(PLACE, made.reading.pages[0], made.places["total"], 1)
    assert place is not None
    assert decode_lesson(encode_lesson(place)) == place


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_a_place_is_found_again_on_another_scale(scale: float) -> None:
    made = printed(vendor(1), 1)
    page = made.reading.pages[0]
    place = place_of(PLACE, page, made.places["total"], 1)
    assert place is not None
    spec = FieldSpec("total", FieldType.AMOUNT)
    other = RecalledPage(moved(page, scale, 40, 60))
    found = next(other.find(place, spec, DocumentLocale()))
    assert found.agreement == 1.0
    assert found.evidence[0].words == made.places["total"]


def test_a_page_without_the_anchors_gives_nothing() -> None:
    made = printed(vendor(1), 1)
    place = place_of(PLACE, made.reading.pages[0], made.places["total"], 1)
    assert place is not None
    assert list(RecalledPage(_EMPTY).find(place, FieldSpec("total"), DocumentLocale())) == []


def test_words_alone_on_a_page_teach_nothing() -> None:
    word = Word("12.50", Box(0, 0, 50, 10), 1.0)
    page = replace(_EMPTY, words=(word,), lines=(Line((0,), word.box),))
    assert place_of(PLACE, page, (0,), 1) is None
    assert place_of(PLACE, page, (), 1) is None
    assert place_of(PLACE, page, (7,), 1) is None


def test_fifty_thousand_words_are_looked_at_once_each() -> None:
    """Votes are bounded, whatever a page repeats."""
    word = Word("label", Box(0, 0, 40, 10), 1.0)
    words = [replace(word, box=Box(0, 12 * at, 40, 12 * at + 10)) for at in range(50_000)]
    lines = tuple(Line((at,), one.box) for at, one in enumerate(words))
    page = replace(_EMPTY, words=tuple(words), lines=lines)
    place = place_of(PLACE, page, (25_000,), 1)
    assert place is not None
    assert len(place.anchors) <= 8
    found = list(RecalledPage(page).find(place, FieldSpec("text"), DocumentLocale()))
    assert len(found) <= 3
    assert fingerprint(page) == "", "one word alone is no layout"
