"""A picture with regions over it: pointed at, walked by keys, clicked, boxed, moved about."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.overlay_handles import Grip, Handle, inside, moved
from vlm_desktop.gui.widgets.overlay_items import Key, Look, OverlayItem, Tool
from vlm_desktop.gui.widgets.overlay_keys import OverlayKeys
from vlm_desktop.gui.widgets.overlay_painting import paint_cross
from vlm_desktop.gui.widgets.photo_canvas import PhotoCanvas
from vlm_desktop.gui.widgets.region_words import said
from vlm_desktop.gui.widgets.spoken import speaks_as

_NOTCH = 120
_HELD = Qt.KeyboardModifier.KeypadModifier
WheelTaker: TypeAlias = Callable[[tuple[Key, ...], int], bool]


@speaks_as(QAccessible.Role.Graphic)
class OverlayCanvas(PhotoCanvas):
    """Main thread; all places are in pixels of the picture. What is dragged is shown as it goes
    and told once, at the end: one signal is one step to undo.

    Keys: arrows walk from region to region, with Ctrl they move the picture; F2 moves points and
    edges of the region in hand; Insert puts a cross there for clicking, or a box. The middle
    button, or Space held while clicking is the tool, moves the picture.
    """

    pointed = Signal(object)
    """The key of the region under the pointer, None for none."""
    current_changed = Signal(object)
    hand_changed = Signal()
    """A cross for clicking by keys is there to be moved, or is not any more."""
    chosen = Signal(object)
    """A region was clicked (with Alt where a click means something else), or Enter pressed."""
    clicked = Signal(QPointF, bool)
    """Where, and whether it adds."""
    box_drawn = Signal(QRectF)
    point_moved = Signal(object, int, QPointF)
    point_removed = Signal(object, int)
    box_changed = Signal(object, QRectF)
    polygon_changed = Signal(object, object)
    """The key, and all corners."""
    delete_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = Tool.LOOK
        self.look = Look()
        self.walk_held = Qt.KeyboardModifier.NoModifier
        """What is held while arrow keys go from region to region."""
        self.wheel_taker: WheelTaker | None = None
        """Gets the regions under the pointer, the smallest first, and notches of the wheel; True
        where it made something of them. With Ctrl the wheel zooms."""
        self.by_keys = OverlayKeys(self)
        self._grabbed: Handle | None = None
        self._down: QPointF | None = None
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self._space_held = False
        self._notches = 0.0
        self.setMouseTracking(True)
        self.setAccessibleDescription(strings.CANVAS_DESCRIPTION)
        self.region_drawn.connect(self._region_drawn)

    # --- what there is -------------------------------------------------------------------

    def show_items(self, items: Sequence[OverlayItem]) -> None:
        before = self.overlay.current
        super().show_items(items)
        # What comes while something is dragged does not take it out of the hand.
        self._grabbed = self.overlay.same_handle(self._grabbed)
        if self._grabbed is None:
            self.overlay.move(None)
        if self.overlay.current != before:
            self.current_changed.emit(None)

    def item(self, key: Key | None) -> OverlayItem | None:
        return self.overlay.item(key)

    def hits(self, at: QPointF) -> tuple[Key, ...]:
        """Keys of what lies at a place of the picture, points before areas, small before large."""
        return self.overlay.hits(at, self.reach)

    @property
    def reach(self) -> float:
        """How near, in pixels of the picture, a hand is expected to point."""
        geometry = self.geometry_of_photo
        return measures().space[1] * geometry.ratio / geometry.zoom

    def set_current(self, key: Key | None, *, say: bool = False) -> None:
        """Take another region in hand and bring it in sight; `say` has it spoken."""
        item = self.overlay.item(key)
        key = item.key if item is not None else None
        if item is not None and item.heat is None:
            far = self.reach
            self.show_area(item.bounds.adjusted(-far, -far, far, far))
        if key != self.overlay.current:
            self.overlay.current, self.overlay.handle = key, None
            self.update()
            self.current_changed.emit(key)
        if say and item is not None:
            number, count = self.overlay.number_of(key) + 1, len(self.items)
            self.say(said(item, self.overlay.photo, number, count))

    def say(self, words: str) -> None:
        """To a screen reader."""
        announce(self, words)

    def set_tool(self, tool: Tool) -> None:
        self.end_hand()
        self.tool = tool
        self._show_cursor()

    def edit_current(self) -> bool:
        """Move points, corners and edges of the region in hand by keys; False with none."""
        return self.by_keys.begin_edit()

    def begin_aim(self) -> None:
        """Click by keys: a cross that arrows move and Enter clicks."""
        self.by_keys.begin_aim()

    def end_hand(self) -> bool:
        """End what goes on over the picture; False when nothing does."""
        was_drag = self._grabbed is not None or self._from is not None
        self._grabbed = self._from = self._to = None
        self.overlay.move(None)
        ended = self.by_keys.end() or self.cancel_region() or was_drag
        self.update()
        return ended

    # --- what was done, told -------------------------------------------------------------

    def take(self, item: OverlayItem, handle: Handle) -> None:
        """The item is like this now, moved by a handle: shown, and told."""
        self.overlay.change(item)
        self.update()
        self.items_changed.emit()
        if handle.grip is Grip.POINT:
            point = item.points[handle.number]
            self.point_moved.emit(item.key, handle.number, QPointF(point.x, point.y))
        elif handle.grip is Grip.CORNER:
            self.polygon_changed.emit(item.key, item.polygon)
        elif item.box is not None:
            self.box_changed.emit(item.key, QRectF(item.box))

    def _region_drawn(self, box: QRectF) -> None:
        """Drawn by keys, or with Shift."""
        if self.tool is not Tool.LOOK:
            self.box_drawn.emit(box)

    def _clicked(self, view: QPointF, held: Qt.KeyboardModifier) -> None:
        at = self.geometry_of_photo.to_photo(view)
        alt = bool(held & Qt.KeyboardModifier.AltModifier)
        if self.tool is Tool.POINT and not alt:
            if QRectF(QPointF(), self.geometry_of_photo.photo).contains(at):
                self.clicked.emit(at, not held & Qt.KeyboardModifier.ShiftModifier)
            return
        under = self.hits(at)
        if under:
            self.set_current(under[0])
            self.chosen.emit(under[0])

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        area = self._drawn
        # Keys move it only while the focus is here: elsewhere it would be in the way.
        aim = self.by_keys.aim if self.hasFocus() else None
        if area is None and aim is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if aim is not None:
                paint_cross(painter, self.geometry_of_photo.transform().map(aim))
            if area is not None:
                ring = measures().focus_ring
                box = self.geometry_of_photo.to_view(area)
                for colour, width in ((Qt.GlobalColor.black, ring + 2),
                                      (Qt.GlobalColor.white, ring)):  # fmt: skip
                    painter.setPen(QPen(QColor(colour), width))
                    painter.drawRect(box)

    @property
    def _drawn(self) -> QRectF | None:
        """The box under a drag, once it is one."""
        start, end = self._from, self._to
        if start is None or end is None:
            return None
        view = self.geometry_of_photo.transform()
        if (view.map(end) - view.map(start)).manhattanLength() < QApplication.startDragDistance():
            return None
        photo = self.geometry_of_photo.photo
        return QRectF(inside(start, photo), inside(end, photo)).normalized()

    # --- mouse ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.image.isNull() or self.region is not None:
            super().mousePressEvent(event)
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._space_held and event.button() == Qt.MouseButton.LeftButton):
            self._pressed = event.position()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._down = event.position()
        at = self.geometry_of_photo.to_photo(self._down)
        bare = not event.modifiers() & ~_HELD
        self._grabbed = self.overlay.handle_at(at, self.reach) if bare else None
        if self._grabbed is not None:
            self.set_current(self._grabbed.key)
        elif self.tool is Tool.LOOK:
            super().mousePressEvent(event)
        else:
            self._from = self._to = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = self.geometry_of_photo.to_photo(event.position())
        if self._grabbed is not None:
            item = self.overlay.item(self._grabbed.key)
            if item is not None and self._is_drag(event.position()):
                photo = self.geometry_of_photo.photo
                self.overlay.move(moved(item, self._grabbed, at, photo))
                self.update()
        elif self._from is not None:
            self._to = at
            self.update()
        else:
            super().mouseMoveEvent(event)
            if not event.buttons():
                self._point_at(at)

    def _point_at(self, at: QPointF) -> None:
        under = self.hits(at)
        key = under[0] if under else None
        if key != self.overlay.lit:
            self.light(key)
            self.pointed.emit(key)
        self._show_cursor()
        if self.region is None and self.overlay.handle_at(at, self.reach) is not None:
            self.setCursor(Qt.CursorShape.SizeAllCursor)

    def _is_drag(self, at: QPointF) -> bool:
        far = self._down is None or (at - self._down).manhattanLength()
        return self.overlay.moving is not None or far >= QApplication.startDragDistance()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        panned, down, area = self._panning, self._down, self._drawn
        is_click = down is not None and not panned and not self._is_drag(event.position())
        grabbed, item = self._grabbed, self.overlay.moving
        was_drawing = self._from is not None
        self._down = self._from = self._to = self._grabbed = None
        drew_region = self._drawing
        super().mouseReleaseEvent(event)
        self.overlay.move(None)
        if grabbed is not None and item is not None:
            self.take(item, grabbed)
        elif area is not None:
            self.box_drawn.emit(area)
        elif (
            is_click
            and grabbed is None
            and not drew_region
            and (was_drawing or self.tool is Tool.LOOK)
        ):
            self._clicked(event.position(), event.modifiers())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Where a click is work, the second of two is a click."""
        if self.tool is Tool.LOOK:
            super().mouseDoubleClickEvent(event)
        else:
            self.mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if self.by_keys.aim is not None:
            self.hand_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._space_held = False
        super().focusOutEvent(event)
        if self.by_keys.aim is not None:
            self.hand_changed.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        if self.overlay.lit is not None:
            self.light(None)
            self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        zooms = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        taker = self.wheel_taker
        at = self.geometry_of_photo.to_photo(event.position())
        under = self.hits(at) if taker is not None else ()
        if taker is None or zooms or not under:
            super().wheelEvent(event)
            return
        self._notches += event.angleDelta().y() / _NOTCH
        whole = int(self._notches)
        if whole and not taker(under, whole):
            self._notches = 0.0
            super().wheelEvent(event)
            return
        self._notches -= whole
        event.accept()

    # --- keys ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        held = event.modifiers() & ~_HELD
        key = Qt.Key(event.key())
        if self.region is not None:
            super().keyPressEvent(event)
        elif self.by_keys.press(key, held):
            self.update()
        elif key == Qt.Key.Key_Space and not held and self.tool is not Tool.LOOK:
            self._space_held = True
            self._show_cursor()
        elif held == Qt.KeyboardModifier.ControlModifier and self._pan_by_key(key):
            return
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        return self.by_keys.tab(1 if next else -1) or super().focusNextPrevChild(next)

    def _show_cursor(self) -> None:
        if self.region is not None or self._panning:
            super()._show_cursor()
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.tool is not Tool.LOOK:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            super()._show_cursor()
