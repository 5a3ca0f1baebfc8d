"""A word with its sign: what a phrase or a part of it turned out to be."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.theme import measures


class StateChip(QLabel):
    """Colour, sign and words say the same thing. Takes no focus: what it says is said by its row.

    `tone` is "good", "careful" or "bad" (see the stylesheet).
    """

    def __init__(self, text: str, sign: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stateChip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self._sign = sign
        self._side = measures().type_large
        space = measures().space
        self.setContentsMargins(space[1] + self._side, space[0] // 2, space[1], space[0] // 2)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        left = measures().space[0]
        box = QRect(left, (self.height() - self._side) // 2, self._side, self._side)
        with QPainter(self) as painter:
            icon(self._sign).paint(painter, box)
