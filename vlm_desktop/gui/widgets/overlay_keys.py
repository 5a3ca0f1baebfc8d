"""What keys do over a picture with regions: walk, move points and edges, click at a cross."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.widgets.overlay_handles import (
    Grip,
    Handle,
    handle_words,
    handles_of,
    inside,
    moved,
    place_in_percent,
)
from vlm_desktop.gui.widgets.overlay_items import Tool

if TYPE_CHECKING:
    from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas

_EDIT_STEP, _AIM_STEP, _FURTHER = 0.01, 0.02, 5
"""Of the longer side in sight; with Shift so many times that, with Ctrl one pixel."""
_WAYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class OverlayKeys:
    """The keys of one canvas. Main thread."""

    def __init__(self, canvas: "OverlayCanvas") -> None:
        self._canvas = canvas
        self.aim: QPointF | None = None
        """Where the cross is, in pixels of the picture."""

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Whether the key meant something here."""
        if self.aim is not None and self._aim(key, held):
            return True
        if self._canvas.overlay.handle is not None and self._edit(key, held):
            return True
        if held == self._canvas.walk_held and self._walk(key):
            return True
        return not held and (self._begin(key) or self._use(key))

    def _begin(self, key: Qt.Key) -> bool:
        """What the tool does with the mouse, by keys."""
        canvas = self._canvas
        if key != Qt.Key.Key_Insert or canvas.tool is Tool.LOOK or canvas.image.isNull():
            return False
        if canvas.tool is Tool.POINT:
            self.begin_aim()
        else:
            canvas.begin_region()
        return True

    def tab(self, by: int) -> bool:
        """To another handle of the region whose handles are moved; False past the ends."""
        overlay = self._canvas.overlay
        handle, item = overlay.handle, overlay.item(overlay.current)
        if handle is None or item is None:
            return False
        handles = handles_of(item)
        at = handles.index(handle) + by
        if not 0 <= at < len(handles):
            self.end()
            return False
        self._hold(handles[at])
        return True

    def end(self) -> bool:
        """No cross and no handle any more; False when there was neither."""
        overlay = self._canvas.overlay
        there = self.aim is not None or overlay.handle is not None
        self.aim = overlay.handle = None
        if there:
            self._canvas.update()
            self._canvas.hand_changed.emit()
        return there

    # --- from region to region -----------------------------------------------------------

    def _walk(self, key: Qt.Key) -> bool:
        canvas = self._canvas
        walks = key in _WAYS or key in (Qt.Key.Key_Home, Qt.Key.Key_End)
        if not walks or not canvas.items or canvas.image.isNull():
            return False
        canvas.set_current(self._next(key), say=True)
        return True

    def _use(self, key: Qt.Key) -> bool:
        """What becomes of the region in hand."""
        canvas = self._canvas
        item = canvas.item(canvas.current)
        if item is None:
            return False
        if key in _ENTER:
            canvas.chosen.emit(item.key)
        elif key in _DELETE and item.can_edit:
            canvas.delete_wanted.emit(item.key)
        else:
            return key == Qt.Key.Key_F2 and self.begin_edit()
        return True

    def _next(self, key: Qt.Key) -> object:
        overlay = self._canvas.overlay
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            return overlay.end(key == Qt.Key.Key_End)
        way = _WAYS[key]
        return overlay.step(int(way.x())) if way.x() else overlay.aside(int(way.y()))

    # --- moving points and edges ---------------------------------------------------------

    def begin_edit(self) -> bool:
        overlay = self._canvas.overlay
        item = overlay.item(overlay.current)
        handles = handles_of(item) if item is not None and item.can_edit else ()
        if not handles:
            return False
        self.aim = None
        self._hold(handles[0])
        return True

    def _hold(self, handle: Handle) -> None:
        canvas = self._canvas
        item = canvas.overlay.item(handle.key)
        canvas.overlay.handle = handle
        canvas.update()
        if item is not None:
            canvas.say(handle_words(item, handle, canvas.overlay.photo))

    def _edit(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        canvas, overlay = self._canvas, self._canvas.overlay
        handle = overlay.handle
        item = overlay.item(handle.key) if handle is not None else None
        if handle is None or item is None:
            return False
        by = self._by(key, held, _EDIT_STEP)
        if by is not None:
            canvas.take(moved(item, handle, handle.at + by, overlay.photo), handle)
            if overlay.handle is not None:
                self._hold(overlay.handle)
        elif key in (*_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_F2) and not held:
            self.end()
            canvas.say(strings.EDIT_END)
        elif key in _DELETE and not held and handle.grip is Grip.POINT:
            overlay.handle = None
            canvas.point_removed.emit(handle.key, handle.number)
        else:
            return False
        return True

    # --- the cross -----------------------------------------------------------------------

    def begin_aim(self) -> None:
        canvas = self._canvas
        if canvas.image.isNull():
            return
        canvas.overlay.handle = None
        self.aim = canvas.region_in_sight.center()
        canvas.update()
        canvas.hand_changed.emit()
        canvas.say(strings.AIM_BEGUN)

    def _aim(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        canvas, at = self._canvas, self.aim
        assert at is not None
        by = self._by(key, held, _AIM_STEP)
        if by is not None:
            self.aim = inside(at + by, canvas.overlay.photo)
            far = canvas.reach
            canvas.show_area(QRectF(self.aim, self.aim).adjusted(-far, -far, far, far))
            self._say_aim(self.aim)
        elif key in _ENTER and not held & ~_SHIFT:
            canvas.clicked.emit(at, not held & _SHIFT)
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Insert) and not held:
            self.end()
        else:
            return False
        return True

    def _say_aim(self, at: QPointF) -> None:
        """Where the cross is, and what lies there."""
        canvas = self._canvas
        under = [canvas.item(key) for key in canvas.hits(at)[:1]]
        words = [place_in_percent(at, canvas.overlay.photo)]
        words += [item.label for item in under if item is not None and item.label]
        canvas.say(", ".join(words))

    def _by(self, key: Qt.Key, held: Qt.KeyboardModifier, step: float) -> QPointF | None:
        """How far an arrow key moves, in pixels of the picture."""
        way = _WAYS.get(key)
        if way is None or held & ~(_SHIFT | _CONTROL):
            return None
        if held & _CONTROL:
            return way
        sight = self._canvas.region_in_sight
        far = max(1.0, step * max(sight.width(), sight.height()))
        return way * (far * (_FURTHER if held & _SHIFT else 1))
