"""The list of a narrow box, as wide as its words."""

from PySide6.QtWidgets import QComboBox, QStyle

from vlm_desktop.gui.theme import measures


def widen_list(box: QComboBox) -> None:
    """Long names are read whole in the list that drops down; call it when the list is filled."""
    view = box.view()
    bar = box.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    view.setMinimumWidth(view.sizeHintForColumn(0) + bar + 2 * measures().space[1])
