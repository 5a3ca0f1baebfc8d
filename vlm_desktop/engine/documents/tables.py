"""Tables of a page: ruled ones from their grids, others from words that stand in columns."""

import re
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Cell, Line, Table, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawn import Marks
from vlm_desktop.engine.documents.grids import Grid, grids_of
from vlm_desktop.engine.documents.lines import chains_of

_ANY_GAP = float("inf")
_ROW_GAP = 3.5
"""Rows of one table follow each other within so many heights."""
_LEAST_ROWS = 3
_MOST_SINGLES = 2
"""Rows of one cell that reaches over a gap, one after the other."""
_MOST_ABOVE = 6
_FEW_ROWS = 3
_LEAST_HEAD = 3
"""Cells without a number that begin a new table under rows with numbers."""
_LEAST_FILLED = 0.2
"""Share of the rows that fill at least two columns; the others go on with a cell above them."""
_NUMBER = re.compile(r"[^\w]*[A-Z]{0,3}[^\w]*\d[\d.,:/'%\s-]*[A-Z]{0,3}[^\w]*", re.IGNORECASE)
_MOST_HEAD_ROWS = 3


def tables_of(words: Sequence[Word], lines: Sequence[Line], marks: Marks) -> list[Table]:
    """All tables, none within another. n log n."""
    if not lines:
        return []
    letter = statistics.median(line.box.y1 - line.box.y0 for line in lines)
    ruled = [
        table
        for grid in grids_of(marks, letter)
        if (table := _ruled_table(grid, words)) is not None
    ]
    ruled = [_finer(table, words, lines) for table in _outermost(ruled)]
    free = [line for line in lines if not any(_inside(line.box, table.box) for table in ruled)]
    return ruled + _unruled_tables(words, free)


def rows_of(lines: Sequence[Line]) -> list[list[int]]:
    """Lines beside each other, whatever the gaps, as rows from the top."""
    boxes = [line.box for line in lines]
    rows = chains_of(boxes, _ANY_GAP)
    middles = [statistics.median((boxes[i].y0 + boxes[i].y1) / 2 for i in row) for row in rows]
    return [rows[k] for k in sorted(range(len(rows)), key=lambda k: (middles[k], rows[k][0]))]


# --- ruled -----------------------------------------------------------------------------


