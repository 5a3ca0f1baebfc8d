"""Draws an overlay: lines, washes, numbers, labels, handles. Works nothing out and asks nobody."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.tokens import Colours, heat_ramp
from vlm_desktop.gui.widgets.overlay import Overlay, colour_of
from vlm_desktop.gui.widgets.overlay_handles import Grip, Handle, handles_of
from vlm_desktop.gui.widgets.overlay_items import Kind, Line, Look, OverlayItem

_WASH, _LIT_WASH = 0.11, 0.24
_FILL, _LIT_FILL = 0.34, 0.24
"""What is up lies over itself as it was."""
_EDGE = 0.75
_MIDDLE_GREY = 128
_FINE_ZOOM = 0.75
"""Points of the view per pixel of a rough outline from which on the fine one is drawn."""
_MOST_LABELS = 60
"""Where more is in sight, only what is in hand or pointed at is named."""
_MOST_EDGED = 400
"""Where more is in sight, lines have no edge of their own: they would be all one sees."""
_LEGEND = 120.0
_PLAIN = Look()


class OverlayPainter:
    """Paints one overlay once. `room` is the view, `transform` leads to it from the picture."""

    def __init__(
        self,
        painter: QPainter,
        overlay: Overlay,
        transform: QTransform,
        room: QRectF,
        chosen: Colours,
        font: QFont,
        look: Look = _PLAIN,
    ) -> None:
        self._painter, self._overlay, self._transform = painter, overlay, transform
        self._room, self._chosen, self._look = room, chosen, look
        self._up = frozenset(overlay.upper)
        self._has_heat = any(one.heat is not None for one in overlay.items)
        self._scale = transform.map(QLineF(0, 0, 1, 0)).length()
        self._font = QFont(font)
        self._font.setPixelSize(measures().type_small)
        self._metrics = QFontMetricsF(self._font)
        self._taken: list[QRectF] = []

    def paint(self) -> None:
        """Everything, with names; for what lies there only for a moment."""
        self.paint_upper(self.paint_all())

    def paint_all(self) -> list[int]:
        """Every item as it is when nobody points at it. Costs most; the same until the view or an
        item changes. Numbers of the items in sight, in the order given."""
        back, _ = self._transform.inverted()
        numbers = self._overlay.in_sight(back.mapRect(self._room))
        items = [self._overlay.shown(one) for one in numbers]
        is_crowd = len(items) > _MOST_EDGED
        boxes: dict[tuple[str, Line, bool], list[QRectF]] = {}
        for item in items:
            if item.heat is not None:
                self._paint_heat(item)
            elif item.kind is Kind.BOX and not item.points:
                # Together: thousands of lines of a page are a few calls.
                alike = (self._colour(item).name(), item.line, item.tone is not None)
                boxes.setdefault(alike, []).append(self._transform.mapRect(item.bounds))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_crowd)
        for (name, line, is_washed), rects in boxes.items():
            self._paint_boxes(QColor(name), line, rects, is_washed=is_washed, edged=not is_crowd)
        for item in items:
            if item.heat is None and (item.kind is not Kind.BOX or item.points):
                self._paint_item(item, is_up=False, edged=not is_crowd)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return numbers

    def paint_upper(self, numbers: Sequence[int]) -> None:
        """What is in hand and pointed at, once more and stronger; the legend of heat; names of
        these and, if the look is so, of those by number while they are not too many to read."""
        overlay = self._overlay
        named = numbers if self._look.names_all and len(numbers) <= _MOST_LABELS else ()
        above = [overlay.shown(one) for one in overlay.upper]
        warm = next((one for one in overlay.items if one.heat is not None), None)
        if warm is not None:
            self._paint_legend(warm.label)
        for item in reversed(above):
            self._paint_item(item, is_up=True, edged=True)
        for item in above:
            self._paint_label(item)
        for number in named:
            if number not in self._up:
                self._paint_label(overlay.shown(number))
        for item in above:
            if item.key == overlay.current and item.can_edit:
                self._paint_handles(item)

    # --- shapes --------------------------------------------------------------------------

    def _colour(self, item: OverlayItem) -> QColor:
        if item.tone is not None:
            return QColor(getattr(self._chosen, item.tone))
        return colour_of(item)

    def _is_up(self, item: OverlayItem) -> bool:
        return self._overlay.number_of(item.key) in self._up

    def _pens(self, colour: QColor, line: Line, width: float, *, edged: bool) -> list[QPen]:
        """An edge of the opposite lightness below, so that the line shows on any picture."""
        pens = [QPen(colour, width, line.value)]
        if edged and self._look.has_edge:
            pens.insert(0, QPen(_opposite(colour), width + 1.5))
        for pen in pens:
            pen.setCosmetic(True)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        return pens

    def _paint_boxes(
        self, colour: QColor, line: Line, boxes: list[QRectF], *, is_washed: bool, edged: bool
    ) -> None:
        """Boxes that look alike."""
        painter = self._painter
        wash = QColor(colour)
        wash.setAlphaF(_WASH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        if is_washed:
            painter.drawRects(boxes)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in self._pens(colour, line, self._look.width, edged=edged):
            painter.setPen(pen)
            painter.drawRects(boxes)

    def _paint_item(self, item: OverlayItem, *, is_up: bool, edged: bool) -> None:
        painter, colour, kind = self._painter, self._colour(item), item.kind
        ring = measures().focus_ring + (item.key == self._overlay.current)
        pens = self._pens(colour, item.line, ring if is_up else self._look.width, edged=edged)
        wash = QColor(colour)
        # The picture is the hero: only states and what is in hand are tinted.
        wash.setAlphaF(_LIT_WASH if is_up else _WASH if item.tone is not None else 0.0)
        if kind is Kind.MASK:
            self._paint_mask(item, pens, is_up=is_up)
        elif kind is Kind.POLYGON:
            self._paint_polygon(self._transform.map(item.outline), pens, wash)
        elif kind is Kind.BOX:
            self._paint_polygon(QPolygonF(self._transform.mapRect(item.bounds)), pens, wash)
        if item.box is not None and kind is not Kind.BOX and is_up:
            painter.setPen(self._pens(colour, Line.DASHED, measures().hairline, edged=False)[0])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._transform.mapRect(item.box))
        for point in item.points:
            at = self._transform.map(QPointF(point.x, point.y))
            self._paint_point(at, colour, adds=point.adds, is_up=is_up)

    def _paint_polygon(self, outline: QPolygonF, pens: list[QPen], wash: QColor) -> None:
        painter = self._painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        painter.drawPolygon(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in pens:
            painter.setPen(pen)
            painter.drawPolygon(outline)

    def _paint_mask(self, item: OverlayItem, pens: list[QPen], *, is_up: bool) -> None:
        drawing = self._overlay.drawing(item)
        if drawing is None:
            return
        painter = self._painter
        painter.save()
        painter.setTransform(self._transform)
        if not self._has_heat:  # which a fill would hide
            painter.setOpacity(_LIT_FILL if is_up else _FILL)
            painter.drawImage(drawing.place, drawing.fill)
            painter.setOpacity(1.0)
        path = drawing.fine if self._scale * drawing.step >= _FINE_ZOOM else drawing.rough
        for pen in pens:
            painter.strokePath(path, pen)
        painter.restore()

    def _paint_point(self, at: QPointF, colour: QColor, *, adds: bool, is_up: bool) -> None:
        """Plus on the colour, or minus in a ring of it."""
        painter, size = self._painter, measures().space[1] - (0 if is_up else 1)
        opposite = _opposite(colour)
        painter.setPen(QPen(opposite, 3 if is_up else 2))
        painter.setBrush(colour if adds else QColor(self._chosen.raised))
        painter.drawEllipse(at, size, size)
        sign = QColor(Qt.GlobalColor.black) if adds else QColor(self._chosen.text)
        if adds and colour.lightness() < _MIDDLE_GREY:
            sign = QColor(Qt.GlobalColor.white)
        if not adds:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2))
            painter.drawEllipse(at, size - 1, size - 1)
        painter.setPen(QPen(sign, 2))
        arm = size / 2
        painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
        if adds:
            painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))

    def _paint_heat(self, item: OverlayItem) -> None:
        painter = self._painter
        painter.save()
        painter.setTransform(self._transform)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(), self._overlay.photo), self._overlay.warmth(item))
        painter.restore()

    def _paint_legend(self, label: str) -> None:
        """What the colours of heat mean, in the lower left corner."""
        pad = measures().space[1]
        ends = f"{strings.LEGEND_LITTLE}  {strings.LEGEND_MUCH}"
        wide = max(_LEGEND, self._metrics.horizontalAdvance(ends)) + 2 * pad
        wide = min(wide, self._room.width())
        high = self._metrics.height()
        lines = 2 if label else 1
        ground = QRectF(0, 0, wide, lines * high + 3 * pad)
        ground.moveBottomLeft(self._room.bottomLeft() + QPointF(pad, -pad))
        self._paint_ground(ground)
        line = ground.adjusted(pad, pad / 2, -pad, 0)
        line.setHeight(high)
        painter = self._painter
        painter.setPen(QColor(self._chosen.text))
        painter.setFont(self._font)
        if label:
            self._write(line, label)
            line.translate(0, high)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(line, int(left), strings.LEGEND_LITTLE)
        painter.drawText(line, int(right), strings.LEGEND_MUCH)
        bar = QRectF(line.left(), line.bottom() + pad / 2, line.width(), pad)
        painter.fillRect(bar, heat_brush(bar))
        self._taken.append(ground)

    # --- words ---------------------------------------------------------------------------

    def _paint_label(self, item: OverlayItem) -> None:
        """Its label, and its number in its colour where all have one; where nothing else is."""
        if item.heat is not None:
            return  # its legend says what it is
        number = str(self._overlay.number_of(item.key) + 1)
        pad = float(measures().space[0])
        chip = self._metrics.horizontalAdvance(number) + 2 * pad if self._look.names_all else 0.0
        high = self._metrics.height() + pad
        room = self._room.adjusted(pad, pad, -pad, -pad)
        most = max(0.0, min(room.width() - chip - 2 * pad, room.width() / 2))
        words = " ".join(item.label.split())
        text = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, most)
        wide = chip + (self._metrics.horizontalAdvance(text) + 2 * pad if text else 0.0)
        ground = self._free(item, wide, high, room)
        if ground is None and text and chip:
            text, ground = "", self._free(item, chip, high, room)
        if ground is None or not (chip or text):
            return
        self._taken.append(ground)
        self._paint_ground(ground)
        colour, painter = self._colour(item), self._painter
        painter.setFont(self._font)
        if chip:
            square = QRectF(ground.topLeft(), ground.bottomLeft() + QPointF(chip, 0))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(square, pad, pad)
            painter.setPen(ink_on(colour))
            painter.drawText(square, int(Qt.AlignmentFlag.AlignCenter), number)
        if text:
            painter.setPen(QColor(self._chosen.text))
            self._write(ground.adjusted(chip + pad, 0, 0, 0), text)

    def _free(self, item: OverlayItem, wide: float, high: float, room: QRectF) -> QRectF | None:
        """A place for a label at its item, inside of the view; the item in hand always has one."""
        bounds = self._transform.mapRect(item.bounds)
        bounds = bounds.adjusted(-1, -1, 1, 1) if bounds.isEmpty() else bounds
        around = bounds.adjusted(-3, -3, 3, 3) if item.kind is Kind.POINT else bounds
        seen = around.intersected(room)
        if seen.isEmpty():
            return None
        gap = 2.0 if item.kind is not Kind.POINT else float(measures().space[1])
        first: QRectF | None = None
        for left, top in (
            (seen.left(), around.top() - high - gap),
            (seen.left(), seen.top() + gap),
            (seen.left(), around.bottom() + gap),
            (seen.right() - wide, around.top() - high - gap),
            (seen.right() - wide, around.bottom() + gap),
        ):
            place = QRectF(left, top, wide, high)
            place.moveLeft(max(room.left(), min(place.left(), room.right() - wide)))
            place.moveTop(max(room.top(), min(place.top(), room.bottom() - high)))
            first = first or place
            if not any(place.intersects(other) for other in self._taken):
                return place
        return first if self._is_up(item) else None

    def _paint_ground(self, ground: QRectF) -> None:
        pad = measures().space[0]
        self._painter.setPen(QPen(QColor(self._chosen.hairline), measures().hairline))
        self._painter.setBrush(QColor(self._chosen.raised))
        self._painter.drawRoundedRect(ground, pad, pad)

    def _write(self, room: QRectF, text: str) -> None:
        shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(room, int(left), shown)

    # --- handles -------------------------------------------------------------------------

    def _paint_handles(self, item: OverlayItem) -> None:
        """Small squares on corners and edges; the one that keys move stands out."""
        for handle in handles_of(item):
            is_held = self._overlay.handle == handle
            if is_held or not (handle.grip is Grip.POINT or handle.is_for_keys):
                self._paint_handle(handle, is_held=is_held)

    def _paint_handle(self, handle: Handle, *, is_held: bool) -> None:
        at, half = self._transform.map(handle.at), measures().space[0] - 0.5
        square = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
        painter = self._painter
        painter.setPen(QPen(QColor(Qt.GlobalColor.black), measures().hairline))
        painter.setBrush(QColor(Qt.GlobalColor.white))
        if handle.grip is not Grip.POINT:
            painter.drawRect(square)
        if is_held:
            ring = measures().focus_ring
            around = square.adjusted(-ring, -ring, ring, ring)
            if handle.grip is Grip.POINT:
                around = around.adjusted(-half, -half, half, half)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((Qt.GlobalColor.white, ring + 2), (self._chosen.accent, ring)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(around)


def heat_brush(room: QRectF) -> QBrush:
    """From the left to the right what is cold to what is warm, as it looks over a picture."""
    ramp, heat = QLinearGradient(room.topLeft(), room.topRight()), heat_ramp()
    for number, name in enumerate(heat.colours):
        at, colour = number / (len(heat.colours) - 1), QColor(name)
        colour.setAlphaF(heat.least + at * (heat.most - heat.least))
        ramp.setColorAt(at, colour)
    return QBrush(ramp)


def paint_cross(painter: QPainter, at: QPointF) -> None:
    """Where Enter would click."""
    arm = float(measures().space[3])
    path = QPainterPath()
    for by in (QPointF(arm, 0), QPointF(0, arm)):
        path.moveTo(at - by)
        path.lineTo(at - by / 4)
        path.moveTo(at + by / 4)
        path.lineTo(at + by)
    ring = measures().focus_ring
    for colour, width in ((Qt.GlobalColor.black, 2 * ring), (Qt.GlobalColor.white, ring)):
        painter.strokePath(path, QPen(QColor(colour), width))


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever is read better on a colour."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
                        for one in parts)  # fmt: skip
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor(Qt.GlobalColor.black if light > 0.18 else Qt.GlobalColor.white)


def _opposite(colour: QColor) -> QColor:
    dark = colour.lightness() >= _MIDDLE_GREY
    edge = QColor(Qt.GlobalColor.black if dark else Qt.GlobalColor.white)
    edge.setAlphaF(_EDGE)
    return edge
