"""Dialogs as large as they like to be, and never larger than the window they stand over."""

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from vlm_desktop.gui.theme import measures


def room_for(inner: QWidget, parent: QWidget) -> QWidget:
    """A place that keeps its room while what is in it is hidden."""
    room = QWidget(parent)
    column = QVBoxLayout(room)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inner)
    return room


def fit_to(dialog: QDialog, parent: QWidget, wide: int, high: int) -> None:
    """Give a dialog a size in points, held within the parent's window."""
    room, edge = parent.window().size(), measures().space[5]
    dialog.resize(min(room.width() - edge, wide), min(room.height() - edge, high))
