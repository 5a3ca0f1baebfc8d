"""One adapter: its switch, what it learned, where it comes from, what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.adapters import AdapterInfo, AdapterState
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.panes.train.adapters_use import UseBox
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.steady_scroll import keep_bar
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_WIDEST = 52
"""Widest the page gets, in heights of its letters."""
_FACTS = 7


class AdapterDetails(QScrollArea):
    """Shows one adapter; what a person wants is said by signals. Main thread."""

    compare_wanted = Signal()
    comparison_wanted = Signal()
    merge_wanted = Signal()
    export_wanted = Signal()
    rename_wanted = Signal()
    remove_wanted = Signal()
    check_wanted = Signal()
    recipe_wanted = Signal()
    card_wanted = Signal()
    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)
        self.info: AdapterInfo | None = None
        body = QWidget(self)
        body.setMaximumWidth(_WIDEST * measures().type_body)
        self._body = body
        self.name = WrappedLabel(parent=body, name="title")
        self.about = WrappedLabel(parent=body, name="muted")
        self.outcome = WrappedLabel(parent=body)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome.hide()
        self.use = UseBox(body)
        self.compare = self._button(strings.COMPARE, self.compare_wanted, strings.COMPARE_TIP)
        self.comparison = self._button(strings.COMPARE_LAST, self.comparison_wanted)
        self.merge = self._button(strings.MERGE, self.merge_wanted, strings.MERGE_TIP)
        self.export = self._button(strings.EXPORT, self.export_wanted, strings.EXPORT_TIP)
        self.rename = self._button(strings.RENAME, self.rename_wanted)
        self.remove = self._button(strings.REMOVE, self.remove_wanted)
        self.models = self._button(strings.NO_MODELS, self.models_wanted)
        self.check = self._button(strings.CHECK, self.check_wanted, strings.CHECK_TIP, "quiet")
        self.recipe = self._button(strings.RECIPE, self.recipe_wanted, kind="quiet")
        self.card = self._button(strings.CARD, self.card_wanted, kind="quiet")
        self._long = (self.compare, self.merge, self.export, self.check)
        self._lay_out()
        self.setWidget(body)

    def _button(self, text: str, wanted: object, tip: str = "", kind: str = "") -> QPushButton:
        button = QPushButton(text, self._body)
        button.setObjectName(kind)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(lambda: wanted.emit())  # type: ignore[attr-defined]
        return button

    def _lay_out(self) -> None:
        space = measures().space
        column = QVBoxLayout(self._body)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.name)
        head.addWidget(self.about)
        column.addLayout(head)
        column.addWidget(self.outcome)
        column.addWidget(self.use)
        actions = FlowLayout(gap=space[1])
        for button in (
            self.compare, self.comparison, self.merge, self.export, self.models, self.rename,
            self.remove,
        ):  # fmt: skip
            actions.addWidget(button)
        column.addLayout(actions)
        column.addWidget(self._learned_part())
        column.addWidget(self._lineage_part())
        column.addStretch(1)

    def _part(self, title: str) -> tuple[QGroupBox, QVBoxLayout]:
        box = QGroupBox(self._body)
        box.setObjectName("card")
        box.setAccessibleName(title)
        head = QLabel(title, box)
        head.setObjectName("heading")
        column = QVBoxLayout(box)
        space = measures().space
        column.setContentsMargins(space[2], space[1], space[2], space[2])
        column.setSpacing(space[1])
        column.addWidget(head)
        return box, column

    def _learned_part(self) -> QGroupBox:
        box, column = self._part(strings.LEARNED)
        self.learned = WrappedLabel(parent=box)
        self.learned.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.learned)
        return box

    def _lineage_part(self) -> QGroupBox:
        box, column = self._part(strings.LINEAGE)
        form = QFormLayout()
        form.setHorizontalSpacing(measures().space[3])
        form.setVerticalSpacing(measures().space[0])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.facts: list[tuple[QLabel, ElidedLabel]] = []
        for _ in range(_FACTS):
            word, value = QLabel(box), ElidedLabel(box)
            word.setObjectName("fact")
            form.addRow(word, value)
            self.facts.append((word, value))
        column.addLayout(form)
        row = QHBoxLayout()
        row.setSpacing(measures().space[1])
        for button in (self.check, self.recipe, self.card):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return box

    # --- what is shown -----------------------------------------------------------------------

    def show_adapter(self, info: AdapterInfo, together: str, *, has_comparison: bool) -> None:
        if self.info is None or self.info.id != info.id:
            self.outcome.hide()
            self.verticalScrollBar().setValue(0)
        self.info = info
        self.name.setText(info.name)
        self.about.setText(f"{words.teaches(info)}. {words.state_words(info)}.")
        self.use.show_adapter(info, together)
        self.learned.setText("\n".join(words.learned_words(info)))
        for (word, value), (said, shown, whole) in zip(
            self.facts, words.lineage(info), strict=True
        ):
            word.setText(said)
            value.setText(shown)
            value.setToolTip(whole)
            value.setAccessibleName(f"{said}: {whole or shown}")
        self.comparison.setVisible(has_comparison)
        sound = info.state is AdapterState.SOUND
        for button in (self.compare, self.merge, self.export):
            button.setVisible(sound)
        self.models.setVisible(info.state is AdapterState.BASE_ABSENT)
        self.recipe.setVisible(bool(info.recipe))
        self.card.setVisible(bool(info.run))

    def show_busy(self, busy: bool) -> None:
        """Long work goes one piece at a time."""
        for button in self._long:
            button.setEnabled(not busy)

    def show_outcome(self, sentence: str, good: bool) -> None:
        """What came of the last thing that was done with it."""
        self.outcome.setObjectName("good" if good else "bad")
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)
        self.outcome.setText(sentence)
        self.outcome.show()
        self.verticalScrollBar().setValue(0)
        announce(self.outcome, sentence)
