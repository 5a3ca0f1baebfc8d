"""How a document writes, from its own lines."""

import csv
import json
from pathlib import Path

from vlm_desktop.base.documents import DocumentLocale
from vlm_desktop.engine.documents.locales import infer


def test_nothing_tells_nothing() -> None:
    assert infer([]) == DocumentLocale()
    assert infer(["hello", "12"]).day_first is None


def test_a_german_invoice() -> None:
    locale = infer(
        ["Muster GmbH, Berlin", "Rechnung Nr. 17 vom 25.03.2020", "Summe 1.234,50 €",
         "zzgl. 19 % MwSt 234,56 €", "Bitte zahlen Sie den Betrag"]
    )  # fmt: skip
    assert (locale.language, locale.region, locale.currency) == ("de", "DE", "EUR")
    assert locale.decimal == ","
    assert locale.day_first is True
    assert "25.03.2020" in locale.reasons
    assert "1.234,50" in locale.reasons


def test_an_american_invoice() -> None:
    locale = infer(["Acme LLC, New York", "Invoice date: 02/03/2021", "Amount due: $1,234.50"])
    assert (locale.region, locale.currency, locale.decimal) == ("US", "USD", ".")
    assert locale.day_first is False


def test_a_date_speaks_louder_than_the_country() -> None:
    locale = infer(["KEDAI SDN BHD", "JALAN IPOH, KUALA LUMPUR", "12/13/2016", "RM 5.00"])
    assert locale.region == "MY"
    assert locale.day_first is False


def test_tills_of_other_countries_print_dollars() -> None:
    assert infer(["KEDAI SDN BHD", "JOHOR BAHRU, JOHOR", "TOTAL $8.20"]).currency == "MYR"
    assert infer(["Muster GmbH, Berlin", "Total $8.20"]).currency == "USD"


def test_phone_prefixes_and_bank_accounts_give_the_country_away() -> None:
    assert infer(["Tel. +31 20 7604101"]).region == "NL"
    assert infer(["DE89 3704 0044 0532 0130 00"]).region == "DE"


def test_english_without_a_country_leaves_the_order_open() -> None:
    locale = infer(["Invoice date 04/05/2020", "Thank you for your payment", "Amount 12.50"])
    assert locale.language == "en"
    assert locale.day_first is None
    assert locale.decimal == "."


def test_years_in_front() -> None:
    assert infer(["2020-05-04", "2020-06-01"]).year_first is True


def test_shares_of_a_phone_number_are_no_years() -> None:
    assert infer(["TEL: 1300-88-6555"]).year_first is None


def test_a_very_long_document_is_looked_at_in_part() -> None:
    assert infer(["x" * 100] * 10_000 + ["25.03.2020"]).day_first is None


def test_shown_receipts_are_all_malaysian(shared_data: Path) -> None:
    """Whose order of days fits the dates their truth gives (SROIE says all are printed so)."""
    folder = shared_data / "sroie_receipts"
    truths = [json.loads(line) for line in (folder / "fields.jsonl").read_text().splitlines()]
    regions, currencies = [], []
    for truth in truths:
        path = folder / "box" / f"{Path(truth['image']).stem}.csv"
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            lines = [",".join(row[8:]) for row in csv.reader(file, quoting=csv.QUOTE_NONE)]
        locale = infer(lines)
        regions.append(locale.region)
        currencies.append(locale.currency)
        assert locale.day_first is (truth["fields"]["date"] != "12/13/2016")
    assert regions == ["MY"] * len(truths)
    assert currencies == ["MYR"] * len(truths)
