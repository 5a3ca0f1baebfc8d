"""The tab that puts what is chosen into words, and sends it elsewhere."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.grounding import DescriptionLength, Expression
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import ground_words as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar
from vlm_desktop.gui.widgets.word_list import WordList
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_PROVEN = 0.5


def expression_words(one: Expression) -> str:
    """The words, and how well they find it again."""
    if one.overlap < _PROVEN:
        return fill(strings.EXPRESSION_LOST, text=one.text)
    form = strings.EXPRESSION_RIVALS if one.rivals > 1 else strings.EXPRESSION_RIVAL
    form = form if one.rivals else strings.EXPRESSION
    return fill(form, text=one.text, overlap=round(100 * one.overlap), rivals=one.rivals)


def is_proven(one: Expression) -> bool:
    """Whether it finds this and nothing else."""
    return one.overlap >= _PROVEN and not one.rivals


class WordsPanel(QWidget):
    """Main thread. Shows what it is told; `WordsCorner` asks."""

    describe_wanted = Signal(object)
    """The `DescriptionLength`."""
    refer_wanted = Signal()
    search_wanted = Signal()
    ask_wanted = Signal()
    taken = Signal(str)
    """Words to look for in the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.expressions: tuple[Expression, ...] = ()
        self.about = WrappedLabel(strings.CHOOSE_FIRST, self, name="muted")
        self.inside = QWidget(self)
        self._build_describing()
        self._build_referring()
        self.search = self._button(strings.SEARCH_REGION, strings.SEARCH_REGION_TIP)
        self.search.clicked.connect(self.search_wanted)
        self.ask = self._button(strings.ASK_REGION, strings.ASK_REGION_TIP)
        self.ask.clicked.connect(self.ask_wanted)
        column = QVBoxLayout(self.inside)
        column.setContentsMargins(0, 0, space[0], 0)
        column.setSpacing(space[1])
        for part in (
            self.length_label, self.length, self.describe, self.description, self.refer,
            self.state, self.list, self.search, self.ask,
        ):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        self.scroll = QScrollArea(self)
        self.scroll.setObjectName("plain")
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self.scroll)
        self.scroll.setWidget(self.inside)
        self.scroll.setMinimumWidth(self.inside.minimumSizeHint().width() + space[2])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[1])
        layout.addWidget(self.about)
        layout.addWidget(self.scroll, 1)
        layout.addStretch(0)
        self.show_about("")

    def _build_describing(self) -> None:
        self.length = QComboBox(self.inside)
        for length in DescriptionLength:
            self.length.addItem(strings.LENGTHS[length.value], length.value)
        self.length.setCurrentIndex(1)
        self.length.setAccessibleName(strings.LENGTH.replace("&", ""))
        self.length_label = QLabel(strings.LENGTH, self.inside)
        self.length_label.setBuddy(self.length)
        self.describe = self._button(strings.DESCRIBE, strings.DESCRIBE_TIP)
        self.describe.clicked.connect(self._describe)
        self.description = WrappedLabel("", self.inside)
        self.description.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.description.setAccessibleDescription(strings.DESCRIPTION)
        self.description.hide()

    def _build_referring(self) -> None:
        self.refer = self._button(strings.REFER, strings.REFER_TIP)
        self.refer.clicked.connect(self.refer_wanted)
        self.state = WrappedLabel("", self.inside, name="hint")
        self.state.hide()
        self.list = WordList(2 * measures().tile, self.inside)
        self.list.setAccessibleName(strings.EXPRESSIONS)
        self.list.setAccessibleDescription(strings.EXPRESSIONS_TIP)
        self.list.setToolTip(strings.EXPRESSIONS_TIP)
        self.list.taken.connect(self._take)
        self.list.hide()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self.inside)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    # --- what is shown -------------------------------------------------------------------

    def show_about(self, words: str, *, is_same: bool = False) -> None:
        """What is put into words, "" for nothing; what was said of something else goes."""
        self.about.setText(words or strings.CHOOSE_FIRST)
        self.scroll.setVisible(bool(words))
        if not is_same:
            self.show_description("")
            self.show_expressions(())

    def show_description(self, words: str) -> None:
        self.description.setText(words)
        self.description.setVisible(bool(words))

    def show_expressions(self, found: Sequence[Expression], state: str = "") -> None:
        self.expressions = tuple(found)
        self.list.show_rows([expression_words(one) for one in found])
        self.list.setVisible(bool(found))
        self.state.setText(state)
        self.state.setVisible(bool(state))

    def _describe(self) -> None:
        self.describe_wanted.emit(DescriptionLength(self.length.currentData()))

    def _take(self, row: int) -> None:
        if 0 <= row < len(self.expressions):
            self.taken.emit(self.expressions[row].text)
