"""The two halves of a review: the list of rules, and the answers of the chosen one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.review_model import VIEWS, ReviewModel
from vlm_desktop.gui.panes.library.review_view import ReviewView
from vlm_desktop.gui.strings import explore as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from vlm_desktop.engine.reviewing import Review, RuleSummary
    from vlm_desktop.gui.panes.library.review_section import ReviewWords

_LIST_WIDTH = 220
_NAME = int(Qt.ItemDataRole.UserRole)
_LEAST, _MOST = 5, 99


class RuleList(QWidget):
    """The rules with how much there is to look at, and buttons below."""

    chosen = Signal(str)

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title, self)
        heading.setObjectName("heading")
        heading.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(name)
        heading.setBuddy(self.list)
        self.buttons = FlowLayout(None, measures().space[0])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        layout.addLayout(self.buttons)
        self.setFixedWidth(_LIST_WIDTH)
        self.list.currentItemChanged.connect(self._chosen)

    def add_button(self, text: str, slot: Callable[[], None]) -> None:
        button = QPushButton(text, self)
        button.clicked.connect(lambda _=False: slot())
        self.buttons.addWidget(button)

    def current(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_NAME))

    def show_rules(self, summaries: "Sequence[RuleSummary]", current: str) -> None:
        """Fill the list; `current` is chosen without telling."""
        self.list.blockSignals(True)
        self.list.clear()
        for summary in summaries:
            item = QListWidgetItem()
            _tell(item, summary)
            self.list.addItem(item)
            if summary.name == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def show_summary(self, summary: "RuleSummary") -> None:
        """One rule stands otherwise now."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_NAME) == summary.name:
                _tell(self.list.item(row), summary)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_NAME))


def _tell(item: QListWidgetItem, summary: "RuleSummary") -> None:
    line = summary.name
    state = strings.RULE_NONE
    if summary.proposed:
        line = fill(strings.RULE_LINE, name=summary.name, proposed=summary.proposed)
        state = fill(strings.RULE_PART, proposed=summary.proposed)
    item.setText(line)
    item.setToolTip(state)
    item.setData(_NAME, summary.name)
    said = fill(strings.RULE_SAID, name=summary.name, state=state)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, said)


