"""What a raw text of a document can mean, as a value of a field's type.

Pure; importing it does not import numpy; safe in any thread. `readings_of` normalises one text,
`spans` finds where values of a type stand in a line. Nothing is guessed in silence: every meaning
that is possible is said with how likely it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldType
from vlm_desktop.engine.documents.amountvalues import amount_readings, amount_spans
from vlm_desktop.engine.documents.datevalues import date_readings, date_spans
from vlm_desktop.engine.documents.lookalikes import LETTERS_FOR_DIGITS, digits_of
from vlm_desktop.engine.documents.validators import (
    fits,
    iban_compact,
    iban_country,
    iban_ok,
    vat_compact,
    vat_id_ok,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

AMBIGUOUS = 0.05
"""A second meaning at least this likely is worth a person's look."""

_LONGEST = 4000
_LEAST_ALIKE = 0.8
"""How alike a text and an option of an enum must be, 0..1."""

_YES = {
    "x", "yes", "y", "true", "ja", "j", "oui", "o", "si", "s\u00ed", "sim", "tak", "ya", "checked",
    "on", "\u2713", "\u2714", "\u2612", "\u2611", "\u2717", "\u2718", "\u2715", "\u00d7", "v",
    "kyll\u00e4", "ano", "igen", "da", "evet",
}  # fmt: skip
_NO = {
    "no", "n", "false", "nein", "non", "nee", "nie", "n\u00e3o", "tidak", "unchecked", "off",
    "\u2610", "\u25a1", "o", "", "ei", "ne", "nem", "nu", "hay\u0131r", "nej", "nei",
}  # fmt: skip

