"""Pictures side by side that zoom and move as one, so that the same spot is compared."""

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.spoken import speaks_as

_MOST = 32.0
_STEP = 1.25
_WHEEL_STEP = 1.1
_MOVE = 0.1


class LinkedZoom(QObject):
    """What part all pictures show: `scale` 1 is the whole, `centre` is relative to the picture.

    Relative, so that copies of other sizes still show the same spot.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = 1.0
        self.centre = QPointF(0.5, 0.5)

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Larger or smaller; the relative point `around` stays where it is."""
        scale = min(max(self.scale * factor, 1.0), _MOST)
        if around is not None:
            ratio = self.scale / scale
            self.centre = around + (self.centre - around) * ratio
        self.scale = scale
        self._settle()

    def move(self, right: float, down: float) -> None:
        """By parts of the picture."""
        self.centre += QPointF(right, down)
        self._settle()

    def fit(self) -> None:
        self.scale, self.centre = 1.0, QPointF(0.5, 0.5)
        self.changed.emit()

    def _settle(self) -> None:
        margin = 0.5 / self.scale
        self.centre.setX(min(max(self.centre.x(), margin), 1 - margin))
        self.centre.setY(min(max(self.centre.y(), margin), 1 - margin))
        self.changed.emit()


@speaks_as(QAccessible.Role.Graphic)
class LinkedPicture(QWidget):
    """One of the pictures. Wheel and + - zoom, dragging and arrows move, double click fits."""

    def __init__(self, zoom: LinkedZoom, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom = zoom
        self._image = QImage()
        self._words = ""
        self._dragged: QPointF | None = None
        self.setAccessibleName(fill(strings.ZOOM_NAME, number=number))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        zoom.changed.connect(self.update)

    def show_image(self, image: QImage) -> None:
        self._image, self._words = image, ""
        self.update()

    def show_words(self, words: str) -> None:
        """In the place of a picture that is not there."""
        self._image, self._words = QImage(), words
        self.setAccessibleDescription(words)
        self.update()

    @property
    def is_shown(self) -> bool:
        return not self._image.isNull()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(measures().tile, measures().tile)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(measures().tile // 2, measures().tile // 2)

    # --- geometry ------------------------------------------------------------------------

    def _shown(self) -> tuple[QRectF, float]:
        """Where the picture lies on the widget, and points per picture pixel."""
        size = self._image.size()
        room = QRectF(self.rect())
        factor = min(room.width() / size.width(), room.height() / size.height())
        factor *= self._zoom.scale
        width, height = size.width() * factor, size.height() * factor
        centre = self._zoom.centre
        left = room.center().x() - centre.x() * width
        top = room.center().y() - centre.y() * height
        return QRectF(left, top, width, height), factor

    def _relative(self, point: QPointF) -> QPointF:
        lies, _ = self._shown()
        return QPointF(
            (point.x() - lies.left()) / lies.width(), (point.y() - lies.top()) / lies.height()
        )

    # --- Qt's own ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colours = colours_of(self.palette())
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.palette().alternateBase())
            if self._image.isNull():
                painter.setPen(self.palette().placeholderText().color())
                margin = measures().space[2]
                painter.drawText(
                    self.rect().adjusted(margin, margin, -margin, -margin),
                    int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                    self._words,
                )
            else:
                lies, factor = self._shown()
                smooth = factor < 2  # large pixels are to be seen as what they are
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
                painter.drawImage(lies, self._image)
            if self.hasFocus():
                width = measures().focus_ring
                painter.setPen(QPen(colours.accent, width))
                inset = width // 2
                painter.drawRect(self.rect().adjusted(inset, inset, -inset, -inset))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        notches = event.angleDelta().y() / 120
        if notches and self.is_shown:
            self._zoom.zoom(_WHEEL_STEP**notches, self._relative(event.position()))
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self.is_shown:
            self._dragged = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._dragged is not None:
            lies, _ = self._shown()
            by = event.position() - self._dragged
            self._dragged = event.position()
            self._zoom.move(-by.x() / lies.width(), -by.y() / lies.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._dragged = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._zoom.scale > 1:
            self._zoom.fit()
        elif self.is_shown:
            _, factor = self._shown()
            ratio = self.devicePixelRatioF()
            self._zoom.zoom(max(2.0, 1 / (factor * ratio)), self._relative(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = _MOVE / self._zoom.scale
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom.zoom(_STEP)
            case Qt.Key.Key_Minus:
                self._zoom.zoom(1 / _STEP)
            case Qt.Key.Key_0:
                self._zoom.fit()
            case Qt.Key.Key_Left if self._zoom.scale > 1:
                self._zoom.move(-step, 0)
            case Qt.Key.Key_Right if self._zoom.scale > 1:
                self._zoom.move(step, 0)
            case Qt.Key.Key_Up if self._zoom.scale > 1:
                self._zoom.move(0, -step)
            case Qt.Key.Key_Down if self._zoom.scale > 1:
                self._zoom.move(0, step)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()
