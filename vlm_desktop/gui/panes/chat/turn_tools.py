"""The quiet line under a turn: what can be done with it, its branches, its figures."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from vlm_desktop.base.chat import Role
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.facts import Life, TurnFacts
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel

COPY, AGAIN, EDIT, PIN, MORE = "copy", "again", "edit", "pin", "more"
BEFORE, AFTER, KEEP, DELETE = "before", "after", "keep", "delete"


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
        else:
            self._hover.append(self._add(EDIT, "chat-edit", strings.EDIT_TURN))
        self._hover.append(self._add(PIN, "chat-pin", strings.PIN_TURN))
        self._hover.append(self._add(MORE, "chat-more", strings.MORE_TURN))
        self.keep = QToolButton(self)
        self.keep.setText(strings.KEEP_ANSWER)
        self.keep.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keep.clicked.connect(lambda: self.pressed.emit(KEEP))
        self.figures = ElidedLabel(self)
        self.figures.setObjectName("hint")
        for one in (self.before, self.place, self.after):
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
        self.keep.setVisible(facts.compared and facts.life is Life.DONE)
        words = [facts.why] if facts.why else []
        words += [facts.figures] if facts.figures else []
        self.figures.setText(strings.BETWEEN.join(words))
        # The label has a tip of its own where it is cut; this one is for the whole line.
        self.setToolTip(facts.figures_tip)
        self.buttons[PIN].setToolTip(strings.UNPIN_TURN if facts.pinned else strings.PIN_TURN)
        self.buttons[PIN].setCheckable(True)
        self.buttons[PIN].setChecked(facts.pinned)

    def show_tools(self, shown: bool, *, pinned: bool) -> None:
        """Buttons come and go without moving anything; a pin that is set stays."""
        for button in self._hover:
            fits = not self._compared or button is self.buttons[MORE]
            pins = pinned and button is self.buttons[PIN]
            button.setVisible(fits and (shown or pins))
