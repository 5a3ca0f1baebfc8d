"""The quiet line under a turn: what can be done with it, its branches, its figures."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from vlm_desktop.base.chat import Role
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.facts import Life, TurnFacts
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel

COPY, AGAIN, EDIT, PIN, MORE = "copy", "again", "edit", "pin", "more"
BEFORE, AFTER, KEEP, DELETE = "before", "after", "keep", "delete"
UP, DOWN, PLACES = "up", "down", "places"


class TurnTools(QWidget):
    """For the mouse; the same commands are in the turn's menu, which the keyboard opens."""

    pressed = Signal(str)
    """One of the names above."""

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_answer = role is Role.ASSISTANT
        self._compared = False
        self.buttons: dict[str, QToolButton] = {}
        space = measures().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space[0] // 2)
        self.before = self._add(BEFORE, "previous", strings.BRANCH_BEFORE)
        self.place = QLabel(self)
        self.place.setObjectName("hint")
        self.after = self._add(AFTER, "next", strings.BRANCH_AFTER)
        self._hover: list[QToolButton] = [self._add(COPY, "copy", strings.COPY_TURN)]
        if self._is_answer:
            self._hover.append(self._add(AGAIN, "turn-right", strings.AGAIN_TIP))
            self._hover.append(self._add(UP, "right", answers.VOTE_UP))
            self._hover.append(self._add(DOWN, "wrong", answers.VOTE_DOWN))
        else:
            self._hover.append(self._add(EDIT, "chat-edit", strings.EDIT_TURN))
        self._hover.append(self._add(PIN, "chat-pin", strings.PIN_TURN))
        self._hover.append(self._add(MORE, "chat-more", strings.MORE_TURN))
        self.places = self._worded(PLACES, "")
        self.places.setIcon(icon("search-part"))
        self.places.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.keep = self._worded(KEEP, strings.KEEP_ANSWER)
        self.figures = ElidedLabel(self)
        self.figures.setObjectName("hint")
        for one in (self.before, self.place, self.after, self.places):
            row.addWidget(one)
        row.addWidget(self.figures, 1)
        if not self._is_answer:
            row.addStretch(1)
        row.addWidget(self.keep)
        for one in self._hover:
            row.addWidget(one)
        self.figures.setVisible(self._is_answer)

    def _add(self, name: str, sign: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(sign))
        button.setIconSize(QSize(measures().space[3], measures().space[3]))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.pressed.emit(name))
        self.buttons[name] = button
        return button

    def _worded(self, name: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setIconSize(QSize(measures().space[3], measures().space[3]))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.pressed.emit(name))
        return button

    def show_facts(self, facts: TurnFacts) -> None:
        many = facts.branches > 1
        self._compared = facts.compared
        for button in self._hover:
            keeps = button.sizePolicy()
            keeps.setRetainSizeWhenHidden(not facts.compared)
            button.setSizePolicy(keeps)
        for one in (self.before, self.place, self.after):
            one.setVisible(many)
        self.place.setText(fill(strings.BRANCH, number=facts.branch, count=facts.branches))
        self.before.setEnabled(facts.branch > 1)
        self.after.setEnabled(facts.branch < facts.branches)
        self.places.setText(answers.show_places(facts.places))
        self.places.setVisible(facts.places > 0)
        self.keep.setVisible(facts.compared and facts.life is Life.DONE)
        words = [facts.why] if facts.why else []
        words += [facts.figures] if facts.figures else []
        self.figures.setText(strings.BETWEEN.join(words))
        # The label has a tip of its own where it is cut; this one is for the whole line.
        self.setToolTip(facts.figures_tip)
        self._show_state(PIN, facts.pinned, (strings.PIN_TURN, strings.UNPIN_TURN))
        if self._is_answer:
            self._show_state(UP, facts.vote > 0, (answers.VOTE_UP_TIP, answers.VOTE_UP_BACK))
            self._show_state(DOWN, facts.vote < 0, (answers.VOTE_DOWN_TIP, answers.VOTE_DOWN_BACK))
            for name in (UP, DOWN):
                self.buttons[name].setEnabled(facts.life is Life.DONE)

    def _show_state(self, name: str, is_set: bool, tips: tuple[str, str]) -> None:
        button = self.buttons[name]
        button.setToolTip(tips[is_set])
        button.setCheckable(True)
        button.setChecked(is_set)

    def show_tools(self, shown: bool) -> None:
        """Buttons come and go without moving anything; what is set stays."""
        for button in self._hover:
            fits = not self._compared or button is self.buttons[MORE]
            button.setVisible(button.isChecked() or (fits and shown))
