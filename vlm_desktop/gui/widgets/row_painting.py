"""What the delegates of all lists paint alike: a row's ground, a state's dot, a line of words."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from vlm_desktop.gui.theme import colours_of, measures

_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


def paint_ground(painter: QPainter, box: QRect, option: QStyleOptionViewItem) -> None:
    """Whether a row is chosen, under the mouse, or has the focus. Leaves neither pen nor brush."""
    chosen, size = colours_of(QGuiApplication.palette()), measures()
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(chosen.accent_soft))
        painter.drawRoundedRect(box, size.radius, size.radius)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(chosen.hairline))
        painter.drawRoundedRect(box, size.radius, size.radius)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(chosen.accent), size.focus_ring))
        painter.drawRoundedRect(box, size.radius, size.radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_dot(painter: QPainter, box: QRectF, colour: QColor, *, ring: bool) -> None:
    """A full dot, or a ring: what is still to come."""
    if ring:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, measures().focus_ring))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(box)


def paint_picture(painter: QPainter, box: QRect, picture: QPixmap | None) -> bool:
    """A picture in its square; an empty square, and False, where there is none, or none yet."""
    if picture is not None:
        painter.drawPixmap(box, picture)
        return True
    chosen, corner = colours_of(QGuiApplication.palette()), measures().space[0]
    painter.setPen(QPen(QColor(chosen.hairline), measures().hairline))
    painter.setBrush(QColor(chosen.sunken))
    painter.drawRoundedRect(box, corner, corner)
    return False


def small_font(font: QFont) -> QFont:
    """The same in the size of details."""
    small = QFont(font)
    small.setPixelSize(measures().type_small)
    return small


def write_line(
    painter: QPainter,
    box: QRect,
    text: str,
    font: QFont,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """One line of words in the painter's pen, cut where there is no room for more."""
    painter.setFont(font)
    shown = QFontMetrics(font).elidedText(" ".join(text.split()), elide, box.width())
    painter.drawText(box, _LEFT, shown)
