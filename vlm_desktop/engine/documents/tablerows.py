"""Rows of tables: a table's lines moved by a person, columns learned from a correction.

Pure. Boxes of tables are in the page's view.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documentkeeping import TableEdges
from vlm_desktop.base.documents import (
    Cause,
    CauseKind,
    DocumentLocale,
    FieldSpec,
    FieldValue,
    Origin,
    Schema,
)
from vlm_desktop.base.pagereading import Cell, DocumentReading, PageReading, Table
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.aligning import evidence_of
from vlm_desktop.engine.documents.lessons import Column
from vlm_desktop.engine.documents.values import ambiguous, readings_of

_SAME_HEAD = 80.0
_CONFIDENCE = 0.9
"""Of a cell in a column that a person pointed at; sums check it further."""
_OF_LEARNED_COLUMN = 2.2


def with_edges(page: PageReading, table: Table, edges: TableEdges) -> Table:
    """A table with other lines: its words go to the cells that their middles lie in."""
    rows, columns = sorted(edges.row_edges), sorted(edges.column_edges)
    if len(rows) < 2 or len(columns) < 2:
        return table
    inside: dict[tuple[int, int], list[int]] = {}
    for number, word in enumerate(page.words):
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
        row, column = bisect_right(rows, y) - 1, bisect_right(columns, x) - 1
        if 0 <= row < len(rows) - 1 and 0 <= column < len(columns) - 1:
            inside.setdefault((row, column), []).append(number)
    cells = tuple(
        Cell(
            row,
            column,
            Box(columns[column], rows[row], columns[column + 1], rows[row + 1]),
            _in_order(page, inside.get((row, column), [])),
        )
        for row in range(len(rows) - 1)
        for column in range(len(columns) - 1)
    )
    box = Box(columns[0], rows[0], columns[-1], rows[-1])
    return replace(
        table,
        box=box,
        row_edges=tuple(rows),
        column_edges=tuple(columns),
        cells=cells,
        head_rows=min(edges.head_rows, len(rows) - 2),
    )


def columns_of(
    values: Iterable[FieldValue], name: str, table: Table, page: PageReading
) -> tuple[tuple[str, int], ...]:
    """Which column each member of a field was mostly read from."""
    counts: dict[str, Counter[int]] = {}
    for value in values:
        head, _, member = value.name.partition("/")
        if head != name or not member:
            continue
        for one in value.evidence:
            if one.page != page.number or not one.words:
                continue
            box = around([page.words[word].box for word in one.words])
            column = bisect_right(table.column_edges, (box.x0 + box.x1) / 2) - 1
            if 0 <= column < len(table.column_edges) - 1:
                counts.setdefault(member, Counter())[column] += 1
    return tuple((member, count.most_common(1)[0][0]) for member, count in counts.items())


def headed_columns(spec: FieldSpec, table: Table, page: PageReading) -> tuple[tuple[str, int], ...]:
    """Which column each member is in by what its head says: the member's name or an alias."""
    found = []
    for part in spec.fields:
        names = {"".join(one.casefold().split()) for one in (part.name, *part.aliases)}
        close = [
            (fuzz.ratio(name, head), column)
            for column, head in _heads(page, table).items()
            for name in names
            if head
        ]
        likeness, column = max(close, default=(0.0, 0))
        if likeness >= _SAME_HEAD:
            found.append((part.name, column))
    return tuple(found)


def rows_from(
    page: PageReading,
    table: Table,
    spec: FieldSpec,
    columns: Sequence[tuple[str, int]],
    locale: DocumentLocale,
) -> tuple[FieldValue, ...]:
    """The rows of a table as values of a field's members, by the columns they are in.

    Rows without any value are passed over; cells that their type refuses are left out.
    """
    by_place = {(cell.row, cell.column): cell for cell in table.cells}
    found: list[FieldValue] = []
    number = 0
    for row in range(table.head_rows, len(table.row_edges) - 1):
        values = [
            value
            for member, column in columns
            if (cell := by_place.get((row, column))) is not None
            and (part := _member(spec, member)) is not None
            and (value := cell_value(page, cell, spec.name, part, number, locale)) is not None
        ]
        found += values
        number += bool(values)
    return tuple(found)


