"""The column at the left: documents, and below them the pages or the words of the one open."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.documentkeeping import DocumentState, QueuedDocument
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.documents.page_list import PageList
from vlm_desktop.gui.panes.documents.queue_list import QueueView, queue_state
from vlm_desktop.gui.panes.documents.word_list import WordList
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.side_tabs import SideTabs

_PAGES, _WORDS = 0, 1
_UPPER, _LOWER = 220, 300


class LeftColumn(QFrame):
    """Main thread."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("documentColumn")
        size = measures()
        space = size.space
        self.open = QPushButton(strings.OPEN, self)
        self.open.setAccessibleName(strings.OPEN_NAME)
        self.open.setToolTip(strings.OPEN_TIP)
        self.more = QToolButton(self)
        self.more.setObjectName("headTool")
        self.more.setIcon(icon("chat-more"))
        self.more.setAccessibleName(strings.LISTS_MORE)
        self.more.setToolTip(strings.LISTS_MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = QHBoxLayout()
        head.setSpacing(space[0])
        head.addWidget(self.open, 1)
        head.addWidget(self.more)
        self.queue = QueueView(self)
        self.count = QLabel(self)
        self.count.setObjectName("hint")
        self.count.setWordWrap(True)
        self.none = QLabel(strings.NO_DOCUMENTS, self)
        self.none.setObjectName("muted")
        self.none.setWordWrap(True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        upper = self._upper = QWidget(self)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addWidget(self.none, 1)
        column.addWidget(self.queue, 1)
        column.addWidget(self.count)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(size.hairline)
        self.parts.addWidget(upper)
        self.parts.addWidget(self._build_lists(desk))
        self.parts.setSizes([_UPPER, _LOWER])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[1], space[1], space[1])
        layout.setSpacing(space[1])
        layout.addLayout(head)
        layout.addWidget(self.parts, 1)
        self.setMinimumWidth(5 * space[5])
        self.show_documents((), None)
        self.show_lists(there=False)

    def _build_lists(self, desk: Desk) -> QWidget:
        self.lists = QWidget(self)
        self.tabs = SideTabs(self.lists)
        self.tabs.setAccessibleName(strings.LISTS)
        self.tabs.add(strings.LIST_PAGES)
        self.tabs.add(strings.LIST_WORDS)
        self.pages = PageList(desk, self.lists)
        self.words = WordList(self.lists)
        self.layers = QStackedWidget(self.lists)
        self.layers.addWidget(self.pages)
        self.layers.addWidget(self.words)
        self.tabs.chosen.connect(self.layers.setCurrentIndex)
        column = QVBoxLayout(self.lists)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.layers, 1)
        return self.lists

    def set_menus(self, opening: QMenu, more: QMenu) -> None:
        self.open.setMenu(opening)
        self.more.setMenu(more)

    def show_documents(self, documents: Sequence[QueuedDocument], current: object) -> None:
        """`current` is the path of the one that is open."""
        self.queue.show_documents(documents, current)
        review = sum(1 for one in documents if queue_state(one) is DocumentState.TO_REVIEW)
        self.count.setText(strings.counted(len(documents), review))
        if not documents and self.queue.hasFocus():
            self.open.setFocus(Qt.FocusReason.OtherFocusReason)
        self.queue.setVisible(bool(documents))
        self.count.setVisible(bool(documents))
        self.none.setVisible(not documents)
        self._fit(len(documents))

    def _fit(self, count: int) -> None:
        """No higher than its rows, so that pages and words have the rest."""
        row = self.queue.sizeHintForRow(0) if count else 0
        words = self.count.sizeHint().height() + self.none.sizeHint().height()
        self._upper.setMaximumHeight(max(words, count * row + words + measures().space[1]))

    def show_lists(self, *, there: bool) -> None:
        """Pages and words, of a document that is open."""
        self.lists.setVisible(there)

    def focus_documents(self) -> None:
        wanted = self.queue if self.queue.isVisible() else self.open
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_words(self) -> None:
        self.tabs.choose(_WORDS)
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.words.words.rowCount() and not self.words.currentIndex().isValid():
            self.words.setCurrentIndex(self.words.words.index(0))
