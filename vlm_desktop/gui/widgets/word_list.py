"""A list of sentences that wrap, as high as its rows up to some: findings, candidates."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from vlm_desktop.gui.theme import measures

_ENDLESS = 100_000


class WordList(QListWidget):
    """Rows of plain text. Enter and a double click mean the same. Main thread.

    `highest` 0 takes the room there is, as in a dialog.
    """

    taken = Signal(int)
    """The row that is meant."""

    def __init__(self, highest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._highest = highest
        self.inset = 0
        """Width that the words do not have, as for a sign before them."""
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.itemDoubleClicked.connect(lambda item: self.taken.emit(self.row(item)))

    def show_rows(self, rows: Sequence[str]) -> None:
        """Rows that stay the same keep their place, and the current one stays current."""
        before = [self.item(row).text() for row in range(self.count())]
        if before == list(rows):
            return
        current = self.currentRow()
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for row, text in enumerate(rows):
            if row < self.count():
                self.item(row).setText(text)
            else:
                self.addItem(QListWidgetItem(text))
        if rows:
            self.setCurrentRow(min(max(current, 0), len(rows) - 1))
        self._fit()

    def _fit(self) -> None:
        """As high as the words need at this width; measured here, since Qt guesses at it."""
        space = measures().space
        room = QRect(0, 0, max(1, self.viewport().width() - 2 * space[2] - self.inset), _ENDLESS)
        wanted = 2 * max(self.frameWidth(), measures().focus_ring)
        flags = int(Qt.TextFlag.TextWordWrap)
        for row in range(self.count()):
            item = self.item(row)
            lines = self.fontMetrics().boundingRect(room, flags, item.text()).height()
            item.setSizeHint(QSize(0, lines + 2 * space[0] + 2))
            wanted += lines + 2 * space[0] + 2
        if self._highest:
            self.setFixedHeight(min(wanted, self._highest))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentRow() >= 0:
                self.taken.emit(self.currentRow())
            return
        super().keyPressEvent(event)
