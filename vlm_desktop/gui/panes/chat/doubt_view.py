"""Doubt about an answer: each test by its own name, with what it found and what that means."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from vlm_desktop.gui.panes.chat.facts import DoubtFacts
from vlm_desktop.gui.theme import measures


class DoubtView(QFrame):
    """Hidden while nothing was doubted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("doubt")
        self._shown: tuple[DoubtFacts, ...] = ()
        space = measures().space
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(space[2], space[1], space[2], space[1])
        self._column.setSpacing(space[0])
        self.hide()

    def show_doubts(self, doubts: tuple[DoubtFacts, ...]) -> None:
        self.setVisible(bool(doubts))
        if doubts == self._shown:
            return
        self._shown = doubts
        while self._column.count():
            widget = self._column.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, doubt in enumerate(doubts):
            if place:
                self._column.addSpacing(measures().space[1])
            self._add(doubt)

    def _add(self, doubt: DoubtFacts) -> None:
        lines = [("doubtName", doubt.name), ("", doubt.found)]
        lines += [("", one) for one in doubt.details]
        lines.append(("muted", doubt.meaning))
        for name, words in lines:
            if words:
                label = QLabel(words, self)
                label.setObjectName(name)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._column.addWidget(label)
