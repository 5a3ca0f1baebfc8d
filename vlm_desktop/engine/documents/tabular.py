"""Members that repeat: rows of a table under its headings, groups of labels anywhere.

A table is found by a row in which headings of its members stand. Words below belong to the column
they stand under; a row without any amount or number goes on with the text above it; a row that
speaks of sums ends the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.documents import (
    Cause,
    CauseKind,
    DocumentLocale,
    FieldSpec,
    FieldType,
    FieldValue,
)
from vlm_desktop.engine.documents.choosing import choose, evidence_of
from vlm_desktop.engine.documents.gathering import Indexed, gather
from vlm_desktop.engine.documents.labels import Hit, Wanted, find_labels, wanted
from vlm_desktop.engine.documents.pageindex import PageIndex, Span
from vlm_desktop.engine.documents.values import ambiguous, readings_of
from vlm_desktop.engine.documents.vocabulary import vocabulary

MOST_ROWS = 400
MOST_GROUPS = 60
_LEAST_HEADING = 0.55
_LEAST_LABEL = 0.75
_FARTHEST = 5.0
"""Heights of a line between two rows of one table."""
_TEXTS = (FieldType.TEXT, FieldType.ADDRESS)
_Cells = dict[int, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading with the width that belongs to it; `member` is None for what is not asked for."""

    member: Wanted | None
    left: float
    right: float
    quality: float


def members_of(spec: FieldSpec) -> list[Wanted]:
    """The members of a table or group, ready to be looked for."""
    return [wanted(member) for member in spec.fields]


def table_values(
    indexed: Sequence[Indexed], spec: FieldSpec, locale: DocumentLocale
) -> list[FieldValue]:
    """The cells of a table, named "table/member", on all pages; rows are counted on."""
    members = members_of(spec)
    found: list[FieldValue] = []
    row = 0
    for one in indexed:
        heading = _heading(one, members)
        if heading is None:
            continue
        start, columns = heading
        for cells in _rows(one.page, start, columns):
            values = list(_cell_values(one.page, spec, columns, cells, locale))
            if values:
                found += [replace(value, row=row) for value in values]
                row += 1
    return found


def _heading(one: Indexed, members: Sequence[Wanted]) -> tuple[int, list[_Column]] | None:
    """The row of a page in which most members have a heading, and its columns."""
    best: dict[int, dict[int, Hit]] = {}
    for number, member in enumerate(members):
        for hit in find_labels(one.words, member):
            if hit.described or hit.quality < _LEAST_HEADING or len(hit.spans) > 1:
                continue
            row = best.setdefault(one.page.lines[hit.spans[0].line].row, {})
            if number not in row or row[number].quality < hit.quality:
                row[number] = hit
    needed = min(2, len(members))
    rows = {row: _distinct(hits) for row, hits in best.items()}
    rows = {row: hits for row, hits in rows.items() if len(hits) >= needed}
    if not rows:
        return None
    place = max(rows, key=lambda one: (sum(hit.quality for hit in rows[one].values()), -one))
    return place, _columns(one.page, place, members, rows[place])


def _distinct(hits: dict[int, Hit]) -> dict[int, Hit]:
    """Members with a heading of their own: the better one keeps a place that two want."""
    kept: dict[int, Hit] = {}
    for number, hit in sorted(hits.items(), key=lambda one: -one[1].quality):
        span = hit.spans[0]
        if all(
            span.line != other.spans[0].line
            or span.end <= other.spans[0].start
            or span.start >= other.spans[0].end
            for other in kept.values()
        ):
            kept[number] = hit
    return kept


def _columns(
    page: PageIndex, row: int, members: Sequence[Wanted], hits: dict[int, Hit]
) -> list[_Column]:
    """Headings from left to right; what lies between two belongs to the nearer one."""
    places: list[tuple[float, float, Wanted | None, float]] = [
        (hit.box.x0, hit.box.x1, members[number], hit.quality) for number, hit in hits.items()
    ]
    for index in page.rows[row]:
        box = page.lines[index].box
        if all(box.x1 < left or box.x0 > right for left, right, _, _ in places):
            places.append((box.x0, box.x1, None, 0.0))
    places.sort(key=lambda one: one[0])
    cuts = [
        (before[1] + after[0]) / 2 for before, after in zip(places[:-1], places[1:], strict=True)
    ]
    edges = [float("-inf"), *cuts, float("inf")]
    return [
        _Column(member, edges[number], edges[number + 1], quality)
        for number, (_, _, member, quality) in enumerate(places)
    ]


