"""The field's own figures, by hand."""

import pytest

from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.engine.documents.metrics import (
    Scored,
    anls,
    calibration,
    exact,
    figures,
    lenient,
    pair_figures,
)

PLAIN = DocumentLocale()


def scored(name: str, truth: str, found: str, right: bool, sure: float | None = None) -> Scored:
    return Scored(name, truth, found, right, right, anls(found, [truth]), sure)


def test_anls_is_nought_from_half_of_the_letters_on() -> None:
    assert anls("Invoice", ["invoice"]) == 1.0
    assert anls("invoce", ["invoice"]) == pytest.approx(6 / 7)
    assert anls("ab", ["abcd"]) == 0.0
    assert anls("x", ["y", "x"]) == 1.0


def test_exact_is_in_capitals_with_single_spaces() -> None:
    assert exact(["Restoran  Wan"], "RESTORAN WAN", FieldType.TEXT, PLAIN)
    assert not exact(["RESTORAN WAN."], "RESTORAN WAN", FieldType.TEXT, PLAIN)
    assert lenient("RESTORAN WAN.", "Restoran Wan")


def test_amounts_and_dates_are_the_same_when_they_mean_the_same() -> None:
    assert exact(["6.70", "6.70"], "RM 6.70", FieldType.AMOUNT, PLAIN)
    assert exact(["2018-06-04"], "04-06-2018", FieldType.DATE, PLAIN)
    assert not exact(["6.07"], "6.70", FieldType.AMOUNT, PLAIN)
    assert not exact(["RM 6.70"], "6.70", FieldType.TEXT, PLAIN)


def test_a_wrong_value_costs_twice_and_a_missing_one_once() -> None:
    some = [
        scored("a", "x", "x", right=True),
        scored("a", "x", "y", right=False),
        scored("a", "x", "", right=False),
        scored("a", "", "z", right=False),
    ]
    one, everything = figures(some)
    assert one.name == "a"
    assert (one.fields, one.told) == (3, 3)
    assert one.precision == pytest.approx(100 / 3)
    assert one.recall == pytest.approx(100 / 3)
    assert everything.f1 == pytest.approx(100 / 3)


def test_calibration_compares_confidence_with_what_is_right() -> None:
    some = [scored("a", "x", "x", True, 0.9), scored("a", "x", "y", False, 0.9)]
    found = calibration(some)
    assert found.told == 2
    assert found.error == pytest.approx(40.0)
    assert found.accuracy == 50.0


def test_pairs_are_matched_by_their_labels() -> None:
    true = [("Name", "Anna Adams"), ("Date", "1/2/93"), ("Size", "400"), ("To:", "Bob")]
    found = [("NAME:", "Anna Adams"), ("Date", "something"), ("Colour", "red"), ("To", "Bob")]
    told = pair_figures([(found, true)])
    assert (told.true, told.found) == (4, 4)
    assert told.recall == pytest.approx(50.0)
    assert told.precision == pytest.approx(50.0)
    assert told.anls == told.anls_alike == pytest.approx(50.0)


def test_a_label_read_badly_counts_in_the_looser_figure_alone() -> None:
    told = pair_figures([([("Telefhne", "12"), ("Other", "9")], [("Telephone", "12")])])
    assert (told.anls, told.anls_alike) == (100.0, 0.0)


def test_each_found_pair_serves_once_and_the_better_value_first() -> None:
    true = [("Date", "1/2/93"), ("Date", "4/5/93")]
    told = pair_figures([([("Date", "4/5/93")], true)])
    assert told.anls == pytest.approx(100 * (2 / 3) / 2), "it serves the true pair that comes first"
    both = pair_figures([([("Date", "4/5/93"), ("Date", "1/2/93")], true)])
    assert both.recall == 100.0
