"""An outline beside a headline; it follows the theme. The headline says the same in words."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.theme import measures


class Sign(QWidget):
    """Main thread. Takes no focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = ""
        side = measures().icon
        self.setFixedSize(side, side)

    def show_sign(self, name: str) -> None:
        """An icon's name; with "" there is none."""
        self.name = name
        self.setVisible(bool(name))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        if self.name:
            with QPainter(self) as painter:
                icon(self.name).paint(painter, self.rect())
