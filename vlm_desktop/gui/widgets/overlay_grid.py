"""Boxes by place: what lies at a point or in an area, found without asking each of thousands."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF

_CELLS = 48
"""The longer side of the picture is divided into so many cells."""
_MOST_CELLS = 64
"""Boxes over more cells are looked at one by one: no picture makes the grid large."""


class BoxGrid:
    """Boxes numbered as given, in a picture whose longer side is `longest`.

    Made once, on any thread; never changed.
    """

    def __init__(self, boxes: Sequence[QRectF], longest: float) -> None:
        self.boxes = tuple(boxes)
        self._side = max(longest, 1.0) / _CELLS
        self._cells: dict[tuple[int, int], list[int]] = {}
        self._large: list[int] = []
        for number, box in enumerate(self.boxes):
            self._put(number, box)

    def _put(self, number: int, box: QRectF) -> None:
        left, top, right, bottom = self._span(box)
        if (right - left + 1) * (bottom - top + 1) > _MOST_CELLS:
            self._large.append(number)
            return
        for column in range(left, right + 1):
            for row in range(top, bottom + 1):
                self._cells.setdefault((column, row), []).append(number)

    def _span(self, box: QRectF) -> tuple[int, int, int, int]:
        side = self._side
        return (int(box.left() // side), int(box.top() // side), int(box.right() // side),
                int(box.bottom() // side))  # fmt: skip

    def at(self, point: QPointF) -> list[int]:
        """Those that hold a point, the smallest first."""
        cell = (int(point.x() // self._side), int(point.y() // self._side))
        near = (*self._cells.get(cell, ()), *self._large)
        under = [(_size(self.boxes[one]), one) for one in near if self.boxes[one].contains(point)]
        return [one for _, one in sorted(under)]

    def touching(self, area: QRectF) -> list[int]:
        """Those that lie in an area or across its edge, in no order."""
        left, top, right, bottom = self._span(area)
        found = set(self._large)
        if (right - left + 1) * (bottom - top + 1) > len(self._cells):
            # Over a wide area, walking over all cells that hold anything is less work.
            for cell, boxes in self._cells.items():
                if left <= cell[0] <= right and top <= cell[1] <= bottom:
                    found.update(boxes)
        else:
            for column in range(left, right + 1):
                for row in range(top, bottom + 1):
                    found.update(self._cells.get((column, row), ()))
        return [one for one in found if _meet(self.boxes[one], area)]


def _meet(one: QRectF, other: QRectF) -> bool:
    """Also where one of them has no size."""
    return (
        one.left() <= other.right()
        and other.left() <= one.right()
        and one.top() <= other.bottom()
        and other.top() <= one.bottom()
    )


def _size(box: QRectF) -> float:
    return box.width() * box.height()
