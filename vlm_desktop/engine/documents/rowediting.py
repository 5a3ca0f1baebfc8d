"""Rows of tables and groups, by a person: added, taken out, read anew by other lines.

Once a person changed the rows of a table, all of them are theirs: no later reading changes them.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from vlm_desktop.base.documentkeeping import (
    DocumentAct,
    DocumentDone,
    FieldChange,
    Said,
    TableEdges,
)
from vlm_desktop.base.documents import FieldSpec, FieldValue, Origin
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.engine.documents.acts import Acts, spec_of
from vlm_desktop.engine.documents.sheets import head_of
from vlm_desktop.engine.documents.tablerows import (
    columns_of,
    headed_columns,
    rows_from,
    with_edges,
)
from vlm_desktop.store.docrecords import ALL_ROWS, DocumentRecord

Columns = tuple[tuple[str, int], ...]


class RowEditing(Acts):
    """Each verb raises DocumentUnknown, FieldUnknown, LibraryError."""

    def add_row(self, document_id: int, name: str, at: int | None = None) -> DocumentDone:
        """Put an empty row into a table or group, before row `at` or at the end.

        Its members are empty until they are assigned or typed.
        """

        def added(rows: list[FieldValue], spec: FieldSpec) -> list[FieldValue]:
            last = max((one.row for one in rows), default=-1) + 1
            place = last if at is None else min(max(at, 0), last)
            moved = [replace(one, row=one.row + 1) if one.row >= place else one for one in rows]
            new = [
                FieldValue(
                    f"{name}/{part.name}", "", "", 1.0, row=place, origin=Origin.HUMAN,
                    accepted=True,
                )
                for part in spec.fields
            ]  # fmt: skip
            return moved + new

        return self._rows(document_id, name, added)

    def remove_row(self, document_id: int, name: str, row: int) -> DocumentDone:
        """Take a row out of a table or group; those after it move up."""

        def removed(rows: list[FieldValue], spec: FieldSpec) -> list[FieldValue]:
            return [replace(one, row=one.row - (one.row > row)) for one in rows if one.row != row]

        return self._rows(document_id, name, removed)

    def set_edges(
        self,
        document_id: int,
        page: PageReading,
        table: int,
        name: str,
        edges: TableEdges,
    ) -> DocumentDone:
        """Read a table's field anew by lines that a person moved.

        `table` is the index in `PageReading.tables`. Columns keep their members unless
        `edges.columns` names others; where none were read, their heads tell.
        """
        with self._writing:
            record = self._library().document_record(document_id)
            spec = spec_of(record.schema, name)
            before = page.tables[table]
            values = self._standing(record).values
            drawn = with_edges(page, before, edges)
            columns = (
                edges.columns
                or _moved_columns(
                    columns_of(values, name, before, page), before.column_edges, edges.column_edges
                )
                or headed_columns(spec, drawn, page)
            )
            rows = rows_from(page, drawn, spec, columns, record.read.locale)
            said = Said(rows=rows, edges=replace(edges, columns=columns))
            return self._write(record, DocumentAct.TABLE, self._all_rows(record, name, said))

    # --- within --------------------------------------------------------------------------

    def _rows(
        self,
        document_id: int,
        name: str,
        change: Callable[[list[FieldValue], FieldSpec], list[FieldValue]],
    ) -> DocumentDone:
        with self._writing:
            record = self._library().document_record(document_id)
            spec = spec_of(record.schema, name)
            rows = [
                one for one in self._standing(record).values
                if head_of(one.name) == name and one.name != name
            ]  # fmt: skip
            said = Said(rows=tuple(change(rows, spec)))
            return self._write(record, DocumentAct.ROWS, self._all_rows(record, name, said))

    def _all_rows(self, record: DocumentRecord, name: str, said: Said) -> list[FieldChange]:
        """All rows of a table said anew; what was said of single cells is in them."""
        cells = [
            FieldChange(one, row, what, None)
            for (one, row), what in record.said.items()
            if head_of(one) == name and row != ALL_ROWS
        ]
        return [*cells, self._change(record, name, ALL_ROWS, said)]


def _moved_columns(columns: Columns, before: Sequence[float], after: Sequence[float]) -> Columns:
    """The columns that members are in once lines were moved: those that hold the old middles."""
    edges, moved = sorted(after), []
    for member, column in columns:
        middle = (before[column] + before[column + 1]) / 2
        now = bisect_right(edges, middle) - 1
        if 0 <= now < len(edges) - 1:
            moved.append((member, now))
    return tuple(moved)
