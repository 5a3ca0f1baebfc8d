"""What a field is for the sums and dates of a document, whatever a person called it.

A field has a role when its name, or else most of its aliases, are those of a preset's field with
that role; so a schema of one's own is checked like the presets. Pure, but for reading the presets.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.engine.documents.datevalues import folded
from vlm_desktop.engine.documents.schemafiles import preset

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOP: dict[str, tuple[str, ...]] = {
    "subtotal": ("receipt/subtotal", "invoice/net_amount", "purchase_order/net_amount"),
    "tax": ("receipt/tax", "invoice/tax_amount", "purchase_order/tax_amount"),
    "total": ("receipt/total", "invoice/gross_amount", "purchase_order/gross_amount"),
    "tax_rate": ("invoice/tax_rate",),
    "service": ("receipt/service_charge",),
    "discount": ("receipt/discount", "invoice/discount"),
    "tip": ("receipt/tip",),
    "rounding": ("receipt/rounding",),
    "shipping": ("invoice/shipping", "purchase_order/shipping"),
    "paid": ("receipt/paid",),
    "change": ("receipt/change",),
    "opening": ("bank_statement/opening_balance",),
    "closing": ("bank_statement/closing_balance",),
    "date": ("invoice/date", "receipt/date", "purchase_order/date"),
    "due": ("invoice/due_date",),
    "start": ("invoice/period_start", "bank_statement/period_start"),
    "end": ("invoice/period_end", "bank_statement/period_end"),
    "birth": ("id_card/date_of_birth",),
    "issued": ("id_card/date_of_issue",),
    "expiry": ("id_card/date_of_expiry",),
    "vendor": ("receipt/vendor", "invoice/issuer", "purchase_order/supplier"),
    "number": ("receipt/receipt_number", "invoice/invoice_number"),
}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "quantity": ("receipt/items/quantity", "invoice/items/quantity"),
    "unit_price": ("receipt/items/unit_price", "invoice/items/unit_price"),
    "amount": (
        "receipt/items/amount", "invoice/items/amount", "bank_statement/transactions/amount",
    ),
    "debit": ("bank_statement/transactions/debit",),
    "credit": ("bank_statement/transactions/credit",),
    "balance": ("bank_statement/transactions/balance",),
}  # fmt: skip
_NUMERIC = {FieldType.AMOUNT, FieldType.NUMBER}
_DATES = {"date", "due", "start", "end", "birth", "issued", "expiry"}
_TEXTS = {"vendor", "number"}


def roles(schema: Schema) -> Mapping[str, str]:
    """Role -> the field that has it: "total" -> "gross_amount", "amount" -> "items/amount"."""
    found: dict[str, str] = {}
    _assign(schema.fields, "", _words("top"), found)
    for spec in schema.fields:
        if spec.fields:
            _assign(spec.fields, f"{spec.name}/", _words("columns"), found)
    return found


def _assign(
    specs: tuple[FieldSpec, ...],
    inside: str,
    words: Mapping[str, Mapping[str, int]],
    found: dict[str, str],
) -> None:
    claims: list[tuple[int, int, str, str]] = []
    for place, spec in enumerate(specs):
        name = _plain(spec.name)
        votes: Counter[str] = Counter()
        for role, worth in words.get(name, {}).items():
            votes[role] += 100 * worth
        for alias in {_plain(alias) for alias in spec.aliases} - {name}:
            for role in words.get(alias, {}):
                votes[role] += 1
        for role, count in votes.items():
            if count >= min(2, len(spec.aliases) or 1) and _fits(spec, role):
                claims.append((-count, place, role, inside + spec.name))
    taken: set[str] = set()
    for _, _, role, name in sorted(claims):
        if role not in found and name not in taken:
            found[role] = name
            taken.add(name)


@lru_cache(maxsize=2)
def _words(level: str) -> Mapping[str, Mapping[str, int]]:
    """Folded word -> role -> 2 for a preset field's own name, 1 for an alias."""
    found: dict[str, dict[str, int]] = {}
    for role, places in (_TOP if level == "top" else _COLUMNS).items():
        for place in places:
            name, _, path = place.partition("/")
            spec = preset(name).spec(path)
            if spec is None:
                continue
            for word, worth in ((spec.name, 2), *((alias, 1) for alias in spec.aliases)):
                held = found.setdefault(_plain(word), {})
                held[role] = max(held.get(role, 0), worth)
    return found


def _fits(spec: FieldSpec, role: str) -> bool:
    if role in _DATES:
        return spec.type is FieldType.DATE
    if role in _TEXTS:
        return spec.type in (FieldType.TEXT, FieldType.NUMBER)
    return spec.type in _NUMERIC


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+|[#%@]", folded(text)))
