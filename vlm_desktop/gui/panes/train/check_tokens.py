"""The text of an example as the model reads it: in colour, as a list, or plain."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.check_seen import SeenExample, SeenToken, runs_of
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.side_tabs import SideTabs


class TokenView(QWidget):
    """Main thread; `tabs` are placed by whoever shows it. Colour is not all that tells what is
    learned: it is bold and underlined, too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._example: SeenExample | None = None
        self.tabs = SideTabs(self)
        self.tabs.setAccessibleName(strings.SHOWN_AS)
        for words in (strings.IN_COLOUR, strings.AS_LIST, strings.AS_TEMPLATE):
            self.tabs.add(words)
        self.coloured = QTextEdit(self)
        self.coloured.setAccessibleName(strings.TOKENS)
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.TOKEN_LIST)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.plain = QPlainTextEdit(self)
        self.plain.setAccessibleName(strings.TEMPLATE)
        for one in (self.coloured, self.plain):
            one.setReadOnly(True)
            one.setTabChangesFocus(True)
            one.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            one.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.stack = QStackedWidget(self)
        for view in (self.coloured, self.list, self.plain):
            self.stack.addWidget(view)
        self.tabs.chosen.connect(self._choose)
        self.legend = _legend(self)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addWidget(self.stack, 1)
        column.addWidget(self.legend)

    def show_example(self, example: SeenExample | None) -> None:
        self._example = example
        self.list.clear()
        self.list.addItems([row_of(one) for one in example.tokens] if example else [])
        if example is not None and example.tokens:
            self.list.setCurrentRow(0)
        self.plain.setPlainText(example.template if example else "")
        self._colour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._example is not None:
            self._colour()

    def _choose(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.legend.setVisible(number == 0)

    def _colour(self) -> None:
        chosen = colours_of(QGuiApplication.palette())
        self.coloured.clear()
        cursor = self.coloured.textCursor()
        for token, count in runs_of(self._example.tokens) if self._example else ():
            words = fill(strings.IMAGE_RUN, count=count) if token.is_image else token.text
            cursor.insertText(words, _form(token, chosen))
        self.coloured.moveCursor(QTextCursor.MoveOperation.Start)


def _form(token: SeenToken, chosen: Colours) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(QColor(chosen.text_muted))
    if token.is_image:
        form.setForeground(QColor(chosen.text))
        form.setBackground(QColor(chosen.sunken))
        form.setFontItalic(True)
    if token.is_learned:
        form.setForeground(QColor(chosen.text))
        form.setBackground(QColor(chosen.accent_soft))
        form.setFontWeight(QFont.Weight.DemiBold)
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        form.setUnderlineColor(QColor(chosen.accent))
    return form


def kind_of(token: SeenToken) -> str:
    """What becomes of a token, in words."""
    if token.is_learned:
        return strings.LEGEND_LEARNED
    return strings.LEGEND_IMAGE if token.is_image else strings.LEGEND_GIVEN


def row_of(token: SeenToken) -> str:
    """A token as a row of the list."""
    text = token.text.strip() or (strings.LINE_BREAK if "\n" in token.text else strings.SPACE)
    return fill(strings.TOKEN_ROW, token=text, kind=kind_of(token), id=token.id)


def _legend(parent: QWidget) -> QWidget:
    """What colours and lines mean. What it says stands in every row of the list, too."""
    legend = QWidget(parent)
    flow = FlowLayout(legend, measures().space[1])
    for name, words in (
        ("tokenLearned", strings.LEGEND_LEARNED),
        ("tokenGiven", strings.LEGEND_GIVEN),
        ("tokenImage", strings.LEGEND_IMAGE),
    ):
        label = QLabel(words, legend)
        label.setObjectName(name)
        flow.addWidget(label)
    return legend
