"""A few figures as bars below each other, each with the range it lies in."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.spoken import speaks_as

_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with its name. `edges` is its range, None where it was not taken; `strong` is what
    the others are held against."""

    name: str
    value: float
    edges: tuple[float, float] | None = None
    strong: bool = False


def said_bar(one: Bar) -> str:
    """A bar in words."""
    if one.edges is None:
        return fill(strings.BAR_SAID, name=one.name, value=one.value)
    low, high = one.edges
    return fill(strings.BAR_SAID_RANGE, name=one.name, value=one.value, low=low, high=high)


@speaks_as(QAccessible.Role.StaticText)
class RunBars(QWidget):
    """Main thread. Takes no focus: what it shows is its name, and stands in a sentence beside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        self.bars = bars
        self.setAccessibleName("; ".join(said_bar(one) for one in bars))
        self.setVisible(bool(bars))
        self.updateGeometry()
        self.update()

    def _line(self) -> int:
        return self.fontMetrics().lineSpacing()

    def sizeHint(self) -> QSize:
        """A line of words and a bar for each."""
        space = measures().space
        return QSize(8 * space[5], len(self.bars) * (self._line() + space[0] + space[1] + space[2]))

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * measures().space[5], self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        space, chosen = measures().space, colours_of(QGuiApplication.palette())
        ends = [one.edges[1] if one.edges else one.value for one in self.bars]
        most = max([*ends, 1e-9])
        line, top = self._line(), 0
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for one in self.bars:
                painter.setPen(QColor(chosen.text))
                painter.drawText(QRect(0, top, self.width(), line), _LEFT, said_bar(one))
                middle = top + line + space[0] + space[1] / 2
                self._paint_bar(painter, one, middle, self.width() / most)
                top += line + space[0] + space[1] + space[2]

    def _paint_bar(self, painter: QPainter, one: Bar, middle: float, scale: float) -> None:
        space, chosen = measures().space, colours_of(QGuiApplication.palette())
        high = float(space[1])
        wide = max(1.0, min(one.value * scale, self.width() - 1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(chosen.accent if one.strong else chosen.disabled))
        painter.drawRoundedRect(
            QRectF(0, middle - high / 2, wide, high), space[0] / 2, space[0] / 2
        )
        if one.edges is None:
            return
        painter.setPen(QPen(QColor(chosen.text), measures().focus_ring))
        low, end = (min(max(edge * scale, 1.0), self.width() - 1.0) for edge in one.edges)
        painter.drawLine(QPointF(low, middle), QPointF(end, middle))
        for edge in (low, end):
            painter.drawLine(QPointF(edge, middle - high / 2), QPointF(edge, middle + high / 2))