class _Nothing(QWidget):
    """Why no photo is shown, and what to do; as narrow as it must be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.sentence = QLabel(self), QLabel(self)
        self.title.setObjectName("heading")
        self.sentence.setObjectName("muted")
        layout = QVBoxLayout(self)
        layout.setSpacing(measures().space[1])
        layout.addStretch(2)
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addStretch(3)


def _sentences(summary: "RuleSummary") -> str:
    """What a policy says, on one line."""
    flag, fine = (strings.POLICY_AND.join(some) for some in (summary.flag, summary.fine))
    if not fine:
        return fill(strings.POLICY_FLAGS, flag=flag)
    return fill(strings.POLICY_FLAGS_BUT, flag=flag, fine=fine)


class ReviewPanel(QWidget):
    """Which photos are shown, the slider, the photos, and what can be said of them."""

    cut_moved = Signal(float)

    def __init__(self, desk: Desk, words: "ReviewWords", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._kept_cut = 0
        self.model = ReviewModel(words.states, self)
        self.grid = ReviewView(desk, self)
        self.grid.setModel(self.model)
        self.nothing = _Nothing(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.grid)
        self.stack.addWidget(self.nothing)
        self.heading = ElidedLabel(self)
        self.heading.setObjectName("heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        self.sentences = ElidedLabel(self)
        self.sentences.setObjectName("muted")
        layout.addWidget(self.heading)
        layout.addWidget(self.sentences)
        layout.addLayout(self._build_views())
        layout.addLayout(self._build_slider())
        layout.addWidget(self.stack, 1)
        layout.addLayout(self._build_buttons())
        self.model.modelReset.connect(self._show_counts)

    def _build_views(self) -> FlowLayout:
        self.views = QButtonGroup(self)
        row = FlowLayout(None, measures().space[0])
        for number, view in enumerate(VIEWS):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setText(self._words.views[view])
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.views.addButton(button, number)
            row.addWidget(button)
        self.views.idToggled.connect(self._view_chosen)
        return row

    def _build_slider(self) -> QHBoxLayout:
        space = measures().space
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(_LEAST, _MOST)
        self.slider.setPageStep(5)
        self._kept_cut = self.slider.value()
        self.slider.setAccessibleName(strings.AT_LEAST_NAME)
        self.slider.valueChanged.connect(self._slid)
        label = QLabel(strings.AT_LEAST, self)
        label.setBuddy(self.slider)
        self.value = QLabel(self)
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance("100 %") + space[0])
        self.learnt = ElidedLabel(self)
        self.learnt.setObjectName("muted")
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(label)
        row.addWidget(self.slider, 2)
        row.addWidget(self.value)
        row.addWidget(self.learnt, 1)
        return row

    def _build_buttons(self) -> FlowLayout:
        row = FlowLayout(None, measures().space[1])
        self.buttons: list[QPushButton] = []
        for text, tip in (self._words.accept, self._words.reject, self._words.clear):
            button = QPushButton(text, self)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            self.buttons.append(button)
            row.addWidget(button)
        self.in_grid = QPushButton(self._words.in_grid, self)
        self.accept_all = QPushButton(self)
        self.accept_all.setObjectName("primary")
        row.addWidget(self.accept_all)
        row.addWidget(self.in_grid)
        return row

    # --- what is shown -------------------------------------------------------------------

    def show_review(self, review: "Review") -> None:
        """The answers of a rule, in the view that is chosen."""
        self.heading.setText(review.summary.name)
        self.sentences.setText(_sentences(review.summary))
        self.sentences.setVisible(bool(review.summary.flag))
        self.learnt.setText(strings.LEARNT if review.summary.learnt else "")
        self.grid.setAccessibleName(review.summary.name)
        percent = round(100 * review.summary.cut)
        self.slider.blockSignals(True)
        self.slider.setValue(percent)
        self.slider.blockSignals(False)
        self._kept_cut = self.slider.value()
        self.value.setText(fill(strings.PERCENT, percent=self.slider.value()))
        self.model.show_review(review)
        self._show_counts()

    def moved_cut(self) -> float | None:
        """Where the person put the slider since the last time; None if it was not moved."""
        if self.slider.value() == self._kept_cut:
            return None
        self._kept_cut = self.slider.value()
        return self._kept_cut / 100

    def judge(self, content_ids: Sequence[int], verdict: int) -> None:
        """Show a judgement before the library has it."""
        self.model.judge(content_ids, verdict)
        self._show_counts()

    def show_view(self, view: str) -> None:
        self.views.button(VIEWS.index(view)).setChecked(True)

    def _view_chosen(self, number: int, checked: bool) -> None:
        if checked:
            self.model.set_view(VIEWS[number])
            self._show_counts()
            self.grid.go_to_row(0)

    def _slid(self, percent: int) -> None:
        self.value.setText(fill(strings.PERCENT, percent=percent))
        self.model.set_cut(percent / 100)
        self._show_counts()
        self.cut_moved.emit(percent / 100)

    def _show_counts(self) -> None:
        counts = self.model.counts()
        for number, view in enumerate(VIEWS):
            text = fill(strings.VIEW_PART, view=self._words.views[view], count=counts[view])
            self.views.button(number).setText(text)
        self.accept_all.setText(fill(self._words.accept_all, count=counts["proposed"]))
        self.accept_all.setEnabled(counts["proposed"] > 0)
        here = counts[self.model.view]
        for button in (*self.buttons, self.in_grid):
            button.setEnabled(here > 0)
        if not here:
            more = self._words.nothing_text if self.model.view in VIEWS[:2] else ""
            self.nothing.title.setText(self._words.nothing[self.model.view])
            self.nothing.sentence.setText(more)
        self.stack.setCurrentWidget(self.grid if here else self.nothing)