def cell_value(
    page: PageReading,
    cell: Cell,
    name: str,
    part: FieldSpec,
    row: int,
    locale: DocumentLocale,
) -> FieldValue | None:
    """A cell as the value of a member; None where it is empty or its type refuses it."""
    raw = page.text(cell.words)
    readings = readings_of(raw, part.type, locale, part) if raw else ()
    if not readings:
        return None
    sure = min(page.words[word].confidence for word in cell.words)
    return FieldValue(
        f"{name}/{part.name}",
        raw,
        readings[0].value,
        round(_CONFIDENCE * sure, 4),
        (evidence_of(page, cell.words),),
        row,
        ambiguous=ambiguous(readings),
        currency=readings[0].currency,
    )


# --- learned columns ---------------------------------------------------------------------


def column_lesson(page: PageReading, words: Sequence[int]) -> Column | None:
    """Which column of a table words are in; None where they are in none."""
    wanted = set(words)
    for table in page.tables:
        for cell in table.cells:
            if wanted & set(cell.words):
                head = _heads(page, table).get(cell.column, "")
                return Column(head, cell.column, len(table.column_edges) - 1)
    return None


def fill_columns(
    values: MutableMapping[tuple[str, int], FieldValue],
    where: tuple[DocumentReading, DocumentLocale, Schema],
    name: str,
    lesson: Column,
    document: str,
) -> bool:
    """Take a member from the column that a person pointed at; whether there is such a column.

    Rows are those that were read; where none were, those of the table.
    """
    reading, locale, schema = where
    head, _, member = name.partition("/")
    spec, part = schema.spec(head), schema.spec(name)
    if spec is None or part is None:
        return False
    for page in reading.pages:
        for table in page.tables:
            column = _learned_column(page, table, lesson)
            if column is None:
                continue
            rows = _rows_by_number(values, head, table, page)
            new = [
                replace(
                    value,
                    origin=Origin.LEARNED,
                    learned_from=document,
                    causes=(Cause(CauseKind.LEARNED, _OF_LEARNED_COLUMN, document),),
                )
                for cell in table.cells
                if cell.column == column
                and (row := rows.get(cell.row)) is not None
                and (value := cell_value(page, cell, head, part, row, locale)) is not None
            ]
            if new:
                for at in [at for at in values if at[0] == name]:
                    del values[at]
                values.update({(one.name, one.row): one for one in new})
                return True
    return False


def _learned_column(page: PageReading, table: Table, lesson: Column) -> int | None:
    heads = _heads(page, table)
    if lesson.head:
        close = [(fuzz.ratio(lesson.head, head), column) for column, head in heads.items() if head]
        likeness, column = max(close, default=(0.0, 0))
        return column if likeness >= _SAME_HEAD else None
    same = len(table.column_edges) - 1 == lesson.of and not any(heads.values())
    return lesson.number if same else None


def _rows_by_number(
    values: MutableMapping[tuple[str, int], FieldValue],
    name: str,
    table: Table,
    page: PageReading,
) -> dict[int, int]:
    """Rows of a table -> rows of a field."""
    row_of = {word: cell.row for cell in table.cells for word in cell.words}
    found: dict[int, int] = {}
    for value in values.values():
        if value.name.partition("/")[0] == name:
            for one in value.evidence:
                for word in one.words if one.page == page.number else ():
                    if word in row_of:
                        found.setdefault(row_of[word], value.row)
    if found:
        return found
    bodies = range(table.head_rows, len(table.row_edges) - 1)
    return {row: number for number, row in enumerate(bodies)}


def _heads(page: PageReading, table: Table) -> dict[int, str]:
    """What stands above each column, folded."""
    heads: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row < table.head_rows:
            heads.setdefault(cell.column, []).append(page.text(cell.words).casefold())
    return {column: "".join("".join(parts).split()) for column, parts in heads.items()}


def _member(spec: FieldSpec, name: str) -> FieldSpec | None:
    return next((one for one in spec.fields if one.name == name), None)


def _in_order(page: PageReading, words: Iterable[int]) -> tuple[int, ...]:
    """From line to line, from left to right."""
    ordered = sorted(words, key=lambda at: page.words[at].box.y0)
    lines: list[list[int]] = []
    for at in ordered:
        box = page.words[at].box
        if lines:
            last = page.words[lines[-1][0]].box
            if (box.y0 + box.y1) / 2 < last.y1:
                lines[-1].append(at)
                continue
        lines.append([at])
    return tuple(at for line in lines for at in sorted(line, key=lambda at: page.words[at].box.x0))
