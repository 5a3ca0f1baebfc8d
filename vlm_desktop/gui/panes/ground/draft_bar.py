"""Under the picture: how far the outline is, by whom it is made, and to keep it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.grounding import AUTOMATIC, CLASSICAL
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.panes.ground.pointing import Pointing
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.row_painting import paint_dot
from vlm_desktop.gui.widgets.spoken import speaks_as
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

UNKNOWN, WORKING, READY = "unknown", "working", "ready"


@speaks_as(QAccessible.Role.Graphic)
class ReadyDot(QWidget):
    """A full dot: the model has looked at the picture; a ring: it has not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = measures().space[2]
        self.setFixedSize(QSize(side, side))
        self.state = UNKNOWN

    def show_state(self, state: str) -> None:
        self.state = state
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        chosen = colours_of(self.palette())
        colour = {READY: chosen.good, WORKING: chosen.accent}.get(self.state, chosen.disabled)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            paint_dot(painter, box, QColor(colour), ring=self.state != READY)


class DraftBar(QFrame):
    """Main thread. Shows what it is told."""

    keep_wanted = Signal()
    drop_wanted = Signal()
    level_wanted = Signal()
    model_chosen = Signal(str)
    other_model_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draftBar")
        space = measures().space
        self.words = ElidedLabel(self)
        self.words.setObjectName("muted")
        self.words.setText(strings.HINT_EMPTY)
        self.level = QPushButton(self)
        self.level.setObjectName("quiet")
        self.level.setToolTip(strings.LEVEL_TIP)
        self.level.clicked.connect(self.level_wanted)
        self.keep = QPushButton(strings.KEEP, self)
        self.keep.setToolTip(strings.KEEP_TIP)
        self.keep.clicked.connect(self.keep_wanted)
        self.drop = QPushButton(strings.DROP, self)
        self.drop.setObjectName("quiet")
        self.drop.setToolTip(strings.DROP_TIP)
        self.drop.clicked.connect(self.drop_wanted)
        for button in (self.level, self.keep, self.drop):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(self.words, 1)
        row.addWidget(self.level)
        row.addWidget(self.keep)
        row.addWidget(self.drop)
        self._build_models()
        self._build_trouble()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[0], space[1], space[0])
        layout.setSpacing(space[0])
        layout.addWidget(self.trouble)
        layout.addLayout(row)
        layout.addWidget(self.choice)
        self.show_models((), AUTOMATIC)
        self.setMinimumHeight(self.keep.sizeHint().height() + 2 * space[0])

    def _build_models(self) -> None:
        self.choice = QWidget(self)
        self.models: QComboBox = ElidedBox(self.choice)
        self.models.setAccessibleName(strings.OUTLINE_WITH)
        self.models.activated.connect(lambda row: self.model_chosen.emit(self.models.itemData(row)))
        label = QLabel(strings.OUTLINE_WITH, self.choice)
        label.setObjectName("hint")
        label.setBuddy(self.models)
        self.dot = ReadyDot(self.choice)
        self.ready = ElidedLabel(self.choice)
        self.ready.setObjectName("hint")
        row = QHBoxLayout(self.choice)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        row.addWidget(label)
        row.addWidget(self.models)
        row.addWidget(self.dot)
        row.addWidget(self.ready, 1)

    def _build_trouble(self) -> None:
        """What went wrong, and another model to try."""
        self.trouble = QFrame(self)
        self.trouble.setObjectName("groundTrouble")
        self.sentence = WrappedLabel("", self.trouble, name="careful")
        self.offers = FlowLayout(None, measures().space[0])
        column = QVBoxLayout(self.trouble)
        column.setContentsMargins(0, 0, 0, measures().space[0])
        column.setSpacing(measures().space[0])
        column.addWidget(self.sentence)
        column.addLayout(self.offers)
        self.trouble.hide()

    # --- what is shown -------------------------------------------------------------------

    def show_models(
        self, models: Sequence[tuple[str, str]], chosen: str, automatic: str = ""
    ) -> None:
        """Shelf models as (id, name); without any there is nothing to choose. `automatic` is the
        name of the one that is taken where nobody chooses, "" where none is."""
        self.models.clear()
        name = automatic or strings.NO_MODEL
        self.models.addItem(fill(strings.AUTOMATIC, name=name), AUTOMATIC)
        self.models.addItem(strings.NO_MODEL, CLASSICAL)
        for model, name in models:
            self.models.addItem(name, model)
        self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        self.choice.setVisible(bool(models))

    def show_ready(self, state: str) -> None:
        """Whether the chosen model has looked at the picture; "" while none is chosen."""
        self.dot.setVisible(bool(state))
        self.dot.show_state(state or UNKNOWN)
        words = {READY: strings.READY, WORKING: strings.PREPARING, UNKNOWN: strings.NOT_READY}
        tips = {READY: strings.READY_TIP, WORKING: strings.PREPARING_TIP}
        self.ready.setText(words.get(state, ""))
        self.dot.setToolTip(tips.get(state, ""))
        self.dot.setAccessibleName(words.get(state, strings.NOT_READY))

    def show_draft(self, pointing: Pointing, model_name: str, hint: str) -> None:
        """What is pointed at; `hint` says what to do while nothing is."""
        active = pointing.is_active
        several = pointing.answer is not None and len(pointing.answer.choices) > 1
        self.words.setText(self.said(pointing, model_name) if active else hint)
        show_gently(self.level, several)
        self.level.setText(self._level_words(pointing, strings.LEVEL_OF))
        self.level.setAccessibleName(self._level_words(pointing, strings.LEVEL_SAID))
        self.level.setAccessibleDescription(strings.LEVEL_TIP)
        show_gently(self.keep, active)
        self.keep.setEnabled(pointing.mask is not None or pointing.prompt.box is not None)
        show_gently(self.drop, active)
        if not active:
            self.show_trouble("")

    def _level_words(self, pointing: Pointing, words: str) -> str:
        """ "Part 2/3": that there are others is said by it, too."""
        choice, answer = pointing.choice, pointing.answer
        if choice is None or answer is None:
            return ""
        number, count = answer.choices.index(choice) + 1, len(answer.choices)
        level = strings.LEVELS[choice.level.value]
        return fill(words, level=level, number=number, count=count)

    def said(self, pointing: Pointing, model_name: str) -> str:
        """How far the outline is."""
        answer = pointing.answer
        if answer is None and pointing.mask is None:
            return strings.OUTLINING
        if answer is not None and not answer.choices:
            return strings.OUTLINING if pointing.is_waiting else strings.NO_OUTLINE
        if pointing.is_waiting and model_name:
            return fill(strings.ROUGH_WAITING, model=model_name)
        if pointing.is_rough:
            return strings.ROUGH
        if answer is not None and pointing.model and model_name:
            return fill(strings.OUTLINED_BY, model=model_name)
        return strings.OUTLINED_PLAIN

    def show_trouble(self, sentence: str, offers: Sequence[tuple[str, str]] = ()) -> None:
        """A sentence, "" for none, and models that may do instead, as (id, button)."""
        if not sentence:
            show_gently(self.trouble, False)
        self.offers.clear()
        for model, words in offers:
            button = QPushButton(words, self.trouble)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, one=model: self.other_model_wanted.emit(one))
            self.offers.addWidget(button)
            button.show()
        self.sentence.setText(sentence)
        show_gently(self.trouble, bool(sentence))
