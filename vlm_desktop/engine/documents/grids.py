"""Ruled tables: rules that cross each other make a grid, and what no rule parts is one cell."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawn import Marks, Rule

_MOST_CELLS = 20_000
_COVERED = 0.6
"""Share of a cell's side that a rule must cover to part it from the next."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """`row` and `column` count from 0; spans are at least 1."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Edges in units of the view, from top and from left; cells tile the grid."""

    row_edges: tuple[float, ...]
    column_edges: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def box(self) -> Box:
        return Box(
            self.column_edges[0], self.row_edges[0], self.column_edges[-1], self.row_edges[-1]
        )


def grids_of(marks: Marks, letter_height: float) -> list[Grid]:
    """Grids of at least two rows and two columns, found by crossing rules.

    Rules are few (`drawn.MOST_RULES`), so all are compared with all at once.
    """
    if not marks.level or not marks.standing:
        return []
    reach = 0.6 * letter_height
    level, standing = _as_array(marks.level), _as_array(marks.standing)
    crossing = (
        (level[:, 1, None] - reach <= standing[None, :, 0])
        & (standing[None, :, 0] <= level[:, 2, None] + reach)
        & (standing[None, :, 1] - reach <= level[:, 0, None])
        & (level[:, 0, None] <= standing[None, :, 2] + reach)
    )
    grids = []
    for rows, columns in _groups(crossing):
        grid = _grid(level[rows], standing[columns], reach)
        if grid is not None:
            grids.append(grid)
    return grids


def _as_array(rules: Sequence[Rule]) -> NDArray[np.float64]:
    return np.array([(rule.at, rule.start, rule.end) for rule in rules])


def _groups(crossing: NDArray[np.bool_]) -> list[tuple[list[int], list[int]]]:
    """Level and standing rules that hang together."""
    unseen = set(range(crossing.shape[0]))
    groups = []
    while unseen:
        first = unseen.pop()
        rows, columns = {first}, set[int]()
        new_rows = {first}
        while new_rows:
            touched = np.flatnonzero(crossing[sorted(new_rows)].any(axis=0))
            new_columns = set(touched.tolist()) - columns
            columns |= new_columns
            if not new_columns:
                break
            reached = np.flatnonzero(crossing[:, sorted(new_columns)].any(axis=1))
            new_rows = set(reached.tolist()) - rows
            rows |= new_rows
        unseen -= rows
        if columns:
            groups.append((sorted(rows), sorted(columns)))
    return groups


def _grid(level: NDArray[np.float64], standing: NDArray[np.float64], reach: float) -> Grid | None:
    row_edges = _distinct(level[:, 0], reach)
    column_edges = _distinct(standing[:, 0], reach)
    rows, columns = len(row_edges) - 1, len(column_edges) - 1
    if rows < 1 or columns < 1 or rows * columns < 4 or rows * columns > _MOST_CELLS:
        return None
    # below[r, c]: a rule parts cell (r, c) from the one under it; right[r, c] likewise.
    below = _parted(level, row_edges, column_edges, reach)[1:-1]
    right = _parted(standing, column_edges, row_edges, reach)[1:-1].T
    cells = _cells(below, right, rows, columns)
    if len(cells) < 4 or len({cell.column for cell in cells}) < 2:
        return None
    return Grid(tuple(row_edges), tuple(column_edges), tuple(cells))


def _distinct(places: NDArray[np.float64], reach: float) -> list[float]:
    """Places of rules, those nearer to each other than `reach` as one."""
    found: list[list[float]] = []
    for place in np.sort(places).tolist():
        if found and place - found[-1][-1] <= reach:
            found[-1].append(place)
        else:
            found.append([place])
    return [sum(group) / len(group) for group in found]


def _parted(
    rules: NDArray[np.float64], edges: Sequence[float], across: Sequence[float], reach: float
) -> NDArray[np.bool_]:
    """Of each edge and each stretch between two edges across it, whether rules cover it."""
    covered = np.zeros((len(edges), len(across) - 1))
    starts, ends = np.array(across[:-1]), np.array(across[1:])
    for at, start, end in rules.tolist():
        nearest = min(bisect_left(edges, at - reach), len(edges) - 1)
        shared = np.minimum(ends, end) - np.maximum(starts, start)
        covered[nearest] += np.clip(shared, 0, None)
    return np.asarray(covered >= _COVERED * (ends - starts))


def _cells(
    below: NDArray[np.bool_], right: NDArray[np.bool_], rows: int, columns: int
) -> list[GridCell]:
    """Rectangles of base cells with no rule inside, from top left on."""
    taken = np.zeros((rows, columns), dtype=np.bool_)
    cells = []
    for row in range(rows):
        for column in range(columns):
            if taken[row, column]:
                continue
            across = 1
            while (
                column + across < columns
                and not right[row, column + across - 1]
                and not taken[row, column + across]
            ):
                across += 1
            down = 1
            while row + down < rows and _goes_on(below, right, taken, (row + down, column, across)):
                down += 1
            taken[row : row + down, column : column + across] = True
            cells.append(GridCell(row, column, down, across))
    return cells


def _goes_on(
    below: NDArray[np.bool_],
    right: NDArray[np.bool_],
    taken: NDArray[np.bool_],
    place: tuple[int, int, int],
) -> bool:
    """Whether a cell reaches into the next row, over its whole width."""
    row, column, across = place
    return not (
        below[row - 1, column : column + across].any()
        or taken[row, column : column + across].any()
        or right[row, column : column + across - 1].any()
    )
