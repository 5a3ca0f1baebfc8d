"""A sheet as the form shows it: fields in the schema's order, tables and groups as rows. Pure."""

import re
from dataclasses import dataclass

from vlm_desktop.base.documentkeeping import Doubt, Sheet
from vlm_desktop.base.documents import FieldSpec, FieldType, FieldValue, Looked
from vlm_desktop.gui.panes.documents.field_state import FieldState, state_of
from vlm_desktop.gui.strings import documents_fields as names

Key = tuple[str, int]
"""A field's name and row."""
_MANY = (FieldType.TABLE, FieldType.GROUP)
_WORTH_FOLDING = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as it stands. `reason` says by code why a person should look, "" for none."""

    key: Key
    label: str
    spec: FieldSpec
    value: FieldValue | None
    state: FieldState
    reason: str = ""
    looked: tuple[Looked, ...] = ()

    @property
    def text(self) -> str:
        """What stands in its line: the value, else what is printed."""
        return "" if self.value is None else self.value.value or self.value.raw

    @property
    def needs_look(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table or a group: `rows` of cells, one for each of `columns`."""

    name: str
    label: str
    spec: FieldSpec
    columns: tuple[FieldSpec, ...]
    rows: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """All of a sheet. `folded` are fields that were not found and need not be there."""

    fields: tuple[Entry, ...] = ()
    tables: tuple[TableEntry, ...] = ()
    folded: tuple[Entry, ...] = ()

    def all(self) -> tuple[Entry, ...]:
        """Fields and cells, in the order of the form."""
        cells = [cell for table in self.tables for row in table.rows for cell in row]
        return (*self.fields, *cells, *self.folded)

    def entry(self, key: Key | None) -> Entry | None:
        return next((one for one in self.all() if one.key == key), None)

    def next_doubtful(self, after: Key | None, by: int = 1) -> Entry | None:
        """The next one a person should look at, in the order of the form; None at the end."""
        every = self.all()
        keys = [one.key for one in every]
        at = keys.index(after) if after in keys else (-1 if by > 0 else len(every))
        ahead = every[at + 1 :] if by > 0 else reversed(every[:at])
        return next((one for one in ahead if one.needs_look), None)


def entries_of(sheet: Sheet, before: Entries | None = None) -> Entries:
    """Fields of the schema, and with `any_pairs` whatever else was found.

    `before` is how the same document stood: a field that was folded stays where it is.
    """
    known = _Known(sheet)
    fields = [known.entry(spec.name, 0, spec) for spec in sheet.schema.fields
              if spec.type not in _MANY]  # fmt: skip
    named = {spec.name for spec in sheet.schema.fields}
    for value in sheet.extraction.values:
        if value.name.partition("/")[0] not in named:
            spec = FieldSpec(value.name)
            fields.append(known.entry(value.name, value.row, spec))
    tables = [known.table(spec) for spec in sheet.schema.fields if spec.type in _MANY]
    if before is not None:
        folded = {one.key for one in before.folded}
    else:
        folded = {one.key for one in fields if one.state is FieldState.MISSING
                  and not one.spec.required}  # fmt: skip
        folded = folded if len(folded) >= _WORTH_FOLDING else set()
    return Entries(
        tuple(one for one in fields if one.key not in folded),
        tuple(tables),
        tuple(one for one in fields if one.key in folded),
    )


class _Known:
    def __init__(self, sheet: Sheet) -> None:
        found = sheet.extraction
        self._values = {(one.name, one.row): one for one in found.values}
        self._looked = {one.name: one.looked for one in found.missing}
        self._doubts: dict[Key, Doubt] = {(one.name, one.row): one for one in sheet.doubts}
        self._absent = set(sheet.absent)

    def entry(self, name: str, row: int, spec: FieldSpec) -> Entry:
        key = (name, row)
        value, doubt = self._values.get(key), self._doubts.get(key)
        state = state_of(value, doubted=doubt is not None, absent=key in self._absent)
        looked = self._looked.get(name, ()) if value is None else ()
        reason = doubt.reason if doubt is not None else ""
        return Entry(key, label_of(spec.name), spec, value, state, reason, looked)

    def table(self, spec: FieldSpec) -> TableEntry:
        columns = spec.fields
        members = [f"{spec.name}/{one.name}" for one in columns]
        count = 1 + max((row for name, row in self._values if name in members), default=-1)
        rows = tuple(
            tuple(self.entry(name, row, one) for name, one in zip(members, columns, strict=True))
            for row in range(count)
        )
        return TableEntry(spec.name, label_of(spec.name), spec, columns, rows)


def label_of(name: str) -> str:
    """A field's name as people write: those of the program's schemas in the window's language,
    others with spaces and a capital."""
    last = name.rpartition("/")[2]
    known = names.FIELD_NAMES.get(last)
    if known is not None:
        return known
    words = re.sub(r"[_\s]+", " ", last).strip()
    return words if words != words.lower() else words[:1].upper() + words[1:]
