"""The box a person draws on a photo to search for that part: by mouse or by keys alone."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from vlm_desktop.gui.widgets.overlay_handles import inside, placed

_STEP = 0.02
_LEAST = 0.02
_FIRST = 0.4
_GRIP = 12.0


class Region:
    """A rectangle in photo pixels, always inside the photo."""

    def __init__(self, photo: QSizeF) -> None:
        self._photo = photo
        width, height = photo.width() * _FIRST, photo.height() * _FIRST
        self.box = QRectF((photo.width() - width) / 2, (photo.height() - height) / 2, width, height)
        self._before = QRectF(self.box)
        self._anchor: QPointF | None = None
        self._grabbed: QPointF | None = None

    @property
    def is_large_enough(self) -> bool:
        """Whether it holds enough of the photo to say what is looked for."""
        least = _LEAST * min(self._photo.width(), self._photo.height())
        return min(self.box.width(), self.box.height()) >= max(4.0, least)

    # --- by mouse ------------------------------------------------------------------------

    def press(self, at: QPointF, pixels_per_point: float, *, fresh: bool) -> None:
        """Take hold of a corner, else of the whole box, else begin a new one."""
        at = inside(at, self._photo)
        self._before = QRectF(self.box)
        self._anchor = self._grabbed = None
        if not fresh:
            corners = (
                (self.box.topLeft(), self.box.bottomRight()),
                (self.box.topRight(), self.box.bottomLeft()),
                (self.box.bottomLeft(), self.box.topRight()),
                (self.box.bottomRight(), self.box.topLeft()),
            )
            for corner, opposite in corners:
                if (corner - at).manhattanLength() <= _GRIP * pixels_per_point:
                    self._anchor = opposite
                    return
            if self.box.contains(at):
                self._grabbed = at - self.box.topLeft()
                return
        self._anchor = at
        self.box = QRectF(at, at)

    def drag(self, at: QPointF) -> None:
        at = inside(at, self._photo)
        if self._anchor is not None:
            self.box = QRectF(self._anchor, at).normalized()
        elif self._grabbed is not None:
            self.box = placed(self.box, at - self._grabbed, self._photo)

    def release(self) -> None:
        self._anchor = self._grabbed = None

    def take_back(self) -> None:
        """The box is where it was before it was last taken hold of."""
        self.box = QRectF(self._before)

    # --- by keys -------------------------------------------------------------------------

    def key(self, key: int, *, resize: bool) -> bool:
        """Arrows move the box, with `resize` they move its lower right corner."""
        x, y = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(key), (0, 0))
        if not x and not y:
            return False
        by = QPointF(x * _STEP * self._photo.width(), y * _STEP * self._photo.height())
        if resize:
            self._stretch(by)
        else:
            self.box = placed(self.box, self.box.topLeft() + by, self._photo)
        return True

    def _stretch(self, by: QPointF) -> None:
        corner = inside(self.box.bottomRight() + by, self._photo)
        least = _LEAST * min(self._photo.width(), self._photo.height())
        corner.setX(max(corner.x(), self.box.left() + least))
        corner.setY(max(corner.y(), self.box.top() + least))
        self.box = QRectF(self.box.topLeft(), corner)
