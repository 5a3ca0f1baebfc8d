"""A solved case put together by hand: a picture, a question, the right answer."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.picture_chips import picture_name
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog


class ExampleDialog(PlainDialog):
    """Pictures are those of the conversation and of the composer, by their letters."""

    made = Signal(object, str, str)
    """An `Attachment`, a question, the right answer."""

    def __init__(self, pictures: Sequence[tuple[str, Attachment]], parent: QWidget) -> None:
        super().__init__(strings.EXAMPLE_TITLE, strings.EXAMPLE_INTRO, parent)
        space = measures().space
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
        self.lay_out((form,), strings.EXAMPLE_ADD_GO, self._take)
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
