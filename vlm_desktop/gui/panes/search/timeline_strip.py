"""A strip of bars: how many photos were taken when. A range can be marked by mouse or keyboard.

Faint bars stand for the library, full ones for what the grid shows. What stands under the cursor
is written below the bars, so that it can be read and heard.
"""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.engine.listing import TimeBin, Timeline, TimeUnit
from vlm_desktop.gui.panes.search.grid_words import iso_words
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.spoken import speaks_as

_HEIGHT = 76
_LEAST_BAR = 2
_WIDEST_BAR = 28
_NEAREST_LABELS = 72
_EMPTY = Timeline(TimeUnit.MONTH, (), TimeBin("", 0, 0))


@speaks_as(QAccessible.Role.Graphic)
class TimelineStrip(QWidget):
    """Paints a `Timeline`. `range_chosen` tells the first and last bin as ISO 8601 prefixes."""

    range_chosen = Signal(str, str)
    range_cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = _EMPTY
        self._cursor = -1
        self._anchor: int | None = None
        self._marked: tuple[int, int] | None = None
        self._chosen: tuple[str, str] | None = None
        self._pressed = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(strings.TIMELINE_DESCRIPTION)
        self._tell()

    # --- what is shown -------------------------------------------------------------------

    @property
    def timeline(self) -> Timeline:
        return self._line

    def show_timeline(self, line: Timeline) -> None:
        """Show other counts; cursor and range stay where they are in time."""
        at = self._line.bins[self._cursor].start if 0 <= self._cursor < self._bins() else ""
        self._line = line
        starts = [one.start for one in line.bins]
        self._cursor = starts.index(at) if at in starts else len(starts) - 1
        if not self._pressed:
            self._anchor = None
            self._marked = self._found(self._chosen)
        self._tell()
        self.update()

    def show_range(self, date_from: str, date_to: str) -> None:
        """The range that is in force ("" for none), as date filters have it."""
        self._chosen = (date_from, date_to) if date_from or date_to else None
        self._marked = self._found(self._chosen)
        self._tell()
        self.update()

    def _found(self, chosen: tuple[str, str] | None) -> tuple[int, int] | None:
        """The bins a range of dates touches."""
        if chosen is None or not self._line.bins:
            return None
        first, last = chosen
        size = len(self._line.bins[0].start)
        touched = [
            number
            for number, one in enumerate(self._line.bins)
            if (not first or one.start >= first[:size]) and (not last or one.start <= last[:size])
        ]
        return (touched[0], touched[-1]) if touched else None

    @property
    def marked(self) -> tuple[str, str] | None:
        """The marked range as (first, last) ISO 8601 prefixes."""
        if self._marked is None:
            return None
        first, last = self._marked
        return self._line.bins[first].start, self._line.bins[last].start

    def spoken(self) -> str:
        """What stands under the cursor, or the marked range."""
        if not self._line.bins:
            return strings.TIMELINE_EMPTY
        if self._marked is not None and self._marked[0] != self._marked[1]:
            first, last = self._marked
            bins = self._line.bins[first : last + 1]
            return fill(
                strings.TIMELINE_RANGE,
                first=iso_words(bins[0].start),
                last=iso_words(bins[-1].start),
                total=strings.photos(sum(one.shown for one in bins)),
            )
        return self._bin_words(self._cursor)

    def _bin_words(self, number: int) -> str:
        one = self._line.bins[number]
        when, total = iso_words(one.start), strings.photos(one.total)
        if one.shown == one.total:
            return fill(strings.TIMELINE_BIN, when=when, total=total)
        return fill(strings.TIMELINE_BIN_SHOWN, when=when, shown=one.shown, total=total)

    def _tell(self) -> None:
        """The name says the value too: Qt has no role for a chart, and readers read names."""
        self.setAccessibleName(strings.PART.join((strings.TIMELINE_NAME, self.spoken())))
        if self.hasFocus():
            event = QAccessibleEvent(self, QAccessible.Event.NameChanged)
            QAccessible.updateAccessibility(event)

    # --- geometry ------------------------------------------------------------------------

    def _bins(self) -> int:
        return len(self._line.bins)

    def _plot(self) -> QRect:
        size = measures()
        side, foot = size.space[3], size.type_small + size.space[1]
        return self.rect().adjusted(side, size.space[0], -side, -foot)

    def _step(self) -> float:
        plot = self._plot()
        return min(_WIDEST_BAR, plot.width() / max(1, self._bins()))

    def _left(self, number: int) -> int:
        return self._plot().left() + round(number * self._step())

    def _at(self, x: int) -> int:
        number = int((x - self._plot().left()) / max(0.01, self._step()))
        return min(max(0, number), self._bins() - 1)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(120, _HEIGHT)

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            size, chosen = measures(), colours_of(self.palette())
            plot = self._plot()
            font = self.font()
            font.setPixelSize(size.type_small)
            painter.setFont(font)
            if not self._line.bins:
                painter.setPen(QColor(chosen.text_muted))
                painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.spoken())
                return
            self._paint_range(painter, plot, QColor(chosen.accent_soft))
            self._paint_bars(painter, plot, QColor(chosen.hairline), QColor(chosen.accent))
            painter.setPen(QPen(QColor(chosen.hairline), size.hairline))
            painter.drawLine(plot.bottomLeft() + QPoint(0, 1), plot.bottomRight() + QPoint(0, 1))
            self._paint_labels(painter, plot, QColor(chosen.text_muted), QColor(chosen.text))
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(chosen.accent), size.focus_ring))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(
                    self.rect().adjusted(size.space[1], 1, -size.space[1], -1),
                    size.radius,
                    size.radius,
                )

    def _paint_range(self, painter: QPainter, plot: QRect, colour: QColor) -> None:
        if self._marked is not None:
            first, last = self._left(self._marked[0]), self._left(self._marked[1] + 1)
            painter.fillRect(QRect(first, plot.top(), last - first, plot.height() + 1), colour)

    def _paint_bars(self, painter: QPainter, plot: QRect, faint: QColor, full: QColor) -> None:
        """The root of the count is the height: single photos beside a wedding can be seen."""
        most = max(one.total for one in self._line.bins) ** 0.5 or 1.0
        gap = 1 if self._step() > 2 * _LEAST_BAR else 0
        for number, one in enumerate(self._line.bins):
            left = self._left(number)
            wide = max(1, self._left(number + 1) - left - gap)
            for count, colour in ((one.total, faint), (one.shown, full)):
                if count:
                    high = max(_LEAST_BAR, round(plot.height() * count**0.5 / most))
                    painter.fillRect(left, plot.bottom() + 1 - high, wide, high, colour)

    def _paint_labels(self, painter: QPainter, plot: QRect, quiet: QColor, loud: QColor) -> None:
        """Years (or months) below; what is under the cursor takes their place while it is used."""
        below = QRect(plot.left(), plot.bottom() + 2, plot.width(), self.height() - plot.bottom())
        line = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if self.hasFocus() or self.underMouse() or self._marked is not None:
            painter.setPen(loud)
            painter.drawText(below, line, self.spoken())
            if 0 <= self._cursor < self._bins():
                left = self._left(self._cursor)
                wide = max(_LEAST_BAR, self._left(self._cursor + 1) - left)
                painter.fillRect(left, plot.bottom() + 1, wide, _LEAST_BAR, loud)
            return
        painter.setPen(quiet)
        end = plot.right() - _NEAREST_LABELS // 2
        if self._line.undated.total:
            words = fill(strings.TIMELINE_UNDATED, count=strings.photos(self._line.undated.total))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(below, right, words)
            end -= painter.fontMetrics().horizontalAdvance(words)
        last = -_NEAREST_LABELS
        size = 7 if self._line.unit is TimeUnit.DAY else 4
        before = ""
        for number, one in enumerate(self._line.bins):
            here, left = one.start[:size], self._left(number)
            if here != before and last + _NEAREST_LABELS <= left < end:
                painter.drawText(below.adjusted(left - below.left(), 0, 0, 0), line,
                                 iso_words(here))  # fmt: skip
                last = left
            before = here

    # --- mouse ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self._line.bins:
            self._pressed = True
            self._anchor = self._at(event.position().toPoint().x())
            self._go(self._anchor, mark=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._line.bins:
            self._go(self._at(event.position().toPoint().x()), mark=self._pressed)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = False
            self.apply_range()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.clear_range()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if self._line.bins:
                words = self._bin_words(self._at(event.pos().x()))
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    # --- keyboard ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {
            Qt.Key.Key_Left: self._cursor - 1,
            Qt.Key.Key_Right: self._cursor + 1,
            Qt.Key.Key_PageUp: self._cursor - 12,
            Qt.Key.Key_PageDown: self._cursor + 12,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._bins() - 1,
        }
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in steps and self._line.bins:
            if shift and self._anchor is None:
                self._anchor = self._cursor
            elif not shift:
                self._anchor = None
            self._go(min(max(0, steps[event.key()]), self._bins() - 1), mark=shift)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._line.bins:
                if self._anchor is None:
                    self._marked = (self._cursor, self._cursor)
                self.apply_range()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear_range()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def _go(self, number: int, *, mark: bool) -> None:
        self._cursor = number
        if mark and self._anchor is not None:
            first, last = sorted((self._anchor, number))
            self._marked = (first, last)
        self._tell()
        self.update()

    def apply_range(self) -> None:
        """Tell the marked range."""
        marked = self.marked
        self._anchor = None
        if marked is not None and marked != self._chosen:
            self._chosen = marked
            self.range_chosen.emit(*marked)

    def clear_range(self) -> None:
        """Mark nothing, and tell so."""
        self._anchor = self._marked = self._chosen = None
        self._pressed = False
        self._tell()
        self.update()
        self.range_cleared.emit()
