"""An empty conversation: what can be done here, and three questions that are asked by a click."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures

_WIDTH = 480
_SAMPLES = ("chelsea.png", "coffee.png", "page.png")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and the picture it is about; None: those that are in the composer."""

    question: str
    picture: Attachment | None = None


def examples(samples: Path | None, *, has_pictures: bool) -> tuple[Example, ...]:
    """Three questions that can be asked now; none without any picture at all."""
    if has_pictures:
        return tuple(Example(one) for one in strings.own_questions())
    if samples is None:
        return ()
    asked = zip(strings.sample_questions(), _SAMPLES, strict=True)
    found = ((question, samples / name) for question, name in asked)
    return tuple(Example(question, Attachment(path)) for question, path in found)


class WelcomePage(QWidget):
    """Shown instead of the transcript while nothing was asked."""

    asked = Signal(object)
    """An `Example`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        words = QWidget(self)
        words.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(words)
        column.setContentsMargins(space[3], 0, space[3], 0)
        column.setSpacing(space[1])
        self.title = QLabel(strings.WELCOME_TITLE, words)
        self.title.setObjectName("title")
        self.text = QLabel(strings.WELCOME_TEXT, words)
        self.text.setObjectName("muted")
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(space[1])
        self.buttons = [QPushButton(words) for _ in range(3)]
        for button in self.buttons:
            button.setObjectName("example")
            column.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(words, 100)
        middle.addStretch(1)
        layout.addStretch(2)
        layout.addLayout(middle)
        layout.addStretch(3)
        self._examples: tuple[Example, ...] = ()
        for place, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, place=place: self._press(place))

    def show_examples(self, found: tuple[Example, ...]) -> None:
        self._examples = found
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(found))
            if place < len(found):
                example = found[place]
                form = strings.EXAMPLE_WITH if example.picture else "{question}"
                name = example.picture.path.name if example.picture else ""
                button.setText(fill(form, question=example.question, name=name))

    def set_able(self, able: bool) -> None:
        for button in self.buttons:
            button.setEnabled(able)

    def _press(self, place: int) -> None:
        self.asked.emit(self._examples[place])
