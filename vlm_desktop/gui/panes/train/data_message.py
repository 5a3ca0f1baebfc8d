"""A sentence and a button in the place of a list, as narrow as a column may be."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class ColumnMessage(QWidget):
    """Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.title = WrappedLabel("", self, name="heading")
        self.sentence = WrappedLabel("", self, name="muted")
        self.primary = QPushButton(self)
        self.primary.setObjectName("primary")
        self.primary.setAutoDefault(False)
        self._do: Callable[[], object] = lambda: None
        self.primary.clicked.connect(lambda _: self._do())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space[4], 0, 0)
        column.setSpacing(space[2])
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addWidget(self.primary, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def tell(self, title: str, sentence: str, button: str, do: Callable[[], object]) -> None:
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.primary.setText(button)
        self._do = do
