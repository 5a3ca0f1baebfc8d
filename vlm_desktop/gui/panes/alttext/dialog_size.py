"""Dialogs as large as they like to be, and never larger than the window they stand over."""

from PySide6.QtWidgets import QDialog, QWidget

from vlm_desktop.gui.theme import measures


def fit_to(dialog: QDialog, parent: QWidget, wide: int, high: int) -> None:
    """Give a dialog a size in points, held within the parent's window."""
    room, edge = parent.window().size(), measures().space[5]
    dialog.resize(min(room.width() - edge, wide), min(room.height() - edge, high))
