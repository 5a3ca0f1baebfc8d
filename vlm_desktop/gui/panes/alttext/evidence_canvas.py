"""The picture with boxes over it: where what a text says is to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.altchecks import ClaimState
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.photo_canvas import PhotoCanvas
from vlm_desktop.gui.widgets.spoken import speaks_as

_WASH = 0.22
NONE = -1


@dataclass(frozen=True, slots=True)
class EvidenceBox:
    """Where a claim is to be seen, in pixels of the upright picture."""

    box: QRectF
    label: str
    state: ClaimState


@speaks_as(QAccessible.Role.Graphic)
class EvidenceCanvas(PhotoCanvas):
    """Boxes are numbered as they were given; the list of claims says the same in words."""

    box_pointed = Signal(int)
    """The pointer is over this box now; -1 for none."""
    box_chosen = Signal(int)
    """A box was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: tuple[EvidenceBox, ...] = ()
        self._lit = NONE
        self.setMouseTracking(True)

    @property
    def boxes(self) -> tuple[EvidenceBox, ...]:
        return self._boxes

    @property
    def lit(self) -> int:
        """The box that stands out; -1 for none."""
        return self._lit

    def show_boxes(self, boxes: Sequence[EvidenceBox]) -> None:
        self._boxes, self._lit = tuple(boxes), NONE
        self.update()

    def light(self, number: int) -> None:
        """Have one box stand out, as when its claim is pointed at."""
        if number != self._lit:
            self._lit = number if 0 <= number < len(self._boxes) else NONE
            self.update()

    # --- Qt's own ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self.image.isNull() or not self._boxes:
            return
        chosen = colours_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, one in enumerate(self._boxes):
                if number != self._lit:
                    self._paint_box(painter, one, chosen, is_lit=False)
            if self._lit != NONE:
                self._paint_box(painter, self._boxes[self._lit], chosen, is_lit=True)

    def _paint_box(
        self, painter: QPainter, one: EvidenceBox, chosen: Colours, *, is_lit: bool
    ) -> None:
        """The state is told by the line, too: whole, dashed or dotted."""
        colour, style = {
            ClaimState.SUPPORTED: (chosen.good, Qt.PenStyle.SolidLine),
            ClaimState.DISPUTED: (chosen.bad, Qt.PenStyle.DashLine),
            ClaimState.SEEN_ONCE: (chosen.careful, Qt.PenStyle.DotLine),
        }[one.state]
        box = self.geometry_of_photo.to_view(one.box)
        width = measures().focus_ring * (2 if is_lit else 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if is_lit:
            wash = QColor(colour)
            wash.setAlphaF(_WASH)
            painter.setBrush(wash)
        painter.setPen(QPen(QColor(chosen.raised), width + 2))
        painter.drawRect(box)
        painter.setPen(QPen(QColor(colour), width, style))
        painter.drawRect(box)
        if is_lit:
            self._paint_label(painter, box, one.label, chosen)

    def _paint_label(self, painter: QPainter, box: QRectF, label: str, chosen: Colours) -> None:
        font = QFont(self.font())
        font.setPixelSize(measures().type_small)
        metrics = QFontMetricsF(font)
        pad = measures().space[0]
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, self.width() - 4 * pad)
        wide = metrics.horizontalAdvance(text) + 2 * pad
        high = metrics.height() + pad
        left = max(0.0, min(box.left(), self.width() - wide))
        top = max(0.0, min(box.top() - high, self.height() - high))
        ground = QRectF(left, top, wide, high)
        painter.setPen(QPen(QColor(chosen.hairline), measures().hairline))
        painter.setBrush(QColor(chosen.raised))
        painter.drawRoundedRect(ground, pad, pad)
        painter.setFont(font)
        painter.setPen(QColor(chosen.text))
        painter.drawText(ground, int(Qt.AlignmentFlag.AlignCenter), text)

    def _box_at(self, at: QPointF) -> int:
        """The smallest box under a point of the view."""
        point = self.geometry_of_photo.to_photo(at)
        under = [
            (one.box.width() * one.box.height(), number)
            for number, one in enumerate(self._boxes)
            if one.box.contains(point)
        ]
        return min(under)[1] if under else NONE

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        if self._boxes and not event.buttons():
            number = self._box_at(event.position())
            if number != self._lit:
                self.light(number)
                self.box_pointed.emit(number)

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        super().leaveEvent(event)  # type: ignore[arg-type]
        if self._lit != NONE:
            self.light(NONE)
            self.box_pointed.emit(NONE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        number = self._box_at(event.position()) if self._boxes else NONE
        if number != NONE and event.button() == Qt.MouseButton.LeftButton:
            self.box_chosen.emit(number)
