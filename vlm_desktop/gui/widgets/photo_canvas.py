"""A canvas that zooms and moves one picture, with what lies over it. Infers nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.overlay import Overlay
from vlm_desktop.gui.widgets.overlay_items import Key, Look, OverlayItem
from vlm_desktop.gui.widgets.overlay_painting import OverlayPainter
from vlm_desktop.gui.widgets.photo_geometry import STEP, Geometry
from vlm_desktop.gui.widgets.photo_region import Region
from vlm_desktop.gui.widgets.spoken import speaks_as

_NOTCH = 120
_PAN = 80.0
_DIM = 0.45


@speaks_as(QAccessible.Role.Graphic)
class PhotoCanvas(QWidget):
    """One picture, zoomed, moved, turned. The last picture stays until the next one is there.

    Main thread. Keys: arrows pan a zoomed picture (else they are left to the view), and move
    the box while one is drawn.
    """

    sharper_wanted = Signal()
    """What is shown is larger than the pixels at hand."""
    region_drawn = Signal(QRectF)
    """A box drawn and let go of, in photo pixels."""
    region_changed = Signal(bool)
    """Whether a box is on the photo."""
    zoom_changed = Signal()
    items_changed = Signal()
    """Other items lie over the photo, or none."""
    dragged_out = Signal()
    """The picture was dragged although it lies there whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.geometry_of_photo = Geometry()
        self.region: Region | None = None
        self.keeps_region = False
        """A click beside the box leaves it where it was, instead of taking it away."""
        self._image = QImage()
        self._layer = QPixmap()
        self._layer_of: object = None
        self._in_layer: list[int] = []
        self.overlay = Overlay()
        self.look = Look(names_all=False)
        self.over_colours: Colours | None = None
        """Those of what lies over the photo, None for the theme's."""
        self._pressed: QPointF | None = None
        self._panning = False
        self._drawing = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    # --- what is shown -------------------------------------------------------------------

    def show_photo(self, image: QImage, full: QSize) -> None:
        """Another photo, fitted: `image` are its pixels so far, `full` its size at 100 %."""
        self.cancel_region()
        self._image = image
        self.geometry_of_photo.show(full)
        self.show_items(())
        self._resized()
        self._view_changed()

    def refine(self, image: QImage, full: QSize) -> None:
        """More pixels of the same photo; zoom and place stay."""
        photo = self.geometry_of_photo.photo.toSize()
        self._image = image
        if photo != full:
            turned = self.geometry_of_photo.turned
            self.geometry_of_photo.show(full)
            self.geometry_of_photo.turned = turned
            self.show_items(self.items)
            self._resized()
            self.zoom_changed.emit()
        self.update()

    def clear(self) -> None:
        self.show_photo(QImage(), QSize())

    @property
    def image(self) -> QImage:
        return self._image

    def show_items(self, items: Sequence[OverlayItem]) -> None:
        """What lies over the photo, in pixels of its full size. Another photo has none at first."""
        self.overlay.put(items, self.geometry_of_photo.photo)
        self.update()
        self.items_changed.emit()

    @property
    def items(self) -> tuple[OverlayItem, ...]:
        return self.overlay.items

    @property
    def current(self) -> Key | None:
        """The item in hand."""
        return self.overlay.current

    @property
    def lit(self) -> Key | None:
        """The item that stands out, as the one that is pointed at."""
        return self.overlay.lit

    def light(self, key: Key | None) -> None:
        """Have an item or a group stand out, as when it is pointed at in a list; None for none."""
        key = key if self.overlay.knows(key) else None
        if key != self.overlay.lit:
            self.overlay.lit = key
            self.update()

    # --- zoom, turn ----------------------------------------------------------------------

    def fit(self) -> None:
        self.geometry_of_photo.fit()
        self._view_changed()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.zoom_to(self.geometry_of_photo.zoom * factor, at)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        if not self._image.isNull():
            self.geometry_of_photo.zoom_to(zoom, at)
            self._view_changed()

    def turn(self, quarters: int) -> None:
        self.geometry_of_photo.turn(quarters)
        self._view_changed()

    def show_area(self, area: QRectF) -> None:
        """Move the photo until an area of it is in sight, and no further."""
        geometry = self.geometry_of_photo
        box = geometry.to_view(area)
        room = QRectF(self.rect())
        if room.contains(box) or not geometry.is_larger:
            return
        edge = min(room.width(), room.height()) / 8
        by = QPointF(
            _towards(box.left(), box.right(), room.left() + edge, room.right() - edge),
            _towards(box.top(), box.bottom(), room.top() + edge, room.bottom() - edge),
        )
        if geometry.move(by):
            self._moved()

    @property
    def region_in_sight(self) -> QRectF:
        """In photo pixels."""
        geometry = self.geometry_of_photo
        back, _ = geometry.transform().inverted()
        whole = QRectF(QPointF(), geometry.photo)
        return back.mapRect(QRectF(self.rect())).intersected(whole)

    def _moved(self) -> None:
        """Another part of the photo is in sight."""
        self.update()

    def _view_changed(self) -> None:
        self._show_cursor()
        self.zoom_changed.emit()
        self.update()
        longest = max(self._image.width(), self._image.height())
        wanted = self.geometry_of_photo.wanted_side()
        if not self._image.isNull() and longest < 0.98 * wanted:
            self.sharper_wanted.emit()

    # --- the box -------------------------------------------------------------------------

    def begin_region(self) -> None:
        """Put a box on the photo, ready for arrows, Enter and the mouse."""
        if not self._image.isNull():
            self.region = Region(self.geometry_of_photo.photo)
            self.region_changed.emit(True)
            self._show_cursor()
            self.update()

    def finish_region(self) -> None:
        """Say where the box is, and take it away."""
        region = self.region
        self.cancel_region()
        if region is not None and region.is_large_enough:
            self.region_drawn.emit(region.box)

    def cancel_region(self) -> bool:
        if self.region is None:
            return False
        self.region, self._drawing = None, False
        self.region_changed.emit(False)
        self._show_cursor()
        self.update()
        return True

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        chosen = colours_of(self.palette())
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(chosen.sunken))
            if self._image.isNull():
                return
            geometry = self.geometry_of_photo
            photo = QRectF(QPointF(), geometry.photo)
            # Above 200 % pixels are shown as they are: that is what one zooms in for.
            smooth = geometry.zoom < 2.0 or self._image.width() < geometry.photo.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.setTransform(geometry.transform())
            painter.drawImage(photo, self._image)
            painter.resetTransform()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_over(painter, self.over_colours or chosen)
            if self.region is not None:
                self._paint_region(painter, geometry.to_view(self.region.box))
            if self.hasFocus():
                ring = measures().focus_ring
                painter.setPen(QPen(QColor(chosen.accent), ring))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(
                    QRectF(self.rect()).adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2)
                )

    def _paint_over(self, painter: QPainter, chosen: Colours) -> None:
        """What lies over the photo: painted once for a view, only what is up each time."""
        if not self.overlay.items:
            self._layer = QPixmap()
            return
        ratio, room = self.devicePixelRatioF(), QRectF(self.rect())
        transform = self.geometry_of_photo.transform()
        known = (self.overlay.version, transform, self.size(), ratio, chosen)

        def painter_on(target: QPainter) -> OverlayPainter:
            return OverlayPainter(
                target, self.overlay, transform, room, chosen, self.font(), self.look
            )

        if self._layer.isNull() or known != self._layer_of:
            self._layer = QPixmap(self.size() * ratio)
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(Qt.GlobalColor.transparent)
            self._layer_of = known
            with QPainter(self._layer) as below:
                below.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._in_layer = painter_on(below).paint_all()
        painter.drawPixmap(0, 0, self._layer)
        painter_on(painter).paint_upper(self._in_layer)

    def _paint_region(self, painter: QPainter, box: QRectF) -> None:
        """What is outside is dimmed; two rings, dark and light, show on any picture."""
        geometry = self.geometry_of_photo
        outside = QPainterPath()
        outside.addRect(geometry.to_view(QRectF(QPointF(), geometry.photo)))
        inside = QPainterPath()
        inside.addRect(box)
        dim = QColor(Qt.GlobalColor.black)
        dim.setAlphaF(_DIM)
        painter.fillPath(outside.subtracted(inside), dim)
        ring = measures().focus_ring
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((Qt.GlobalColor.black, 2 * ring), (Qt.GlobalColor.white, ring)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(box)
        grip = measures().space[1]
        painter.setPen(QPen(QColor(Qt.GlobalColor.black), measures().hairline))
        painter.setBrush(QColor(Qt.GlobalColor.white))
        for corner in (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()):
            painter.drawEllipse(corner, grip / 2, grip / 2)

    # --- mouse, wheel, gestures ----------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton or self._image.isNull():
            super().mousePressEvent(event)
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = event.position()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shifted and self.region is None:
            self.begin_region()
        if self.region is not None:
            geometry = self.geometry_of_photo
            self._drawing = True
            self.region.press(geometry.to_photo(at), geometry.ratio / geometry.zoom, fresh=shifted)
        else:
            self._pressed = at
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position()
        if self._drawing and self.region is not None:
            self.region.drag(self.geometry_of_photo.to_photo(at))
            self.update()
        elif self._pressed is not None:
            self._pull(at)

    def _pull(self, at: QPointF) -> None:
        assert self._pressed is not None
        by = at - self._pressed
        if not self._panning and by.manhattanLength() < QApplication.startDragDistance():
            return
        if self.geometry_of_photo.is_larger:
            self._panning = True
            self.geometry_of_photo.move(by)
            self._pressed = at
            self._show_cursor()
            self._moved()
        else:
            self._pressed = None
            self.dragged_out.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed, self._panning = None, False
        if self._drawing and self.region is not None:
            self._drawing = False
            self.region.release()
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if shifted and self.region.is_large_enough:
                self.finish_region()
            elif not self.region.is_large_enough and self.keeps_region:
                self.region.take_back()
                self.update()
            elif not self.region.is_large_enough:
                self.cancel_region()
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """To 100 % where one points, and back."""
        if event.button() != Qt.MouseButton.LeftButton or self.region is not None:
            return
        if self.geometry_of_photo.is_fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        notches = event.angleDelta().y() / _NOTCH
        if notches:
            self.zoom_by(STEP**notches, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
                self.fit() if not self.geometry_of_photo.is_fitted else self.zoom_to(1.0)
                return True
        return super().event(event)

    # --- keys ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self.region is not None:
            if self.region.key(event.key(), resize=shifted):
                self.update()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.finish_region()
                return
        elif not shifted and self._pan_by_key(event.key()):
            return
        event.ignore()

    def _pan_by_key(self, key: int) -> bool:
        by = {
            Qt.Key.Key_Left: QPointF(_PAN, 0),
            Qt.Key.Key_Right: QPointF(-_PAN, 0),
            Qt.Key.Key_Up: QPointF(0, _PAN),
            Qt.Key.Key_Down: QPointF(0, -_PAN),
        }.get(Qt.Key(key))
        if by is None or not self.geometry_of_photo.is_larger:
            return False
        self.geometry_of_photo.move(by)
        self._moved()
        return True

    # --- Qt's own ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._resized()
        self._view_changed()

    def _resized(self) -> None:
        self.geometry_of_photo.resize(self.size(), self.devicePixelRatioF())

    def _show_cursor(self) -> None:
        if self.region is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif self._panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self.geometry_of_photo.is_larger and not self._image.isNull():
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)


def _towards(start: float, end: float, first: float, last: float) -> float:
    """How far to move so that a stretch lies within another, its start first."""
    if start < first or end - start > last - first:
        return first - start
    return min(0.0, last - end)