def _rows(page: PageIndex, start: int, columns: Sequence[_Column]) -> Iterator[_Cells]:
    """The cells of each row below the headings, texts that go on put together."""
    book = vocabulary()
    ending = book.decoys["subtotal"] | book.roles["total"] | book.decoys["tax"]
    bottom = max(page.lines[index].box.y1 for index in page.rows[start])
    held: _Cells = {}
    for row in page.rows[start + 1 : start + 1 + MOST_ROWS]:
        top = min(page.lines[index].box.y0 for index in row)
        first = page.lines[row[0]].tokens[:2]
        if top - bottom > _FARTHEST * page.body or any(
            token.text in ending or book.one(token.text) in ending for token in first
        ):
            break
        bottom = max(page.lines[index].box.y1 for index in row)
        cells = _cells(page, row, columns)
        figures = any(columns[place].member and _is_figure(columns[place]) for place in cells)
        if figures and any(_is_figure(columns[place]) for place in held):
            yield held
            held = cells
        else:
            held = {place: held.get(place, ()) + cells.get(place, ()) for place in {*held, *cells}}
    if held:
        yield held


def _is_figure(column: _Column) -> bool:
    return column.member is not None and column.member.spec.type is FieldType.AMOUNT


def _cells(page: PageIndex, row: Sequence[int], columns: Sequence[_Column]) -> _Cells:
    found: dict[int, list[Span]] = {}
    for index in row:
        line = page.lines[index]
        for number, (word, start) in enumerate(zip(line.words, line.starts, strict=True)):
            box = page.reading.words[word].box
            end = start + len(page.reading.words[word].text)
            middle = (box.x0 + box.x1) / 2
            place = next(p for p, one in enumerate(columns) if one.left <= middle <= one.right)
            spans = found.setdefault(place, [])
            if spans and spans[-1].line == index and number:
                spans[-1] = Span(index, spans[-1].start, end)
            else:
                spans.append(Span(index, start, end))
    return {place: tuple(spans) for place, spans in found.items()}


def _cell_values(
    page: PageIndex,
    spec: FieldSpec,
    columns: Sequence[_Column],
    cells: _Cells,
    locale: DocumentLocale,
) -> Iterator[FieldValue]:
    for place in sorted(cells):
        column = columns[place]
        if column.member is None:
            continue
        kind = column.member.spec.type
        spans = cells[place] if kind in _TEXTS else cells[place][:1]
        raw = page.text(spans)
        readings = readings_of(raw, kind, locale, column.member.spec)
        if not readings:
            continue
        sure = min(page.confidence(span) for span in spans)
        chance = column.quality * readings[0].likelihood * sure
        label = column.member.spec.name
        yield FieldValue(
            name=f"{spec.name}/{label}",
            raw=raw,
            value=readings[0].value,
            confidence=round(max(0.01, min(0.99, chance)), 4),
            evidence=evidence_of(page, spans),
            causes=(Cause(CauseKind.LABEL, round(column.quality, 3), label),),
            ambiguous=ambiguous(readings),
            currency=readings[0].currency,
        )


def group_values(
    indexed: Sequence[Indexed], spec: FieldSpec, locale: DocumentLocale
) -> list[FieldValue]:
    """Members of a group, named "group/member": the first label of each makes row 0, and so on."""
    fields, places, rows = [], [], []
    for member in members_of(spec):
        seen = [
            (number, hit)
            for number, one in enumerate(indexed)
            for hit in sorted(
                (hit for hit in find_labels(one.words, member) if hit.quality >= _LEAST_LABEL),
                key=lambda hit: (hit.box.y0, hit.box.x0),
            )
        ][:MOST_GROUPS]
        for row, place in enumerate(seen):
            fields.append(member)
            places.append(place)
            rows.append(row)
    if not fields:
        return []
    chosen = choose(indexed, gather(indexed, fields, places), locale)
    return [
        replace(value, name=f"{spec.name}/{value.name}", row=rows[place])
        for place, value in sorted(chosen.items())
    ]
