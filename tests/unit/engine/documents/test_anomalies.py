"""What a document is compared by, and what is odd about it."""

from pathlib import Path

import pytest

from vlm_desktop.base.documentkeeping import DocumentState, KeptDocument
from vlm_desktop.base.documents import Check, Extraction, FieldSpec, FieldType, FieldValue, Schema
from vlm_desktop.engine.documents.anomalies import compared, facts_of, vendor_key
from vlm_desktop.store.docrecords import DocumentFacts, EarlierDocument

SCHEMA = Schema(
    "invoice",
    (
        FieldSpec("vendor"),
        FieldSpec("number", FieldType.NUMBER),
        FieldSpec("date", FieldType.DATE),
        FieldSpec("total", FieldType.AMOUNT),
        FieldSpec("iban", FieldType.IBAN),
    ),
)
_EARLIER = DocumentFacts("Abel GmbH", "abel", "a17", "2024-05-06", "100.00", "EUR", "DE1")


def extraction(**values: str) -> Extraction:
    found = tuple(FieldValue(name, value, value, 0.9) for name, value in values.items())
    return Extraction(Path("new.pdf"), "hash", "invoice", found)


def earlier(
    number: int, facts: DocumentFacts = _EARLIER, content_hash: str = ""
) -> EarlierDocument:
    name = content_hash or f"hash {number}"
    document = KeptDocument(
        number, Path(f"/in/{number}.pdf"), name, "invoice", DocumentState.REVIEWED
    )
    return EarlierDocument(document, facts)


def odd(found: Extraction, *others: EarlierDocument) -> tuple[Check, ...]:
    return compared("hash", facts_of(found, SCHEMA), others, found, SCHEMA)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME GmbH", "Acme gmbh."),
        ("Müller & Söhne AG", "MULLER SOHNE"),
        ("Restoran Wan Sheng Sdn. Bhd.", "RESTORAN WAN SHENG"),
        ("S.A. Dupont", "Dupont S.A."),
    ],
)
def test_spellings_of_a_vendor_meet(one: str, other: str) -> None:
    assert vendor_key(one) == vendor_key(other) != ""


def test_a_vendor_that_is_only_a_legal_form_keeps_a_key() -> None:
    assert vendor_key("AB") == "ab"
    assert vendor_key("...") == ""


def test_facts_are_found_by_part() -> None:
    facts = facts_of(
        extraction(
            vendor="Abel GmbH", number="A-17", date="2024-05-06", total="100.00", iban="DE1"
        ),
        SCHEMA,
    )
    assert facts == DocumentFacts("Abel GmbH", "abel", "a17", "2024-05-06", "100.00", "", "DE1")


def test_nothing_known_is_nothing_odd() -> None:
    assert odd(extraction()) == ()
    assert odd(extraction(), earlier(1), earlier(2)) == ()
    assert odd(extraction(vendor="Abel"), earlier(1)) == ()


def test_each_earlier_document_is_told_once() -> None:
    same = extraction(vendor="Abel", number="a-17", date="2024-05-06", total="100.00", iban="DE1")
    found = odd(same, earlier(1, content_hash="hash"), earlier(2), earlier(3))
    assert [(check.detail, check.found) for check in found] == [
        ("same-file", "1.pdf"), ("same-number", "2.pdf"), ("same-number", "3.pdf"),
    ]  # fmt: skip


def test_short_numbers_meet_by_chance() -> None:
    facts = DocumentFacts("Abel", "abel", "7")
    assert odd(extraction(vendor="Abel", number="7"), earlier(1, facts)) == ()


def test_other_numbers_on_one_day_are_no_duplicates() -> None:
    again = extraction(vendor="Abel", number="a-18", date="2024-05-06", total="100.00")
    assert odd(again, earlier(1)) == ()


def test_a_copy_says_nothing_of_what_is_usual() -> None:
    changed = extraction(vendor="Abel", iban="DE2")
    assert [one.detail for one in odd(changed, earlier(1, content_hash="hash"))] == ["same-file"]
    assert [one.detail for one in odd(changed, earlier(1))] == ["account-changed"]


def test_an_account_that_was_used_before_is_known() -> None:
    second = DocumentFacts("Abel", "abel", account="DE2")
    found = extraction(vendor="Abel", iban="DE2")
    assert odd(found, earlier(1), earlier(2, second)) == ()


@pytest.mark.parametrize(
    ("total", "count", "told"),
    [("1000.00", 3, True), ("999.99", 3, False), ("1000.00", 2, False), ("-1000.00", 3, False)],
)
def test_ten_times_the_usual_amount(total: str, count: int, told: bool) -> None:
    others = [
        earlier(number, DocumentFacts("Abel", "abel", f"n{number}00", total=f"{99 + number}.00"))
        for number in range(count)
    ]
    found = odd(extraction(vendor="Abel", total=total), *others)
    assert [one.detail for one in found] == (["amount-unusual"] if told else [])
    if told:
        assert (found[0].expected, found[0].found) == ("100.00", "1000.00")
        assert found[0].fields == (("total", 0),)


def test_amounts_of_another_currency_are_not_compared() -> None:
    others = [
        earlier(number, DocumentFacts("Abel", "abel", total="1.00", currency="EUR"))
        for number in range(5)
    ]
    assert odd(extraction(vendor="Abel", total="1000.00"), *others) == ()
