"""A box to choose from whose text ends in "…" where there is no room, such as names people give."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)


class ElidedBox(QComboBox):
    """Screen readers and the tooltip have the whole text; where it fits, there is `usual_tip`."""

    def __init__(self, parent: QWidget | None = None, usual_tip: str = "") -> None:
        super().__init__(parent)
        self._usual_tip = usual_tip
        self.setToolTip(usual_tip)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        whole = self.currentText()
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, room.width())
        tip = whole if shown != whole else self._usual_tip
        if tip != self.toolTip():
            self.setToolTip(tip)
        option.currentText = shown  # type: ignore[attr-defined]
        with QStylePainter(self) as painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
