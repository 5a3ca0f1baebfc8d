"""What is asked before a model is downloaded or removed. Each question is asked once."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.models.entries import Entry
from vlm_desktop.gui.strings import models as strings
from vlm_desktop.gui.theme import measures

_WIDTH = 40
"""In heights of its letters."""


class DownloadQuestion(QDialog):
    """Size, room, licence, memory and where it comes from, before anything is fetched."""

    def __init__(
        self, entry: Entry, *, free_bytes: int, host: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        card = entry.card
        needed = max(0, card.download_bytes - card.size_bytes)
        size, free = strings.size(needed), strings.size(free_bytes)
        title = fill(strings.ASK_TITLE, name=card.name)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH * measures().type_body)
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[4], space[4], space[4], space[3])
        layout.setSpacing(space[3])
        layout.addWidget(self._label(title, "title"))
        facts = QFormLayout()
        facts.setHorizontalSpacing(space[3])
        facts.setVerticalSpacing(space[1])
        facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        rows = [
            (strings.ASK_SIZE, fill(strings.ASK_SIZE_VALUE, size=size, free=free)),
            (strings.ASK_LICENCE, " – ".join(filter(None, (card.licence, card.notice)))),
            (
                strings.ASK_FROM,
                fill(strings.ASK_FROM_VALUE, host=host, repository=card.repository),
            ),
        ]
        if card.memory_mb:
            memory = fill(strings.ASK_MEMORY_VALUE, size=strings.size(card.memory_mb * 1e6))
            rows.append((strings.ASK_MEMORY, memory))
        for word, value in rows:
            facts.addRow(self._label(word, "muted"), self._label(value))
        layout.addLayout(facts)
        self.network = self._label(strings.ASK_NETWORK)
        layout.addWidget(self.network)
        self.no_room = self._label(fill(strings.ASK_NO_ROOM, needed=size, free=free), "bad")
        self.no_room.setVisible(needed > free_bytes)
        layout.addWidget(self.no_room)
        self.yes = QPushButton(fill(strings.ASK_YES, size=size), self)
        self.yes.setObjectName("primary")
        self.yes.setEnabled(needed <= free_bytes)
        self.no = QPushButton(strings.ASK_NO, self)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.no, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setAccessibleDescription(". ".join(value for _, value in rows))
        self.yes.setDefault(True)
        (self.yes if self.yes.isEnabled() else self.no).setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """As high as its words need: wrapped lines are not in a layout's own minimum."""
        super().showEvent(event)
        height = self.layout().totalHeightForWidth(self.width())
        self.setMinimumHeight(height)
        self.resize(self.width(), height)

    def _label(self, text: str, kind: str = "") -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(kind)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label


def removal_question(entry: Entry, parent: QWidget) -> QMessageBox:
    """Says what is deleted and what stays; its `accepted` follows the answer "Remove"."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    title = fill(strings.REMOVE_TITLE, name=entry.card.name)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(fill(strings.REMOVE_TEXT, size=strings.size(entry.card.size_bytes)))
    box.addButton(strings.REMOVE_YES, QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(strings.REMOVE_NO, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    return box
