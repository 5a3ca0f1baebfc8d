"""What the Library pane knows of a section."""

from typing import Any

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.theme import measures


class Section(QWidget):
    """One tool of the Library pane, built when it is first shown. Main thread."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    def shown(self) -> None:
        """The section came to front: read what may have changed."""

    def activate(self) -> None:
        """Put the focus where work begins here."""
        self.setFocus()

    def back(self) -> bool:
        """Back out one step (Esc); False when there was nothing to back out of."""
        return False

    def stop(self) -> None:
        """The window closes: begin nothing more."""

    def state(self) -> dict[str, Any]:
        """What is to come back at the next start, as JSON can say it."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` once gave, or a part of it."""


class Heading(QWidget):
    """The title of a section and a sentence about it, read out as one."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        self.title.setObjectName("title")
        self.text = QLabel(text, self)
        self.text.setObjectName("hint")
        self.text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[0])
        layout.addWidget(self.title)
        layout.addWidget(self.text)
