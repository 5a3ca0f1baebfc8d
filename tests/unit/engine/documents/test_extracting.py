"""Fields with evidence from pages of typed lines."""

import math
from dataclasses import replace

import pytest

from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.documents import (
    CauseKind,
    Evidence,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Schema,
)
from vlm_desktop.base.pagereading import Checkbox
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.schemafiles import preset

RECEIPT = page(
    1,
    "NORTHGATE HARDWARE SDN BHD",
    "(123456-X)",
    "NO. 12, JALAN DAMAI 3/4,",
    "TAMAN MERANTI,",
    "43200 CHERAS, SELANGOR",
    "TEL: 03-90112233",
    "TAX INVOICE",
    "Invoice No: CS00123",
    "Date: 04/06/2018 15:53",
    "HAMMER    12.50",
    "NAILS    7.40",
    "SUBTOTAL    19.90",
    "TOTAL    19.90",
    "CASH    50.00",
    "CHANGE    30.10",
    "THANK YOU",
)
ORDER = page(
    1,
    "WXQR-TV    CONTRACT",
    "Print Date 09/02/20",
    "Contract #    Advertiser    Product",
    "2679532    Citizens for Arden    Senate",
    "Flight Dates    Estimate #",
    "09/08/20 - 09/21/20    4711",
    "Gross Amount    $12,400.00",
    "Agency Commission    $1,860.00",
    "Net Amount    $10,540.00",
)
DESCRIBED = Schema(
    "order",
    (
        FieldSpec("advertiser", description="Who the advertising is for"),
        FieldSpec("contract_number", FieldType.NUMBER, "The number of the contract"),
        FieldSpec("gross_amount", FieldType.AMOUNT, "the total gross amount the advertiser pays"),
        FieldSpec("flight_from", FieldType.DATE, "The day the flight begins"),
        FieldSpec("flight_to", FieldType.DATE, "The day the flight ends"),
    ),
)


def test_a_receipt_is_read_by_its_preset() -> None:
    found = Extractor().extract(document(RECEIPT), preset("receipt"))
    told = {one.name: one for one in found.values}
    assert told["vendor"].raw == "NORTHGATE HARDWARE SDN BHD"
    assert told["date"].value == "2018-06-04"
    assert told["total"].value == "19.90"
    assert told["paid"].value == "50.00"
    assert told["change"].value == "30.10"
    address = "NO. 12, JALAN DAMAI 3/4, TAMAN MERANTI, 43200 CHERAS, SELANGOR"
    assert told["address"].raw == address


def test_every_value_stands_on_the_page() -> None:
    found = Extractor().extract(document(RECEIPT), preset("receipt"))
    for value in found.values:
        assert value.grounded
        told = " ".join(one.text for one in value.evidence)
        assert told == value.raw
        for one in value.evidence:
            printed = " ".join(RECEIPT.words[word].text for word in one.words)
            assert one.text in printed
            assert one.page == 1


def test_boxes_are_told_in_the_coordinates_of_the_page() -> None:
    turned = replace(RECEIPT, view=replace(RECEIPT.view, turns=2))
    value = Extractor().extract(document(turned), preset("receipt")).value("vendor")
    upright = Extractor().extract(document(RECEIPT), preset("receipt")).value("vendor")
    assert value is not None
    assert upright is not None
    size = RECEIPT.view.page
    there, here = value.evidence[0].box, upright.evidence[0].box
    assert (there.x1, there.y1) == pytest.approx((size.width - here.x0, size.height - here.y0))


def test_descriptions_alone_are_enough() -> None:
    found = Extractor().extract(document(ORDER), DESCRIBED)
    assert {one.name: one.value for one in found.values} == {
        "advertiser": "Citizens for Arden",
        "contract_number": "2679532",
        "gross_amount": "12400.00",
        "flight_from": "2020-09-08",
        "flight_to": "2020-09-21",
    }


def test_a_confidence_is_the_sum_of_its_causes() -> None:
    found = Extractor().extract(document(ORDER), DESCRIBED)
    for value in found.values:
        odds = math.log(value.confidence / (1 - value.confidence))
        assert sum(one.weight for one in value.causes) == pytest.approx(odds, abs=0.25)
    gross = found.value("gross_amount")
    assert gross is not None
    labels = [one.detail for one in gross.causes if one.kind is CauseKind.LABEL]
    assert labels == ["Gross Amount"]


def test_what_is_missing_says_where_was_looked() -> None:
    schema = Schema(
        "s",
        (
            FieldSpec("due_date", FieldType.DATE, "When it is due", ("due date",), required=True),
            FieldSpec("iban", FieldType.IBAN),
        ),
    )
    reading = document(page(1, "Due date:", "Hello there"))
    found = Extractor().extract(reading, schema)
    assert found.values == ()
    due, iban = found.missing
    assert due.required
    assert due.looked[0].reason == "no_value_at_label"
    assert due.looked[0].text == "Due date"
    assert due.looked[0].box is not None
    assert iban.looked[0].reason == "no_label"


def test_two_fields_do_not_have_the_same_words() -> None:
    schema = Schema(
        "s",
        (
            FieldSpec("invoice_date", FieldType.DATE, aliases=("invoice date",)),
            FieldSpec("due_date", FieldType.DATE, aliases=("due date", "payment date")),
        ),
    )
    reading = document(page(1, "Invoice date: 03.04.2024", "Due date: 17.04.2024"))
    values = {one.name: one.value for one in Extractor().extract(reading, schema).values}
    assert values == {"invoice_date": "2024-04-03", "due_date": "2024-04-17"}


