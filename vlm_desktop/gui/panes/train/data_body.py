"""The three columns of the first step: data sets, examples, and what they are made of."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.trainingdata import DataSet
from vlm_desktop.gui.panes.train.data_balance import BalancePanel
from vlm_desktop.gui.panes.train.data_empty import EmptySet
from vlm_desktop.gui.panes.train.data_examples import ExamplesPanel
from vlm_desktop.gui.panes.train.data_next import NextPanel
from vlm_desktop.gui.panes.train.data_notice import Notice
from vlm_desktop.gui.panes.train.data_sets import SetsPanel
from vlm_desktop.gui.panes.train.data_ways import Ways
from vlm_desktop.gui.panes.train.data_words import set_counts
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.side_tabs import SideTabs


class DataBody(QWidget):
    """Main thread. Lays the parts out; the page wires them."""

    def __init__(self, session: TrainSession, ways: Ways, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sets = SetsPanel(self)
        self.examples = ExamplesPanel(session.desk, self)
        here = [*ways.kept.values(), ways.selection]
        files = [ways.file, ways.folder, ways.pictures, ways.pasted]
        self.empty = EmptySet(here, files, self)
        self.notice = Notice(self)
        self.balance = BalancePanel(self)
        self.next = NextPanel(session, self)
        self._build_head(ways)
        middle = self._middle()
        self.right = self._right()
        self.columns = QSplitter(Qt.Orientation.Horizontal, self)
        self.columns.setChildrenCollapsible(False)
        self.columns.setHandleWidth(measures().hairline)
        for part, stretch in ((self.sets, 0), (middle, 1), (self.right, 0)):
            self.columns.addWidget(part)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        tile, space = measures().tile, measures().space
        self.columns.setSizes([tile + space[3], 2 * tile, tile + 2 * space[5] + space[3]])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.columns)

    def _build_head(self, ways: Ways) -> None:
        self.name = ElidedLabel(self)
        self.name.setObjectName("heading")
        self.counts = ElidedLabel(self)
        self.counts.setObjectName("hint")
        self.add = QPushButton(strings.ADD, self)
        self.add.setObjectName("primary")
        self.add.setMenu(ways.menu)
        self.add.setToolTip(strings.ADD_TIP)
        self.split = QPushButton(strings.SPLIT, self)
        self.split.setToolTip(strings.SPLIT_TIP)
        for button in (self.add, self.split):
            button.setAutoDefault(False)

    def _middle(self) -> QWidget:
        space = measures().space
        middle = QWidget(self)
        head = QHBoxLayout()
        head.setSpacing(space[1])
        head.addWidget(self.name, 1)
        head.addWidget(self.add)
        self.layers = QStackedWidget(middle)
        self.layers.addWidget(self.examples)
        self.layers.addWidget(self.empty)
        column = QVBoxLayout(middle)
        column.setContentsMargins(space[2], space[1], space[2], space[1])
        column.setSpacing(space[1])
        column.addLayout(head)
        column.addWidget(self.counts)
        column.addWidget(self.notice)
        column.addWidget(self.layers, 1)
        return middle

    def _right(self) -> QWidget:
        space = measures().space
        right = QFrame(self)
        right.setObjectName("trainSide")
        self.tabs = SideTabs(right)
        self.side = QStackedWidget(right)
        for words, part in ((strings.BALANCE, self.balance), (strings.NEXT, self.next)):
            self.tabs.add(words)
            self.side.addWidget(part)
        self.tabs.chosen.connect(self.side.setCurrentIndex)
        self.onwards = QPushButton(strings.GO_ON, right)
        self.onwards.setToolTip(strings.GO_ON_TIP)
        self.onwards.setAutoDefault(False)
        column = QVBoxLayout(right)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.tabs)
        column.addWidget(self.side, 1)
        column.addWidget(self.split)
        column.addWidget(self.onwards)
        return right

    def show_set(self, one: DataSet | None) -> None:
        """Its name and counts, and its examples or the ways to bring some."""
        filled = one is not None and one.examples > 0
        self.right.setVisible(filled)
        self.add.setVisible(filled)
        self.name.setVisible(filled)
        self.counts.setVisible(filled)
        if one is None:
            self.name.setText("")
            self.counts.setText("")
            self.empty.show_name("")
            self.layers.setCurrentWidget(self.empty)
            return
        self.name.setText(one.name if filled else "")  # where it is empty, the page says so
        self.counts.setText(set_counts(one) if filled else "")
        self.split.setEnabled(one.train + one.validation > 1)
        self.empty.show_name(one.name)
        with QSignalBlocker(self.examples):
            self.examples.show_set(one)
        self.layers.setCurrentWidget(self.examples if filled else self.empty)

    def focus(self) -> None:
        """Where work begins: the examples, or the first way to bring some."""
        if self.layers.currentWidget() is self.examples:
            self.examples.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.empty.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
