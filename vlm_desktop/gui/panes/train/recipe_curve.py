"""The rate over the run, as a small drawn line."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import colours_of, measures


class RateCurve(QWidget):
    """Main thread. Says the same in words to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2 * measures().space[5])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(strings.CURVE)
        self.setToolTip(strings.CURVE)
        self._shares: tuple[float, ...] = ()

    def show_curve(self, shares: Sequence[float], words: str) -> None:
        """Shares of the peak (0..1), from the first step to the last."""
        self._shares = tuple(shares)
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        chosen, ring = colours_of(self.palette()), measures().focus_ring
        room = QRectF(self.rect()).adjusted(ring, ring, -ring, -ring)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(chosen.hairline), measures().hairline))
            painter.drawLine(room.bottomLeft(), room.bottomRight())
            last = max(len(self._shares) - 1, 1)
            line = QPolygonF([
                QPointF(room.left() + room.width() * at / last, room.bottom() - room.height() * one)
                for at, one in enumerate(self._shares)
            ])  # fmt: skip
            painter.setPen(QPen(QColor(chosen.accent), ring))
            painter.drawPolyline(line)
