"""Two questions to every run: does the model look at the pictures, and what did it forget?"""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Validated
from vlm_desktop.gui.panes.train.run_bars import Bar, RunBars
from vlm_desktop.gui.panes.train.run_story import RunLook
from vlm_desktop.gui.panes.train.run_words import BAD, GOOD
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

BLIND_ALARM, FORGOT_ALARM = "train-blind", "train-forgot"
_LOSS = "loss"
_WIDE = 640


class RunControl(FollowingScroll):
    """Main thread. Shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        inner = QWidget(self)
        self.blind = _Question(strings.BLIND_TITLE, inner)
        self.general = _Question(strings.GENERAL_TITLE, inner)
        self.note = WrappedLabel(strings.INTERVAL_NOTE, inner, name="hint")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(space[3], space[2], space[3], space[3])
        layout.setSpacing(space[4])
        for one in (self.blind, self.general, self.note):
            one.setMaximumWidth(_WIDE)
            layout.addWidget(one)
        layout.addStretch(1)
        self.setWidget(inner)

    def show_look(self, look: RunLook) -> None:
        self.blind.show_answer(*blind_words(look))
        self.general.show_answer(*general_words(look))
        bars = (*self.blind.bars.bars, *self.general.bars.bars)
        self.note.setVisible(any(one.edges for one in bars))


class _Question(QWidget):
    """A question, the answer in a sentence, and the figures it rests on."""

    def __init__(self, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel(question, self)
        title.setObjectName("heading")
        title.setWordWrap(True)
        self.answer = WrappedLabel(parent=self)
        self.bars = RunBars(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        for one in (title, self.answer, self.bars):
            layout.addWidget(one)

    def show_answer(self, words: str, tone: str, bars: tuple[Bar, ...]) -> None:
        self.answer.setText(words)
        if self.answer.objectName() != tone:
            self.answer.setObjectName(tone)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)
        self.bars.show_bars(bars)


def blind_words(look: RunLook) -> tuple[str, str, tuple[Bar, ...]]:
    """Whether it does better with its eyes open: sentence, tone, bars."""
    said = next((one for one in reversed(look.evaluated) if one.blind is not None), None)
    if said is None or said.blind is None or said.step == 0:
        bars = _blind_bars(said) if said is not None else ()
        return strings.BLIND_NONE, "muted", bars
    is_alarming = any(one.code == BLIND_ALARM and one.step == said.step for one in look.alarms)
    is_lower = said.metric == _LOSS
    form = strings.BLIND_GOOD_LOWER if is_lower else strings.BLIND_GOOD
    words = fill(
        strings.BLIND_BAD if is_alarming else form, blind=said.blind, score=said.score.value
    )
    return words, BAD if is_alarming else GOOD, _blind_bars(said)


def _blind_bars(said: Validated) -> tuple[Bar, ...]:
    score = said.score
    sighted = Bar(strings.BLIND_SIGHTED, score.value, (score.low, score.high), strong=True)
    return sighted, Bar(strings.BLIND_BLANK, said.blind or 0.0, said.blind_range)


def general_words(look: RunLook) -> tuple[str, str, tuple[Bar, ...]]:
    """Whether it still can what it could before: sentence, tone, bars."""
    said = [one for one in look.evaluated if one.general is not None]
    before = next((one for one in said if one.step == 0), None)
    if before is None or before.general is None:
        return strings.GENERAL_NONE, "muted", ()
    base = Bar(strings.GENERAL_BEFORE, before.general, before.general_range)
    after = said[-1]
    if after.step == 0 or after.general is None:
        return fill(strings.GENERAL_PENDING, before=before.general), "muted", (base,)
    is_alarming = any(one.code == FORGOT_ALARM and one.step == after.step for one in look.alarms)
    change = 100 * (after.general - before.general) / abs(before.general) if before.general else 0.0
    words = fill(
        strings.GENERAL_FORGOT if is_alarming else strings.GENERAL_KEPT,
        after=after.general, before=before.general, change=change,
    )  # fmt: skip
    name = fill(strings.GENERAL_AFTER, step=after.step)
    bars = (base, Bar(name, after.general, after.general_range, strong=True))
    return words, BAD if is_alarming else GOOD, bars
