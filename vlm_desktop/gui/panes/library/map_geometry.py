"""Where the map lies on the canvas: zoom, pan, what a lasso holds. No widgets, no colours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF

MOST_ZOOM = 60.0
_MASK_SIDE = 1024
_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class MapView:
    """Shows the map's point (x, y), 0..1, in the middle of a canvas of width x height pixels.

    `spread` is how wide and how high the part of the map is that has photos. Its middle is that
    of the map. At zoom 1 all of it just fits.
    """

    width: int
    height: int
    spread: tuple[float, float] = (1.0, 1.0)
    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    @property
    def scale(self) -> float:
        """Pixels from one side of the map to the other."""
        fitting = min(self.width / self.spread[0], self.height / self.spread[1])
        return max(1.0, fitting) * self.zoom

    def to_canvas(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points [n, 2] of the map -> pixels [n, 2]."""
        offset = np.array(self._offset(), dtype=np.float32)
        result: NDArray[np.float32] = points * np.float32(self.scale) + offset
        return result

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        left, top = self._offset()
        return (x - left) / self.scale, (y - top) / self.scale

    def whole(self) -> "MapView":
        return replace(self, x=0.5, y=0.5, zoom=1.0)

    def moved(self, dx: float, dy: float) -> "MapView":
        """Dragged by pixels."""
        return self.showing(self.x - dx / self.scale, self.y - dy / self.scale)

    def zoomed(self, factor: float, x: float, y: float) -> "MapView":
        """Closer or further, with the pixel (x, y) staying where it is."""
        zoom = min(max(self.zoom * factor, 1.0), MOST_ZOOM)
        if zoom == 1.0:
            return self.whole()
        fixed_x, fixed_y = self.to_map(x, y)
        closer = replace(self, zoom=zoom)
        return closer.showing(
            fixed_x - (x - self.width / 2) / closer.scale,
            fixed_y - (y - self.height / 2) / closer.scale,
        )

    def showing(self, x: float, y: float) -> "MapView":
        """With a point of the map in the middle."""
        return replace(self, x=min(max(x, 0.0), 1.0), y=min(max(y, 0.0), 1.0))

    def _offset(self) -> tuple[float, float]:
        return self.width / 2 - self.x * self.scale, self.height / 2 - self.y * self.scale


def spread_of(points: NDArray[np.float32]) -> tuple[float, float]:
    """How wide and how high the part of the map around its middle is that holds the points."""
    if not len(points):
        return 1.0, 1.0
    reach = 2 * np.abs(points - 0.5).max(axis=0) + _MARGIN
    return float(reach[0]), float(reach[1])


def inside(
    points: NDArray[np.float32], outline: Sequence[tuple[float, float]]
) -> NDArray[np.bool_]:
    """Which points [n, 2] lie inside a closed outline (even-odd rule)."""
    found = np.zeros(len(points), dtype=bool)
    if len(outline) < 3:
        return found
    corners = np.array(outline, dtype=np.float64)
    low = corners.min(axis=0)
    scale = (_MASK_SIDE - 1) / max(float(np.ptp(corners, axis=0).max()), 1e-9)
    # Painted once and looked up, which for many photos is far quicker than crossing all edges.
    mask = QImage(_MASK_SIDE, _MASK_SIDE, QImage.Format.Format_Grayscale8)
    mask.fill(0)
    painter = QPainter(mask)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in (corners - low) * scale]))
    painter.end()
    painted = np.frombuffer(mask.constBits(), dtype=np.uint8)
    painted = painted.reshape(_MASK_SIDE, mask.bytesPerLine())
    cells = np.floor((points - low) * scale).astype(np.int64)
    rows = np.flatnonzero(((cells >= 0) & (cells < _MASK_SIDE)).all(axis=1))
    found[rows] = painted[cells[rows, 1], cells[rows, 0]] > 0
    return found


def nearest_point(points: NDArray[np.float32], x: float, y: float, within: float) -> int | None:
    """The row of the point nearest to (x, y), if it is not further than `within`."""
    if not len(points):
        return None
    away = (points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2
    row = int(away.argmin())
    return row if away[row] <= within**2 else None


def next_place(places: Sequence[tuple[float, float]], now: int, dx: int, dy: int) -> int:
    """The place to go to from place `now` in a direction: near, and not far off the line."""
    x, y = places[now]
    best, least = now, float("inf")
    for number, (other_x, other_y) in enumerate(places):
        along = (other_x - x) * dx + (other_y - y) * dy
        across = abs((other_x - x) * dy) + abs((other_y - y) * dx)
        if number != now and along > 1e-6 and along + 2 * across < least:
            best, least = number, along + 2 * across
    return best


def first_in_cells(
    points: NDArray[np.float32], view: MapView, cell: int, crowd: float
) -> NDArray[np.int64]:
    """One row for each cell of `cell` pixels on the canvas that holds photos.

    None at all where they would stand for more than `crowd` photos each. Cells hang on the map,
    not on the canvas: dragging does not change who is shown.
    """
    spots = view.to_canvas(points)
    near = np.flatnonzero(
        (spots[:, 0] > -cell)
        & (spots[:, 0] < view.width + cell)
        & (spots[:, 1] > -cell)
        & (spots[:, 1] < view.height + cell)
    )
    if len(near) > crowd * (view.width // cell + 2) * (view.height // cell + 2):
        return near[:0]
    cells = np.floor(points[near] * (view.scale / cell)).astype(np.int64)
    _, first = np.unique(cells[:, 0] * (1 << 20) + cells[:, 1], return_index=True)
    return near[first] if len(near) <= crowd * len(first) else near[:0]
