"""Amounts of money as documents print them: what they can mean and where they stand in a text.

Pure; importing it does not import numpy. A comma is a point in some countries and groups
thousands in others: where the digits do not tell and the document's locale does not either, every
meaning is said.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.lookalikes import LETTERS_FOR_DIGITS, digits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vlm_desktop.base.documents import DocumentLocale

_LONGEST = 60
_LONGEST_SIGN = 12
_SLIP = 0.8
"""What a letter read as a digit leaves of a reading's likelihood."""
_NO_CENTS = {"JPY", "KRW", "VND", "CLP", "ISK", "IDR", "PYG", "UGX", "XAF", "XOF"}
"""Currencies whose amounts are written without decimals."""

_MINUS = "-\u2212\u2013\u2014"
_QUOTES = "'\u2019`\u00b4"
_BLANKS = "\u00a0\u202f\u2009\u2007"
_NUMBER = re.compile(r"\d[\d., ']*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_SPAN = re.compile(
    r"(?<![\w.,:/-])[(]?(?:[-\u2212\u2013]\s?)?(?P<n>\d{1,3}(?:[ \u00a0\u202f'\u2019]\d{3})+"
    r"(?:[.,]\d{1,4})?|\d+(?:[.,]\d+)*|\.\d\d)(?:[.,]?[-\u2013]{1,2}(?!\w))?[)]?(?:\s?(?:CR|DR)\b)?"
    r"(?![\w:/%]|[.,-]\d)"
)


@lru_cache(maxsize=1)
def currencies() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """A pattern that finds currencies, and the codes that each sign or word may mean."""
    path = bundled("resources") / "documents" / "currencies.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    meant: dict[str, tuple[str, ...]] = {}
    for code, signs in tables.items():
        for sign in (code, *signs):
            meant[sign.casefold()] = (*meant.get(sign.casefold(), ()), code)
    ordered = sorted(meant, key=len, reverse=True)
    words = "|".join(_bounded(sign) for sign in ordered)
    first = "".join(sorted({sign[0].lower() + sign[0].upper() for sign in ordered}))
    guard = f"(?=[{re.escape(first)}])"  # most letters begin none: eight times as fast
    return re.compile(f"{guard}(?P<sign>{words})", re.IGNORECASE), meant


def _bounded(sign: str) -> str:
    """A word stands alone or touches digits; a sign may touch anything."""
    escaped = re.escape(sign)
    before = r"(?<![^\W\d_])" if sign[0].isalpha() else ""
    after = r"(?![^\W\d_])" if sign[-1].isalpha() else ""
    return before + escaped + after


def currency_of(text: str, locale: DocumentLocale) -> tuple[str, str]:
    """The first currency in a text as an ISO 4217 code, and the sign it was told from.

    A sign that several countries use means the document's currency where that is one of them,
    else the most common one. "" and "" when there is none.
    """
    pattern, meant = currencies()
    match = pattern.search(text)
    if match is None:
        return "", ""
    codes = meant[match["sign"].casefold()]
    loose = match["sign"] == "$"  # printed by tills of countries with other dollars, or none
    if locale.currency and (locale.currency in codes or loose):
        return locale.currency, match["sign"]
    return codes[0], match["sign"]


def amount_readings(text: str, locale: DocumentLocale) -> tuple[dict[str, float], str]:
    """Every amount that `text` may mean, a decimal string, with how likely; and its currency.

    Empty when the text is no amount: digits with other words are none.
    """
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
    code, sign = currency_of(text, locale)
    if code:
        pattern, _ = currencies()
        middle = re.fullmatch(rf"(\d+)\s?{re.escape(sign)}\s?(\d\d)", text)
        bare = f"{middle[1]}.{middle[2]}" if middle else pattern.sub(" ", text, count=2).strip()
    else:
        bare = text
        if re.fullmatch(r"S\d+[.,]\d\d", text):  # a dollar sign read as a letter
            bare, code = text[1:], locale.currency or "USD"
    negative, bare = _sign(bare)
    body, slips = _digits(bare)
    if not body:
        return {}, ""
    found: dict[str, float] = {}
    currency = code or locale.currency
    for plain, likelihood in _numbers(body, locale.decimal):
        if not re.fullmatch(r"\d+(?:\.\d+)?", plain):
            continue  # two numbers
        if currency in _NO_CENTS and len(plain.partition(".")[2]) == 3:
            likelihood *= 0.05
        if re.match(r"0\d", plain):  # more often a part of a number that names something
            likelihood *= 0.3
        value = _written(plain, negative, currency)
        found[value] = found.get(value, 0.0) + likelihood * _SLIP**slips
    return found, code


