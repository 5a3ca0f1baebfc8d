"""Tabs over what stands beside a picture or page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget


class SideTabs(QWidget):
    """One is chosen. Buttons, not a tab bar: Qt tells of a tab that it has the focus when it has
    not. Main thread."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)

    def add(self, words: str) -> int:
        """Another one at the end; its number."""
        number = len(self.buttons)
        tab = QToolButton(self)
        tab.setObjectName("sideTab")
        tab.setText(words)
        tab.setCheckable(True)
        tab.setAutoExclusive(True)
        tab.setChecked(not self.buttons)
        tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tab.clicked.connect(lambda: self.choose(number))
        self._row.insertWidget(number, tab)
        self.buttons.append(tab)
        return number

    def choose(self, number: int) -> None:
        self.buttons[number].setChecked(True)
        self.chosen.emit(number)
