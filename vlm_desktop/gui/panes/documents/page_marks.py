"""What lies over a page: where values stand, and what may be moved about there."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QTransform

from vlm_desktop.gui.panes.documents.field_state import FieldState
from vlm_desktop.gui.tokens import Colours


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: a box on the page, its words where they are known."""

    key: tuple[str, int]
    """The field's name and row."""
    box: QRectF
    state: FieldState
    words: tuple[int, ...] = ()


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
