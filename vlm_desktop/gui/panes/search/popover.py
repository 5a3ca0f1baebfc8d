"""A small window below a button or chip that goes away by itself."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from vlm_desktop.gui.theme import measures


class Popover(QFrame):
    """Esc and a click elsewhere close it, and the focus goes back to where it was."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        self.setWindowTitle(name)
        self.column = QVBoxLayout(self)
        space = measures().space
        self.column.setContentsMargins(space[3], space[3], space[3], space[3])
        self.column.setSpacing(space[2])

    def open_below(self, widget: QWidget) -> None:
        """Show it under `widget`, or above where there is no room, always inside the screen."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(0, widget.height() + measures().space[0]))
        screen = widget.screen() or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        if corner.y() + self.height() > room.bottom():
            above = widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - measures().space[0]
            corner.setY(max(room.top(), above))
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        self.move(corner)
        self.show()
