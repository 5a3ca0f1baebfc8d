"""Questions and answers of one example as a form of several turns."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import ExampleKind, Exchange
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar
from vlm_desktop.gui.widgets.typing_undo import TypingLine

_LINES = 5
_TALL = (ExampleKind.CAPTION, ExampleKind.FIELDS)


class TurnForm(QWidget):
    """One question and its answer."""

    changed = Signal()
    remove_wanted = Signal()

    def __init__(self, kind: ExampleKind, turn: Exchange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._was = turn
        self.ask_label = QLabel(self)
        self.ask = TypingLine(self)
        self.ask.setText(turn.ask)
        self.ask.setCursorPosition(0)
        self.ask.setPlaceholderText(strings.EDIT_ASK_HINT)
        self.answer_label = QLabel(self)
        self.answer = QPlainTextEdit(turn.answer, self)
        self.answer.setTabChangesFocus(True)
        self._shown = Exchange(self.ask.text(), self.answer.toPlainText())
        """As the widgets say it: line breaks may be others there."""
        height = self.answer.fontMetrics().lineSpacing() * _LINES + 2 * measures().space[1]
        self.answer.setMinimumHeight(height)
        self.remove = QToolButton(self)
        self.remove.setIcon(icon("close"))
        self.remove.clicked.connect(lambda _: self.remove_wanted.emit())
        for label in (self.ask_label, self.answer_label):
            label.setObjectName("hint")
        head = QHBoxLayout()
        head.addWidget(self.ask_label, 1)
        head.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[0])
        column.addLayout(head)
        column.addWidget(self.ask)
        column.addWidget(self.answer_label)
        column.addWidget(self.answer, 1)
        is_box = kind is ExampleKind.BOX  # its answer is the box, which is moved in the picture
        self.answer_label.setVisible(not is_box)
        self.answer.setVisible(not is_box)
        self.ask.textChanged.connect(self.changed)
        self.answer.textChanged.connect(self.changed)

    def show_number(self, number: int, count: int) -> None:
        """Its place among the turns; one alone needs none and cannot be removed."""
        if self._kind is ExampleKind.BOX:
            ask, answer = strings.EDIT_ASK_BOX, strings.EDIT_ANSWER
        elif count == 1:
            ask, answer = strings.EDIT_ASK, strings.EDIT_ANSWER
        else:
            ask = fill(strings.EDIT_ASK_NUMBER, number=number)
            answer = fill(strings.EDIT_ANSWER_NUMBER, number=number)
        self.ask_label.setText(ask)
        self.ask.setAccessibleName(ask)
        self.answer_label.setText(answer)
        self.answer.setAccessibleName(answer)
        words = fill(strings.EDIT_REMOVE_TURN, number=number)
        self.remove.setAccessibleName(words)
        self.remove.setToolTip(words)
        self.remove.setVisible(count > 1)

    @property
    def turn(self) -> Exchange:
        """As it is written now; what nobody changed stays as it was to the last blank."""
        ask, answer = self.ask.text(), self.answer.toPlainText()
        return Exchange(
            self._was.ask if ask == self._shown.ask else ask.strip(),
            self._was.answer if answer == self._shown.answer else answer.strip(),
        )


class TurnsForm(QScrollArea):
    """All turns, below each other. Main thread."""

    changed = Signal()
    grown = Signal()
    """There is a turn more, or one less."""

    def __init__(
        self, kind: ExampleKind, turns: Sequence[Exchange], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._is_box = kind is ExampleKind.BOX
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)
        inner = QWidget(self)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, measures().space[1], 0)
        self._column.setSpacing(measures().space[2])
        self.forms: list[TurnForm] = []
        self.more = QPushButton(strings.EDIT_ADD_TURN, inner)
        self.more.setObjectName("quiet")
        self.more.setAutoDefault(False)
        self.more.setVisible(kind in (ExampleKind.CAPTION, ExampleKind.QUESTION))
        self.more.clicked.connect(lambda _: self.add(Exchange("", "")).ask.setFocus())
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1 if self._is_box else 0)
        self.setWidget(inner)
        for turn in turns:
            self.add(turn)

    def add(self, turn: Exchange) -> TurnForm:
        form = TurnForm(self._kind, turn, self.widget())
        form.changed.connect(self.changed)
        form.remove_wanted.connect(lambda: self._remove(form))
        self.forms.append(form)
        self._column.insertWidget(len(self.forms) - 1, form, 0 if self._is_box else 1)
        self._number()
        return form

    def _remove(self, form: TurnForm) -> None:
        at = self.forms.index(form)
        self.forms.remove(form)
        self._column.removeWidget(form)
        form.hide()
        form.deleteLater()
        self._number()
        self.forms[max(0, at - 1)].ask.setFocus()

    def _number(self) -> None:
        for number, form in enumerate(self.forms, 1):
            form.show_number(number, len(self.forms))
        self.changed.emit()
        self.grown.emit()

    @property
    def turns(self) -> tuple[Exchange, ...]:
        """Turns without a word are none."""
        return tuple(one.turn for one in self.forms if one.turn.ask or one.turn.answer)
