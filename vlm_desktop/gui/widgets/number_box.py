"""Boxes for numbers whose digits keep off the edge; a stylesheet cannot move them."""

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from vlm_desktop.gui.theme import measures


class NumberBox(QSpinBox):
    """For whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)


class FractionBox(QDoubleSpinBox):
    """For numbers with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)


def _indent(box: QAbstractSpinBox) -> None:
    """As far as the words of other lines stand from their edge: Qt passes over `padding-left`."""
    box.lineEdit().setTextMargins(measures().space[1] - 2, 0, 0, 0)
