"""What the image is for: six decisions, one key each, and what the program suggests and why."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import AltImage, Decision, Suggestion
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.queue_model import is_led
from vlm_desktop.gui.panes.alttext.queue_view import DECISION_KEYS
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

_SURE, _RATHER_SURE = 0.85, 0.6
_MOST_REASONS = 3


class DecisionBar(QWidget):
    """Pressing the decision there is takes it away again. Main thread."""

    decided = Signal(object)
    """A `Decision`, UNDECIDED where one is taken away."""
    suggestion_taken = Signal()
    group_wanted = Signal()
    """The image belongs to the group of the one before it."""
    lead_wanted = Signal()
    """The image is to carry the text of its group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.label = QLabel(strings.DECISION, self)
        self.label.setObjectName("fact")
        self.buttons: dict[Decision, QToolButton] = {}
        row = QWidget(self)
        flow = FlowLayout(row, space[0])
        for key, decision in DECISION_KEYS.items():
            if decision is not Decision.UNDECIDED:
                flow.addWidget(self._button(decision, key.name.removeprefix("Key_"), row))
        self.suggestion = QLabel(self)
        self.suggestion.setObjectName("hint")
        self.suggestion.setTextFormat(Qt.TextFormat.PlainText)
        self.suggestion.setWordWrap(True)
        self.take = QPushButton(self)
        self.take.setObjectName("quiet")
        self.take.clicked.connect(self.suggestion_taken)
        self.hint = QLabel(self)
        self.hint.setObjectName("muted")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.grouping = QWidget(self)
        choices = FlowLayout(self.grouping, space[0])
        self.with_last = QPushButton(strings.GROUP_WITH, self.grouping)
        self.with_last.setToolTip(strings.GROUP_WITH_TIP)
        self.with_last.clicked.connect(self.group_wanted)
        self.lead = QPushButton(strings.LEAD_GROUP, self.grouping)
        self.lead.clicked.connect(self.lead_wanted)
        for one in (self.with_last, self.lead):
            one.setObjectName("quiet")
            choices.addWidget(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        for one in (self.label, row, self.suggestion):
            column.addWidget(one)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.hint)
        column.addWidget(self.grouping)
        self.show_image(None)

    def _button(self, decision: Decision, key: str, parent: QWidget) -> QToolButton:
        button = QToolButton(parent)
        button.setObjectName("decision")
        button.setText(fill(strings.DECISION_BUTTON, key=key, decision=strings.DECISIONS[decision]))
        button.setCheckable(True)
        button.setAccessibleName(strings.DECISIONS[decision])
        button.setAccessibleDescription(strings.DECISION_TIPS[decision])
        button.setToolTip(fill(strings.DECISION_TIP, what=strings.DECISION_TIPS[decision], key=key))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda on: self.decided.emit(decision if on else Decision.UNDECIDED))
        self.buttons[decision] = button
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The same single keys as in the queue."""
        decision = DECISION_KEYS.get(event.key())  # type: ignore[call-overload]
        if decision is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.decided.emit(decision)
        else:
            super().keyPressEvent(event)

    def show_image(self, image: AltImage | None) -> None:
        """What was decided, and what the program would."""
        decision = image.decision if image is not None else Decision.UNDECIDED
        for one, button in self.buttons.items():
            button.setChecked(one is decision)
            button.setEnabled(image is not None)
        suggestion = image.suggestion if image is not None else None
        suggested = suggestion.decision if suggestion else Decision.UNDECIDED
        open_question = suggested not in (Decision.UNDECIDED, decision)
        self.suggestion.setText(suggestion_words(suggestion) if suggestion else "")
        self.suggestion.setVisible(
            suggested is not Decision.UNDECIDED
            and (open_question or decision is Decision.UNDECIDED)
        )
        self.take.setVisible(open_question)
        if open_question:
            name = strings.DECISIONS[suggested]
            self.take.setText(fill(strings.TAKE_SUGGESTION, decision=name))
        self.grouping.setVisible(decision is Decision.GROUP)
        self.lead.setVisible(image is not None and is_led(image))
        self.hint.setText(_hint(image, decision))
        self.hint.setVisible(bool(self.hint.text()))


def _hint(image: AltImage | None, decision: Decision) -> str:
    """What is to be written for this decision."""
    if image is None or decision is Decision.UNDECIDED:
        return ""
    words = strings.DECISION_HINTS[decision]
    target = image.context.link_target
    if decision is Decision.FUNCTIONAL and target:
        form = strings.IS_BUTTON if target == "button" else strings.LEADS_TO
        words = f"{words} {fill(form, target=target)}"
    return words


def suggestion_words(suggestion: Suggestion) -> str:
    """The decision suggested, why, and how sure the program is."""
    reasons = [reason_words(*one) for one in suggestion.reasons[:_MOST_REASONS]]
    if suggestion.confidence >= _SURE:
        sure = strings.SURE
    elif suggestion.confidence >= _RATHER_SURE:
        sure = strings.RATHER_SURE
    else:
        sure = strings.A_GUESS
    form = strings.SUGGESTED_BECAUSE if reasons else strings.SUGGESTED
    return fill(
        form,
        decision=strings.DECISIONS.get(suggestion.decision, ""),
        reasons=". ".join(reasons),
        sure=sure,
    )


def reason_words(code: str, detail: str) -> str:
    """Why something is suggested; a code without words is told by its detail."""
    form = strings.REASONS.get(code)
    return fill(form, detail=detail) if form else detail or code
