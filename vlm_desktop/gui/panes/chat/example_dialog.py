"""A solved case put together by hand: a picture, a question, the right answer."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.picture_chips import picture_name
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures


class ExampleDialog(QDialog):
    """Pictures are those of the conversation and of the composer, by their letters."""

    made = Signal(object, str, str)
    """An `Attachment`, a question, the right answer."""

    def __init__(self, pictures: Sequence[tuple[str, Attachment]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.EXAMPLE_TITLE)
        space = measures().space
        intro = QLabel(strings.EXAMPLE_INTRO, self)
        intro.setObjectName("muted")
        intro.setWordWrap(True)
        self.picture = QComboBox(self)
        for letter, one in pictures:
            self.picture.addItem(
                fill(strings.PICTURE_CHIP, letter=letter, name=picture_name(one)), one
            )
        self.question = QLineEdit(self)
        self.question.setAccessibleName(strings.EXAMPLE_QUESTION)
        self.answer = QLineEdit(self)
        self.answer.setAccessibleName(strings.EXAMPLE_ANSWER)
        form = QFormLayout()
        form.setSpacing(space[1])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(strings.EXAMPLE_PICTURE, self.picture)
        form.addRow(strings.EXAMPLE_QUESTION, self.question)
        form.addRow(strings.EXAMPLE_ANSWER, self.answer)
        stay = QPushButton(strings.CANCEL, self)
        stay.clicked.connect(self.reject)
        self.go = QPushButton(strings.EXAMPLE_ADD_GO, self)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._take)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(stay)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(intro)
        column.addLayout(form)
        column.addLayout(buttons)
        self.resize(3 * measures().tile, self.sizeHint().height())
        for line in (self.question, self.answer):
            line.textChanged.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        self.go.setEnabled(bool(self.question.text().strip() and self.answer.text().strip()))

    def _take(self) -> None:
        self.made.emit(
            self.picture.currentData(), self.question.text().strip(), self.answer.text().strip()
        )
        self.accept()
