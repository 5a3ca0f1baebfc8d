"""One turn: a question in a tinted card, or an answer on the ground."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vlm_desktop.base.chat import Role
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.answer_form import AnswerForm, pretty
from vlm_desktop.gui.panes.chat.answer_view import AnswerView
from vlm_desktop.gui.panes.chat.doubt_view import DoubtView
from vlm_desktop.gui.panes.chat.facts import Life, TurnFacts
from vlm_desktop.gui.panes.chat.sentences import spoken
from vlm_desktop.gui.panes.chat.turn_tools import COPY, DELETE, TurnTools
from vlm_desktop.gui.panes.chat.words_view import WordsView
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.spoken import speaks_as


@speaks_as(QAccessible.Role.ListItem)
class TurnView(QFrame):
    """An item of the transcript. Its parts are for the mouse; the keyboard acts on the whole."""

    tool_pressed = Signal(int, str)
    """The turn's key and a name of `turn_tools`."""
    menu_wanted = Signal(int, object)
    """The turn's key and a global position."""
    link_clicked = Signal(str)
    focused = Signal(int)

    def __init__(self, facts: TurnFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = facts
        self.is_question = facts.role is Role.USER
        self.setObjectName("question" if self.is_question else "answer")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._last = False
        self._build()
        self.show_facts(facts)

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[2], space[1], space[2], space[1])
        column.setSpacing(space[1])
        self._build_head(column)
        if self.is_question:
            self.question = WordsView(self)
            self.question.menu_wanted.connect(self._ask_menu)
            column.addWidget(self.question)
        else:
            self._build_answer(column)
        self.tools = TurnTools(self.facts.role, self)
        self.tools.pressed.connect(lambda name: self.tool_pressed.emit(self.facts.key, name))
        if self.is_question:
            self._head.addWidget(self.tools, 1)
        else:
            column.addWidget(self.tools)

    def _build_head(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        head.setSpacing(measures().space[1])
        self.author = QLabel(self)
        self.author.setObjectName("hint")
        self.author.setTextFormat(Qt.TextFormat.PlainText)
        self.source = QLabel(self)
        self.source.setObjectName("tag")
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self._letters: list[QLabel] = []
        head.addWidget(self.author)
        head.addWidget(self.source)
        self._head = head
        if not self.is_question:
            head.addStretch(1)
        column.addLayout(head)

    def _build_answer(self, column: QVBoxLayout) -> None:
        self.body = QHBoxLayout()
        self.body.setSpacing(measures().space[3])
        self.form: AnswerForm | None = None
        self.answer = AnswerView(self)
        self.answer.link_clicked.connect(self.link_clicked)
        self.answer.menu_wanted.connect(self._ask_menu)
        self.body.addWidget(self.answer, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self.body)
        self.waiting = QLabel(self)
        self.waiting.setObjectName("muted")
        self.waiting.setWordWrap(True)
        column.addWidget(self.waiting)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("bad")
        self.trouble.setWordWrap(True)
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.trouble)
        self.doubts = DoubtView(self)
        column.addWidget(self.doubts)

    # --- what is shown -------------------------------------------------------------------

    def show_facts(self, facts: TurnFacts) -> None:
        """Show what is known of the turn now."""
        grew, self.facts = self.facts.life is Life.STREAMING, facts
        self._show_head(facts)
        if self.is_question:
            self.question.show_plain(facts.text)
        else:
            self._show_answer(facts, gradually=grew)
        self.tools.show_facts(facts)
        busy = facts.life in (Life.WAITING, Life.STREAMING)
        self.tools.setVisible(not busy)
        self._show_tools()
        if busy:
            self.setAccessibleName(
                fill(strings.TURN_NAME, author=facts.author, text=strings.WAITING)
            )
        else:
            self._tell()

    def show_growing(self, text: str) -> None:
        """More of an answer that is being written; only what is new is laid out."""
        self.facts = self.facts.with_text(text, Life.STREAMING)
        self.waiting.hide()
        self.answer.setVisible(bool(text))
        self.answer.show_text(text, plain=self.facts.plain, gradually=True)

    def say_waiting(self, words: str) -> None:
        """What goes on before the first word."""
        self.waiting.setText(words)
        self.waiting.setVisible(bool(words))

    def set_last(self, last: bool) -> None:
        """The last turn shows its tools all the time."""
        self._last = last
        self._show_tools()

    def _show_head(self, facts: TurnFacts) -> None:
        self.author.setText(strings.YOU if self.is_question else facts.author)
        self.source.setText(facts.source)
        self.source.setVisible(bool(facts.source))
        for label in self._letters:
            self._head.removeWidget(label)
            label.deleteLater()
        self._letters = []
        for place, letter in enumerate(facts.letters):
            label = QLabel(letter, self)
            label.setObjectName("letter")
            self._letters.append(label)
            self._head.insertWidget(2 + place, label, 0, Qt.AlignmentFlag.AlignVCenter)

    def _show_answer(self, facts: TurnFacts, *, gradually: bool) -> None:
        fields = facts.schema and facts.life is Life.DONE
        text = pretty(facts.text) if fields else facts.text
        self.answer.show_text(text, plain=facts.plain, gradually=gradually)
        self.answer.setVisible(bool(facts.text))
        if fields and self.form is None:
            self.form = AnswerForm(self)
            self.body.insertWidget(0, self.form, 1, Qt.AlignmentFlag.AlignTop)
        if self.form is not None:
            self.form.setVisible(bool(fields) and self.form.show_json(facts.text))
        stopped = facts.life is Life.STOPPED
        words = strings.WAITING if facts.life is Life.WAITING else strings.STOPPED
        self.say_waiting(words if stopped or facts.life is Life.WAITING else "")
        self.trouble.setText(facts.trouble)
        self.trouble.setVisible(bool(facts.trouble))
        self.doubts.show_doubts(facts.doubts)

    def _tell(self) -> None:
        """What a screen reader says of the turn: its words, then what is to be known beside."""
        facts = self.facts
        words = spoken(facts.text) or facts.trouble
        author = strings.YOU if self.is_question else facts.author
        self.setAccessibleName(fill(strings.TURN_NAME, author=author, text=words))
        said = [facts.source, facts.why]
        if facts.letters:
            said.append(fill(strings.WITH_PICTURES, letters=", ".join(facts.letters)))
        if facts.life is Life.STOPPED:
            said.append(strings.STOPPED)
        if facts.branches > 1:
            said.append(fill(strings.BRANCH_SAID, number=facts.branch, count=facts.branches))
        said += [strings.PINNED] if facts.pinned else []
        said += [answers.VOTE_UP] if facts.vote > 0 else []
        said += [answers.VOTE_DOWN] if facts.vote < 0 else []
        said += [answers.names_places(facts.places)] if facts.places else []
        said += [facts.trouble if words != facts.trouble else "", facts.figures, strings.TURN_HINT]
        self.setAccessibleDescription(". ".join(one.rstrip(".") for one in said if one))

    # --- mouse and keys ------------------------------------------------------------------

    def _show_tools(self) -> None:
        near = self._last or self.underMouse() or self.hasFocus()
        self.tools.show_tools(near)

    def _ask_menu(self, at: object) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.menu_wanted.emit(self.facts.key, at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self._ask_menu(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu):
            below = self.visibleRegion().boundingRect().bottomLeft()
            self.menu_wanted.emit(self.facts.key, self.mapToGlobal(below))
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.tool_pressed.emit(self.facts.key, COPY)
        elif event.key() == Qt.Key.Key_Delete:
            self.tool_pressed.emit(self.facts.key, DELETE)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        self._show_tools()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._show_tools()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._show_tools()
        self.focused.emit(self.facts.key)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._show_tools()
