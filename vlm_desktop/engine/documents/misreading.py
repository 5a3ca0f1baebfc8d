"""How unlikely it is that an amount was printed otherwise than it was read.

Pure; importing it does not import numpy. Costs are negative log likelihoods in nats: what a reader
often does (3 for 8, a lost minus) costs little, more so where it was unsure of that character.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vlm_desktop.engine.documents.lookalikes import DIGIT_SLIPS, LETTERS_FOR_DIGITS, digits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_USUAL_DOUBT = 0.01
"""How often a character is misread where the reader did not tell its confidence."""
_LEAST_DOUBT, _MOST_DOUBT = 0.003, 0.7
_ANY_DIGIT = 0.008
"""Share of a misread digit that goes to any digit that does not look like it."""
_LOST_DIGIT, _LOST_AT_END = 7.5, 7.0
_ADDED_SHARE = 0.05
_LOST_MINUS, _ADDED_MINUS = 4.0, 4.5
_LOST_MARK, _ADDED_MARK, _OTHER_MARK = 3.0, 3.5, 2.5
_LONGEST = 16
_WIDEST_SLIP = 4
"""Digits from the first that is wrong to the last."""

_BODY = re.compile(rf"[\d{re.escape(LETTERS_FOR_DIGITS)}]*\d[\d., '\u2019{LETTERS_FOR_DIGITS}]*")
_MINUS = "-\u2212\u2013"


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands on the page, taken apart.

    `digits` are its digits with their doubts, `decimals` how many of them are read as decimals.
    """

    raw: str
    digits: str
    doubts: tuple[float, ...]
    decimals: int
    mark: str
    group: str
    negative: bool
    start: int
    end: int


def printed(
    raw: str, value: Decimal, characters: Sequence[float] = (), magnitude: bool = False
) -> Printed | None:
    """Take apart the number in `raw` that was read as `value`; None where there is none.

    `characters` are confidences 0..1 of the characters of `raw`, or empty. `magnitude` says that
    only the size counts, not the sign.
    """
    match = _BODY.search(raw)
    if match is None:
        return None
    body = match[0].rstrip("., '\u2019")
    kept = [at for at, sign in enumerate(body) if digits_of(sign)[0].isdigit()]
    digits = digits_of("".join(body[at] for at in kept))[0]
    if not digits or len(digits) > _LONGEST:
        return None
    told = len(characters) == len(raw)
    doubts = tuple(
        0.3 if not body[at].isdigit() else _doubt(characters[match.start() + at] if told else None)
        for at in kept
    )
    decimals = _decimals(digits, abs(value))
    if decimals is None:
        return None
    marks = [sign for sign in body if sign in ".,"]
    mark = marks[-1] if marks and decimals else ""
    group = next((sign for sign in body if sign in "., '\u2019" and sign != mark), "")
    if not mark and marks and len(marks) == 1 and not decimals:
        group = marks[0]
    end = match.start() + len(body)
    return Printed(
        raw, digits, doubts, decimals, mark, group, value < 0 and not magnitude, match.start(), end
    )


def cost(was: Printed, target: Decimal) -> tuple[float, int]:
    """How unlikely it is that `target` was printed and read like this, and with how many decimals
    it then was printed; infinity when impossible."""
    minus = 0.0
    if (target < 0) != was.negative:
        minus = _LOST_MINUS if target < 0 else _ADDED_MINUS
    best = math.inf, was.decimals
    for decimals in (was.decimals, *({2, 0, 3} - {was.decimals})):
        wanted = _as_digits(abs(target), decimals)
        if wanted is None or _far(was.digits, wanted):
            continue
        price = _distance(was.digits, was.doubts, wanted)
        if decimals != was.decimals:
            price += _mark_cost(was, decimals)
            if was.mark and decimals:
                price = min(price, _around_mark(was, wanted, decimals))
        best = min(best, (minus + price, decimals))
    return best


def rewritten(was: Printed, target: Decimal, decimals: int) -> str:
    """The raw text with the number that should have been read, in the same manner of writing."""
    whole, _, tail = f"{abs(target):.{decimals}f}".partition(".")
    mark, group = was.mark, was.group
    if was.mark and was.decimals > 2 and decimals != was.decimals and len(whole) > 3 and not group:
        group, mark = was.mark, ""  # what was taken for the point parts thousands
    mark = mark or ("," if group == "." else ".")
    if group and group != mark:
        whole = f"{int(whole):,}".replace(",", group)
    body = whole + (mark + tail if tail else "")
    before, after = was.raw[: was.start], was.raw[was.end :]
    if target < 0 and not was.negative:
        before += "-"
    elif target >= 0 and was.negative:
        before = before.translate(str.maketrans("", "", _MINUS + "("))
        after = after.translate(str.maketrans("", "", _MINUS + ")"))
    return before + body + after


