"""A page of one sentence and one or two buttons, for lists with nothing to show."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.gui.theme import measures

_TEXT_WIDTH = 520


@dataclass(frozen=True, slots=True)
class Message:
    """What the page says; buttons without a word are not there."""

    title: str = ""
    sentence: str = ""
    primary: str = ""
    second: str = ""


class MessagePage(QWidget):
    """A title, a sentence and at most two buttons, in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        self.title.setObjectName("title")
        self.sentence = QLabel(self)
        self.sentence.setObjectName("sentence")
        words = QWidget(self)
        words.setFixedWidth(_TEXT_WIDTH)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[1])
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.primary = QPushButton(self)
        self.primary.setObjectName("primary")
        self.second = QPushButton(self)
        space = measures().space
        buttons = QHBoxLayout()
        buttons.setSpacing(space[1])
        buttons.addStretch()
        buttons.addWidget(self.primary)
        buttons.addWidget(self.second)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(space[2])
        layout.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(words)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addSpacing(space[1])
        layout.addLayout(buttons)
        layout.addStretch(3)

    def show_message(self, message: Message) -> None:
        """Buttons without a word are hidden."""
        for label, words in ((self.title, message.title), (self.sentence, message.sentence)):
            label.setText(words)
            label.ensurePolished()
            # Two labels of several lines below each other: Qt gives the one what the other needs.
            label.setFixedHeight(max(0, label.heightForWidth(_TEXT_WIDTH)))
        self.setAccessibleName(message.title)
        self.setAccessibleDescription(message.sentence)
        for button, text in ((self.primary, message.primary), (self.second, message.second)):
            button.setText(text)
            button.setVisible(bool(text))
