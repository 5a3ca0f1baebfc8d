"""Earlier searches below the query line: choose one to ask it again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.gui.panes.search.picture_chip import picture_name
from vlm_desktop.gui.panes.search.popover import Popover
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.verbs import quick

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.query_bar import QueryBar
    from vlm_desktop.gui.panes.search.searching import SearchController

_SHOWN_ROWS = 12


class HistoryPopover(Popover):
    """A list of queries, the latest first."""

    chosen = Signal(object)
    """A `WrittenQuery`."""
    changed = Signal(object)
    """The queries that are left, after some were taken away."""

    def __init__(self, queries: Sequence[WrittenQuery], parent: QWidget) -> None:
        super().__init__(strings.HISTORY_NAME, parent)
        self._queries = list(queries)
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.HISTORY_NAME)
        self.list.setAccessibleDescription(strings.HISTORY_DESCRIPTION)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for query in queries:
            words = query_words(query)
            item = QListWidgetItem(words, self.list)
            item.setToolTip(words)
        self.empty = QLabel(strings.HISTORY_EMPTY, self)
        self.empty.setObjectName("muted")
        self.clear = QPushButton(strings.HISTORY_CLEAR, self)
        self.clear.clicked.connect(self._clear)
        self.column.addWidget(self.list)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        self.list.itemActivated.connect(lambda item: self._choose(self.list.row(item)))
        self.list.itemClicked.connect(lambda item: self._choose(self.list.row(item)))
        self._show_state()
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row = self.list.currentRow()
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus() and row >= 0:
            self.list.takeItem(row)
            del self._queries[row]
            self.changed.emit(tuple(self._queries))
            self._show_state()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.hasFocus():
            self._choose(row)
            return
        super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._queries):
            self.chosen.emit(self._queries[row])
            self.close()

    def _clear(self) -> None:
        self.changed.emit(())
        self.close()

    def _show_state(self) -> None:
        rows = len(self._queries)
        self.list.setVisible(rows > 0)
        self.clear.setVisible(rows > 0)
        self.empty.setVisible(rows == 0)
        height = max(1, self.list.sizeHintForRow(0)) * min(rows, _SHOWN_ROWS)
        self.list.setFixedHeight(height + 2 * self.list.frameWidth())


class QueryHistory(QObject):
    """Remembers what was asked, and shows it. Main thread."""

    def __init__(self, desk: "Desk", bar: "QueryBar", searching: "SearchController") -> None:
        super().__init__(bar)
        self._desk = desk
        self._bar = bar
        searching.settled.connect(self._remember)
        bar.history_wanted.connect(self.open)

    def open(self) -> None:
        """Show the list as soon as it is read."""
        self._desk.fetch(
            lambda: self._desk.services.keeping.history(), self._show, latest="history"
        )

    def _show(self, queries: tuple[WrittenQuery, ...]) -> None:
        popover = HistoryPopover(queries, self._bar)
        popover.setFixedWidth(max(popover.sizeHint().width(), self._bar.line.width()))
        popover.chosen.connect(self._ask_again)
        popover.changed.connect(lambda left: self._set(queries, left))
        popover.open_below(self._bar.line)

    def _ask_again(self, query: WrittenQuery) -> None:
        self._bar.set_query(query)
        self._bar.line.setFocus()
        self._bar.submitted.emit()

    def _remember(self, query: WrittenQuery) -> None:
        self._desk.fetch(lambda: self._desk.services.keeping.remember(query), _nothing)

    def _set(self, before: tuple[WrittenQuery, ...], left: tuple[WrittenQuery, ...]) -> None:
        keeping = self._desk.services

        def setting(queries: tuple[WrittenQuery, ...]) -> Verb:
            return quick(lambda: keeping.keeping.set_history(queries))

        self._desk.changes.perform(
            Change(strings.HISTORY_CLEARED, setting(left), lambda _: setting(before))
        )


def query_words(query: WrittenQuery) -> str:
    """A query in one line."""
    words = " ".join(query.typed.split())
    if not query.images:
        return words
    if len(query.images) == 1:
        shown = picture_name(query.images[0])
    else:
        shown = strings.pictures(len(query.images))
    return fill(strings.HISTORY_PICTURES, words=words, pictures=shown) if words else shown


def _nothing(_: object) -> None:
    pass
