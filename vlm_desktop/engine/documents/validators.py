"""Whether a value can be true: checksums, plausible days, patterns.

Pure; importing it does not import numpy. IBAN and VAT ids follow python-stdnum, which knows the
structure and the check digits of each country. A verdict is True, False, or None where no rule is
known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import regex
import stdnum
from stdnum import iban as iban_numbers
from stdnum import luhn, numdb
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from vlm_desktop.base.documents import FieldType

if TYPE_CHECKING:
    from vlm_desktop.base.documents import FieldSpec

_PATTERN_SECONDS = 0.2
_LONGEST_PATTERN = 1000
_LONGEST_MATCHED = 10_000
_EARLIEST = date(1900, 1, 1)
_AHEAD = timedelta(days=366 * 15)
_VAT_SCHEMES: dict[str, tuple[str, ...]] = {
    "GB": ("vat",), "CH": ("vat", "uid"), "NO": ("mva", "orgnr"), "IN": ("gstin",),
    "AU": ("abn",), "US": ("ein",), "BR": ("cnpj",), "MX": ("rfc",), "NZ": ("ird",),
    "SG": ("uen",), "TR": ("vkn",), "ZA": ("tin",), "RU": ("inn",), "CA": ("bn",),
}  # fmt: skip
"""Tax ids outside the European Union by region, by the names they have in python-stdnum."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a value: `code` names the rule ("iban_checksum")."""

    ok: bool | None
    code: str


def iban_ok(value: str) -> bool:
    """Whether country, length, structure and the remainder of 97 are right."""
    try:
        iban_numbers.validate(value, check_country=False)
    except ValidationError:
        return False
    return True


def iban_country(value: str) -> bool:
    """Whether the first two letters are those of a country that has IBANs."""
    return bool(numdb.get("iban").info(value[:2])[0][1])


def iban_compact(value: str) -> str:
    """Without spaces and signs between, in capitals, without a leading "IBAN"."""
    return re.sub(r"^IBAN", "", re.sub(r"[\s.:_-]", "", value.upper()))


def vat_compact(value: str) -> str:
    """Without spaces and signs between, in capitals."""
    return re.sub(r"[\s.,:/_-]", "", value.upper())


def vat_id_ok(value: str, region: str = "") -> bool | None:
    """Whether a tax id can exist: in the European Union by its two first letters, else by the
    rules of `region`, None where those are unknown."""
    compact = vat_compact(value)
    country = "GR" if compact[:2] == "EL" else compact[:2]
    if country.lower() in eu_vat.MEMBER_STATES and re.search(r"\d{2}", compact):
        return _valid(eu_vat, compact)
    if re.match(r"GB\d|XI\d", compact):
        region, compact = "GB", compact[2:]
    elif compact.startswith("CHE"):
        region = "CH"
    verdicts = [
        _valid(module, compact)
        for name in _VAT_SCHEMES.get(region, ())
        if (module := stdnum.get_cc_module(region.lower(), name)) is not None
    ]
    return any(verdicts) if verdicts else None


def luhn_ok(value: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it."""
    digits = re.sub(r"[\s-]", "", value)
    return len(digits) >= 8 and digits.isascii() and digits.isdigit() and luhn.is_valid(digits)


def date_plausible(value: str, today: date | None = None) -> bool:
    """Whether an ISO date lies between 1900 and fifteen years ahead of `today`."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return _EARLIEST <= day <= (today or date.today()) + _AHEAD


def amount_plausible(value: str) -> bool:
    """Whether a decimal string is a number below a billion."""
    try:
        return abs(Decimal(value)) < 1_000_000_000
    except InvalidOperation:
        return False


def pattern_fault(pattern: str) -> str:
    """Why a regular expression cannot be used, in the words of its parser; "" when it can."""
    if len(pattern) > _LONGEST_PATTERN:
        return f"longer than {_LONGEST_PATTERN} characters"
    try:
        regex.compile(pattern)
    except regex.error as error:
        return str(error)
    return ""


def matches(pattern: str, text: str) -> bool | None:
    """Whether a whole text matches; None when the pattern is bad or takes too long."""
    if pattern_fault(pattern):
        return None
    try:
        found = regex.fullmatch(pattern, text[:_LONGEST_MATCHED], timeout=_PATTERN_SECONDS)
    except TimeoutError:
        return None
    return found is not None


def verdicts(raw: str, value: str, spec: FieldSpec, region: str = "") -> tuple[Verdict, ...]:
    """What every rule that concerns a field says of one value of it."""
    found: list[Verdict] = []
    if spec.type is FieldType.IBAN:
        found.append(Verdict(iban_ok(value), "iban_checksum"))
    elif spec.type is FieldType.VAT_ID:
        found.append(Verdict(vat_id_ok(value, region), "vat_id"))
    elif spec.type is FieldType.DATE:
        found.append(Verdict(date_plausible(value), "date_plausible"))
    elif spec.type is FieldType.AMOUNT:
        found.append(Verdict(amount_plausible(value), "amount_plausible"))
    elif spec.type is FieldType.ENUM and spec.options:
        found.append(Verdict(value in spec.options, "option"))
    if spec.pattern:
        found.append(Verdict(fits(raw, spec), "pattern"))
    return tuple(found)


def fits(raw: str, spec: FieldSpec) -> bool | None:
    """Whether a raw text matches the field's pattern, with or without the spaces in it."""
    plain = " ".join(raw.split())
    seen = matches(spec.pattern, plain)
    if seen is False and " " in plain:
        return matches(spec.pattern, plain.replace(" ", ""))
    return seen


def _valid(module: object, value: str) -> bool:
    check = getattr(module, "is_valid", None)
    return bool(check is not None and check(value))
