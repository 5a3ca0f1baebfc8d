"""How far the text has come, and the buttons that take it further."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import AltState, AltText
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.history_panel import author_words, when
from vlm_desktop.gui.panes.alttext.queue_view import state_colour
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.row_painting import paint_dot
from vlm_desktop.gui.widgets.spoken import speaks_as

_DOT = 10


@speaks_as(QAccessible.Role.Graphic)
class StateDot(QWidget):
    """The same dot as in the queue; the word beside it says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = AltState.EMPTY
        self.setFixedSize(QSize(_DOT, _DOT))

    def show_state(self, state: AltState) -> None:
        self._state = state
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            colour = QColor(state_colour(colours_of(self.palette()), self._state))
            paint_dot(painter, box, colour, ring=self._state is AltState.EMPTY)


class StateLine(QFrame):
    """Stays below the editor's column, whatever is scrolled. Buttons are wired by the pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("altState")
        space = measures().space
        self.dot = StateDot(self)
        self.word = QLabel(self)
        self.word.setObjectName("stateWord")
        self.who = QLabel(self)
        self.who.setObjectName("hint")
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.who.setWordWrap(True)
        said = QHBoxLayout()
        said.setSpacing(space[1])
        said.addWidget(self.dot)
        said.addWidget(self.word)
        said.addWidget(self.who, 1)
        self.stale = QLabel(self)
        self.stale.setObjectName("bad")
        self.stale.setTextFormat(Qt.TextFormat.PlainText)
        self.stale.setWordWrap(True)
        buttons = QWidget(self)
        flow = FlowLayout(buttons, space[0])
        self.facts = self._button(strings.NEEDS_FACTS, strings.NEEDS_FACTS_TIP)
        self.review = self._button(strings.REVIEW, strings.REVIEW_TIP)
        self.edit = self._button(strings.EDIT, strings.EDIT_TIP)
        self.approve = self._button(strings.APPROVE, strings.APPROVE_TIP)
        self.approve.setObjectName("primary")
        for button in (self.approve, self.edit, self.review, self.facts):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[2], space[1], space[2], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.stale)
        column.addLayout(said)
        column.addWidget(buttons)

    def _button(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    def show_text(
        self, text: AltText | None, *, can_approve: bool, can_review: bool, saved: str = ""
    ) -> None:
        """The text's state, whose words it is, and what may be done; None without an image.

        `saved` says how keeping it stands.
        """
        state = text.state if text is not None else AltState.EMPTY
        self.dot.show_state(state)
        self.word.setText(strings.STATES[state] if text is not None else "")
        self.dot.setAccessibleName(self.word.text())
        self.who.setText(_who(text, saved))
        is_stale = state is AltState.STALE
        self.stale.setText(strings.STALE_TEXT if is_stale else "")
        self.stale.setVisible(is_stale)
        there = text is not None
        fixed = state in (AltState.APPROVED, AltState.STALE)
        self.edit.setVisible(there and fixed)
        self.review.setVisible(not fixed)
        self.review.setEnabled(can_review and state is not AltState.IN_REVIEW)
        self.facts.setVisible(state is not AltState.APPROVED)
        self.facts.setEnabled(there)  # once more to change the note
        self.approve.setText(
            strings.NEXT if state is AltState.APPROVED
            else strings.APPROVE_AGAIN if is_stale else strings.APPROVE
        )  # fmt: skip
        self.approve.setEnabled(there and (can_approve or state is AltState.APPROVED))


def _who(text: AltText | None, saved: str) -> str:
    if text is None:
        return ""
    parts = []
    who = author_words(text.written_by, briefly=True)
    if who and text.changed_at:
        parts.append(fill(strings.WHO_WHEN, who=who, when=when(text.changed_at)))
    parts += [saved] if saved else []
    return " · ".join(parts)
