"""What lies over a page: where values stand, and what may be moved about there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QTransform

from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.panes.documents.page_shapes import PageShapes
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.overlay_items import Key, Line, OverlayItem, Tone

FieldKey = tuple[str, int]
"""A field's name and row."""
_TONES = {
    FieldState.HUMAN: Tone.ACCENT,
    FieldState.READ: Tone.GOOD,
    FieldState.LEARNED: Tone.GOOD,
    FieldState.EMBEDDED: Tone.GOOD,
    FieldState.DOUBTFUL: Tone.CAREFUL,
    FieldState.UNGROUNDED: Tone.BAD,
    FieldState.MISSING: Tone.DISABLED,
    FieldState.ABSENT: Tone.DISABLED,
}
_TO_LOOK_AT = (FieldState.DOUBTFUL, FieldState.UNGROUNDED)
_AROUND = 0.15
"""Of a word's height: keeps lines off the letters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: a box on the page, its words where they are known."""

    key: FieldKey
    box: QRectF
    state: FieldState
    words: tuple[int, ...] = ()


def items_of(
    marks: Sequence[Mark],
    looked: Sequence[QRectF],
    looked_for: Key | None,
    shapes: PageShapes | None,
) -> list[OverlayItem]:
    """Marks as what lies over the page, all of a field in one group; and, dotted, places where
    the value of a field was looked for. The state is told by the line, too: dashed where a person
    should look."""
    found = []
    for number, mark in enumerate(marks):
        line = Line.DASHED if mark.state in _TO_LOOK_AT else Line.WHOLE
        alike = OverlayItem(number, line=line, tone=_TONES[mark.state], group=mark.key)
        if shapes is None or not shapes.page.view.skew or not mark.words:
            far = _AROUND * mark.box.height()
            found.append(replace(alike, box=mark.box.adjusted(-far, -far, far, far)))
            continue
        for one in shapes.ordered(mark.words):
            corners = tuple(at.toTuple() for at in shapes.polygon(one).toList())
            found.append(replace(alike, key=(number, one), polygon=corners))
    found += [
        OverlayItem(
            ("looked", number), box=area, line=Line.DOTTED, tone=Tone.CAREFUL, group=looked_for
        )
        for number, area in enumerate(looked)
    ]
    return found


class Overlay(Protocol):
    """Something to move about over the page, which has mouse and keys while it is there.

    Points and sizes are those of the page; `reach` is how near a point must be to take hold.
    """

    def paint(self, painter: QPainter, transform: QTransform, chosen: Colours) -> None: ...
    def press(self, at: QPointF, reach: float) -> None: ...
    def drag(self, at: QPointF) -> None: ...
    def release(self) -> None: ...
    def cursor(self, at: QPointF, reach: float) -> Qt.CursorShape: ...
    def key(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        ...

    def tab(self, by: int) -> bool:
        """Whether Tab went to something else here."""
        ...
