"""The picture of the Ground pane: the overlay engine's, and what a click would take."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.theme import colours_of
from vlm_desktop.gui.widgets.overlay import Overlay
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas, Tool
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.gui.widgets.overlay_painting import OverlayPainter
from vlm_desktop.gui.widgets.spoken import speaks_as

_NOTCH = 120


@speaks_as(QAccessible.Role.Graphic)
class GroundCanvas(OverlayCanvas):
    """What is previewed is no region yet: it stands in no list and takes no keys. Main thread."""

    hovered = Signal(QPointF)
    """Where the pointer is over the picture, while a click would point there."""
    left = Signal()
    """It is not there any more."""
    preview_turned = Signal(int)
    """The wheel was turned over what is previewed, by so many notches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = Overlay()
        self._turned = 0.0

    def show_preview(self, item: OverlayItem | None) -> None:
        """What a click would take, None for nothing."""
        items = [item] if item is not None else []
        self.preview.put(items, self.geometry_of_photo.photo)
        self._turned = 0.0
        self.update()

    def aim_box(self) -> None:
        """A box by keys: around the crosshair where there is one, else in the middle."""
        aim = self.by_keys.aim
        self.end_hand()
        self.begin_region()
        if aim is not None and self.region is not None:
            box, photo = self.region.box, self.geometry_of_photo.photo
            x = min(max(0.0, aim.x() - box.width() / 2), photo.width() - box.width())
            y = min(max(0.0, aim.y() - box.height() / 2), photo.height() - box.height())
            self.region.box = QRectF(QPointF(x, y), box.size())
            self.update()

    # --- Qt's own ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self.preview.items or self.image.isNull():
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            transform, room = self.geometry_of_photo.transform(), QRectF(self.rect())
            chosen = colours_of(self.palette())
            OverlayPainter(painter, self.preview, transform, room, chosen, self.font()).paint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        if event.buttons() or self.image.isNull() or self.tool is not Tool.POINT:
            return
        at = self.geometry_of_photo.to_photo(event.position())
        if QRectF(QPointF(), self.geometry_of_photo.photo).contains(at):
            self.hovered.emit(at)
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Over what is previewed the wheel takes more or less of it; with Ctrl it zooms."""
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        at = self.geometry_of_photo.to_photo(event.position())
        if zooms or not self.preview.hits(at, 0.0):
            super().wheelEvent(event)
            return
        self._turned += event.angleDelta().y() / _NOTCH
        whole = int(self._turned)
        if whole:
            self._turned -= whole
            self.preview_turned.emit(whole)
        event.accept()
