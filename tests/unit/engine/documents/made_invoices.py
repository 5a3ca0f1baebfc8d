"""Invoices and receipts whose sums are right, and slips of a reader to plant in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import DocumentLocale, Extraction, FieldType, FieldValue
from vlm_desktop.engine.documents.lookalikes import DIGIT_SLIPS
from vlm_desktop.engine.documents.values import readings_of

if TYPE_CHECKING:
    import random

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Planted:
    """A document with one reading that is wrong: `name` and `row` say which, `value` is true."""

    extraction: Extraction
    kind: str
    name: str
    row: int
    value: str


def made(rng: random.Random, schema: str = "invoice") -> Extraction:
    """A document of 1 to 8 lines with tax; some have a discount, shipping, or are paid in cash."""
    comma = rng.random() < 0.5
    locale = DocumentLocale(decimal="," if comma else ".", currency="EUR")
    values: list[FieldValue] = []

    def add(name: str, number: Decimal, row: int = 0) -> None:
        text = f"{number:,.2f}"
        if comma:
            text = text.translate(str.maketrans(",.", ".,"))
        values.append(FieldValue(name, text, f"{number:.2f}", 0.9, row=row))

    subtotal = Decimal(0)
    for row in range(rng.randint(1, 8)):
        quantity = rng.choice([1, 1, 1, 2, 3, 4, 5, 10, 12])
        unit = Decimal(rng.randint(99, rng.choice([2000, 30000]))) * CENT
        amount = unit * quantity
        if rng.random() < 0.85:
            values.append(FieldValue("items/quantity", str(quantity), str(quantity), 0.9, row=row))
            add("items/unit_price", unit, row)
        add("items/amount", amount, row)
        subtotal += amount
    receipt = schema == "receipt"
    add("subtotal" if receipt else "net_amount", subtotal)
    total = subtotal
    if rng.random() < 0.3:
        discount = (subtotal / 10).quantize(CENT)
        add("discount", discount)
        total -= discount
    if not receipt and rng.random() < 0.3:
        add("shipping", Decimal(rng.randint(200, 1500)) * CENT)
        total += Decimal(values[-1].value)
    rate = rng.choice([6, 7, 19, 20, 21])
    tax = (total * rate / 100).quantize(CENT, ROUND_HALF_UP)
    add("tax" if receipt else "tax_amount", tax)
    total += tax
    add("total" if receipt else "gross_amount", total)
    if receipt and rng.random() < 0.5:
        paid = (total / 10).to_integral_value(ROUND_HALF_UP) * 10 + 10
        add("paid", paid)
        add("change", paid - total)
    return Extraction(Path("made.pdf"), "0" * 64, schema, tuple(values), locale=locale)


def plant(rng: random.Random, extraction: Extraction, kind: str) -> Planted | None:
    """The document with one value misread; None where that kind of slip finds no place."""
    order = list(range(len(extraction.values)))
    rng.shuffle(order)
    for index in order:
        was = extraction.values[index]
        raw = slipped(rng, was.raw, kind)
        if raw is None or was.name == "items/quantity":
            continue
        if kind == "added minus" and was.name in ("discount", "paid", "change"):
            continue  # it means the same
        found = readings_of(raw, FieldType.AMOUNT, extraction.locale)
        if not found or Decimal(found[0].value) == Decimal(was.value):
            continue
        read = replace(was, raw=raw, value=found[0].value)
        values = (*extraction.values[:index], read, *extraction.values[index + 1 :])
        return Planted(replace(extraction, values=values), kind, was.name, was.row, was.value)
    return None


def slipped(rng: random.Random, raw: str, kind: str) -> str | None:
    """The text with one slip of that kind."""
    digits = [at for at, sign in enumerate(raw) if sign.isdigit()]
    if kind == "digit":
        at = rng.choice(digits)
        others = DIGIT_SLIPS[raw[at]]
        other = rng.choices(list(others), list(others.values()))[0]
        return raw[:at] + other + raw[at + 1 :]
    if kind == "lost point":
        marks = [at for at, sign in enumerate(raw) if sign in ".,"]
        return raw[: marks[-1]] + raw[marks[-1] + 1 :] if marks else None
    if kind == "lost digit":
        at = rng.choice(digits)
        return raw[:at] + raw[at + 1 :] if len(digits) > 3 else None
    if kind == "added digit":
        at = rng.choice(digits)
        return raw[:at] + rng.choice("17") + raw[at:]
    if kind == "added minus":
        return "-" + raw
    return raw[:-1] + rng.choice("0123456789")
