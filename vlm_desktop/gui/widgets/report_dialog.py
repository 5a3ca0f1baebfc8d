"""What came of something done to many images: a summary, and a row for each that is to be known."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.word_list import WordList

_WIDE, _HIGH = 560, 420


class ReportDialog(QDialog):
    """`action` is a button with what can be done about the rows. Main thread."""

    def __init__(
        self,
        title: str,
        summary: str,
        rows: Sequence[str],
        list_name: str,
        parent: QWidget,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        space = measures().space
        self.summary = QLabel(summary, self)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        self.list = WordList(0, self)
        self.list.setAccessibleName(list_name)
        self.list.show_rows(rows)
        self.action: QPushButton | None = None
        self._buttons = buttons = QHBoxLayout()
        buttons.addStretch(1)
        if action is not None:
            words, do = action
            self.action = QPushButton(words, self)
            self.action.clicked.connect(lambda: (self.accept(), do()))
            buttons.addWidget(self.action)
        self.shut = QPushButton(strings.CLOSE, self)
        self.shut.setObjectName("primary")
        self.shut.setDefault(True)
        self.shut.clicked.connect(self.accept)
        buttons.addWidget(self.shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(self.summary)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        fit_to(self, parent, _WIDE, _HIGH)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_button(self, button: QPushButton) -> None:
        """One more, before the one that closes."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)
