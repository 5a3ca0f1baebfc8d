"""An extraction as plain data: the JSON of the command `document`, and rows of tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vlm_desktop.base.documents import Check, Evidence, Extraction, FieldValue, Origin
from vlm_desktop.base.types import Box

_OWN_WORD = (Origin.HUMAN, Origin.EMBEDDED)
"""Values that need no place on a page: a person typed them, or the file says them as data."""


def is_exported(value: FieldValue) -> bool:
    """Whether a value counts: it stands on a page, or needs no page."""
    return value.grounded or value.origin in _OWN_WORD


def as_json(extraction: Extraction, *, ungrounded: bool = True) -> dict[str, Any]:
    """One document as the command `document --json` tells it.

    A member of a table or group ("items/amount") stands in the rows of its head: `"items":
    {"rows": [{"amount": {...}}]}`. Without `ungrounded`, values that do not count are left out.
    """
    fields: dict[str, Any] = {}
    for value in extraction.values:
        if not ungrounded and not is_exported(value):
            continue
        head, _, member = value.name.partition("/")
        if member:
            _row(fields.setdefault(head, {"rows": []}), value.row)[member] = _value(value)
        elif head not in fields:
            fields[head] = _value(value)
        else:
            fields[head].setdefault("more", []).append(_value(value))
    return {
        "file": str(extraction.path),
        "content_hash": extraction.content_hash,
        "schema": extraction.schema,
        "fields": fields,
        "missing": [one.name for one in extraction.missing],
        "checks": [_check(check) for check in extraction.checks],
    }


def box_list(box: Box) -> list[float]:
    """A box as all JSON has it."""
    return [round(edge, 2) for edge in (box.x0, box.y0, box.x1, box.y1)]


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value at one of its places; `evidence` is None where it stands nowhere."""

    extraction: Extraction
    value: FieldValue
    evidence: Evidence | None


def value_rows(extraction: Extraction, *, ungrounded: bool) -> Iterator[ValueRow]:
    """Every value with every place it stands at."""
    for value in extraction.values:
        if not ungrounded and not is_exported(value):
            continue
        for evidence in value.evidence or (None,):
            yield ValueRow(extraction, value, evidence)


def _row(table: dict[str, Any], number: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = table.setdefault("rows", [])
    while len(rows) <= number:
        rows.append({})
    return rows[number]


def _value(value: FieldValue) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value": value.value,
        "raw": value.raw,
        "confidence": round(value.confidence, 4),
        "grounded": value.grounded,
        "origin": value.origin.value,
        "accepted": value.accepted,
        "evidence": [
            {"page": one.page, "box": box_list(one.box), "text": one.text} for one in value.evidence
        ],
    }
    if value.currency:
        told["currency"] = value.currency
    if value.ambiguous:
        told["ambiguous"] = list(value.ambiguous)
    if value.learned_from:
        told["learned_from"] = value.learned_from
    return told


def _check(check: Check) -> dict[str, Any]:
    return {
        "kind": check.kind.value,
        "ok": check.ok,
        "fields": [{"name": name, "row": row} for name, row in check.fields],
        "expected": check.expected,
        "found": check.found,
        "detail": check.detail,
        "repairs": [
            [
                {
                    "name": one.name,
                    "row": one.row,
                    "old": one.old,
                    "new": one.new,
                    "value": one.value,
                }
                for one in repair
            ]
            for repair in check.repairs
        ],
    }
