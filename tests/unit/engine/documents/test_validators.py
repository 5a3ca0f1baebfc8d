"""What can be true, and what cannot."""

from datetime import date

import pytest

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.engine.documents.validators import (
    Verdict,
    date_plausible,
    iban_ok,
    luhn_ok,
    matches,
    pattern_fault,
    vat_id_ok,
    verdicts,
)


def test_iban_by_country_and_remainder() -> None:
    assert iban_ok("DE89 3704 0044 0532 0130 00")
    assert not iban_ok("DE89 3704 0044 0532 0130 01")
    assert not iban_ok("DE89 3704 0044 0532 0130")
    assert not iban_ok("US1234567890")


@pytest.mark.parametrize(
    ("value", "region", "ok"),
    [
        ("NL810433941B01", "", True),
        ("FR 60 421 938 861", "", True),
        ("DE232446240", "", True),
        ("DE232446241", "", False),
        ("ATU13585627", "", True),
        ("EL094259216", "", True),
        ("GB 980 7806 84", "", True),
        ("CHE-107.787.577 MWST", "", True),
        ("27AAPFU0939F1ZV", "IN", True),
        ("000097492992", "MY", None),
    ],
)
def test_vat_ids(value: str, region: str, ok: bool | None) -> None:
    assert vat_id_ok(value, region) is ok


def test_luhn() -> None:
    assert luhn_ok("4111 1111 1111 1111")
    assert not luhn_ok("4111 1111 1111 1112")
    assert not luhn_ok("0000")


def test_plausible_days() -> None:
    today = date(2026, 1, 1)
    assert date_plausible("1931-02-03", today)
    assert date_plausible("2040-12-31", today)
    assert not date_plausible("2090-01-01", today)
    assert not date_plausible("1820-01-01", today)
    assert not date_plausible("2019-02-29", today)


def test_patterns_are_whole_and_cannot_hang() -> None:
    assert matches(r"\d{3}", "123") is True
    assert matches(r"\d{3}", "1234") is False
    assert matches("(", "x") is None
    assert pattern_fault("(") != ""
    assert pattern_fault("a" * 2000) != ""
    # Python's own `re` takes hours for this one.
    assert matches(r"(x+x+)+y", "x" * 5000) in (False, None)


def test_what_the_rules_say_of_a_field() -> None:
    spec = FieldSpec("iban", FieldType.IBAN, pattern="NL.*")
    assert verdicts("NL50 INGB 0683 2513 09", "NL50INGB0683251309", spec) == (
        Verdict(True, "iban_checksum"),
        Verdict(True, "pattern"),
    )
    kind = FieldSpec("kind", FieldType.ENUM, options=("a", "b"))
    assert verdicts("c", "c", kind) == (Verdict(False, "option"),)
    assert verdicts("anything", "anything", FieldSpec("vendor")) == ()
