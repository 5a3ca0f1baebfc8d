"""Amounts as documents print them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.documents import DocumentLocale
from vlm_desktop.engine.documents.amountvalues import (
    amount_readings,
    amount_spans,
    currency_of,
    decimal_mark,
)

OPEN = DocumentLocale()


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1.234,56", "1234.56", ""),
        ("1,234.56", "1234.56", ""),
        ("1 234,56", "1234.56", ""),
        ("1\u202f234,56 €", "1234.56", "EUR"),
        ("1'234.56", "1234.56", ""),
        ("CHF 1’250.00", "1250.00", "CHF"),
        ("1,23,456.00", "123456.00", ""),
        ("RM 6.70", "6.70", "MYR"),
        ("RM40.00", "40.00", "MYR"),
        ("$5", "5.00", "USD"),
        ("$-5.00", "-5.00", "USD"),
        ("(5.00)", "-5.00", ""),
        ("($1,234.00)", "-1234.00", "USD"),
        ("5.00-", "-5.00", ""),
        ("−3,20", "-3.20", ""),
        ("5.00CR", "-5.00", ""),
        ("5.00 DR", "5.00", ""),
        ("50,-", "50.00", ""),
        ("50.--", "50.00", ""),
        ("5€50", "5.50", "EUR"),
        ("4.11 USD", "4.11", "USD"),
        ("¥1,200", "1200", "JPY"),
        ("Rs. 319.00", "319.00", "INR"),
        ("6. 70", "6.70", ""),
        ("6.7O", "6.70", ""),
        ("l5.90", "15.90", ""),
        ("S5.00", "5.00", "USD"),
        ("*6.70", "6.70", ""),
        ("0.0125", "0.0125", ""),
        ("1.234.56", "1234.56", ""),
        ("$.50", "0.50", "USD"),
    ],
)
def test_one_amount_is_meant(text: str, value: str, currency: str) -> None:
    readings, code = amount_readings(text, OPEN)
    assert max(readings, key=lambda one: readings[one]) == value
    assert code == currency


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "22/12/2017",
        "1 2 3",
        "SELL",
        "6%",
        "20,00 EUR inkl",
        "1_000",
        "-",
        "lOO.OO",
        "$ 35,675 $ 37000",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert amount_readings(text, OPEN)[0] == {}


def test_a_mark_before_three_digits_is_both_unless_the_document_tells() -> None:
    assert set(amount_readings("1.234", OPEN)[0]) == {"1234.00", "1.234"}
    german, _ = amount_readings("1.234", DocumentLocale(decimal=","))
    english, _ = amount_readings("1.234", DocumentLocale(decimal="."))
    assert german["1234.00"] > 0.9
    assert english["1.234"] > english["1234.00"]


def test_a_sign_of_many_countries_means_the_documents() -> None:
    assert currency_of("kr 5", DocumentLocale(currency="NOK")) == ("NOK", "kr")
    assert currency_of("$5", DocumentLocale(currency="AUD")) == ("AUD", "$")
    assert currency_of("$5", DocumentLocale(currency="MYR")) == ("MYR", "$")
    assert currency_of("€5", DocumentLocale(currency="MYR")) == ("EUR", "€")


def test_words_hold_no_currencies() -> None:
    assert currency_of("Franz Karl", OPEN) == ("", "")


def test_amounts_within_a_line() -> None:
    line = "2 x 9,99 = 19,98 € am 12.03.2018 14:03, 6%, 03-40211233, A17, (5.00) RM 7.10"
    found = [line[start:end] for start, end in amount_spans(line)]
    assert found == ["2", "9,99", "19,98 €", "(5.00)", "RM 7.10"]
    line = "Manager (to $ 100,000) and $.50 off"
    assert [line[start:end] for start, end in amount_spans(line)] == ["$ 100,000", "$.50"]


@pytest.mark.parametrize(
    ("number", "mark"),
    [("1.234,50", ","), ("1,234.50", "."), ("3,5", ","), ("3.50", "."), ("1,234", ""),
     ("1.234.567", ","), ("12.03.18", ""), ("5", "")],
)  # fmt: skip
def test_what_gives_the_decimal_mark_away(number: str, mark: str) -> None:
    assert decimal_mark(number) == mark


@given(
    st.decimals(Decimal("-9999999"), Decimal("9999999"), places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_every_manner_of_writing_is_read(number: Decimal, marks: tuple[str, str]) -> None:
    group, mark = marks
    text = f"{number:,.2f}".translate(str.maketrans({",": group, ".": mark}))
    locale = DocumentLocale(decimal=mark)
    readings, _ = amount_readings(text, locale)
    best = max(readings, key=lambda one: readings[one])
    assert Decimal(best) == number
    assert readings[best] >= 0.9


@given(st.text(alphabet="0123456789.,' -$€RMOlS()CR", max_size=24))
def test_any_text_is_taken(text: str) -> None:
    readings, _ = amount_readings(text, OPEN)
    for value, share in readings.items():
        assert Decimal(value).is_finite()
        assert 0 < share <= 1
    for start, end in amount_spans(text):
        assert 0 <= start < end <= len(text)