def test_a_learned_value_is_taken_and_keeps_its_words() -> None:
    words = RECEIPT.lines[2].words
    lesson = FieldValue(
        "vendor",
        "NO. 12, JALAN DAMAI 3/4,",
        "NO. 12, JALAN DAMAI 3/4,",
        0.9,
        (Evidence(1, RECEIPT.lines[2].box, "NO. 12, JALAN DAMAI 3/4,", words),),
        origin=Origin.LEARNED,
        learned_from="earlier.png",
    )
    found = Extractor().extract(document(RECEIPT), preset("receipt"), [lesson])
    vendor, address = found.value("vendor"), found.value("address")
    assert vendor is not None
    assert vendor.origin is Origin.LEARNED
    assert any(one.raw == "NORTHGATE HARDWARE SDN BHD" for one in vendor.rivals)
    assert address is None or not set(words) & {w for e in address.evidence for w in e.words}


def test_rows_of_a_table_are_told_by_their_headings() -> None:
    items = FieldSpec(
        "items",
        FieldType.TABLE,
        fields=(
            FieldSpec("description"),
            FieldSpec("quantity", FieldType.NUMBER, aliases=("qty",)),
            FieldSpec("amount", FieldType.AMOUNT),
        ),
    )
    reading = document(
        page(
            1,
            "Description    Qty    Amount",
            "Claw hammer    2    25.00",
            "Nails steel    1    7.40",
            "Total    32.40",
        )
    )
    found = Extractor().extract(reading, Schema("s", (items,)))
    rows = {(one.name, one.row): one.value for one in found.values}
    assert rows == {
        ("items/description", 0): "Claw hammer",
        ("items/quantity", 0): "2",
        ("items/amount", 0): "25.00",
        ("items/description", 1): "Nails steel",
        ("items/quantity", 1): "1",
        ("items/amount", 1): "7.40",
    }


def test_members_of_a_group_repeat() -> None:
    group = FieldSpec("stay", FieldType.GROUP, fields=(FieldSpec("Guest"), FieldSpec("Room")))
    reading = document(page(1, "Guest: Anna Adams", "Room: 12", "Guest: Ben Costa", "Room: 14"))
    found = Extractor().extract(reading, Schema("s", (group,)))
    rows = {(one.name, one.row): one.raw for one in found.values}
    assert rows[("stay/Guest", 0)] == "Anna Adams"
    assert rows[("stay/Guest", 1)] == "Ben Costa"
    assert rows[("stay/Room", 1)] == "14"


def test_a_box_to_tick_is_a_field() -> None:
    base = page(1, "Express    Standard")
    boxes = (
        Checkbox(Box(0, 2, 10, 12), checked=True, confidence=0.9, ink=0.4, label=(0,)),
        Checkbox(Box(130, 2, 140, 12), checked=False, confidence=0.9, ink=0.0, label=(1,)),
    )
    schema = Schema(
        "s", (FieldSpec("express", FieldType.CHECKBOX), FieldSpec("standard", FieldType.CHECKBOX))
    )
    found = Extractor().extract(document(replace(base, checkboxes=boxes)), schema)
    assert [one.value for one in found.values] == ["yes", "no"]


def test_a_form_tells_every_pair() -> None:
    form = page(
        1, "Name: Anna Adams", "Project No: 1990-488", "Date: 11/04/93", "Fax: (202) 555-0143"
    )
    found = Extractor().extract(document(form), preset("form"))
    assert {one.name: one.raw for one in found.values} == {
        "Name": "Anna Adams",
        "Project No": "1990-488",
        "Date": "11/04/93",
        "Fax": "(202) 555-0143",
    }
    assert all(one.grounded and 0 < one.confidence < 1 for one in found.values)


def test_no_pages_and_empty_pages_have_nothing() -> None:
    for reading in (document(), document(page(1))):
        found = Extractor().extract(reading, preset("invoice"))
        assert found.values == ()
        assert {one.name for one in found.missing} == {one.name for one in preset("invoice").fields}


def test_texts_of_documents_are_data() -> None:
    wild = page(1, "Total: <b>5.00</b>", "((((((((((", "[a-z]+(?:x", "Date: \u202e01/02/2024")
    found = Extractor().extract(document(wild), preset("receipt"))
    assert all(one.grounded for one in found.values)


def test_no_period_is_made_of_the_dates_of_an_invoice() -> None:
    rows = (
        "Invoice 4711",
        "Invoice date: 2 March 2024",
        "Due date: 1 April 2024",
        "Total: 12.50 €",
    )
    found = Extractor().extract(document(page(1, *rows)), preset("invoice"))
    assert found.value("date").value == "2024-03-02"
    assert found.value("due_date").value == "2024-04-01"
    assert found.value("period_start") is None
    assert found.value("period_end") is None


def test_a_printed_period_is_found() -> None:
    rows = ("Invoice date: 2 March 2024", "Period: 1 February 2024 - 29 February 2024")
    found = Extractor().extract(document(page(1, *rows)), preset("invoice"))
    assert found.value("period_start").value == "2024-02-01"
    assert found.value("period_end").value == "2024-02-29"
