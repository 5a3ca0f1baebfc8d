"""Checks of numbers with check digits: IBAN, VAT ids, card numbers.

Pure; importing it does not import numpy. Where a check digit is wrong, one character that is often
misread may be the reason: what makes the number right is offered.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Repair,
    Schema,
)
from vlm_desktop.engine.documents.datevalues import folded
from vlm_desktop.engine.documents.lookalikes import DIGIT_SLIPS, DIGITS
from vlm_desktop.engine.documents.validators import iban_ok, luhn_ok, vat_id_ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_DOUBT = 0.01
_LETTER_SHARE = 0.15
_ANY_SHARE = 0.008
_MOST = 5
_CARDS = {
    "card number", "credit card", "credit card number", "card no", "kartennummer",
    "kreditkartennummer", "numero de carte", "kaartnummer", "creditcardnummer",
    "numero de tarjeta", "numero carta di credito", "pan", "imei",
}  # fmt: skip
"""Names of fields whose last digit is a Luhn check digit."""


def id_checks(values: Sequence[FieldValue], schema: Schema, region: str) -> list[Check]:
    """One check for each value with a check digit whose scheme is known."""
    found = []
    for value in values:
        spec = schema.spec(value.name)
        if spec is None:
            continue
        if spec.type is FieldType.IBAN:
            found.append(_checked(value, CheckKind.IBAN, iban_ok))
        elif spec.type is FieldType.VAT_ID:
            if vat_id_ok(value.value, region) is not None:
                found.append(
                    _checked(value, CheckKind.VAT_ID, lambda text: vat_id_ok(text, region) is True)
                )
        elif _is_card(spec) and re.fullmatch(r"[\d\s-]{12,23}", value.value):
            found.append(_checked(value, CheckKind.LUHN, luhn_ok))
    return found


def _checked(value: FieldValue, kind: CheckKind, right: Callable[[str], bool]) -> Check:
    holds = right(value.value)
    repairs: list[Repair] = []
    if not holds and value.origin is not Origin.HUMAN and not value.accepted:
        repairs = sorted(
            (
                Repair(value.name, value.row, value.raw, text, text, round(price, 2))
                for text, price in _slips(value.value)
                if right(text)
            ),
            key=lambda one: one.cost,
        )
    return Check(
        kind,
        holds,
        ((value.name, value.row),),
        found=value.value,
        repairs=tuple((one,) for one in repairs[:_MOST]),
    )


def _slips(text: str) -> Iterator[tuple[str, float]]:
    """Texts one misread character away; of digits, any other digit as the dearest."""
    for at, sign in enumerate(text):
        others = {}
        if sign.isdigit():
            others = {digit: _ANY_SHARE for digit in "0123456789" if digit != sign}
            others |= DIGIT_SLIPS[sign]
            others |= {
                letter: _LETTER_SHARE / 3
                for letter, digit in DIGITS.items()
                if digit == sign and letter.isalpha() and letter.isupper()
            }
        elif sign in DIGITS:
            others = {DIGITS[sign]: _LETTER_SHARE}
        for other, share in others.items():
            yield text[:at] + other + text[at + 1 :], -math.log(_DOUBT * share)


def _is_card(spec: FieldSpec) -> bool:
    name = " ".join(re.findall(r"[^\W_]+", folded(spec.name)))
    return spec.type in (FieldType.NUMBER, FieldType.TEXT) and name in _CARDS
