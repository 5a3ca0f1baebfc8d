"""What may lie over a picture: one item is one thing a person sees and speaks of. No widgets."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

if TYPE_CHECKING:
    from vlm_desktop.base.grounding import Heatmap, PromptPoint
    from vlm_desktop.base.masks import Mask

Key = Hashable
"""Tells the items over one picture apart; what it is made of is its owner's affair."""


class Kind(StrEnum):
    """What an item mainly is: the first that it has."""

    HEAT = "heat"
    MASK = "mask"
    POLYGON = "polygon"
    BOX = "box"
    POINT = "point"
    NOTHING = "nothing"


class Line(Enum):
    """How an outline is drawn; tells a state without its colour."""

    WHOLE = Qt.PenStyle.SolidLine
    DASHED = Qt.PenStyle.DashLine
    DOTTED = Qt.PenStyle.DotLine


class Tone(StrEnum):
    """The theme's colour of a state, in the place of a colour by number."""

    ACCENT = "accent"
    GOOD = "good"
    CAREFUL = "careful"
    BAD = "bad"
    DISABLED = "disabled"


class Tool(Enum):
    """What the left button does where there is nothing to take hold of."""

    LOOK = "look"
    """A click goes to a region, a drag moves the picture."""
    POINT = "point"
    """A click adds a point, with Shift it takes away; a drag draws a box."""
    BOX = "box"
    """A drag draws a box, a click goes to a region."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a canvas has its overlay drawn: with how wide lines, these with an `edge` that shows on
    any picture or without; and whether all items are named and numbered, or what is up is named."""

    width: float = 2.0
    has_edge: bool = True
    names_all: bool = True


@dataclass(frozen=True, slots=True)
class OverlayItem:
    """An object with its shapes, in pixels of the upright picture at its full size.

    `colour` counts round the theme's colours of overlays. `note` is said after the label, as how
    sure a model is. Items of a `group` stand out together. With `can_edit` its points, corners and
    edges may be moved. Where there is a mask or a polygon, the box shows only for what is up.
    """

    key: Key
    label: str = ""
    colour: int = 0
    box: QRectF | None = None
    mask: "Mask | None" = None
    polygon: tuple[tuple[float, float], ...] = ()
    points: "tuple[PromptPoint, ...]" = ()
    heat: "Heatmap | None" = None
    line: Line = Line.WHOLE
    tone: Tone | None = None
    note: str = ""
    can_edit: bool = False
    group: Key | None = None

    @property
    def kind(self) -> Kind:
        if self.heat is not None:
            return Kind.HEAT
        if self.mask is not None and self.mask.bits.size:
            return Kind.MASK
        if self.polygon:
            return Kind.POLYGON
        if self.box is not None:
            return Kind.BOX
        return Kind.POINT if self.points else Kind.NOTHING

    @property
    def bounds(self) -> QRectF:
        """Around its main shape; of no size for points alone and for heat."""
        match self.kind:
            case Kind.MASK:
                assert self.mask is not None
                height, width = self.mask.bits.shape
                return QRectF(self.mask.left, self.mask.top, width, height)
            case Kind.POLYGON:
                return self.outline.boundingRect()
            case Kind.BOX:
                assert self.box is not None
                return QRectF(self.box)
            case Kind.POINT:
                corners = QPolygonF([QPointF(one.x, one.y) for one in self.points])
                return corners.boundingRect()
        return QRectF()

    @property
    def outline(self) -> QPolygonF:
        """Its polygon as Qt's."""
        return QPolygonF([QPointF(x, y) for x, y in self.polygon])

    def holds(self, at: QPointF) -> bool:
        """Whether a place belongs to it; what is only points has no inside."""
        match self.kind:
            case Kind.MASK:
                assert self.mask is not None
                return self.mask.holds(at.x(), at.y())
            case Kind.POLYGON:
                return self.outline.containsPoint(at, Qt.FillRule.OddEvenFill)
            case Kind.BOX:
                return self.bounds.contains(at)
        return False
