"""Reading order and blocks: columns are read one after the other, tables and rows across.

The page is cut along white space again and again, all cuts of one kind at once (an XY-cut), so
the depth stays small and the whole is n log n.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Block, BlockKind, Line, Table, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.tables import is_number, rows_of

_DEEPEST = 12
_COLUMN_GAP = 0.9
"""Heights of a line between columns of running text."""
_SIDE_GAP = 1.8
"""Heights between short texts side by side, such as two addresses."""
_SECTION_GAP = 1.3
"""Heights of white space that part sections."""
_RUNNING = 22
"""Letters that the middle line of running text has at least."""
_PARAGRAPH_GAP = 1.1
_HEADING = 1.3
"""Times the height that most lines stay below."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines in reading order and the blocks over them."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """A line, or a whole table as one piece."""

    box: Box
    lines: tuple[int, ...]
    letters: int
    numeric: bool
    label: bool
    table: int | None = None


def layout_of(words: Sequence[Word], lines: Sequence[Line], tables: Sequence[Table]) -> Layout:
    """Order all lines and put them together to blocks."""
    items = _items(words, lines, tables)
    if not items:
        return Layout((), ())
    height = statistics.median(line.box.y1 - line.box.y0 for line in lines)
    heights = sorted(line.box.y1 - line.box.y0 for line in lines)
    tall = _HEADING * heights[7 * len(heights) // 10]
    leaves = _cut(items, height, _DEEPEST)
    ordered: list[Line] = []
    blocks: list[Block] = []
    for leaf in leaves:
        for kind, group in _blocks(leaf, tall):
            first = len(ordered)
            ordered += [lines[i] for item in group for i in item.lines]
            indices = tuple(range(first, len(ordered)))
            box = group[0].box if kind is BlockKind.TABLE else around(i.box for i in group)
            blocks.append(Block(kind, indices, box, group[0].table))
    return Layout(tuple(ordered), tuple(blocks))


def _items(words: Sequence[Word], lines: Sequence[Line], tables: Sequence[Table]) -> list[_Item]:
    table_of_word = {
        word: number for number, table in enumerate(tables) for c in table.cells for word in c.words
    }
    place = {
        word: (cell.row, cell.column)
        for table in tables
        for cell in table.cells
        for word in cell.words
    }
    held: list[list[int]] = [[] for _ in tables]
    items = []
    for i, line in enumerate(lines):
        owners = [table_of_word.get(word) for word in line.words]
        owner = owners[len(owners) // 2]
        if owner is not None:
            held[owner].append(i)
            continue
        text = " ".join(words[word].text for word in line.words)
        items.append(_Item(line.box, (i,), len(text), is_number(text), text.rstrip().endswith(":")))
    for number, table in enumerate(tables):
        inside = sorted(
            held[number],
            key=lambda i: (
                min(place.get(word, (1 << 30, 0)) for word in lines[i].words),
                lines[i].box.y0,
            ),
        )
        if inside:
            items.append(_Item(table.box, tuple(inside), 0, False, False, number))
    return items


def _cut(items: list[_Item], height: float, depth: int) -> list[list[_Item]]:
    """Leaves in reading order."""
    if len(items) <= 1 or depth == 0:
        return [items]
    columns = _split(items, lambda item: (item.box.x0, item.box.x1), _COLUMN_GAP * height)
    columns = _merged_columns(columns)
    if len(columns) > 1:
        return [leaf for part in columns for leaf in _cut(part, height, depth - 1)]
    sections = _split(items, lambda item: (item.box.y0, item.box.y1), _SECTION_GAP * height)
    if len(sections) > 1:
        return [leaf for part in sections for leaf in _cut(part, height, depth - 1)]
    sides = _split(items, lambda item: (item.box.x0, item.box.x1), _SIDE_GAP * height)
    if len(sides) > 1 and all(_reads_alone(side) for side in sides):
        return [leaf for part in sides for leaf in _cut(part, height, depth - 1)]
    return [items]


def _split(
    items: Sequence[_Item], extent: Callable[[_Item], tuple[float, float]], gap: float
) -> list[list[_Item]]:
    """Items parted wherever nothing reaches over a gap of that size."""
    ordered = sorted(items, key=extent)
    parts: list[list[_Item]] = []
    reach = float("-inf")
    for item in ordered:
        start, end = extent(item)
        if start - reach > gap or not parts:
            parts.append([])
        parts[-1].append(item)
        reach = max(reach, end)
    return parts


def _merged_columns(parts: list[list[_Item]]) -> list[list[_Item]]:
    """Neighbours join unless both hold running text: only that is read column by column."""
    joined: list[list[_Item]] = []
    running: list[bool] = []
    for part in parts:
        runs = _is_running_text(part)
        if joined and not (runs and running[-1]):
            joined[-1] += part
            running[-1] = running[-1] or runs
        else:
            joined.append(list(part))
            running.append(runs)
    return joined


def _is_running_text(items: Sequence[_Item]) -> bool:
    lines = [item for item in items if item.table is None]
    return len(lines) >= 3 and statistics.median(item.letters for item in lines) >= _RUNNING


def _reads_alone(items: Sequence[_Item]) -> bool:
    """Whether a narrow part is a text of its own: several lines, hardly a number or a label."""
    lines = [item for item in items if item.table is None]
    telling = sum(item.numeric or item.label for item in lines)
    return len(lines) >= 2 and telling <= len(lines) / 3


def _blocks(leaf: Sequence[_Item], heading: float) -> list[tuple[BlockKind, list[_Item]]]:
    """A leaf row by row, parted into paragraphs, headings and tables."""
    blocks: list[tuple[BlockKind, list[_Item]]] = []
    before: list[_Item] = []
    boxes = [Line((), item.box) for item in leaf]
    for indices in rows_of(boxes):
        row = [leaf[i] for i in indices]
        for table in (item for item in row if item.table is not None):
            blocks.append((BlockKind.TABLE, [table]))
            before = []
        row = [item for item in row if item.table is None]
        if not row:
            continue
        kind = _kind(row, heading)
        if before and blocks[-1][0] is kind and _goes_on(before, row):
            blocks[-1][1].extend(row)
        else:
            blocks.append((kind, row))
        before = row
    return blocks


def _kind(row: Sequence[_Item], heading: float) -> BlockKind:
    tall = statistics.median(item.box.y1 - item.box.y0 for item in row)
    is_heading = len(row) == 1 and tall >= heading and row[0].letters <= 80
    return BlockKind.HEADING if is_heading and not row[0].numeric else BlockKind.TEXT


def _goes_on(before: Sequence[_Item], row: Sequence[_Item]) -> bool:
    """Whether a row belongs to the block of the one above it: near, and of like height."""
    above, here = around(i.box for i in before), around(i.box for i in row)
    tall = [statistics.median(i.box.y1 - i.box.y0 for i in one) for one in (before, row)]
    near = here.y0 - above.y1 <= _PARAGRAPH_GAP * min(tall)
    return near and max(tall) <= 1.4 * min(tall)
