"""The checks of a document: sums, tax, dates in order, IBAN, VAT ids, card numbers, patterns.

Pure; importing it does not import numpy; any thread. A check that fails brings the smallest
changes that would make it hold; none of them is applied.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Schema,
)
from vlm_desktop.engine.documents.amountvalues import amount_readings
from vlm_desktop.engine.documents.datechecks import date_checks
from vlm_desktop.engine.documents.equations import Key, Rule, Variable
from vlm_desktop.engine.documents.idchecks import id_checks
from vlm_desktop.engine.documents.roles import roles
from vlm_desktop.engine.documents.rules import Variables, rules_of, wishes_of
from vlm_desktop.engine.documents.solver import Solution, Solver
from vlm_desktop.engine.documents.validators import fits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from vlm_desktop.base.documents import DocumentLocale
    from vlm_desktop.base.pagereading import DocumentReading

_MAGNITUDES = ("discount", "paid", "change", "debit", "credit")
"""Roles whose amounts are printed with or without a minus, meaning the same."""
_SUMS = (
    "quantity", "unit_price", "amount", "debit", "credit", "balance", "subtotal", "tax", "total",
    "tax_rate", "service", "discount", "tip", "rounding", "shipping", "paid", "change", "opening",
    "closing",
)  # fmt: skip
_RIVAL = 1.0
"""What taking another find for a field costs beside how unlikely that find is."""


def check(
    extraction: Extraction,
    schema: Schema,
    reading: DocumentReading | None = None,
    today: date | None = None,
) -> tuple[Check, ...]:
    """All checks that the values of a document allow, sums first.

    `reading` tells how sure the reader was of each character, which makes repairs better.
    Duplicates need other documents: see `engine.documents.anomalies`.
    """
    held = [value for value in extraction.values if value.value]
    locale = extraction.locale
    found = list(sum_checks(held, schema, locale, reading))
    found += date_checks(held, roles(schema), locale, today)
    found += id_checks(held, schema, locale.region)
    found += _pattern_checks(held, schema)
    return tuple(found)


def sum_checks(
    values: Sequence[FieldValue],
    schema: Schema,
    locale: DocumentLocale,
    reading: DocumentReading | None = None,
) -> tuple[Check, ...]:
    """Lines, sums, tax, payment and balances, with repairs for those that fail.

    A value a person gave is taken as it is: repairs change others.
    """
    assigned = roles(schema)
    variables: Variables = {}
    for value in values:
        role = next((role for role, name in assigned.items() if name == value.name), "")
        if role in _SUMS:
            variable = _variable(value, role, schema.spec(value.name), locale, reading)
            if variable is not None:
                variables[variable.key] = variable
    rules = rules_of(variables, assigned)
    solver = Solver(variables, rules, wishes_of(variables, assigned))
    repairs = solver.repairs()
    numbers = {key: one.value for key, one in variables.items()}
    return tuple(
        _told(rule, numbers, index not in solver.failing, repairs.get(index, ()), solver)
        for index, rule in enumerate(rules)
    )


def _variable(
    value: FieldValue,
    role: str,
    spec: FieldSpec | None,
    locale: DocumentLocale,
    reading: DocumentReading | None,
) -> Variable | None:
    number = _number(value, spec, locale)
    if number is None:
        return None
    magnitude = role in _MAGNITUDES
    size = abs(number) if magnitude else number
    if value.origin in (Origin.HUMAN, Origin.EMBEDDED) or value.accepted:
        return Variable((value.name, value.row), "", size, magnitude=magnitude)
    others = [*_meanings(value, locale, number), *_rivals(value)]
    return Variable(
        (value.name, value.row),
        value.raw,
        size,
        characters_of(value, reading),
        magnitude,
        tuple((raw, abs(n) if magnitude else n, price) for raw, n, price in others),
    )


def _number(value: FieldValue, spec: FieldSpec | None, locale: DocumentLocale) -> Decimal | None:
    """The value as a number: quantities and rates are kept as printed, with their units."""
    if spec is not None and spec.type is FieldType.NUMBER:
        bare = "".join(sign for sign in value.value if sign in "0123456789.,-'")
        found, _ = amount_readings(bare, locale)
        return Decimal(next(iter(found))).normalize() if found else None
    try:
        number = Decimal(value.value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 12 else None


def _meanings(
    value: FieldValue, locale: DocumentLocale, number: Decimal
) -> list[tuple[str, Decimal, float]]:
    found, _ = amount_readings(value.raw, locale)
    return [
        (value.raw, Decimal(text), -math.log(max(share, 0.01)))
        for text, share in found.items()
        if Decimal(text) != number
    ]


def _rivals(value: FieldValue) -> list[tuple[str, Decimal, float]]:
    found = []
    for rival in value.rivals:
        try:
            number = Decimal(rival.value)
        except InvalidOperation:
            continue
        if number.is_finite():
            found.append((rival.raw, number, _RIVAL - math.log(max(rival.confidence, 0.02))))
    return found


def characters_of(value: FieldValue, reading: DocumentReading | None) -> tuple[float, ...]:
    """The confidence of each character of the raw text, empty when nothing tells."""
    if reading is None:
        return ()
    text, told = "", []
    for evidence in value.evidence:
        page = reading.page(evidence.page)
        for index in evidence.words if page is not None else ():
            if page is None or index >= len(page.words):
                continue
            word = page.words[index]
            sure = word.characters if len(word.characters) == len(word.text) else ()
            text += word.text + " "
            told += [*(sure or [word.confidence] * len(word.text)), 1.0]
    at = text.find(value.raw)
    return tuple(told[at : at + len(value.raw)]) if at >= 0 and value.raw else ()


def _told(
    rule: Rule,
    numbers: dict[Key, Decimal],
    holds: bool,
    solutions: tuple[Solution, ...],
    solver: Solver,
) -> Check:
    equation = rule.equations[0]
    if holds:
        equation = next(one for one in rule.equations if one.holds(numbers))
    needed = dict(equation.solutions(numbers)).get(rule.target)
    base = Check(
        rule.kind,
        holds,
        tuple(dict.fromkeys(equation.keys)),
        detail=rule.detail,
        found=f"{numbers[rule.target]:f}",
        repairs=tuple(solver.as_repairs(solution) for solution in solutions),
    )
    if holds:
        return replace(base, expected=base.found)
    return base if needed is None else replace(base, expected=f"{needed:f}")


def _pattern_checks(values: Sequence[FieldValue], schema: Schema) -> list[Check]:
    """Values that do not match their pattern; what was read does, what a person typed may not."""
    found = []
    for value in values:
        spec = schema.spec(value.name)
        if spec is None or not spec.pattern:
            continue
        text = value.raw or value.value
        matched = fits(text, spec)
        if matched is not True:
            place = ((value.name, value.row),)
            found.append(Check(CheckKind.PATTERN, matched, place, spec.pattern, text))
    return found
