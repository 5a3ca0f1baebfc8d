"""A document as it stands: what a person said in the place of what was read, and what to doubt.

Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.documentkeeping import Doubt, Said
from vlm_desktop.base.documents import (
    Check,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    MissingField,
    Origin,
    Schema,
)
from vlm_desktop.store.docrecords import ALL_ROWS, DocumentAsRead, Place

DOUBTFUL = 0.05
"""A chance of error from which a field is worth a stop of Tab."""
_OF_MISSING = 0.9
_OF_FAILED = 0.6
_OF_AMBIGUOUS = 0.5
_OF_UNGROUNDED = 0.5


def standing(
    path: Path,
    content_hash: str,
    schema: Schema,
    read: DocumentAsRead,
    said: Mapping[Place, Said],
) -> Extraction:
    """What was read, with what a person said in its place. Without checks."""
    values = {(one.name, one.row): one for one in read.values}
    for (name, row), what in said.items():
        if row == ALL_ROWS and what.rows is not None:
            values = {at: one for at, one in values.items() if head_of(at[0]) != name}
            values |= {(one.name, one.row): one for one in what.rows}
    for (name, row), what in said.items():
        if row == ALL_ROWS:
            continue
        if what.value is None:
            values.pop((name, row), None)
        else:
            values[name, row] = what.value
    return Extraction(
        path=path,
        content_hash=content_hash,
        schema=schema.name,
        values=_ordered(values.values(), schema),
        missing=_missing(schema, read, values, said),
        locale=read.locale,
        fingerprint=read.fingerprint,
    )


def absent_in(said: Mapping[Place, Said]) -> tuple[Place, ...]:
    """What a person said that the document does not have."""
    return tuple(at for at, one in said.items() if at[1] != ALL_ROWS and one.value is None)


def doubts_of(extraction: Extraction, schema: Schema) -> tuple[Doubt, ...]:
    """The fields to look at, the likeliest error first; those of one likelihood in the schema's
    order. What a person accepted or said is not among them."""
    failed = {place for check in extraction.checks if check.ok is False for place in check.fields}
    found = [
        doubt
        for one in extraction.values
        if not _settled(one) and (doubt := _doubt(one, failed)).error >= DOUBTFUL
    ]
    found += [
        Doubt(one.name, 0, _OF_MISSING, "missing") for one in extraction.missing if one.required
    ]
    order = {one.name: number for number, one in enumerate(schema.fields)}
    found.sort(key=lambda one: (-round(one.error, 2), order.get(head_of(one.name), len(order))))
    return tuple(found)


def expected_errors(extraction: Extraction, schema: Schema) -> float:
    """How many errors the document is expected to have: of its required fields (of all, where none
    is), and one for each check that fails."""
    required = {one.name for one in schema.fields if one.required}
    wanted = required or {one.name for one in schema.fields}
    errors = sum(
        1.0 - one.confidence
        for one in extraction.values
        if (schema.any_pairs or head_of(one.name) in wanted) and not _settled(one)
    )
    errors += sum(1.0 for one in extraction.missing if one.name in required)
    return errors + sum(1.0 for check in extraction.checks if check.ok is False)


def with_checks(extraction: Extraction, *checks: Collection[Check]) -> Extraction:
    return replace(extraction, checks=tuple(one for some in checks for one in some))


def head_of(name: str) -> str:
    """The table or group of a member, or the field itself."""
    return name.partition("/")[0]


def repeats(spec: FieldSpec | None) -> bool:
    return spec is not None and spec.type in (FieldType.TABLE, FieldType.GROUP)


def _settled(value: FieldValue) -> bool:
    """Whether a person said that it is right: pointing at a text that may mean two things does
    not say which."""
    return value.accepted or (value.origin is Origin.HUMAN and not value.ambiguous)


def _doubt(value: FieldValue, failed: Collection[Place]) -> Doubt:
    reasons = [("confidence", 1.0 - value.confidence)]
    if (value.name, value.row) in failed:
        reasons.append(("check", _OF_FAILED))
    if value.ambiguous:
        reasons.append(("ambiguous", _OF_AMBIGUOUS))
    if not value.grounded:
        reasons.append(("ungrounded", _OF_UNGROUNDED))
    reason, error = max(reasons, key=lambda one: one[1])
    return Doubt(value.name, value.row, error, reason)


def _ordered(values: Collection[FieldValue], schema: Schema) -> tuple[FieldValue, ...]:
    """In the schema's order, rows together; what the schema does not name as it was read."""
    order: dict[str, tuple[int, int]] = {}
    for number, one in enumerate(schema.fields):
        order[one.name] = (number, 0)
        order |= {f"{one.name}/{part.name}": (number, at) for at, part in enumerate(one.fields)}
    last = (len(schema.fields), 0)

    def key(value: FieldValue) -> tuple[int, int, int]:
        number, member = order.get(value.name, last)
        return number, value.row, member

    return tuple(sorted(values, key=key))


def _missing(
    schema: Schema,
    read: DocumentAsRead,
    values: Mapping[Place, FieldValue],
    said: Mapping[Place, Said],
) -> tuple[MissingField, ...]:
    looked = {one.name: one for one in read.missing}
    there = {head_of(name) for name, _ in values}
    gone = {name for name, row in absent_in(said) if row == 0}
    found = [
        looked.get(one.name) or MissingField(one.name, one.required)
        for one in schema.fields
        if one.name not in there and one.name not in gone
    ]
    known = {one.name for one in schema.fields}
    # A member that no row has; with its table missing, the table tells of it.
    found += [
        one
        for one in read.missing
        if one.name not in known
        and head_of(one.name) in there
        and one.name not in gone
        and not any(name == one.name for name, _ in values)
    ]
    return tuple(found)