def amount_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers that may be amounts stand in a line, with the currency that touches them.

    Parts of dates, times, phone numbers and words are none.
    """
    for match in _SPAN.finditer(text):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        number = match["n"].lstrip(".")
        if len(number) > _LONGEST or next(_numbers(number, ""), None) is None:
            continue  # such as 12.03.2018
        if text[start] == "(" and ")" not in match[0]:
            start += 1
        elif text[end - 1] == ")" and text[start] != "(":
            end -= 1
        yield _sign_before(text, start), _sign_after(text, end)


def _sign_before(text: str, start: int) -> int:
    """Where the currency in front of an amount begins; `start` when there is none."""
    near = text[max(0, start - _LONGEST_SIGN) : start]
    for blank in ("", " ", "-", " -", "- "):
        if near.endswith(blank):
            word = near[: len(near) - len(blank)]
            for length in range(len(word), 0, -1):
                letter = length < len(word) and word[-length - 1].isalpha()
                known = word[-length:].casefold() in currencies()[1]
                if known and not (letter and word[-length].isalpha()):
                    return start - len(blank) - length
    return start


def _sign_after(text: str, end: int) -> int:
    """Where the currency behind an amount ends; `end` when there is none."""
    near = text[end : end + _LONGEST_SIGN]
    word = near.removeprefix(" ")
    if re.match(r"\D{1,4}\d", word):  # it stands in front of the next amount
        return end
    for length in range(len(word), 0, -1):
        letter = length < len(word) and word[length].isalpha()
        known = word[:length].casefold() in currencies()[1]
        if known and not (letter and word[length - 1].isalpha()):
            return end + len(near) - len(word) + length
    return end


def decimal_mark(number: str) -> str:
    """The decimal mark that a number itself gives away, "" when it does not.

    "1.234,50" and "3,5" give away a comma; "1,234" nothing.
    """
    marks = [sign for sign in number if sign in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    behind = len(number) - number.rindex(last) - 1
    if len(set(marks)) == 2:
        return last if marks.count(last) == 1 else ""
    if len(marks) > 1:
        if not _grouped(number, last):
            return ""
        return "." if last == "," else ","
    return last if behind in (1, 2) else ""


def _sign(text: str) -> tuple[bool, str]:
    """Whether an amount is below zero, and the rest of its text."""
    text = text.strip().strip("*#=~ ").strip()
    credit = re.search(r"\s?(?<![A-Za-z])(CR|DR)\.?$", text, re.IGNORECASE)
    if credit:
        return credit[1].upper() == "CR", text[: credit.start()]
    inside = re.fullmatch(r"[(<\[]\s*(.+?)\s*[)>\]]", text)
    if inside:
        return True, inside[1].strip(_MINUS + " ")
    whole = re.fullmatch(rf"(.*?\d)\s?[.,][{_MINUS}]{{1,2}}|(.*?\d)[{_MINUS}]{{2}}", text)
    if whole:  # "50,-" and "50.--" are whole amounts
        text = whole[1] or whole[2]
        return text[:1] in _MINUS, text.lstrip(_MINUS + " ")
    if text[:1] in _MINUS and text:
        return True, text.lstrip(_MINUS + " ")
    if text[-1:] in _MINUS and text:
        return True, text.rstrip(_MINUS + " ")
    return False, text.lstrip("+ ").rstrip(":; ")


def _digits(text: str) -> tuple[str, int]:
    """The digits and marks of a number, and how many letters were read as digits."""
    text = re.sub(f"[{_QUOTES}]", "'", re.sub(f"[{_BLANKS}]", " ", text))
    text = re.sub(r"(?<=\d)\s?([.,])\s(?=\d{1,3}\b)", r"\1", text)  # "6. 70"
    if re.fullmatch(r"\.\d\d", text):
        text = f"0{text}"
    number, slips = digits_of(text)
    known = sum(sign.isdigit() for sign in text)
    if slips and slips > known or not _NUMBER.fullmatch(number):
        return "", 0
    if re.search(rf"[{LETTERS_FOR_DIGITS}]{{2}}$", text) and not re.search("[.,]", text):
        return "", 0
    return number.rstrip(".,' "), slips


def _numbers(body: str, decimal: str) -> Iterator[tuple[str, float]]:
    """What a number may mean, as digits with at most one point, with how likely."""
    head, mark, tail = _split_last(body)
    if re.search(r"[ ']", body):
        groups = re.split(r"[ ']", head if mark else body)
        if not (1 <= len(groups[0]) <= 3) or any(
            not re.fullmatch(r"\d{3}", group) for group in groups[1:]
        ):
            return
        body = body.replace(" ", "").replace("'", "")
        head = head.replace(" ", "").replace("'", "")
        if mark:
            yield f"{head}.{tail}", 1.0
            return
    if not mark:
        yield body, 0.9 if decimal or len(body) < 5 else 0.7
        return
    others = {sign for sign in head if sign in ".,"}
    if not others:
        yield from _one_mark(head, mark, tail, decimal)
    elif others == {mark}:
        joined = re.sub("[.,]", "", body)
        if _grouped(body, mark) or _INDIAN.fullmatch(body):
            yield joined, 0.95
        elif len(tail) == 2 and _grouped(head, mark):  # a comma read as a point
            yield re.sub("[.,]", "", head) + "." + tail, 0.7
    elif len(others) == 1 and (_grouped(head, others.pop()) or _INDIAN.fullmatch(head)):
        yield re.sub("[.,]", "", head) + "." + tail, 1.0


def _one_mark(head: str, mark: str, tail: str, decimal: str) -> Iterator[tuple[str, float]]:
    if len(tail) != 3 or len(head) > 3 or head.startswith("0"):
        yield f"{head}.{tail}", 0.98 if mark == decimal or not decimal else 0.9
        return
    thousands = {"": 0.7, mark: 0.2}.get(decimal, 0.97)
    yield head + tail, thousands
    yield f"{head}.{tail}", 1 - thousands


def _split_last(body: str) -> tuple[str, str, str]:
    at = max(body.rfind("."), body.rfind(","))
    return (body, "", "") if at < 0 else (body[:at], body[at], body[at + 1 :])


def _grouped(text: str, mark: str) -> bool:
    groups = text.split(mark)
    return 1 <= len(groups[0]) <= 3 and all(
        len(group) == 3 and group.isdigit() for group in groups[1:]
    )


def _written(plain: str, negative: bool, currency: str) -> str:
    """A decimal string with the decimals that the currency's amounts have, or more if printed."""
    number = Decimal(plain)
    decimals = len(plain.partition(".")[2])
    if currency not in _NO_CENTS:
        decimals = max(decimals, 2)
    text = f"{number:.{decimals}f}"
    return f"-{text}" if negative and number else text
