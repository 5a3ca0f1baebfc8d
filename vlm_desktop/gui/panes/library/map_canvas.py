"""The canvas of the map: dots from afar, pictures from near, names of places, and the lasso.

A frame costs the same for a hundred photos and a hundred thousand: numpy turns positions into one
picture of dots, and at most one thumbnail a cell is painted over it.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.map_dots import dots
from vlm_desktop.gui.panes.library.map_geometry import (
    MapView,
    first_in_cells,
    inside,
    nearest_point,
    next_place,
    spread_of,
)
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures, Wanted
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.spoken import speaks_as

if TYPE_CHECKING:
    from vlm_desktop.engine.mapping import PhotoMap

_PICTURE = 64
_CELL = 80
_CROWD = 5.0
_ZOOM_STEP = 1.25
_WHEEL_STEP = 120.0
_NEAR = 10
_KEPT_BYTES = 48 * 1024 * 1024
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@speaks_as(QAccessible.Role.Graphic)
class MapCanvas(QWidget):
    """Shows a `PhotoMap`. Main thread."""

    selection_changed = Signal(str)
    """Another selection; the name of the place it is, "" for a lasso or single photo."""
    show_wanted = Signal()
    """Enter on a place that is selected already."""
    photo_wanted = Signal(int)
    place_changed = Signal(int)
    """The keyboard went to this place."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(240, 200))
        self.setAccessibleDescription(strings.MAP_HELP)
        self.pictures = GridPictures(desk.services, desk.runner, self, kept_bytes=_KEPT_BYTES)
        self.pictures.loaded.connect(self.update)
        self.map: PhotoMap | None = None
        self.view = MapView(1, 1)
        self.selected = np.zeros(0, dtype=bool)
        self.place = 0
        self.selected_place: int | None = None
        self.lasso = False
        self._outline: list[tuple[float, float]] = []
        self._dragged: QPointF | None = None
        self._moved = False
        self._image: QImage | None = None
        self._cells = np.zeros(0, dtype=np.int64)

    # --- what is shown -------------------------------------------------------------------

    def show_map(self, drawn: "PhotoMap") -> None:
        """Another map, or the same with new photos; the selection stays as far as it can."""
        kept = self.selected_ids()
        self.map = drawn
        self.selected = np.isin(drawn.content_ids, kept)
        self.view = replace(self.view, spread=spread_of(drawn.positions))
        self.place = min(self.place, max(0, len(drawn.places) - 1))
        self.selected_place = None
        self.setAccessibleName(
            fill(strings.MAP_NAME, photos=strings.photos(len(drawn.content_ids)))
        )
        self._changed()

    def selected_ids(self) -> tuple[int, ...]:
        """The selected photos, by content id."""
        if self.map is None:
            return ()
        return tuple(self.map.content_ids[self.selected].tolist())

    def clear_selection(self) -> bool:
        """False when nothing was selected."""
        had = bool(self.selected.any())
        self.selected = np.zeros_like(self.selected)
        self.selected_place = None
        if had:
            self._changed()
            self.selection_changed.emit("")
        return had

    def select_place(self, number: int, *, centre: bool = True) -> None:
        """Select the photos of a place and show it."""
        if self.map is None or not 0 <= number < len(self.map.places):
            return
        self.place, self.selected_place = number, number
        self.selected = self.map.place_of == number
        if centre:
            self._go_to(number)
        self._changed()
        self.selection_changed.emit(self.name_of(number))

    def name_of(self, number: int) -> str:
        """What a place is called, also one that no word stands out for."""
        assert self.map is not None
        return self.map.places[number].name or fill(strings.UNNAMED_PLACE, number=number + 1)

    def zoom_by(self, factor: float) -> None:
        self.view = self.view.zoomed(factor, self.width() / 2, self.height() / 2)
        self._changed()

    def show_whole(self) -> None:
        self.view = self.view.whole()
        self._changed()

    def set_lasso(self, on: bool) -> None:
        """Whether dragging draws a line around photos instead of moving the map."""
        self.lasso = on
        self._outline = []
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def _go_to(self, number: int) -> None:
        assert self.map is not None
        place = self.map.places[number]
        spot = self.view.to_canvas(np.array([[place.x, place.y]], dtype=np.float32))[0]
        margin = _CELL
        if not (
            margin <= spot[0] <= self.width() - margin
            and margin <= spot[1] <= self.height() - margin
        ):
            self.view = self.view.showing(place.x, place.y)

    def _changed(self) -> None:
        self._image = None
        self.update()

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            colours = colours_of(self.palette())
            painter.fillRect(self.rect(), QColor(colours.sunken))
            if self.map is None:
                return
            if self._image is None:
                self._draw_dots()
            assert self._image is not None
            painter.drawImage(self.rect(), self._image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_pictures(painter)
            self._paint_names(painter)
            if len(self._outline) > 1:
                painter.setPen(QPen(QColor(colours.accent), measures().focus_ring))
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in self._outline]))
            if self.hasFocus():
                painter.setPen(QPen(QColor(colours.accent), measures().focus_ring))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw_dots(self) -> None:
        """The picture of dots and the photos that stand for their cells, for this view."""
        assert self.map is not None
        colours = colours_of(self.palette())
        spots = self.view.to_canvas(self.map.positions)
        radius = 1 if len(spots) > 3_000 and self.view.zoom < 4 else 2
        size = (self.width(), self.height())
        self._image = dots(spots, self.selected, size, radius, colours.text_muted, colours.accent)
        self._cells = first_in_cells(self.map.positions, self.view, _CELL, _CROWD)
        ratio = self.devicePixelRatioF()
        side = round(_PICTURE * ratio)
        radius = round(measures().radius * ratio)
        self.pictures.want(
            [
                Wanted(content_id, side, side, radius)
                for content_id in self.map.content_ids[self._cells].tolist()
            ]
        )

    def _paint_pictures(self, painter: QPainter) -> None:
        assert self.map is not None
        colours = colours_of(self.palette())
        for row in self._cells.tolist():
            picture = self.pictures.picture(int(self.map.content_ids[row]))
            if picture is None:
                continue
            square = self._square(row)
            painter.drawPixmap(square, picture, QRectF(picture.rect()))
            if self.selected[row]:
                painter.setPen(QPen(QColor(colours.accent), 2 * measures().focus_ring))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(square, measures().radius, measures().radius)

    def _square(self, row: int) -> QRectF:
        """Where a photo's picture is painted: around its dot, within its cell."""
        assert self.map is not None
        x, y = self.view.to_canvas(self.map.positions[row : row + 1])[0].tolist()
        left, top = self.view.to_canvas(np.zeros((1, 2), dtype=np.float32))[0].tolist()
        half = _PICTURE / 2
        sides = []
        for spot, start in ((x, left), (y, top)):
            cell = start + math.floor((spot - start) / _CELL) * _CELL
            sides.append(min(max(spot, cell + half), cell + _CELL - half) - half)
        return QRectF(sides[0], sides[1], _PICTURE, _PICTURE)

    def _paint_names(self, painter: QPainter) -> None:
        """Names from the largest place down, each where no other one is."""
        assert self.map is not None
        colours, space = colours_of(self.palette()), measures().space
        font = QFont(self.font())
        font.setPixelSize(measures().type_small)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        order = list(range(len(self.map.places)))
        if self.hasFocus() and order:
            order.remove(self.place)
            order.insert(0, self.place)
        taken: list[QRectF] = []
        middles = np.array([(one.x, one.y) for one in self.map.places], dtype=np.float32)
        spots = self.view.to_canvas(middles.reshape(-1, 2))
        for number in order:
            if not self.map.places[number].name and number != self.place:
                continue
            name = self.name_of(number)
            width = metrics.horizontalAdvance(name) + 2 * space[1]
            box = QRectF(0, 0, width, metrics.height() + space[0])
            box.moveCenter(QPointF(*spots[number].tolist()))
            if not QRectF(self.rect()).contains(box):
                continue
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            here = self.hasFocus() and number == self.place
            edge = colours.accent if here else colours.hairline
            width = measures().focus_ring if here else measures().hairline
            painter.setPen(QPen(QColor(edge), width))
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(box, measures().radius, measures().radius)
            painter.setPen(QColor(colours.text))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)

    # --- mouse ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton or self.map is None:
            return
        self._moved = False
        self._dragged = event.position()
        if self.lasso:
            self._outline = [(event.position().x(), event.position().y())]
        else:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._dragged is None:
            return
        step = event.position() - self._dragged
        if not self._moved and step.manhattanLength() < 4:
            return
        self._moved = True
        self._dragged = event.position()
        if self.lasso:
            self._outline.append((event.position().x(), event.position().y()))
            self.update()
        else:
            self.view = self.view.moved(step.x(), step.y())
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._dragged is None or self.map is None:
            return
        self._dragged = None
        if not self.lasso:
            self.setCursor(Qt.CursorShape.ArrowCursor)
        if not self._moved:
            self._outline = []
            self._select_rows(self._at(event.position()))
        elif self.lasso:
            outline = [self.view.to_map(x, y) for x, y in self._outline]
            self._outline = []
            add = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.select_within(outline, add=add)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        row = self._at(event.position())
        if row is not None and self.map is not None:
            self.photo_wanted.emit(int(self.map.content_ids[row]))

    def select_within(self, outline: list[tuple[float, float]], *, add: bool = False) -> None:
        """Select what lies inside an outline of map points; with `add`, that too."""
        assert self.map is not None
        found = inside(self.map.positions, outline)
        self.selected = found | self.selected if add else found
        self.selected_place = None
        self._changed()
        self.selection_changed.emit("")

    def _at(self, spot: QPointF) -> int | None:
        """The row of the photo under a point: its picture, else its dot."""
        assert self.map is not None
        for row in self._cells.tolist():
            if self._square(row).contains(spot):
                return row
        x, y = self.view.to_map(spot.x(), spot.y())
        return nearest_point(self.map.positions, x, y, _NEAR / self.view.scale)

    def _select_rows(self, row: int | None) -> None:
        self.selected = np.zeros_like(self.selected)
        if row is not None:
            self.selected[row] = True
        self.selected_place = None
        self._changed()
        self.selection_changed.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        factor = _ZOOM_STEP ** (event.angleDelta().y() / _WHEEL_STEP)
        self.view = self.view.zoomed(factor, event.position().x(), event.position().y())
        self._changed()
        event.accept()

    # --- keyboard ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if self.map is None or not self.map.places:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            places = [(place.x, place.y) for place in self.map.places]
            self.place = next_place(places, self.place, *_ARROWS[Qt.Key(key)])
            self._go_to(self.place)
            self._changed()
            self.place_changed.emit(self.place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.selected_place == self.place and key != Qt.Key.Key_Space:
                self.show_wanted.emit()
            else:
                self.select_place(self.place)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:  # noqa: N802
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:  # noqa: N802
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._changed()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.view = replace(self.view, width=self.width(), height=self.height())
        self._changed()
