"""What stands in the middle when there are no photos to show: one sentence, one button."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.gui import strings
from vlm_desktop.gui.searching import SearchState
from vlm_desktop.gui.theme import measures

_TEXT_WIDTH = 520


@dataclass(frozen=True, slots=True)
class Message:
    """What the page says; buttons without a word are not there."""

    title: str = ""
    sentence: str = ""
    primary: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides what the page says."""

    search: SearchState
    failed: str
    contents: int
    known: bool
    indexing: bool
    showing_all: bool
    samples: bool


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
        self.title.setText(message.title)
        self.sentence.setText(message.sentence)
        self.setAccessibleName(message.title)
        self.setAccessibleDescription(message.sentence)
        for button, text in ((self.primary, message.primary), (self.second, message.second)):
            button.setText(text)
            button.setVisible(bool(text))


def what_to_say(now: Situation) -> Message:
    """The message that fits; the most pressing first."""
    search = now.search
    if search.failed or now.failed:
        return Message(strings.FAILED_TITLE, search.failed or now.failed)
    if search.nothing:
        closest = "" if now.showing_all else strings.SHOW_CLOSEST
        return Message(strings.NO_HITS_TITLE, strings.NO_HITS_TEXT, closest)
    if now.contents and not search.empty_library:
        title = strings.READY_TITLE.format(count=strings.photos(now.contents))
        return Message(title, strings.READY_TEXT, strings.ADD_FOLDER_BUTTON)
    if now.indexing:
        return Message(strings.INDEXING_TITLE, strings.INDEXING_TEXT)
    if now.known or search.empty_library:
        samples = strings.TRY_SAMPLES if now.samples else ""
        return Message(strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.ADD_FOLDER_BUTTON, samples)
    return Message()
