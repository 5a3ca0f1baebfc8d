"""Lines of a table over the page, moved by mouse or by arrow keys, added and taken away."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QTransform

from vlm_desktop.base.documentkeeping import TableEdges
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.tokens import Colours

if TYPE_CHECKING:
    from vlm_desktop.base.pagereading import PageReading

_STEP, _FURTHER = 1 / 400, 5
"""Of the page's longer side; with Shift so many times that."""
_LEAST_EDGES = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """The `number`th edge across (`is_row`) or down."""

    is_row: bool
    number: int


class TableLines(QObject):
    """An `Overlay` of the canvas. Works in the coordinates of the page's view. Main thread."""

    done = Signal(object)
    """The `TableEdges` as they lie now."""
    cancelled = Signal()
    spoken = Signal(str)
    """What became of a line, for who does not see it."""

    def __init__(self, page: "PageReading", table: int, parent: QObject) -> None:
        super().__init__(parent)
        found = page.tables[table]
        self._page, self._head = page, found.head_rows
        self.table = table
        self.rows, self.columns = list(found.row_edges), list(found.column_edges)
        self._held: _Line | None = None
        self._current = _Line(True, 0)
        size = page.view.size
        self._step = max(size.width, size.height) * _STEP

    # --- what there is -------------------------------------------------------------------

    @property
    def edges(self) -> TableEdges:
        return TableEdges(
            self._page.number,
            tuple(self.rows),
            tuple(self.columns),
            min(self._head, max(0, len(self.rows) - 2)),
        )

    def said(self) -> str:
        """The current line, as a screen reader says it."""
        line = self._current
        values = self._values(line)
        form = strings.LINE_ROW if line.is_row else strings.LINE_COLUMN
        at = round(values[line.number])
        return fill(form, number=line.number + 1, count=len(values), at=at)

    def _values(self, line: _Line) -> list[float]:
        return self.rows if line.is_row else self.columns

    def _all(self) -> list[_Line]:
        return [_Line(True, n) for n in range(len(self.rows))] + [
            _Line(False, n) for n in range(len(self.columns))
        ]

    # --- moving --------------------------------------------------------------------------

    def move(self, by: float) -> None:
        """The current line, by units of the view; it stays between its neighbours."""
        line = self._current
        self._put(line, self._values(line)[line.number] + by)
        self.spoken.emit(self.said())

    def _put(self, line: _Line, at: float) -> None:
        values, size = self._values(line), self._page.view.size
        least = values[line.number - 1] + 1 if line.number else 0.0
        whole = float(size.height if line.is_row else size.width)
        most = values[line.number + 1] - 1 if line.number + 1 < len(values) else whole
        if least <= most:
            values[line.number] = min(max(at, least), most)

    def add(self) -> None:
        """A line between the current one and the next, or before the last."""
        line = self._current
        values = self._values(line)
        first = min(line.number, len(values) - 2)
        values.insert(first + 1, (values[first] + values[first + 1]) / 2)
        if line.is_row and first + 1 <= self._head:
            self._head += 1
        self._current = _Line(line.is_row, first + 1)
        self.spoken.emit(self.said())

    def remove(self) -> None:
        """The current line; the last two stay."""
        line = self._current
        values = self._values(line)
        if len(values) <= _LEAST_EDGES:
            return
        del values[line.number]
        if line.is_row and 0 < line.number <= self._head:
            self._head -= 1
        self._current = _Line(line.is_row, min(line.number, len(values) - 1))
        self.spoken.emit(self.said())

    def tab(self, by: int) -> bool:
        """To the next line; False past the ends."""
        lines = self._all()
        at = lines.index(self._current) + by
        if not 0 <= at < len(lines):
            return False
        self._current = lines[at]
        self.spoken.emit(self.said())
        return True

    # --- over the page -------------------------------------------------------------------

    def paint(self, painter: QPainter, transform: QTransform, chosen: Colours) -> None:
        ring = measures().focus_ring
        for line in self._all():
            lit = line == self._current
            start, end = (transform.map(one) for one in self._ends(line))
            painter.setPen(QPen(QColor(chosen.raised), ring * (3 if lit else 2)))
            painter.drawLine(start, end)
            style = Qt.PenStyle.SolidLine if lit else Qt.PenStyle.DashLine
            colour = QColor(chosen.accent if lit else chosen.careful)
            painter.setPen(QPen(colour, ring * (2 if lit else 1), style))
            painter.drawLine(start, end)

    def _ends(self, line: _Line) -> tuple[QPointF, QPointF]:
        """On the page."""
        view, at = self._page.view, self._values(line)[line.number]
        if line.is_row:
            corners = ((self.columns[0], at), (self.columns[-1], at))
        else:
            corners = ((at, self.rows[0]), (at, self.rows[-1]))
        first, last = (QPointF(*view.to_page(x, y)) for x, y in corners)
        return first, last

    def _at(self, point: QPointF, reach: float) -> _Line | None:
        """The nearest line within reach."""
        x, y = self._page.view.to_view(point.x(), point.y())
        across = self.columns[0] - reach <= x <= self.columns[-1] + reach
        down = self.rows[0] - reach <= y <= self.rows[-1] + reach
        near = [(abs(at - y), 0, n) for n, at in enumerate(self.rows) if across]
        near += [(abs(at - x), 1, n) for n, at in enumerate(self.columns) if down]
        best = min(near, default=None)
        if best is None or best[0] > reach:
            return None
        return _Line(best[1] == 0, best[2])

    def press(self, at: QPointF, reach: float) -> None:
        self._held = self._at(at, reach)
        if self._held is not None:
            self._current = self._held

    def drag(self, at: QPointF) -> None:
        if self._held is not None:
            x, y = self._page.view.to_view(at.x(), at.y())
            self._put(self._held, y if self._held.is_row else x)

    def release(self) -> None:
        if self._held is not None:
            self._held = None
            self.spoken.emit(self.said())

    def cursor(self, at: QPointF, reach: float) -> Qt.CursorShape:
        line = self._at(at, reach)
        if line is None:
            return Qt.CursorShape.ArrowCursor
        # The canvas shows the view upright: a row's line lies across, however the file stands.
        return Qt.CursorShape.SplitVCursor if line.is_row else Qt.CursorShape.SplitHCursor

    def key(self, event: QKeyEvent) -> bool:
        """Arrows move, Insert adds, Delete takes away, Enter ends, Esc leaves all as it was."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        further = _FURTHER if held & Qt.KeyboardModifier.ShiftModifier else 1
        if held & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        ways = (
            {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if self._current.is_row
            else {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        )
        way = ways.get(Qt.Key(event.key()))
        if way is not None:
            self.move(way * further * self._step)
            return True
        match event.key():
            case Qt.Key.Key_Insert | Qt.Key.Key_Plus:
                self.add()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace | Qt.Key.Key_Minus:
                self.remove()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.done.emit(self.edges)
            case Qt.Key.Key_Escape:
                self.cancelled.emit()
            case _:
                return event.key() in (
                    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
                )  # fmt: skip
        return True