def slips(was: Printed, value: Decimal) -> Iterator[tuple[Decimal, float, int]]:
    """Other numbers that may have been printed, each one slip away, with cost and decimals."""
    sign = -1 if value < 0 else 1
    for at, digit in enumerate(was.digits):
        for other, share in DIGIT_SLIPS[digit].items():
            digits = was.digits[:at] + other + was.digits[at + 1 :]
            price = -math.log(was.doubts[at] * share)
            yield sign * _number(digits, was.decimals), price, was.decimals
        digits = was.digits[:at] + was.digits[at + 1 :]
        if len(digits) > was.decimals:
            price = -math.log(was.doubts[at] * _ADDED_SHARE)
            yield sign * _number(digits, was.decimals), price, was.decimals
    for decimals in {0, 2, 3} - {was.decimals}:
        if len(was.digits) > decimals:
            yield sign * _number(was.digits, decimals), _mark_cost(was, decimals), decimals
    yield -value, _LOST_MINUS if value > 0 else _ADDED_MINUS, was.decimals


def _doubt(confidence: float | None) -> float:
    if confidence is None:
        return _USUAL_DOUBT
    return min(max(1 - confidence, _LEAST_DOUBT), _MOST_DOUBT)


def _decimals(digits: str, value: Decimal) -> int | None:
    """How many of the digits stand behind the point in what was read."""
    for decimals in (2, 0, 1, 3, 4, 5, 6):
        if decimals <= len(digits) and _number(digits, decimals) == value:
            return decimals
    return None


def _number(digits: str, decimals: int) -> Decimal:
    return Decimal(digits).scaleb(-decimals)


def _as_digits(value: Decimal, decimals: int) -> str | None:
    """The digits of a number with so many decimals, None when it has more."""
    scaled = value.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        return None
    return str(int(scaled)).rjust(decimals + 1, "0")


def _mark_cost(was: Printed, decimals: int) -> float:
    """Of a decimal mark that was lost, added, or a mark of thousands."""
    if was.mark and decimals:
        return _OTHER_MARK + 1.0
    if was.mark:
        return _ADDED_MARK if was.decimals != 3 else _OTHER_MARK
    return _OTHER_MARK if was.group in (".", ",") else _LOST_MARK


def _far(read: str, wanted: str) -> bool:
    """Whether the digits differ over more places than slips of a reader do."""
    if abs(len(wanted) - len(read)) > 2:
        return True
    longest = min(len(read), len(wanted))
    same = 0
    while same < longest and read[same] == wanted[same]:
        same += 1
    back = 0
    while back < longest - same and read[-1 - back] == wanted[-1 - back]:
        back += 1
    return max(len(read), len(wanted)) - same - back > _WIDEST_SLIP


def _around_mark(was: Printed, wanted: str, decimals: int) -> float:
    """With the decimal mark where it was read, and digits lost or added on its sides."""
    at, mark = len(was.digits) - was.decimals, len(wanted) - decimals
    whole = _distance(was.digits[:at], was.doubts[:at], wanted[:mark])
    return whole + _distance(was.digits[at:], was.doubts[at:], wanted[mark:])


def _distance(read: str, doubts: Sequence[float], wanted: str) -> float:
    """The cheapest way from the wanted digits to those read (weighted edit distance)."""
    last = len(wanted)
    row = [0.0]
    for _ in wanted:
        row.append(row[-1] + _LOST_AT_END)
    for sign, doubt in zip(read, doubts, strict=True):
        added = -math.log(doubt * _ADDED_SHARE)
        following = [row[0] + added]
        for at, digit in enumerate(wanted, start=1):
            same = 0.0
            if digit != sign:
                same = -math.log(doubt * DIGIT_SLIPS[sign].get(digit, _ANY_DIGIT))
            lost = _LOST_AT_END if at == last else _LOST_DIGIT
            following.append(min(row[at - 1] + same, row[at] + added, following[-1] + lost))
        row = following
    return row[-1]
