"""Checks of a document, and what they offer where one fails."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.documents.made_invoices import Planted, made, plant
from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    DocumentLocale,
    Evidence,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Repair,
    Rival,
    Schema,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.schemafiles import preset
from vlm_desktop.engine.documents.values import readings_of

RECEIPT, INVOICE = preset("receipt"), preset("invoice")
TODAY = date(2026, 1, 1)


def field(name: str, raw: str, row: int = 0) -> FieldValue:
    """A value of the presets, normalised as the extractor does."""
    spec = RECEIPT.spec(name) or INVOICE.spec(name) or preset("bank_statement").spec(name)
    assert spec is not None
    found = readings_of(raw, spec.type, DocumentLocale(decimal=".", day_first=True))
    return FieldValue(name, raw, found[0].value, 0.9, row=row)


def read(*values: FieldValue) -> Extraction:
    locale = DocumentLocale(decimal=".", day_first=True)
    return Extraction(Path("a.pdf"), "", "receipt", values, locale=locale)


def line(row: int, quantity: str, unit: str, amount: str) -> list[FieldValue]:
    return [
        field("items/quantity", quantity, row),
        field("items/unit_price", unit, row),
        field("items/amount", amount, row),
    ]


def only(checks: tuple[Check, ...], detail: str) -> Check:
    (found,) = [one for one in checks if one.detail == detail]
    return found


def failing(checks: tuple[Check, ...]) -> list[str]:
    return [one.detail or one.kind for one in checks if one.ok is False]


# --- sums ---------------------------------------------------------------------------------


def test_everything_adds_up() -> None:
    checks = check(
        read(
            *line(0, "2", "5.00", "10.00"), *line(1, "1", "7.10", "7.10"),
            field("subtotal", "17.10"), field("tax", "1.03"), field("rounding", "0.02"),
            field("total", "18.15"), field("paid", "20.00"), field("change", "1.85"),
        ),
        RECEIPT,
    )  # fmt: skip
    assert [one.detail for one in checks] == ["line", "line", "items", "total", "payment"]
    assert all(one.ok for one in checks)
    assert all(one.expected == one.found for one in checks)


def test_one_digit_makes_everything_balance() -> None:
    checks = check(
        read(
            *line(0, "2", "5.00", "10.00"), *line(1, "1", "7.10", "1.10"),
            field("subtotal", "17.10"), field("tax", "1.03"), field("total", "18.13"),
        ),
        RECEIPT,
    )  # fmt: skip
    assert failing(checks) == ["line", "items"]
    items = only(checks, "items")
    assert (items.expected, items.found) == ("11.10", "17.10")
    for one in checks:
        if not one.ok:
            (repair,) = one.repairs[0]
            assert (repair.name, repair.row, repair.old) == ("items/amount", 1, "1.10")
            assert (repair.new, repair.value) == ("7.10", "7.10")


@pytest.mark.parametrize(
    ("values", "repair"),
    [
        # a lost minus
        ({"subtotal": "20.00", "rounding": "0.02", "total": "19.98"}, ("rounding", "-0.02")),
        # a lost point
        ({"subtotal": "2000", "tax": "1.20", "total": "21.20"}, ("subtotal", "20.00")),
        # a lost digit
        ({"subtotal": "120.00", "tax": "7.20", "total": "27.20", "paid": "150.00",
          "change": "22.80"}, ("total", "127.20")),
        # a comma for a point
        ({"subtotal": "1,234", "tax": "0.074", "total": "1.308"}, ("subtotal", "1.234")),
    ],
)  # fmt: skip
def test_other_slips(values: dict[str, str], repair: tuple[str, str]) -> None:
    checks = check(read(*(field(name, raw) for name, raw in values.items())), RECEIPT)
    (best,) = only(checks, "total").repairs[0]
    assert (best.name, best.value) == repair


def test_the_least_sure_character_is_the_likeliest_slip() -> None:
    """17.40 + 1.00 = 13.40 may be an 8 or a 2: what the reader doubted decides."""
    words = page(1, "17.40 1.00 13.40")
    places = dict(zip(("subtotal", "tax", "total"), (0, 1, 2), strict=True))
    values = [
        replace(
            field(name, words.words[at].text),
            evidence=(Evidence(1, Box(0, 0, 1, 1), words.words[at].text, (at,)),),
        )
        for name, at in places.items()
    ]

    def best(doubtful: int, character: int) -> str:
        sure = [[0.99] * len(word.text) for word in words.words]
        sure[doubtful][character] = 0.4
        told = replace(
            words,
            words=tuple(
                replace(word, characters=tuple(some))
                for word, some in zip(words.words, sure, strict=True)
            ),
        )
        (repair,) = only(check(read(*values), RECEIPT, document(told)), "total").repairs[0]
        return repair.name

    assert best(2, 1) == "total"
    assert best(0, 1) == "subtotal"


def test_independent_slips_are_repaired_apart() -> None:
    checks = check(
        read(
            *line(0, "2", "5.00", "70.00"), *line(1, "1", "7.10", "7.10"),
            field("subtotal", "17.10"), field("tax", "1.03"), field("total", "13.13"),
        ),
        RECEIPT,
    )  # fmt: skip
    line_, total = only(checks[:1], "line"), only(checks, "total")
    assert {(one.name, one.value) for one in line_.repairs[0]} >= {("items/amount", "10.00")}
    assert ("total", "18.13") in {(one.name, one.value) for one in total.repairs[0]}


def test_another_find_for_the_field_is_offered() -> None:
    total = replace(field("total", "50.00"), rivals=(Rival("18.13", "18.13", 0.3, ()),))
    checks = check(read(field("subtotal", "17.10"), field("tax", "1.03"), total), RECEIPT)
    (repair,) = only(checks, "total").repairs[0]
    assert (repair.name, repair.old, repair.new) == ("total", "50.00", "18.13")


def test_what_a_person_said_is_not_doubted() -> None:
    human = replace(field("total", "13.13"), origin=Origin.HUMAN)
    checks = check(read(field("subtotal", "17.10"), field("tax", "1.03"), human), RECEIPT)
    assert only(checks, "total").ok is False
    changed = {one.name for some in only(checks, "total").repairs for one in some}
    assert "total" not in changed


def test_nothing_is_changed() -> None:
    extraction = read(field("subtotal", "17.10"), field("tax", "1.03"), field("total", "13.13"))
    before = repr(extraction)
    check(extraction, RECEIPT)
    assert repr(extraction) == before


def test_a_missing_line_is_told_without_a_far_fetched_repair() -> None:
    checks = check(read(*line(0, "2", "5.00", "10.00"), field("subtotal", "47.31")), RECEIPT)
    assert failing(checks) == ["items"]
    assert only(checks, "items").repairs == ()


@pytest.mark.parametrize(
    "values",
    [
        {"subtotal": "100.00", "discount": "10.00", "tax": "9.00", "total": "99.00"},
        {"subtotal": "100.00", "discount": "-10.00", "tax": "9.00", "total": "99.00"},
        {"subtotal": "106.00", "tax": "6.00", "total": "106.00"},  # the prices hold the tax
        {"subtotal": "100.02", "tax": "6.00", "total": "106.00"},  # rounded to a coin
        {"subtotal": "20.00", "tip": "3.00", "tax": "1.20", "total": "24.20"},
    ],
)
def test_sums_of_many_kinds_hold(values: dict[str, str]) -> None:
    checks = check(read(*(field(name, raw) for name, raw in values.items())), RECEIPT)
    assert only(checks, "total").ok is True


def test_the_total_again_is_no_tax_within_the_prices() -> None:
    values = [field(name, "15.90") for name in ("subtotal", "tax", "total")]
    assert failing(check(read(*values), RECEIPT)) == ["total"]


def test_gross_less_commission_is_net() -> None:
    checks = check(
        read(field("gross_amount", "1,000.00"), field("discount", "150.00"),
             field("net_amount", "850.00")),
        INVOICE,
    )  # fmt: skip
    assert only(checks, "total").ok is True


def test_unit_prices_without_tax_fail_no_line() -> None:
    checks = check(
        read(*line(0, "1", "150.00", "159.00"), *line(1, "2", "80.00", "169.60")), RECEIPT
    )
    assert failing(checks) == []


def test_a_rounded_unit_price_fails_no_line() -> None:
    assert failing(check(read(*line(0, "3", "3.33", "10.00")), RECEIPT)) == []


def test_tax_by_its_rate() -> None:
    rate, tax_amount = field("tax_rate", "19 %"), field("tax_amount", "79.00")
    checks = check(read(field("net_amount", "100.00"), rate, tax_amount), INVOICE)
    tax = only(checks, "tax")
    assert (tax.kind, tax.ok, tax.expected) == (CheckKind.TAX, False, "19.00")
    assert tax.repairs[0][0].value == "19.00"


def test_a_bank_statement() -> None:
    schema = preset("bank_statement")
    rows = [("", "50.00", "150.00"), ("30.00", "", "120.00"), ("", "5.50", "125.50")]
    values = [field("opening_balance", "100.00"), field("closing_balance", "125.50")]
    for row, (debit, credit, balance) in enumerate(rows):
        values += [field("transactions/debit", debit, row)] if debit else []
        values += [field("transactions/credit", credit, row)] if credit else []
        values.append(field("transactions/balance", balance, row))
    assert failing(check(read(*values), schema)) == []
    wrong = field("transactions/debit", "36.00", 1)
    values[values.index(field("transactions/debit", "30.00", 1))] = wrong
    checks = check(read(*values), schema)
    assert failing(checks) == ["balance", "balance"]
    (repair,) = checks[0].repairs[0]
    assert (repair.name, repair.row, repair.value) == ("transactions/debit", 1, "30.00")


def test_nothing_to_check() -> None:
    assert check(read(), RECEIPT) == ()
    assert check(read(field("total", "5.00")), RECEIPT) == ()
    assert check(read(FieldValue("unheard_of", "5.00", "5.00", 0.9)), RECEIPT) == ()


def test_values_that_are_no_numbers_are_left_out() -> None:
    odd = [FieldValue("total", raw, raw, 0.9) for raw in ("NaN", "1e999999", "x")]
    for value in odd:
        assert check(read(field("subtotal", "5.00"), field("tax", "1.00"), value), RECEIPT) == ()


# --- how often the true repair is found -----------------------------------------------------


def _repairs(planted: Planted) -> list[tuple[tuple[Repair, ...], ...]]:
    """What each check that fails offers."""
    checks = check(planted.extraction, preset(planted.extraction.schema))
    return [one.repairs for one in checks if one.ok is False]


def _is_true(some: tuple[Repair, ...], planted: Planted) -> bool:
    if len(some) != 1:
        return False
    same = (some[0].name, some[0].row) == (planted.name, planted.row)
    return same and Decimal(some[0].value) == Decimal(planted.value)


@pytest.mark.parametrize(
    ("kind", "first", "among"),
    [("digit", 0.85, 0.95), ("lost point", 0.95, 0.97), ("lost digit", 0.9, 0.93),
     ("added digit", 0.8, 0.9), ("added minus", 0.9, 0.95)],
)  # fmt: skip
def test_the_true_repair_is_found(kind: str, first: float, among: float) -> None:
    """Slips planted in documents whose sums were right; the rest no sum tells, such as a cent that
    rounding explains."""
    rng = random.Random(kind)
    drawn = [plant(rng, made(rng, rng.choice(["invoice", "receipt"])), kind) for _ in range(40)]
    planted = [one for one in drawn if one is not None]
    offered = [_repairs(one) for one in planted]
    best = sum(
        any(_is_true(each[0], one) for each in checks if each)
        for one, checks in zip(planted, offered, strict=True)
    )
    any_ = sum(
        any(_is_true(some, one) for each in checks for some in each)
        for one, checks in zip(planted, offered, strict=True)
    )
    assert best / len(planted) >= first
    assert any_ / len(planted) >= among


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["invoice", "receipt"]))
def test_documents_that_are_right_fail_no_check(seed: int, schema: str) -> None:
    extraction = made(random.Random(seed), schema)
    assert failing(check(extraction, preset(schema))) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["digit", "lost point", "added digit"]))
def test_every_repair_that_is_offered_balances(seed: int, kind: str) -> None:
    rng = random.Random(seed)
    planted = plant(rng, made(rng, "receipt"), kind)
    if planted is None:
        return
    for one in check(planted.extraction, RECEIPT):
        for some in one.repairs:
            values = {(each.name, each.row): each for each in planted.extraction.values}
            for repair in some:
                key = (repair.name, repair.row)
                values[key] = replace(values[key], raw=repair.new, value=repair.value)
            mended = replace(planted.extraction, values=tuple(values.values()))
            again = [each for each in check(mended, RECEIPT) if each.fields == one.fields]
            assert all(each.ok for each in again)


def test_a_long_invoice_with_many_slips_ends() -> None:
    values = [one for row in range(300) for one in line(row, "2", "5.00", "70.00")]
    values += [field("subtotal", "3,000.00"), field("tax", "180.00"), field("total", "3,180.00")]
    values[4] = field("items/unit_price", "5.60", 1)
    checks = check(read(*values), RECEIPT)
    assert len(checks) >= 2


# --- dates --------------------------------------------------------------------------------


def test_dates_in_order() -> None:
    issued = field("date", "01/02/2020")
    good = check(read(issued, field("due_date", "15/02/2020")), INVOICE, today=TODAY)
    assert only(good, "order").ok is True
    bad = check(read(issued, field("due_date", "15/02/2010")), INVOICE, today=TODAY)
    order = only(bad, "order")
    assert order.ok is False
    assert order.fields == (("date", 0), ("due_date", 0))
    assert all(len(some) == 1 for some in order.repairs)


def test_a_swapped_day_and_month_is_offered_first() -> None:
    issued = replace(field("date", "05/03/2020"), value="2020-05-03", ambiguous=("2020-03-05",))
    checks = check(read(issued, field("due_date", "04/04/2020")), INVOICE, today=TODAY)
    (repair,) = only(checks, "order").repairs[0]
    assert (repair.name, repair.value) == ("date", "2020-03-05")


def test_an_implausible_year() -> None:
    checks = check(read(field("date", "01/02/2078")), RECEIPT, today=TODAY)
    implausible = only(checks, "implausible")
    assert implausible.ok is False
    assert "2018-02-01" in {some[0].value for some in implausible.repairs}


# --- numbers with check digits ------------------------------------------------------------


def test_an_iban_with_one_slip() -> None:
    value = FieldValue("iban", "DE89 3704 0044 0582 0130 00", "DE89370400440582013000", 0.9)
    (found,) = check(read(value), INVOICE)
    assert (found.kind, found.ok) == (CheckKind.IBAN, False)
    assert "DE89370400440532013000" in {some[0].value for some in found.repairs}


def test_vat_ids_of_unknown_schemes_are_left_alone() -> None:
    assert check(read(FieldValue("vat_id", "000097492992", "000097492992", 0.9)), INVOICE) == ()
    (found,) = check(read(FieldValue("vat_id", "DE232446240", "DE232446240", 0.9)), INVOICE)
    assert (found.kind, found.ok) == (CheckKind.VAT_ID, True)


def test_card_numbers() -> None:
    schema = Schema("card", (FieldSpec("Card number", FieldType.NUMBER),))
    (right,) = check(read(FieldValue("Card number", "", "4111111111111111", 0.9)), schema)
    (wrong,) = check(read(FieldValue("Card number", "", "4111111111111117", 0.9)), schema)
    assert (right.kind, right.ok, wrong.ok) == (CheckKind.LUHN, True, False)
    assert "4111111111111111" in {some[0].value for some in wrong.repairs}
    masked = read(FieldValue("Card number", "", "************1111", 0.9))
    assert check(masked, schema) == ()


def test_patterns() -> None:
    schema = Schema("ads", (FieldSpec("contract", pattern=r"\d{6}"),))
    (found,) = check(read(FieldValue("contract", "12345", "12345", 0.9)), schema)
    assert (found.kind, found.ok, found.expected) == (CheckKind.PATTERN, False, r"\d{6}")
    assert check(read(FieldValue("contract", "123456", "123456", 0.9)), schema) == ()
