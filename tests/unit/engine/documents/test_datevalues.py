"""Dates as documents print them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.documents import DocumentLocale
from vlm_desktop.engine.documents.datevalues import date_readings, date_spans, month_names

OPEN = DocumentLocale()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28 MAR 18", "2018-03-28"),
        ("05-AUG-2017", "2017-08-05"),
        ("12/13/2016", "2016-12-13"),
        ("2O18-03-28", "2018-03-28"),
        ("25-06-18", "2018-06-25"),
        ("22/12/2017 14:03", "2017-12-22"),
        ("22/12/201714:03", "2017-12-22"),
        ("21/09/2017 10:20:37 AM", "2017-09-21"),
        ("2018-03-28T14:03:00+02:00", "2018-03-28"),
        ("Montag, den 3. Mai 2021", "2021-05-03"),
        ("1er août 2019", "2019-08-01"),
        ("18 april 2014", "2014-04-18"),
        ("March 3rd, 2020", "2020-03-03"),
        ("Sept. 5, 1998", "1998-09-05"),
        ("3 de febrero de 2020", "2020-02-03"),
        ("12 dicembre 2021", "2021-12-12"),
        ("7 września 2020", "2020-09-07"),
        ("26-Mei-2018", "2018-05-26"),
        ("2018. március 28.", "2018-03-28"),
        ("2018年3月28日", "2018-03-28"),
        ("28/03/2561", "2018-03-28"),
        ("15/0712017", "2017-07-15"),
        ("5 0CT 2018", "2018-10-05"),
        ("3 Septemher 2019", "2019-09-03"),
        ("15.O6.2O18", "2018-06-15"),
        ("15-06.2018", "2018-06-15"),
        ("11/ /29 /84", "1984-11-29"),
        ("September 10, 1997", "1997-09-10"),
    ],
)
def test_one_day_is_meant(text: str, expected: str) -> None:
    readings = date_readings(text, OPEN)
    assert max(readings, key=lambda iso: readings[iso]) == expected
    assert sum(share for iso, share in readings.items() if iso != expected) < 0.1


@pytest.mark.parametrize(
    "text",
    ["", "1.234,56", "12-34-5678", "192.168.1.10", "03-40211233", "29.2.2019", "31/04/2020",
     "Invoice 12/03/2018", "01.05.14-31.05.14", "Total 5", "99999999", "1/2/3", "07 - 6/24",
     "10,12,18"],
)  # fmt: skip
def test_what_is_no_single_day(text: str) -> None:
    assert date_readings(text, OPEN) == {}


def test_days_and_months_that_may_be_swapped_are_both_said() -> None:
    readings = date_readings("04/09/2017", OPEN)
    assert set(readings) == {"2017-09-04", "2017-04-09"}
    assert min(readings.values()) > 0.05


@pytest.mark.parametrize(("day_first", "expected"), [(True, "2017-09-04"), (False, "2017-04-09")])
def test_the_document_settles_the_order(day_first: bool, expected: str) -> None:
    readings = date_readings("04/09/2017", DocumentLocale(day_first=day_first))
    assert readings[expected] > 0.9


def test_years_in_front_with_two_digits_need_the_document() -> None:
    assert date_readings("18/03/28", OPEN)["2028-03-18"] > 0.5
    readings = date_readings("18/03/28", DocumentLocale(year_first=True))
    assert readings["2018-03-28"] > 0.5


def test_a_month_of_two_languages_is_settled_by_the_document() -> None:
    assert len(date_readings("3 lip 2020", OPEN)) == 2
    assert date_readings("3 lip 2020", DocumentLocale(language="pl")) == {"2020-07-03": 1.0}


def test_a_letter_for_a_digit_is_less_sure() -> None:
    assert sum(date_readings("l2/13/2018", OPEN).values()) < 1
    assert sum(date_readings("12/13/2018", OPEN).values()) == pytest.approx(1)


def test_births_lie_behind_and_due_dates_ahead() -> None:
    assert "1985-03-28" in date_readings("28.03.85", OPEN)
    assert "2031-12-31" in date_readings("31.12.31", OPEN)


def test_dates_within_a_line() -> None:
    line = "Leistung 01.05.14-31.05.14, Tel 03-40211233, 1.234,56 am 3. Mai 2014"
    found = [line[start:end] for start, end, _ in date_spans(line, OPEN)]
    assert found == ["01.05.14", "31.05.14", "3. Mai 2014"]
    line = "September 10, 1997 Marcus Hellenic Golf Classic September 18, 1997"
    found = [line[start:end] for start, end, _ in date_spans(line, OPEN)]
    assert found == ["September 10, 1997", "September 18, 1997"]


def test_a_long_line_is_looked_at_in_one_go() -> None:
    assert len(list(date_spans("12/03/2018 " * 5000, OPEN))) == 5000
    assert list(date_spans("1" * 50_000 + " " * 50_000, OPEN)) == []


_NAMES = sorted(
    (name, month, languages[0])
    for name, months in month_names().items()
    for month, languages in months.items()
)


@given(
    st.dates(date(1970, 1, 1), date(2049, 12, 31)),
    st.sampled_from(_NAMES),
    st.sampled_from(["{d} {m} {y}", "{d}. {m} {y}", "{d}-{m}-{y}", "{m} {d}, {y}", "{y} {m} {d}"]),
)
def test_every_month_of_every_language_is_read(
    day: date, named: tuple[str, int, str], form: str
) -> None:
    name, month, language = named
    day = date(day.year, month, min(day.day, 28))
    text = form.format(d=day.day, m=name.upper(), y=day.year)
    readings = date_readings(text, DocumentLocale(language=language))
    assert readings.get(day.isoformat(), 0) > 0.5


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from("/-."), st.booleans())
def test_the_true_day_is_among_those_said(day: date, mark: str, short: bool) -> None:
    text = day.strftime(f"%d{mark}%m{mark}%{'y' if short else 'Y'}")
    readings = date_readings(text, OPEN)
    assert day.isoformat() in readings
    assert sum(readings.values()) <= 1.0001


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    for iso, share in date_readings(text, OPEN).items():
        assert date.fromisoformat(iso)
        assert 0 < share <= 1
    ends = [0, *(at for start, end, _ in date_spans(text, OPEN) for at in (start, end))]
    assert ends == sorted(ends)


def test_the_day_of_a_range_is_no_year() -> None:
    line = "for the period July 1 - July 31, 2014"
    assert [line[start:end] for start, end, _ in date_spans(line, OPEN)] == ["July 31, 2014"]
    assert "2031-05-03" in date_readings("3 May 31", OPEN)