_IBAN = re.compile(r"\b[A-Z]{2}[0-9OQDIlSB]{2}(?: ?[A-Z0-9l]){11,30}(?![A-Z0-9])")
_IBAN_WHOLE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_VAT = re.compile(
    r"\b(?:(?:AT ?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI"
    r"|SK|XI) ?-?[A-Z0-9]{0,2}(?:[ .]?\d){5,12}(?:[ .]?B ?\d\d|[A-Z]{0,2})|CHE[- .]?(?:\d[. ]?){9}"
    r"(?: ?(?:MWST|TVA|IVA))?|\d\d[A-Z]{5}\d{4}[A-Z]\dZ[A-Z\d])(?![A-Za-z0-9])"
)
_NUMBER = re.compile(r"(?<!\w)#?[A-Za-z]{0,6}[-/.#]?\d[\w./#-]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a raw text.

    `likelihood` is 0..1 and sums to at most 1 over the readings of a text: less where letters were
    taken for digits or the text is an unusual way to write such a value. `currency` is an
    ISO 4217 code, "" when the text names none.
    """

    value: str
    likelihood: float
    currency: str = ""


def readings_of(
    raw: str, kind: FieldType, locale: DocumentLocale | None = None, spec: FieldSpec | None = None
) -> tuple[Reading, ...]:
    """Everything that `raw` may mean as a value of type `kind`, the likeliest first.

    Empty when it can be no such value, or does not match the pattern of `spec`.
    """
    if len(raw) > _LONGEST or (spec is not None and spec.pattern and not fits(raw, spec)):
        return ()
    where = locale or DocumentLocale()
    text = unicodedata.normalize("NFC", raw)
    currency = ""
    if kind is FieldType.DATE:
        found = date_readings(text, where)
    elif kind is FieldType.AMOUNT:
        found, currency = amount_readings(text, where)
    elif kind is FieldType.ENUM and spec is not None and spec.options:
        found = _options(text, spec.options)
    else:
        found = _plain(text, kind, where)
    ordered = sorted(found.items(), key=lambda one: -one[1])
    return tuple(Reading(value, round(share, 4), currency) for value, share in ordered)


def ambiguous(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """The values beside the likeliest that a person should know of."""
    return tuple(one.value for one in readings[1:] if one.likelihood >= AMBIGUOUS)


def spans(
    text: str, kind: FieldType, locale: DocumentLocale | None = None
) -> Iterator[tuple[int, int]]:
    """Where values of a type stand in one line of text, as (start, end), from left to right.

    Types without a form of their own (text, address, enum, tables) have none.
    """
    if kind is FieldType.DATE:
        for start, end, _ in date_spans(text, locale or DocumentLocale()):
            yield start, end
    elif kind is FieldType.AMOUNT:
        yield from amount_spans(text)
    elif kind in (FieldType.IBAN, FieldType.VAT_ID, FieldType.NUMBER):
        pattern = {FieldType.IBAN: _IBAN, FieldType.VAT_ID: _VAT}.get(kind, _NUMBER)
        for match in pattern.finditer(text):
            start, end = match.span()
            yield start, _iban_end(text, start, end) if kind is FieldType.IBAN else end


def _iban_end(text: str, start: int, end: int) -> int:
    """Where an IBAN ends that words in capitals follow."""
    words = [match.end() + start for match in re.finditer(r"\S+", text[start:end])]
    for stop in reversed(words):
        if iban_ok(text[start:stop]):
            return stop
    numbers = [stop for stop in words if text[stop - 1].isdigit()]
    return numbers[-1] if numbers else end


def _plain(text: str, kind: FieldType, locale: DocumentLocale) -> dict[str, float]:
    """The readings of the types whose text hardly changes."""
    tidy = " ".join(text.split())
    if kind is FieldType.CHECKBOX:
        return _ticked(tidy)
    if not tidy:
        return {}
    if kind is FieldType.NUMBER:
        return _number(tidy)
    if kind is FieldType.IBAN:
        return _iban(tidy)
    if kind is FieldType.VAT_ID:
        return _vat_id(tidy, locale.region)
    if kind is FieldType.ADDRESS:
        address = re.sub(r"\s*,[\s,]*", ", ", tidy).strip(" ,;")
        return {address: 1.0} if address else {}
    return {tidy: 1.0}


def _number(text: str) -> dict[str, float]:
    """As printed without spaces; words without digits are no number."""
    compact = re.sub(r"\s", "", text).strip(":;")
    digits = sum(sign.isdigit() for sign in compact)
    if not digits:
        return {}
    return {compact: min(1.0, 0.4 + digits / len(compact))}


def _ticked(text: str) -> dict[str, float]:
    word = text.casefold().strip("[](){}. ")
    yes, no = word in _YES, word in _NO
    if yes and no:
        return {"yes": 0.5, "no": 0.5}
    return {"yes": 1.0} if yes else {"no": 1.0} if no else {}


def _options(text: str, options: tuple[str, ...]) -> dict[str, float]:
    """The options a text may be, exactly or with slips of the reader."""
    said = " ".join(text.casefold().split()).strip(" .:;,")
    found: dict[str, float] = {}
    for option in options:
        asked = " ".join(option.casefold().split())
        if said == asked:
            return {option: 1.0}
        said_plain, asked_plain = digits_of(said[:200])[0], digits_of(asked[:200])[0]
        alike = SequenceMatcher(None, said_plain, asked_plain, autojunk=False).ratio()
        if alike >= _LEAST_ALIKE:
            found[option] = alike
    whole = sum(found.values())
    return {option: alike * alike / whole for option, alike in found.items()}


def _iban(text: str) -> dict[str, float]:
    compact = iban_compact(text)
    if _IBAN_WHOLE.fullmatch(compact) and iban_ok(compact):
        return {compact: 1.0}
    # Nearly all countries use digits only after the bank's letters: where these are right after
    # the slips of the reader are undone, chance has one case in 97.
    spaceless = re.sub(r"^IBAN:?", "", re.sub(r"\s", "", text))
    for letters in (0, 4):
        head, tail = spaceless[: 4 + letters], spaceless[4 + letters :]
        undone = head[:2] + digits_of(head[2:4])[0] + head[4:] + digits_of(tail)[0]
        if iban_ok(undone) and undone != compact:
            return {iban_compact(undone): 0.9}
    is_like_one = _IBAN_WHOLE.fullmatch(compact) and iban_country(compact)
    return {compact: 0.4} if is_like_one else {}


def _vat_id(text: str, region: str) -> dict[str, float]:
    compact = vat_compact(text)
    digits = sum(sign.isdigit() for sign in compact)
    if digits < 5 or len(compact) > 20 or not compact.isalnum():
        return {}
    ok = vat_id_ok(compact, region)
    if ok is False and re.search(f"[{LETTERS_FOR_DIGITS}]", text[2:]):
        undone = compact[:2] + digits_of(compact[2:])[0]
        if vat_id_ok(undone, region):
            return {undone: 0.85}
    return {compact: {True: 1.0, None: 0.7, False: 0.4}[ok]}
