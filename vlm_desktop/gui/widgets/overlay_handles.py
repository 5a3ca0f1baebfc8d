"""What of an item can be moved, and what it is after that. No widgets here."""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.widgets.overlay_items import Key, OverlayItem
from vlm_desktop.gui.widgets.region_words import place_of

_LEAST = 1.0
"""A box stays this wide and high, in pixels."""
_WHOLE = 8
_SIDES = ((0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5))
"""Where the handles of a box lie on it, clockwise."""


class Grip(Enum):
    """What a handle belongs to."""

    POINT = "point"
    CORNER = "corner"
    BOX = "box"


@dataclass(frozen=True, slots=True)
class Handle:
    """The `number`th thing of its sort that can be taken hold of, at a place of the picture.

    Of a box: 0 to 7 clockwise from the upper left corner, 8 for the whole.
    """

    key: Key
    grip: Grip
    number: int
    at: QPointF

    @property
    def is_for_keys(self) -> bool:
        """A whole box is not taken hold of by mouse: what it is drawn around is clicked."""
        return self.grip is Grip.BOX and self.number == _WHOLE


def handles_of(item: OverlayItem) -> tuple[Handle, ...]:
    """Points first: they lie on top."""
    found = [
        Handle(item.key, Grip.POINT, number, QPointF(one.x, one.y))
        for number, one in enumerate(item.points)
    ]
    found += [
        Handle(item.key, Grip.CORNER, number, QPointF(x, y))
        for number, (x, y) in enumerate(item.polygon)
    ]
    box = item.box
    if box is not None:
        places = [
            QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in _SIDES
        ]
        places.append(box.center())
        found += [Handle(item.key, Grip.BOX, number, at) for number, at in enumerate(places)]
    return tuple(found)


def moved(item: OverlayItem, handle: Handle, to: QPointF, photo: QSizeF) -> OverlayItem:
    """The item once a handle is at another place; everything stays inside the picture."""
    to = inside(to, photo)
    if handle.grip is Grip.POINT:
        points = list(item.points)
        points[handle.number] = replace(points[handle.number], x=to.x(), y=to.y())
        return replace(item, points=tuple(points))
    if handle.grip is Grip.CORNER:
        corners = list(item.polygon)
        corners[handle.number] = (to.x(), to.y())
        return replace(item, polygon=tuple(corners))
    assert item.box is not None
    if handle.number == _WHOLE:
        corner = to - (item.box.center() - item.box.topLeft())
        return replace(item, box=placed(item.box, corner, photo))
    return replace(item, box=_stretched(item.box, handle.number, to))


def placed(box: QRectF, corner: QPointF, photo: QSizeF) -> QRectF:
    """A box with its upper left corner there, or as near as the picture allows."""
    left = min(max(0.0, corner.x()), max(0.0, photo.width() - box.width()))
    top = min(max(0.0, corner.y()), max(0.0, photo.height() - box.height()))
    return QRectF(QPointF(left, top), box.size())


def _stretched(box: QRectF, number: int, to: QPointF) -> QRectF:
    """One edge or corner goes along, and stops before the opposite one."""
    x, y = _SIDES[number]
    made = QRectF(box)
    if x == 0:
        made.setLeft(min(to.x(), box.right() - _LEAST))
    elif x == 1:
        made.setRight(max(to.x(), box.left() + _LEAST))
    if y == 0:
        made.setTop(min(to.y(), box.bottom() - _LEAST))
    elif y == 1:
        made.setBottom(max(to.y(), box.top() + _LEAST))
    return made


def inside(at: QPointF, photo: QSizeF) -> QPointF:
    """The nearest place in the picture."""
    return QPointF(min(max(0.0, at.x()), photo.width()), min(max(0.0, at.y()), photo.height()))


def handle_words(item: OverlayItem, handle: Handle, photo: QSizeF) -> str:
    """A handle and where it is, for who does not see it."""
    where = place_in_percent(handle.at, photo)
    if handle.grip is Grip.BOX:
        return fill(strings.HANDLE_BOX, name=strings.HANDLES[str(handle.number)], where=where)
    of_points = handle.grip is Grip.POINT
    form = strings.HANDLE_POINT if of_points else strings.HANDLE_CORNER
    count = len(item.points) if of_points else len(item.polygon)
    return fill(form, number=handle.number + 1, count=count, where=where)


def place_in_percent(at: QPointF, photo: QSizeF) -> str:
    """ "upper left, 12 % from the left, 8 % from the top"."""
    x = round(100 * at.x() / max(photo.width(), 1.0))
    y = round(100 * at.y() / max(photo.height(), 1.0))
    return f"{place_of(at, photo)}, {fill(strings.AIM_AT, x=x, y=y)}"
