"""What a second reader says, grounded in words and compared with the first."""

from dataclasses import replace

import pytest

from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.documentanswers import Agreement
from vlm_desktop.base.documents import (
    CauseKind,
    DocumentLocale,
    Evidence,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    MissingField,
    Origin,
    Schema,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.fieldnames import field_called
from vlm_desktop.engine.documents.opinions import compare, merged

SCHEMA = Schema(
    "receipt",
    (
        FieldSpec("vendor", aliases=("store name",)),
        FieldSpec("date", FieldType.DATE),
        FieldSpec("total", FieldType.AMOUNT, aliases=("total price",)),
        FieldSpec("number", FieldType.NUMBER, aliases=("receipt no",)),
    ),
)
READING = document(
    page(1, "RESTORAN WAN SHENG", "Date 04/06/2018", "Receipt No 7731", "Total RM 1,006.70")
)
HERE = (Evidence(1, Box(0, 0, 1, 1), "x", (0,)),)
FIRST = Extraction(
    READING.path,
    "",
    "receipt",
    (
        FieldValue("vendor", "RESTORAN WAN SHENG", "RESTORAN WAN SHENG", 0.8, HERE),
        FieldValue("date", "04/06/2018", "2018-06-04", 0.9, HERE),
        FieldValue("total", "1,006.70", "1006.70", 0.7, HERE),
    ),
    (MissingField("number", required=False),),
    locale=DocumentLocale(day_first=True, decimal="."),
)


def opinions(*pairs: tuple[str, str], text: str = "") -> dict:
    second = compare(pairs, text, READING, FIRST, SCHEMA)
    return {one.name: one for one in second.opinions}


def test_the_same_value_written_otherwise_agrees() -> None:
    said = opinions(("total/total_price", "1006.70"), ("date", "4 June 2018"))
    assert said["total"].agreement is Agreement.SAME
    assert said["date"].agreement is Agreement.SAME
    assert said["vendor"].agreement is Agreement.SILENT


def test_a_difference_is_shown_character_by_character() -> None:
    said = opinions(("Store Name", "RESTORAN WAN SHANG"))["vendor"]
    assert said.agreement is Agreement.DIFFERS
    assert [(a.expected, a.found) for a in said.differences if a.expected != a.found] == [
        ("A", "E")
    ]


def test_a_value_counts_where_words_carry_it() -> None:
    there = opinions(("number", "7731"))["number"]
    assert there.agreement is Agreement.ONLY_SECOND
    assert there.evidence[0].text == "7731"
    made_up = opinions(("number", "9942"))["number"]
    assert made_up.evidence == ()


@pytest.mark.parametrize("total", ["1066.70", "1,006.71", "6.70"])
def test_an_amount_that_no_page_says_is_ungrounded(total: str) -> None:
    said = opinions(("total", total))["total"]
    assert said.agreement is Agreement.DIFFERS
    assert said.evidence == ()


def test_what_says_nothing_and_names_no_field() -> None:
    second = compare(
        [("vendor", " N/A "), ("menu/nm", "tea"), ("", "x")], "", READING, FIRST, SCHEMA
    )
    assert {one.agreement for one in second.opinions} == {Agreement.SILENT}
    assert second.unplaced == (("menu/nm", "tea"), ("", "x"))


def test_a_page_as_text_confirms_values() -> None:
    said = opinions(text="# Restoran  Wan Sheng\n\n| Total | 1,006.70 |")
    assert said["vendor"].agreement is Agreement.SAME
    assert said["total"].agreement is Agreement.SAME
    assert said["date"].agreement is Agreement.SILENT


@pytest.mark.parametrize(
    ("raw", "page", "same"),
    [
        ("5.00", "Total 5.00", True),
        ("5.00", "Total 15.00", False),
        ("5", "Total 5.00", False),
        ("00", "Total 5.00", False),
        ("5.00", "Total 5.00.", True),
        ("RM 5.00", "total rm5.00", True),
        ("Wan", "RESTORAN WANG", False),
        ("", "anything", False),
        ("5.00", "", False),
    ],
)
def test_a_value_is_confirmed_where_it_stands_by_itself(raw: str, page: str, same: bool) -> None:
    first = replace(FIRST, values=(FieldValue("total", raw, raw, 0.7, HERE),))
    (said,) = compare([], page, READING, first, SCHEMA).opinions
    assert (said.agreement is Agreement.SAME) is same


def test_agreement_and_doubt_are_causes_and_texts_stay() -> None:
    pairs = [("total", "1006.70"), ("vendor", "Burger Hut"), ("number", "7731")]
    second = replace(compare(pairs, "", READING, FIRST, SCHEMA), model="donut")
    both = merged(FIRST, second)
    total, vendor, number = (both.value(name) for name in ("total", "vendor", "number"))
    assert total is not None
    assert vendor is not None
    assert number is not None
    assert total.confidence > 0.7
    assert vendor.confidence < 0.8
    assert vendor.raw == "RESTORAN WAN SHENG"
    assert [one.detail for one in vendor.causes if one.kind is CauseKind.SECOND_READER] == ["donut"]
    assert (number.origin, number.value, number.evidence[0].text) == (
        Origin.MODEL, "7731", "7731"
    )  # fmt: skip
    assert both.missing == ()
    assert merged(both, second).value("total") == total, "said twice, it counts once"


def test_what_a_person_said_stays_and_inventions_stay_out() -> None:
    settled = replace(FIRST, values=tuple(replace(one, accepted=True) for one in FIRST.values))
    second = compare([("total", "9.99"), ("number", "4444")], "", READING, settled, SCHEMA)
    assert merged(settled, second) == settled


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Total Price", "total"),
        ("total_price", "total"),
        ("sub/total", "total"),
        ("Receipt no.", "number"),
        ("receipt number", "number"),
        ("subtotal", None),
        ("", None),
    ],
)
def test_names_of_fields(name: str, field: str | None) -> None:
    found = field_called(name, SCHEMA)
    assert (found.name if found else None) == field
