"""Where something lies in a picture, in words; the order one reads regions in. No widgets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.widgets.overlay_items import Kind, OverlayItem

if TYPE_CHECKING:
    from vlm_desktop.base.grounding import Heatmap

_SIDES = 3
_TINY = 0.01
_LINE, _LEAST_LINE = 0.5, 0.02
"""Of the lower one of two boxes, and of the height that all take: so far apart is one line."""


def said(item: OverlayItem, photo: QSizeF, number: int = 0, count: int = 0) -> str:
    """All of an item in one line; "3 of 12" before it where `number` counts from 1."""
    parts = [item.label, details(item, photo)]
    words = ", ".join(part for part in parts if part)
    return fill(strings.COUNTED, number=number, count=count, said=words) if number else words


def details(item: OverlayItem, photo: QSizeF) -> str:
    """Its note, what it is, where, and how large: "outline, upper left, 12 % of the picture"."""
    kind = strings.KINDS[item.kind]
    if item.kind is Kind.POINT:
        kind = strings.points(len(item.points))
    parts = [kind, place_of(middle_of(item, photo), photo)]
    if item.heat is not None:
        parts[1] = fill(strings.STRONGEST, place=parts[1])
    share = share_of(item, photo)
    if share > 0:
        form = strings.SHARE_TINY if share < _TINY else strings.SHARE
        parts.append(fill(form, percent=round(100 * share)))
    return ", ".join([item.note, *parts] if item.note else parts)


def brief(item: OverlayItem, photo: QSizeF) -> str:
    """As much of it as a narrow row has room for, beside a picture that shows the rest."""
    share = share_of(item, photo)
    if share <= 0:
        return details(item, photo)
    parts = [place_of(middle_of(item, photo), photo)]
    form = strings.SHARE_TINY_BRIEF if share < _TINY else strings.SHARE_BRIEF
    parts.append(fill(form, percent=round(100 * share)))
    return ", ".join([item.note, *parts] if item.note else parts)


def middle_of(item: OverlayItem, photo: QSizeF) -> QPointF:
    """The middle of its bounds; of heat, of its strongest cell."""
    return _peak(item.heat, photo) if item.heat is not None else item.bounds.center()


def _peak(heat: "Heatmap", photo: QSizeF) -> QPointF:
    rows, columns = heat.values.shape
    row, column = divmod(int(heat.values.argmax()), columns)
    x, y = (column + 0.5) / columns, (row + 0.5) / rows
    return QPointF(x * photo.width(), y * photo.height())


def place_of(point: QPointF, photo: QSizeF) -> str:
    """ "upper left", "middle", "lower right": which of nine parts of the picture."""
    row, column = _third(point.y(), photo.height()), _third(point.x(), photo.width())
    return strings.PLACES[f"{row}-{column}"]


def _third(at: float, length: float) -> int:
    return min(max(int(_SIDES * at / length), 0), _SIDES - 1) if length > 0 else 1


def share_of(item: OverlayItem, photo: QSizeF) -> float:
    """The part of the picture it covers, 0..1; 0 for points and heat."""
    whole = photo.width() * photo.height()
    if whole <= 0 or item.kind in (Kind.POINT, Kind.HEAT, Kind.NOTHING):
        return 0.0
    if item.kind is Kind.MASK and item.mask is not None:
        return item.mask.area / whole
    if item.kind is Kind.POLYGON:
        return min(1.0, _area(item.polygon) / whole)
    inside = item.bounds.intersected(QRectF(QPointF(), photo))
    return inside.width() * inside.height() / whole


def _area(corners: Sequence[tuple[float, float]]) -> float:
    after = (*corners[1:], *corners[:1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, after, strict=True))) / 2


def reading_order(boxes: Sequence[QRectF]) -> list[int]:
    """Numbers of boxes line by line from the top, each line from the left.

    A line holds what lies with its middle beside the middle of the line's first one.
    """
    middles = [box.center().y() for box in boxes]
    least = _LEAST_LINE * (max(middles) - min(middles)) if boxes else 0.0
    order: list[int] = []
    line: list[int] = []
    for one in sorted(range(len(boxes)), key=middles.__getitem__):
        if line:
            low = min(boxes[one].height(), boxes[line[0]].height())
            if middles[one] - middles[line[0]] > max(_LINE * low, least):
                order += _across(line, boxes)
                line = []
        line.append(one)
    return order + _across(line, boxes)


def _across(line: list[int], boxes: Sequence[QRectF]) -> list[int]:
    return sorted(line, key=lambda one: (boxes[one].center().x(), one))
