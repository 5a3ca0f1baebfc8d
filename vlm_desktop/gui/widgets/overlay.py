"""What lies over one picture: made ready once, then found by place and drawn. No widget."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage

from vlm_desktop.gui.tokens import overlay_colours
from vlm_desktop.gui.widgets.overlay_grid import BoxGrid
from vlm_desktop.gui.widgets.overlay_handles import Handle, handles_of
from vlm_desktop.gui.widgets.overlay_items import Key, Kind, OverlayItem
from vlm_desktop.gui.widgets.region_words import middle_of, reading_order

if TYPE_CHECKING:
    from vlm_desktop.base.grounding import Heatmap
    from vlm_desktop.base.masks import Mask
    from vlm_desktop.gui.widgets.overlay_pixels import MaskDrawing

_ASIDE = 3.0
"""Going up or down, a way aside costs less than one ahead by this factor."""


class Overlay:
    """The items over one picture, which of them is in hand, and which is pointed at.

    Main thread. `put` does all the work that takes time; finding goes through a grid, and drawing
    takes the pictures that are there.
    """

    def __init__(self) -> None:
        self.items: tuple[OverlayItem, ...] = ()
        self.photo = QSizeF()
        self.current: Key | None = None
        self.lit: Key | None = None
        self.handle: Handle | None = None
        """The one that keys move."""
        self.moving: OverlayItem | None = None
        """What an item is while it is dragged; it is painted in that one's place."""
        self.order: tuple[int, ...] = ()
        """Numbers of items as one reads them."""
        self.version = 0
        """Another one with every change of what is painted, apart from what is up."""
        self._numbers: dict[Key, int] = {}
        self._groups: dict[Key, list[int]] = {}
        self._middles: tuple[QPointF, ...] = ()
        self._grid = BoxGrid((), 1.0)
        self._points = BoxGrid((), 1.0)
        self._point_of: tuple[int, ...] = ()
        self._masks: dict[tuple[int, str], tuple[Mask, MaskDrawing]] = {}
        self._heats: dict[int, tuple[Heatmap, QImage]] = {}

    # --- what there is -------------------------------------------------------------------

    def put(self, items: Sequence[OverlayItem], photo: QSize | QSizeF) -> None:
        """Other items over a picture of that size; drawings of masks known already are kept."""
        self.items, self.photo = tuple(items), QSizeF(photo)
        self.version += 1
        self._numbers = {item.key: number for number, item in enumerate(self.items)}
        self._groups = {}
        for number, item in enumerate(self.items):
            if item.group is not None:
                self._groups.setdefault(item.group, []).append(number)
        self.current = self.current if self.current in self._numbers else None
        self.lit = self.lit if self.knows(self.lit) else None
        self.handle = self.same_handle(self.handle)
        if self.moving is not None and self.moving.key not in self._numbers:
            self.moving = None
        longest = max(self.photo.width(), self.photo.height())
        bounds = [item.bounds for item in self.items]
        self._grid = BoxGrid(bounds, longest)
        spots = [(number, one) for number, item in enumerate(self.items) for one in item.points]
        self._points = BoxGrid([QRectF(one.x, one.y, 0, 0) for _, one in spots], longest)
        self._point_of = tuple(number for number, _ in spots)
        self._middles = tuple(middle_of(item, self.photo) for item in self.items)
        places = [
            box if box.isValid() else QRectF(middle, QSizeF())
            for middle, box in zip(self._middles, bounds, strict=True)
        ]
        self.order = tuple(reading_order(places))
        self._draw()

    def change(self, item: OverlayItem) -> None:
        """One item is another now."""
        self.put([item if one.key == item.key else one for one in self.items], self.photo)

    def item(self, key: Key | None) -> OverlayItem | None:
        number = self._numbers.get(key) if key is not None else None
        return self.items[number] if number is not None else None

    def move(self, item: OverlayItem | None) -> None:
        """An item is dragged and looks like this meanwhile; None for no more."""
        if item != self.moving:
            self.moving = item
            self.version += 1

    def shown(self, number: int) -> OverlayItem:
        """The item as it is painted now."""
        item, moving = self.items[number], self.moving
        return moving if moving is not None and moving.key == item.key else item

    def knows(self, key: Key | None) -> bool:
        """Whether it is an item's key, or that of a group."""
        return key is not None and (key in self._numbers or key in self._groups)

    @property
    def upper(self) -> list[int]:
        """Numbers of what is pointed at, with all of its group, and of what is in hand."""
        found = []
        for key in (self.lit, self.current):
            if key is not None:
                found += self._groups.get(key, [])
                found += [self._numbers[key]] if key in self._numbers else []
        return list(dict.fromkeys(found))

    def number_of(self, key: Key | None) -> int:
        """Its place in the order given, counted from 0; -1 for none."""
        return self._numbers.get(key, -1) if key is not None else -1

    def same_handle(self, handle: Handle | None) -> Handle | None:
        """The handle where it is now."""
        item = self.item(handle.key) if handle is not None else None
        if item is None or handle is None or not item.can_edit:
            return None
        same = (handle.grip, handle.number)
        return next((one for one in handles_of(item) if (one.grip, one.number) == same), None)

    # --- pictures made ready -------------------------------------------------------------

    def _draw(self) -> None:
        masks = [item for item in self.items if item.kind is Kind.MASK]
        heats = [item.heat for item in self.items if item.heat is not None]
        known, warm = self._masks, self._heats
        self._masks, self._heats = {}, {}
        if not masks and not heats:
            return
        # Not at the top: the window starts without arrays, and most pictures have no masks.
        pixels = importlib.import_module("vlm_desktop.gui.widgets.overlay_pixels")
        for item in masks:
            assert item.mask is not None
            colour = colour_of(item)
            key = (id(item.mask), colour.name())
            made = known.get(key)
            self._masks[key] = made or (item.mask, pixels.mask_drawing(item.mask, colour))
        for heat in heats:
            self._heats[id(heat)] = warm.get(id(heat)) or (heat, pixels.heat_image(heat))

    def drawing(self, item: OverlayItem) -> "MaskDrawing | None":
        """Of its mask."""
        found = self._masks.get((id(item.mask), colour_of(item).name()))
        return found[1] if found is not None else None

    def warmth(self, item: OverlayItem) -> QImage:
        """Of its heat."""
        found = self._heats.get(id(item.heat))
        return found[1] if found is not None else QImage()

    # --- by place ------------------------------------------------------------------------

    def hits(self, at: QPointF, reach: float) -> tuple[Key, ...]:
        """What lies at a place: points within reach first, then the smaller before the larger."""
        near = self._points.touching(QRectF(at, at).adjusted(-reach, -reach, reach, reach))
        near.sort(key=lambda one: _way(self._points.boxes[one].topLeft() - at))
        found = dict.fromkeys(self.items[self._point_of[one]].key for one in near)
        for number in self._grid.at(at):
            if self.items[number].holds(at):
                found[self.items[number].key] = None
        return tuple(found)

    def handle_at(self, at: QPointF, reach: float) -> Handle | None:
        """What can be taken hold of there: of the current item, then points of others."""
        item = self.item(self.current)
        own = handles_of(item) if item is not None and item.can_edit else ()
        square = QRectF(at, at).adjusted(-reach, -reach, reach, reach)
        others = {self._point_of[one] for one in self._points.touching(square)}
        points = [
            handle
            for number in others
            if self.items[number].can_edit and self.items[number].key != self.current
            for handle in handles_of(self.items[number])[: len(self.items[number].points)]
        ]
        for group in (own, points):
            near = [(_way(one.at - at), one.number, one) for one in group if not one.is_for_keys]
            best = min(near, key=lambda one: one[:2], default=None)
            if best is not None and best[0] <= reach:
                return best[2]
        return None

    def in_sight(self, area: QRectF) -> list[int]:
        """Numbers of items to draw for an area of the picture, in the order given."""
        found = set(self._grid.touching(area))
        found.update(self._point_of[one] for one in self._points.touching(area))
        found.update(number for number, item in enumerate(self.items) if item.heat is not None)
        return sorted(found)

    # --- walking -------------------------------------------------------------------------

    def step(self, by: int) -> Key | None:
        """So many further than the current one in reading order; the first where there is none."""
        if not self.order:
            return None
        number = self.number_of(self.current)
        if number < 0:
            return self.items[self.order[0 if by > 0 else -1]].key
        rank = self.order.index(number) + by
        return self.items[self.order[min(max(rank, 0), len(self.order) - 1)]].key

    def end(self, last: bool) -> Key | None:
        """The first or the last in reading order."""
        return self.items[self.order[-1 if last else 0]].key if self.order else None

    def aside(self, down: int) -> Key | None:
        """The nearest one above (-1) or below (1) the current one; that itself at the ends."""
        number = self.number_of(self.current)
        if number < 0:
            return self.step(down)
        x, y = self._middles[number].toTuple()
        best = (float("inf"), number)
        for other, middle in enumerate(self._middles):
            ahead = (middle.y() - y) * down
            if ahead > 0:
                best = min(best, (ahead * _ASIDE + abs(middle.x() - x), other))
        return self.items[best[1]].key


def colour_of(item: OverlayItem) -> QColor:
    """Its colour by number; the tone of a state is its painter's affair."""
    palette = overlay_colours()
    return QColor(palette[item.colour % len(palette)])


def _way(by: QPointF) -> float:
    return float((by.x() ** 2 + by.y() ** 2) ** 0.5)
