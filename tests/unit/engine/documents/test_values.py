"""Raw texts as values of a field's type."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldType
from vlm_desktop.engine.documents.values import Reading, ambiguous, readings_of, spans


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("NL50 INGB 0683 2513 09", FieldType.IBAN, "NL50INGB0683251309"),
        ("IBAN: DE89 3704 0044 0532 0130 00", FieldType.IBAN, "DE89370400440532013000"),
        ("NL5O INGB O683 2513 O9", FieldType.IBAN, "NL50INGB0683251309"),
        ("DE89 37O4 0044 0532 0130 00", FieldType.IBAN, "DE89370400440532013000"),
        ("DE 232 446 240", FieldType.VAT_ID, "DE232446240"),
        ("DE 232 446 24O", FieldType.VAT_ID, "DE232446240"),
        ("000097492992", FieldType.VAT_ID, "000097492992"),
        ("INV / 2023 / 0008", FieldType.NUMBER, "INV/2023/0008"),
        ("  RESTORAN   WAN\nSHENG ", FieldType.TEXT, "RESTORAN WAN SHENG"),
        ("NO. 2, JALAN  X ,\n 43200 KL,", FieldType.ADDRESS, "NO. 2, JALAN X, 43200 KL"),
        ("☑", FieldType.CHECKBOX, "yes"),
        ("[ ]", FieldType.CHECKBOX, "no"),
        ("Ja", FieldType.CHECKBOX, "yes"),
    ],
)
def test_normalised(text: str, kind: FieldType, value: str) -> None:
    assert readings_of(text, kind)[0].value == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hello", FieldType.IBAN),
        ("OD304175096047380001", FieldType.IBAN),
        ("Total", FieldType.NUMBER),
        ("maybe", FieldType.CHECKBOX),
        ("AB", FieldType.VAT_ID),
        (" ", FieldType.TEXT),
        ("x" * 5000, FieldType.TEXT),
    ],
)
def test_what_cannot_be_such_a_value(text: str, kind: FieldType) -> None:
    assert readings_of(text, kind) == ()


def test_a_wrong_check_digit_is_kept_as_printed_but_less_likely() -> None:
    (reading,) = readings_of("DE89 3704 0044 0532 0130 01", FieldType.IBAN)
    assert reading.value == "DE89370400440532013001"
    assert reading.likelihood < 0.5


def test_options_are_found_despite_slips() -> None:
    spec = FieldSpec("payment", FieldType.ENUM, options=("Cash", "Credit card", "Debit card"))
    assert readings_of("CA5H", FieldType.ENUM, spec=spec)[0].value == "Cash"
    assert readings_of("credit  cand", FieldType.ENUM, spec=spec)[0].value == "Credit card"
    assert readings_of("cheque", FieldType.ENUM, spec=spec) == ()


def test_a_pattern_must_match_in_full() -> None:
    spec = FieldSpec("contract", FieldType.NUMBER, pattern=r"[A-Z]\d{4}")
    assert readings_of("A1234", FieldType.NUMBER, spec=spec)
    assert readings_of("A 1234", FieldType.NUMBER, spec=spec)
    assert readings_of("A12345", FieldType.NUMBER, spec=spec) == ()


def test_what_is_ambiguous() -> None:
    readings = readings_of("04/09/2017", FieldType.DATE)
    assert readings[0] == Reading("2017-09-04", 0.6)
    assert ambiguous(readings) == ("2017-04-09",)
    settled = readings_of("04/09/2017", FieldType.DATE, DocumentLocale(day_first=True))
    assert ambiguous(settled) == ()


@pytest.mark.parametrize(
    ("line", "kind", "found"),
    [
        ("IBAN: NL50INGB0683251309 BIC INGBNL2A", FieldType.IBAN, ["NL50INGB0683251309"]),
        ("Btw NL 8104.33.941.B01 KvK 24330087", FieldType.VAT_ID, ["NL 8104.33.941.B01"]),
        ("USt-IdNr. DE 232 446 240, HRB 1", FieldType.VAT_ID, ["DE 232 446 240"]),
        ("INVOICE # : OR18031202170432", FieldType.NUMBER, ["OR18031202170432"]),
        ("DATE : 22/12/2017 14:03", FieldType.DATE, ["22/12/2017"]),
        ("GST @6%: $0.46", FieldType.AMOUNT, ["$0.46"]),
        ("Some words", FieldType.TEXT, []),
    ],
)
def test_where_values_stand(line: str, kind: FieldType, found: list[str]) -> None:
    assert [line[start:end] for start, end in spans(line, kind)] == found


@given(st.text(max_size=80), st.sampled_from(list(FieldType)))
def test_any_text_of_any_type(text: str, kind: FieldType) -> None:
    readings = readings_of(text, kind)
    likely = [reading.likelihood for reading in readings]
    assert likely == sorted(likely, reverse=True)
    assert sum(likely) <= 1.001
    for start, end in spans(text, kind):
        assert 0 <= start < end <= len(text)


def test_values_and_checks_need_no_arrays() -> None:
    code = (
        "import vlm_desktop.engine.documents.checks, vlm_desktop.engine.documents.drawing,"
        " vlm_desktop.engine.documents.locales, sys; sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
