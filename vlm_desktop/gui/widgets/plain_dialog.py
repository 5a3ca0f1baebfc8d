"""What small dialogs of the panes look like: a hint, what it is about, two buttons."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures


class PlainDialog(QDialog):
    """A subclass makes its parts and hands them to `lay_out`, in the order of Tab."""

    go: QPushButton
    """Does what the dialog is for."""

    def __init__(self, title: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.hint = QLabel(hint, self)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)

    def lay_out(
        self,
        parts: tuple[QWidget | QLayout, ...],
        go: str,
        take: Callable[[], object],
        stay_words: str = "",
    ) -> None:
        """Parts below each other, then Cancel (or `stay_words`) and `go`, which Enter presses too.
        The first part takes the room there is if it is a widget."""
        space = measures().space
        stay = QPushButton(stay_words or strings.CANCEL, self)
        stay.clicked.connect(self.reject)
        self.go = QPushButton(go, self)
        self.go.setObjectName("primary")
        self.go.clicked.connect(lambda: take())
        self.go.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(stay)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(self.hint)
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
        if isinstance(parts[0], QWidget):
            column.setStretchFactor(parts[0], 1)
        else:
            column.addStretch(1)
        column.addLayout(buttons)
