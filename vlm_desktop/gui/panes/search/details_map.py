"""A small map without a network: degrees, the library's own places, and this photo's.

No coastlines: none come with the program. The library's places give the eye something to hold.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.spoken import speaks_as

_STEPS = (1, 2, 5, 10, 15, 30)
_LINES = 6
_LEAST_SPAN = 4.0
_NEAR = 12
"""So many of the nearest places are kept in sight, so that one knows where one is."""


@speaks_as(QAccessible.Role.Graphic)
class MiniMap(QWidget):
    """Equirectangular, around one place. Paints only what it was given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._here = QPointF()
        self._others: tuple[tuple[float, float], ...] = ()
        self._span = 360.0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(strings.MAP_NAME)

    def show_place(
        self, latitude: float, longitude: float, text: str, others: Sequence[tuple[float, float]]
    ) -> None:
        """`others` are (latitude, longitude) of the library's places."""
        self._here = QPointF(longitude, latitude)
        self._others = tuple(others)
        away = sorted(
            max(abs(_turn(place[1] - longitude)), 2 * abs(place[0] - latitude))
            for place in others
            if abs(place[0] - latitude) > 0.1 or abs(_turn(place[1] - longitude)) > 0.1
        )
        reach = away[min(_NEAR, len(away)) - 1] if away else 180.0
        self._span = min(360.0, max(_LEAST_SPAN, 2.4 * reach))
        self.setAccessibleDescription(fill(strings.MAP_DESCRIPTION, place=text))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 120)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return width // 2

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        chosen, size = colours_of(self.palette()), measures()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            outline = QPainterPath()
            outline.addRoundedRect(frame, size.radius, size.radius)
            painter.fillPath(outline, QColor(chosen.sunken))
            painter.setClipPath(outline)
            self._paint_degrees(painter, frame)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen.text_muted))
            for latitude, longitude in self._others:
                painter.drawEllipse(self._at(latitude, longitude), 1.5, 1.5)
            here = self._at(self._here.y(), self._here.x())
            painter.setPen(QPen(QColor(chosen.raised), size.focus_ring))
            painter.setBrush(QColor(chosen.accent))
            painter.drawEllipse(here, size.space[0] + 1.5, size.space[0] + 1.5)
            painter.setClipping(False)
            painter.setPen(QPen(QColor(chosen.hairline), size.hairline))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(outline)

    def _paint_degrees(self, painter: QPainter, frame: QRectF) -> None:
        chosen, size = colours_of(self.palette()), measures()
        step = next((one for one in _STEPS if self._span / one <= _LINES), _STEPS[-1] * 2)
        font = QFont(self.font())
        font.setPixelSize(size.type_small - 2)
        painter.setFont(font)
        centre = self._centre()
        first = int((centre.x() - self._span / 2) // step) * step
        for count in range(int(self._span / step) + 3):
            longitude = first + count * step
            x = self._at(0.0, longitude, turn=False).x()
            painter.setPen(QPen(QColor(chosen.hairline), size.hairline))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            shown = round(_turn(longitude))
            form = strings.EAST if shown >= 0 else strings.WEST
            painter.setPen(QColor(chosen.text_muted))
            if x > frame.left():
                painter.drawText(QPointF(x + 3, frame.bottom() - 4), _whole(form, abs(shown)))
        first = int((centre.y() - self._span / 4) // step) * step
        for count in range(int(self._span / 2 / step) + 3):
            latitude = first + count * step
            if abs(latitude) > 90:
                continue
            y = self._at(latitude, centre.x(), turn=False).y()
            painter.setPen(QPen(QColor(chosen.hairline), size.hairline))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            form = strings.NORTH if latitude >= 0 else strings.SOUTH
            painter.setPen(QColor(chosen.text_muted))
            if y < frame.bottom() - size.space[4]:
                painter.drawText(QPointF(frame.left() + 4, y - 3), _whole(form, abs(latitude)))

    def _centre(self) -> QPointF:
        """The place itself, but no pole in the middle of nothing."""
        room = max(0.0, 90.0 - self._span / 4)
        return QPointF(self._here.x(), min(max(self._here.y(), -room), room))

    def _at(self, latitude: float, longitude: float, *, turn: bool = True) -> QPointF:
        centre = self._centre()
        scale = self.width() / self._span
        east = longitude - centre.x()
        x = self.width() / 2 + (_turn(east) if turn else east) * scale
        return QPointF(x, self.height() / 2 - (latitude - centre.y()) * scale)


def _turn(degrees: float) -> float:
    """-180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0


def _whole(form: str, degrees: float) -> str:
    """The side of the globe after whole degrees."""
    return fill(form.replace(":.4f", ":.0f"), degrees=degrees)
