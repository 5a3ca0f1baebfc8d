"""Where a photo lies on the screen: fitted or zoomed, moved and turned. No widgets here."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QTransform

MOST_ZOOM = 16.0
STEP = 1.25
_LEAST = 0.25
"""The least zoom, as a part of the fitted one."""


class Geometry:
    """Maps photo pixels to widget points.

    `zoom` counts device pixels per photo pixel, so that 1.0 is 100 % on any screen; None fits
    the photo into the view, enlarged at most by `most_fit`. `focus` is the photo pixel in the
    middle of the view, `turned` quarters clockwise.
    """

    def __init__(self) -> None:
        self.photo = QSizeF()
        self.view = QSizeF()
        self.ratio = 1.0
        self.turned = 0
        self.most_fit = 1.0
        self._zoom: float | None = None
        self._focus = QPointF()

    def show(self, photo: QSize) -> None:
        """Another photo, fitted and upright."""
        self.photo = QSizeF(photo)
        self.turned = 0
        self.fit()

    def resize(self, view: QSize, ratio: float) -> None:
        """The view's size in points, and its device pixels per point."""
        self.view, self.ratio = QSizeF(view), ratio
        self._keep_in_view()

    @property
    def is_fitted(self) -> bool:
        return self._zoom is None

    @property
    def zoom(self) -> float:
        return self._zoom if self._zoom is not None else self.fit_zoom

    @property
    def fit_zoom(self) -> float:
        size = self._turned_size()
        if size.isEmpty() or self.view.isEmpty():
            return 1.0
        room = self.view * self.ratio
        return min(room.width() / size.width(), room.height() / size.height(), self.most_fit)

    @property
    def focus(self) -> QPointF:
        return QPointF(self._focus) if self._zoom is not None else self._middle()

    def fit(self) -> None:
        self._zoom = None

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that what lies under `at` (a point of the view) stays there."""
        at = at or QPointF(self.view.width() / 2, self.view.height() / 2)
        held = self.to_photo(at)
        least = min(self.fit_zoom, 1.0) * _LEAST
        self._focus = self.focus
        self._zoom = max(least, min(MOST_ZOOM, zoom))
        moved = self.to_photo(at)
        self._focus += held - moved
        self._keep_in_view()

    def move(self, by: QPointF) -> bool:
        """Drag the photo by points of the view; False when it lies there whole."""
        if self._zoom is None or not self.is_larger:
            return False
        before = QPointF(self._focus)
        unturned, _ = self._turn().inverted()
        self._focus -= unturned.map(by) * (self.ratio / self.zoom)
        self._keep_in_view()
        return self._focus != before

    def turn(self, quarters: int) -> None:
        self.turned = (self.turned + quarters) % 4
        self._keep_in_view()

    @property
    def is_larger(self) -> bool:
        """Whether parts of the photo lie outside the view."""
        size = self._turned_size() * (self.zoom / self.ratio)
        return size.width() > self.view.width() + 1 or size.height() > self.view.height() + 1

    def transform(self) -> QTransform:
        """From photo pixels to points of the view."""
        scale = self.zoom / self.ratio
        made = QTransform()
        made.translate(self.view.width() / 2, self.view.height() / 2)
        made.scale(scale, scale)
        made.rotate(90.0 * self.turned)
        focus = self.focus
        made.translate(-focus.x(), -focus.y())
        return made

    def to_photo(self, point: QPointF) -> QPointF:
        back, _ = self.transform().inverted()
        return back.map(point)

    def to_view(self, box: QRectF) -> QRectF:
        return self.transform().mapRect(box)

    def wanted_side(self) -> int:
        """Pixels of the longest side that are worth decoding for what is on the screen."""
        return round(max(self.photo.width(), self.photo.height()) * min(1.0, self.zoom))

    def _middle(self) -> QPointF:
        return QPointF(self.photo.width() / 2, self.photo.height() / 2)

    def _turned_size(self) -> QSizeF:
        return self.photo.transposed() if self.turned % 2 else self.photo

    def _turn(self) -> QTransform:
        return QTransform().rotate(90.0 * self.turned)

    def _keep_in_view(self) -> None:
        """No empty edge where there is photo to fill it; a smaller photo stays in the middle."""
        if self._zoom is None:
            return
        half = self.view * (self.ratio / self.zoom / 2)
        if self.turned % 2:
            half = half.transposed()
        x = _held(self._focus.x(), half.width(), self.photo.width())
        y = _held(self._focus.y(), half.height(), self.photo.height())
        self._focus = QPointF(x, y)


def _held(at: float, half: float, length: float) -> float:
    if 2 * half >= length:
        return length / 2
    return min(max(at, half), length - half)
