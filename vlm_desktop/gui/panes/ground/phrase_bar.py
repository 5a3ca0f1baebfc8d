"""Above the picture: the line for phrases, and what became of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.grounding import AUTOMATIC, STARTER
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.answer_rows import AnswerRows
from vlm_desktop.gui.panes.ground.phrasing import Asked, phrases_in
from vlm_desktop.gui.strings import ground as ground_strings
from vlm_desktop.gui.strings import ground_phrases as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.typing_undo import TypingLine

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 20_000


class PhraseBar(QFrame):
    """Main thread. Shows what it is told; the pane asks."""

    asked = Signal(list)
    """Phrases to look for."""
    count_wanted = Signal(str)
    model_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("phraseBar")
        space = measures().space
        self.line = TypingLine(self)
        self.line.setObjectName("query")
        self.line.setAccessibleName(strings.PHRASES)
        self.line.setAccessibleDescription(strings.PHRASES_TIP)
        self.line.setPlaceholderText(strings.PHRASES_HINT)
        self.line.setToolTip(strings.PHRASES_TIP)
        self.line.setMaxLength(LONGEST)
        add_clear_button(self.line)
        self.line.returnPressed.connect(self.find_now)
        self.find = self._button(strings.FIND, strings.FIND_TIP, self.find_now)
        self.count = self._button(strings.COUNT, strings.COUNT_TIP, self._count)
        self.choice = QWidget(self)
        self.models = ElidedBox(self.choice)
        self.models.setAccessibleName(strings.FIND_WITH)
        self.models.setToolTip(strings.FIND_WITH)
        self.models.activated.connect(lambda row: self.model_chosen.emit(self.models.itemData(row)))
        self.models_label = QLabel(strings.FIND_WITH, self.choice)
        self.models_label.setBuddy(self.models)
        self.models_label.setObjectName("hint")
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(self.line, 1)
        row.addWidget(self.find)
        row.addWidget(self.count)
        self.rows = AnswerRows(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[1], space[1], space[0])
        layout.setSpacing(space[0])
        layout.addLayout(row)
        layout.addWidget(self.rows)
        layout.addWidget(self._build_after())
        self.show_models((), AUTOMATIC)
        self.show_state(can_ask=False)

    def _build_after(self) -> QWidget:
        """What may be done with all that was found."""
        self.after = QWidget(self)
        chooser = QHBoxLayout(self.choice)
        chooser.setContentsMargins(0, 0, 0, 0)
        chooser.setSpacing(measures().space[1])
        chooser.addWidget(self.models_label)
        chooser.addWidget(self.models)
        flow = FlowLayout(self.after, measures().space[0])
        flow.addWidget(self.choice)
        self.keep_all = self._button(strings.KEEP_ALL, strings.KEEP_ALL_TIP, None)
        self.clear = self._button(strings.CLEAR, strings.CLEAR_TIP, None)
        for button in (self.keep_all, self.clear):
            button.setObjectName("quiet")
            button.hide()
            flow.addWidget(button)
        self.after.hide()
        return self.after

    def _button(self, text: str, tip: str, slot: "Callable[[], object] | None") -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setAutoDefault(False)
        if slot is not None:
            button.clicked.connect(lambda _=False: slot())
        return button

    # --- what is shown -------------------------------------------------------------------

    def show_models(
        self, models: Sequence[tuple[str, str]], chosen: str, automatic: str = ""
    ) -> None:
        """Shelf models as (id, name); without any there is nothing to choose. `automatic` is the
        name of the one that is taken where nobody chooses, "" for what came with the program."""
        self.models.clear()
        name = automatic or strings.FIND_STARTER
        self.models.addItem(fill(ground_strings.AUTOMATIC, name=name), AUTOMATIC)
        self.models.addItem(strings.FIND_STARTER, STARTER)
        for model, name in models:
            self.models.addItem(name, model)
        self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        self.choice.setVisible(bool(models))
        self._show_after()

    def show_state(self, *, can_ask: bool) -> None:
        for button in (self.find, self.count):
            button.setEnabled(can_ask)

    def show_asked(self, asked: Sequence[Asked]) -> None:
        self.rows.show_asked(asked)
        found = sum(len(one.answer.regions) for one in asked if one.answer is not None)
        for button in (self.keep_all, self.clear):
            button.setVisible(bool(asked))
        self.keep_all.setEnabled(found > 0)
        self._show_after()

    def _show_after(self) -> None:
        """Only where there is something in it."""
        parts = (self.choice, self.keep_all)
        self.after.setVisible(any(not one.isHidden() for one in parts))

    def focus(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    # --- what is asked -------------------------------------------------------------------

    @property
    def phrases(self) -> list[str]:
        return phrases_in(self.line.text())

    def find_now(self) -> None:
        if self.find.isEnabled():
            self.asked.emit(self.phrases)

    def _count(self) -> None:
        self.count_wanted.emit(next(iter(self.phrases), ""))