def _ruled_table(grid: Grid, words: Sequence[Word]) -> Table | None:
    """A grid with the words whose middles lie in its cells; None when hardly a cell has any."""
    owner = {
        (row, column): index
        for index, cell in enumerate(grid.cells)
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    held: list[list[int]] = [[] for _ in grid.cells]
    for i, word in enumerate(words):
        column = bisect_right(grid.column_edges, (word.box.x0 + word.box.x1) / 2) - 1
        row = bisect_right(grid.row_edges, (word.box.y0 + word.box.y1) / 2) - 1
        index = owner.get((row, column))
        if index is not None:
            held[index].append(i)
    if sum(bool(cell) for cell in held) < 3:
        return None
    cells = tuple(
        Cell(
            cell.row,
            cell.column,
            Box(
                grid.column_edges[cell.column],
                grid.row_edges[cell.row],
                grid.column_edges[cell.column + cell.column_span],
                grid.row_edges[cell.row + cell.row_span],
            ),
            tuple(held[index]),
            cell.row_span,
            cell.column_span,
        )
        for index, cell in enumerate(grid.cells)
    )
    head = _head_rows(cells, words, len(grid.row_edges) - 1)
    return Table(grid.box, grid.row_edges, grid.column_edges, cells, ruled=True, head_rows=head)


def _finer(table: Table, words: Sequence[Word], lines: Sequence[Line]) -> Table:
    """A frame around rows that no rules part gives way to the table that its words form."""
    rows, columns = len(table.row_edges) - 1, len(table.column_edges) - 1
    inside = [line for line in lines if _inside(line.box, table.box)]
    if rows > _FEW_ROWS or len(inside) < (rows + 2) * 2:
        return table
    found = _unruled_tables(words, inside)
    if len(found) != 1 or len(found[0].column_edges) - 1 < columns:
        return table
    return found[0] if len(found[0].row_edges) - 1 >= rows + 2 else table


def _outermost(tables: Sequence[Table]) -> list[Table]:
    """Without those that lie within another; there are few."""
    by_size = sorted(tables, key=lambda table: -_area(table.box))
    kept: list[Table] = []
    for table in by_size:
        if not any(_inside(table.box, other.box) for other in kept):
            kept.append(table)
    return kept


# --- unruled ---------------------------------------------------------------------------


_Gap = tuple[float, float]
_Row = list[Line]


def _unruled_tables(words: Sequence[Word], lines: Sequence[Line]) -> list[Table]:
    rows = [[lines[i] for i in row] for row in rows_of(lines)]
    tables = (_table_in(run, words) for run in _runs(rows, words))
    return [table for table in tables if table is not None]


def _table_in(run: Sequence[_Row], words: Sequence[Word]) -> Table | None:
    """The run as a table, without a few rows above that stand in other columns."""
    for start in range(min(_MOST_ABOVE, len(run) - _LEAST_ROWS) + 1):
        if len(run[start]) > 1:
            table = _aligned_table(run[start:], words)
            if table is not None:
                return table
    return None


def _runs(rows: Sequence[_Row], words: Sequence[Word]) -> list[list[_Row]]:
    """Stretches of rows that leave a gap free in common; rows of one cell between them."""
    runs: list[list[_Row]] = []
    current: list[_Row] = []
    free: list[_Gap] = []
    singles = numeric_rows = most_cells = 0
    for row in rows:
        common: list[_Gap] = []
        if current and _follows(current[-1], row):
            common = _common(free, _gaps(row), 0.3 * _height(row))
            crosses = sum(map(_is_bounded, common)) < sum(map(_is_bounded, free))
            if len(row) == 1 and (not crosses or singles < _MOST_SINGLES):
                current.append(row)
                singles += crosses
                continue
        counted = sum(is_number(_text(line.words, words)) for line in row)
        begins_anew = not counted and (
            (len(row) >= _LEAST_HEAD and numeric_rows >= 2)
            or (len(row) > _LEAST_HEAD and len(row) > most_cells > 0)
        )
        if begins_anew or not any(map(_is_bounded, common)):
            runs.append(current)
            current = []
            numeric_rows = most_cells = 0
            common = _gaps(row)
        if len(row) > 1:
            most_cells = max(most_cells, len(row))
            current.append(row)
            free = common
            singles = 0
            numeric_rows += counted > 0
    runs.append(current)
    for run in runs:
        while run and len(run[-1]) < 2:
            run.pop()
    return [run for run in runs if len(run) >= _LEAST_ROWS]


def _follows(above: _Row, row: _Row) -> bool:
    """Whether a row stands near under another, in letters of like size."""
    height, before = _height(row), _height(above)
    gap = min(line.box.y0 for line in row) - max(line.box.y1 for line in above)
    return gap <= _ROW_GAP * max(height, before) and max(height, before) <= 1.6 * min(
        height, before
    )


def _height(row: _Row) -> float:
    return statistics.median(line.box.y1 - line.box.y0 for line in row)


def _gaps(row: _Row) -> list[_Gap]:
    """What a row leaves free between its cells, and without bounds beside them."""
    ends = [-_ANY_GAP, *(side for line in row for side in (line.box.x0, line.box.x1)), _ANY_GAP]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _common(one: Sequence[_Gap], other: Sequence[_Gap], least: float) -> list[_Gap]:
    """What two lists of gaps, each from the left, have in common."""
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if end - start >= least:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def _is_bounded(gap: _Gap) -> bool:
    return gap[0] > -_ANY_GAP and gap[1] < _ANY_GAP


def _aligned_table(run: Sequence[_Row], words: Sequence[Word]) -> Table | None:
    """The run as a table when its cells stand in columns that are free of words between."""
    wide = [row for row in run if len(row) >= 2]
    edges = _column_edges(wide)
    columns = len(edges) - 1
    if columns < 2:
        return None
    placed = [
        [
            (piece, _columns_of(piece.box, edges))
            for line in row
            for piece in _parted_at(line, words, edges)
        ]
        for row in run
    ]
    filled = sum(len({span[0] for _, span in row}) >= 2 for row in placed)
    astray = sum(span[1] > span[0] for row in placed if len(row) >= 2 for _, span in row)
    if filled < max(_LEAST_ROWS, _LEAST_FILLED * len(run)) or astray > filled / 2:
        return None
    if not _looks_tabular(placed, words, columns):
        return None
    row_edges = _row_edges(run)
    cells = _cells_of(placed, edges, row_edges)
    box = Box(edges[0], row_edges[0], edges[-1], row_edges[-1])
    head = _head_rows(cells, words, len(run))
    return Table(box, tuple(row_edges), tuple(edges), tuple(cells), ruled=False, head_rows=head)


_Placed = tuple[Line, tuple[int, int]]


def _column_edges(rows: Sequence[Sequence[Line]]) -> list[float]:
    """Edges in the gaps that hardly any row of several cells writes into, by a sweep over x."""
    ends = [(line.box.x0, 1) for row in rows for line in row]
    ends += [(line.box.x1, -1) for row in rows for line in row]
    ends.sort()
    height = statistics.median(line.box.y1 - line.box.y0 for row in rows for line in row)
    allowed = max(1, len(rows) // 5)
    edges = [ends[0][0]]
    covering = 0
    free_from: float | None = None
    for x, change in ends:
        before = covering
        covering += change
        if before > allowed >= covering:
            free_from = x
        elif before <= allowed < covering and free_from is not None:
            if x - free_from >= 0.3 * height and free_from > edges[0]:
                edges.append((free_from + x) / 2)
            free_from = None
    edges.append(ends[-1][0])
    return edges


def _parted_at(line: Line, words: Sequence[Word], edges: Sequence[float]) -> list[Line]:
    """A line cut where an edge of a column runs between two of its words."""
    pieces: list[list[int]] = [[line.words[0]]]
    for before, word in zip(line.words[:-1], line.words[1:], strict=True):
        edge = bisect_right(edges, words[before].box.x1)
        if edge < len(edges) and edges[edge] <= words[word].box.x0:
            pieces.append([])
        pieces[-1].append(word)
    if len(pieces) == 1:
        return [line]
    return [Line(tuple(piece), around(words[i].box for i in piece)) for piece in pieces]


def _columns_of(box: Box, edges: Sequence[float]) -> tuple[int, int]:
    """First and last column that a cell stands in; a little over an edge does not count."""
    slack = min(0.3 * (box.y1 - box.y0), (box.x1 - box.x0) / 4)
    last = len(edges) - 2
    first = min(max(bisect_right(edges, box.x0 + slack) - 1, 0), last)
    final = min(max(bisect_right(edges, box.x1 - slack) - 1, first), last)
    return first, final


def _looks_tabular(
    placed: Sequence[Sequence[_Placed]], words: Sequence[Word], columns: int
) -> bool:
    """Three columns that are mostly filled, or a column of numbers: labels and values in two
    columns are pairs, and so are columns of running text no table."""
    wide = [row for row in placed if len({span[0] for _, span in row}) >= 2]
    numeric, written = [0] * columns, [0] * columns
    lengths: list[int] = []
    for row in wide:
        for line, (first, _) in row:
            text = _text(line.words, words)
            written[first] += 1
            numeric[first] += is_number(text)
            lengths.append(len(text))
    if not lengths or statistics.median(lengths) > 40:
        return False
    of_numbers = sum(n >= 0.6 * w and w >= 2 for n, w in zip(numeric, written, strict=True))
    filled = sum(w >= 0.5 * len(wide) for w in written)
    return of_numbers >= 2 or (of_numbers == 1 and filled >= 3)


def _row_edges(rows: Sequence[Sequence[Line]]) -> list[float]:
    boxes = [around(line.box for line in row) for row in rows]
    middles = [
        (above.y1 + under.y0) / 2 for above, under in zip(boxes[:-1], boxes[1:], strict=True)
    ]
    # Rows of a page askew may reach into each other: edges never fall.
    return list(accumulate([boxes[0].y0, *middles, boxes[-1].y1], max))


def _cells_of(
    placed: Sequence[Sequence[_Placed]], edges: Sequence[float], row_edges: Sequence[float]
) -> tuple[Cell, ...]:
    cells = []
    for number, row in enumerate(placed):
        held: dict[int, list[int]] = {}
        spans: dict[int, int] = {}
        for line, (first, last) in row:
            held.setdefault(first, []).extend(line.words)
            spans[first] = max(spans.get(first, 1), last - first + 1)
        columns = sorted(held)
        for k, column in enumerate(columns):
            free = (columns[k + 1] if k + 1 < len(columns) else len(edges) - 1) - column
            span = min(spans[column], free)
            box = Box(edges[column], row_edges[number], edges[column + span], row_edges[number + 1])
            cells.append(Cell(number, column, box, tuple(held[column]), 1, span))
    return tuple(cells)


# --- both ------------------------------------------------------------------------------


def _head_rows(cells: Sequence[Cell], words: Sequence[Word], rows: int) -> int:
    """How many rows from the top hold no number, while a number stands below one of them."""
    numbers = [0] * rows
    texts = [0] * rows
    for cell in cells:
        if cell.words:
            numeric = is_number(_text(cell.words, words))
            numbers[cell.row] += numeric
            texts[cell.row] += not numeric
    head = 0
    while head < min(rows, _MOST_HEAD_ROWS) and not numbers[head] and texts[head] >= 2:
        head += 1
    return head if head < rows and any(numbers[head:]) else 0


def is_number(text: str) -> bool:
    """Whether a text is an amount, a count, a date or a share, with its unit or currency."""
    return len(text) <= 40 and _NUMBER.fullmatch(text) is not None


def _text(indices: Sequence[int], words: Sequence[Word]) -> str:
    return " ".join(words[i].text for i in indices)


def _inside(box: Box, other: Box) -> bool:
    """Whether the middle of a box lies in another."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return other.x0 <= x <= other.x1 and other.y0 <= y <= other.y1


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)
