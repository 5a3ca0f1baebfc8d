"""The layer beside what OCR sees."""

from dataclasses import replace

import pytest

from tests.unit.engine.documents.typedwords import lines_from_top, typed
from vlm_desktop.base.pagereading import TextSource, Word
from vlm_desktop.engine.documents.agreeing import (
    BELIEVED,
    REFUSED,
    SAMPLE,
    compared,
    likeness,
    merged,
    sample_of,
)


def layer(*parts: tuple[float, float, str]) -> list[Word]:
    return [replace(word, source=TextSource.LAYER) for word in typed(*parts)]


def test_spaces_and_forms_of_quotes_are_no_dispute() -> None:
    words = layer((0, 0, "Ann’s invoice – No. 17"))
    marked = compared(words, range(len(words)), "Ann's invoice-No.17")
    assert {word.source for word in marked.values()} == {TextSource.BOTH}


def test_the_word_that_differs_is_disputed_and_no_other() -> None:
    words = layer((0, 0, "Total due 17.00 EUR"))
    marked = compared(words, range(len(words)), "Total due 11.00 EUR")
    assert [word.source for word in marked.values()] == [
        TextSource.BOTH, TextSource.BOTH, TextSource.DISPUTED, TextSource.BOTH,
    ]  # fmt: skip
    assert (marked[2].text, marked[2].other) == ("17.00", "11.00")
    assert marked[2].confidence < 1


@pytest.mark.parametrize(
    ("read", "other"), [("Total17.0O", "17.0O"), ("Total", ""), ("Totall7.00", "l7.00")]
)
def test_what_the_other_read_is_found_without_spaces(read: str, other: str) -> None:
    words = layer((0, 0, "Total 17.00"))
    assert compared(words, range(2), read)[1].other == other


def test_likeness_tells_a_sane_layer_from_nonsense() -> None:
    words = layer((0, 0, "Invoice number 42183017"), (0, 30, "Amount due in euros"))
    lines = lines_from_top(words)
    sane = likeness(lines, ["Invoice number 42183O17", "Amount duein euros"], words)
    mad = likeness(lines, ["Lieferschein vom Mai", "Ware ohne Mangel"], words)
    assert sane >= BELIEVED
    assert mad < REFUSED


def test_a_sample_is_spread_over_the_page_and_readable() -> None:
    words = layer(
        *((0, 30 * k, f"line of text {k}") for k in range(40)), (0, 1300, "Καλημέρα κόσμε Ελλάδα")
    )
    sample = sample_of(words, lines_from_top(words))
    tops = [line.box.y0 for line in sample]
    assert len(sample) == SAMPLE
    assert (tops[0], tops[-1]) == (0, 30 * 39)


def test_both_texts_make_one() -> None:
    own = layer((0, 0, "Total 17.00"), (0, 30, "unseen"))
    seen = typed((2, 1, "Total 11.00"), (300, 200, "on a picture"))
    lines = [line.words for line in lines_from_top(seen)]
    words, disputed = merged(own, seen, lines)
    assert disputed
    assert [(word.text, word.source) for word in words] == [
        ("Total", TextSource.BOTH),
        ("17.00", TextSource.DISPUTED),
        ("unseen", TextSource.LAYER),
        ("on", TextSource.OCR),
        ("a", TextSource.OCR),
        ("picture", TextSource.OCR),
    ]


def test_a_line_of_ocr_beside_the_layers_is_added_word_by_word() -> None:
    own = layer((0, 0, "Signed"))
    seen = typed((0, 0, "Signed Ann Berg"))
    words, disputed = merged(own, seen, [(0, 1, 2)])
    assert [word.text for word in words] == ["Signed", "Ann", "Berg"]
    assert not disputed
