"""What an open photo says of itself, floating above the lower edge of the picture."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.theme import measures

_BRIEF_MS = 6_000


class FloatingMessage(QLabel):
    """A sentence over `parent`; it takes no room, so that the photo does not move for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("photoMessage")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._brief = QTimer(self, singleShot=True, interval=_BRIEF_MS)
        self._brief.timeout.connect(lambda: self.show_text(""))
        self.hide()

    def show_text(self, text: str) -> None:
        """Show a sentence, or nothing, until another one comes."""
        self._brief.stop()
        self.setText(text)
        self.setVisible(bool(text))
        self.place()

    def say(self, text: str, *, brief: bool = False) -> None:
        """Show it and have it spoken; what is `brief` goes by itself."""
        self.show_text(text)
        announce(self.parentWidget(), text)
        if brief:
            self._brief.start()

    def take_back(self, text: str) -> None:
        """Hide this sentence, if it is the one that stands there."""
        if self.text() == text:
            self.show_text("")

    def place(self) -> None:
        """Follow the size of the parent."""
        room, margin = self.parentWidget().size(), measures().space[3]
        self.setWordWrap(False)
        width = min(self.sizeHint().width(), room.width() - 2 * margin)
        self.setWordWrap(True)
        height = self.heightForWidth(width)
        left = (room.width() - width) // 2
        self.setGeometry(left, room.height() - height - margin, width, height)
