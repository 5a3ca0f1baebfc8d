"""Checks of dates: each plausible, and those that follow one another in order.

Pure; importing it does not import numpy.
"""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    DocumentLocale,
    FieldValue,
    Origin,
    Repair,
)
from vlm_desktop.engine.documents.datevalues import date_readings
from vlm_desktop.engine.documents.lookalikes import DIGIT_SLIPS
from vlm_desktop.engine.documents.validators import date_plausible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ORDER = (
    ("date", "due"), ("start", "end"), ("birth", "issued"), ("issued", "expiry"),
    ("birth", "expiry"),
)  # fmt: skip
"""Roles whose dates follow one another; they may be the same day."""
_DOUBT = 0.01
_FAR = 400
"""Days: a repair that puts dates further apart is less likely."""
_FAR_COST = 3.0
_MOST = 5


def date_checks(
    values: Sequence[FieldValue],
    roles: Mapping[str, str],
    locale: DocumentLocale,
    today: date | None = None,
) -> list[Check]:
    """Dates in order, and a check that fails for each implausible date."""
    held: dict[str, FieldValue] = {}
    for role, name in roles.items():
        value = next((one for one in values if one.name == name), None)
        if value is not None and _day(value.value) is not None:
            held[role] = value
    found = [
        _ordered(held[first], held[second], locale, today)
        for first, second in _ORDER
        if first in held and second in held
    ]
    for value in held.values():
        if not date_plausible(value.value, today):
            repairs = _ranked(
                (repair,)
                for repair in _others(value, locale)
                if date_plausible(repair.value, today)
            )
            place = ((value.name, value.row),)
            found.append(
                Check(CheckKind.DATES, False, place, "", value.value, "implausible", repairs)
            )
    return found


def _ordered(
    first: FieldValue, second: FieldValue, locale: DocumentLocale, today: date | None
) -> Check:
    places = ((first.name, first.row), (second.name, second.row))
    holds = first.value <= second.value
    repairs: tuple[tuple[Repair, ...], ...] = ()
    if not holds:
        repairs = _ranked(
            (_weighed(repair, other.value),)
            for value, other, ahead in ((first, second, True), (second, first, False))
            for repair in _others(value, locale)
            if date_plausible(repair.value, today)
            and ((repair.value <= other.value) if ahead else (repair.value >= other.value))
        )
    return Check(
        CheckKind.DATES, holds, places, first.value, second.value, "order", repairs=repairs
    )


def _others(value: FieldValue, locale: DocumentLocale) -> Iterator[Repair]:
    """Other days that a date may be: its other meanings, and digits that look alike."""
    if value.origin is Origin.HUMAN or value.accepted:
        return
    best: dict[str, Repair] = {}

    def offer(raw: str, iso: str, price: float) -> None:
        known = best.get(iso)
        if iso != value.value and (known is None or price < known.cost):
            price = round(price, 2)
            best[iso] = Repair(value.name, value.row, value.raw, raw, iso, price)

    for iso, share in date_readings(value.raw, locale).items():
        offer(value.raw, iso, -math.log(max(share, 0.01)))
    for iso in value.ambiguous:
        offer(value.raw, iso, 1.0)
    for at, sign in enumerate(value.raw[:40]):
        for other, share in DIGIT_SLIPS.get(sign, {}).items():
            raw = value.raw[:at] + other + value.raw[at + 1 :]
            for iso, likely in date_readings(raw, locale).items():
                offer(raw, iso, -math.log(_DOUBT * share * max(likely, 0.01)))
    yield from best.values()


def _weighed(repair: Repair, other: str) -> Repair:
    """Dearer when the dates would lie far apart."""
    apart = abs((date.fromisoformat(repair.value) - date.fromisoformat(other)).days)
    price = repair.cost + (_FAR_COST if apart > _FAR else 0.0)
    return Repair(repair.name, repair.row, repair.old, repair.new, repair.value, price)


def _ranked(repairs: Iterator[tuple[Repair, ...]]) -> tuple[tuple[Repair, ...], ...]:
    return tuple(sorted(repairs, key=lambda one: one[0].cost)[:_MOST])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
