"""A table or repeating group of the form: cells to type in, rows to add and to take away."""

from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.entries import Entry, Key, TableEntry, label_of
from vlm_desktop.gui.panes.documents.field_state import state_colour, state_words, why_words
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

_KEY = int(Qt.ItemDataRole.UserRole)
_HIGHEST, _LEAST_COLUMN = 260, 56
Index = QModelIndex | QPersistentModelIndex


class TableCells(QTableWidget):
    """Typing in a cell overrides it; Enter accepts one that was not typed in. Main thread."""

    typed = Signal(object, str)
    """The key of a cell and its new text."""
    entered = Signal(object)
    """The key of the cell that is current now."""
    accepted = Signal(object)
    pointed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tab = _no_tab
        self._entries: dict[Key, Entry] = {}
        self._sized = False
        self.setObjectName("documentTable")
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setMinimumSectionSize(_LEAST_COLUMN)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.itemChanged.connect(self._changed)
        self.currentItemChanged.connect(lambda item, _: self._current(item))

    def show_table(self, entry: TableEntry) -> None:
        """Rows that stay keep the current cell."""
        with QSignalBlocker(self):
            self.setColumnCount(len(entry.columns))
            self.setRowCount(len(entry.rows))
            self.setHorizontalHeaderLabels([label_of(one.name) for one in entry.columns])
            self._entries = {cell.key: cell for row in entry.rows for cell in row}
            for number, row in enumerate(entry.rows):
                for column, cell in enumerate(row):
                    self._put(number, column, cell)
        if not self._sized:
            self._sized = True
            self.resizeColumnsToContents()
        self._fit()

    def _put(self, row: int, column: int, cell: Entry) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(cell.text)
        item.setData(_KEY, cell.key)
        words = state_words(cell.value, cell.state)
        why = why_words(cell.value) if cell.value is not None else ""
        said = fill(strings.CELL_SAID, column=cell.label, row=row + 1, text=cell.text, state=words)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, why)
        item.setToolTip(f"{words}. {why}" if why else words)
        self._wash(item, cell)

    def _wash(self, item: QTableWidgetItem, cell: Entry) -> None:
        """A cell to look at stands out."""
        chosen = colours_of(self.palette())
        wash = QColor(state_colour(chosen, cell.state))
        wash.setAlphaF(0.18)
        item.setBackground(wash if cell.needs_look else QColor(chosen.raised))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Another theme has other colours."""
        super().changeEvent(event)
        if event.type() != QEvent.Type.PaletteChange:
            return
        with QSignalBlocker(self):
            for row in range(self.rowCount()):
                for column in range(self.columnCount()):
                    item = self.item(row, column)
                    if item is not None:
                        self._wash(item, self._entries[_key(item)])

    def _fit(self) -> None:
        """As high as its rows, up to some."""
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        head = self.horizontalHeader().sizeHint().height()
        edges = 2 * self.frameWidth() + measures().space[2]
        self.setFixedHeight(min(_HIGHEST, rows + head + edges + measures().space[1]))

    # --- cells ---------------------------------------------------------------------------

    @property
    def current_key(self) -> Key | None:
        item = self.currentItem()
        return item.data(_KEY) if item is not None else None

    def go_to(self, key: Key) -> bool:
        """Make a cell current; False where it is not here."""
        for row in range(self.rowCount()):
            for column in range(self.columnCount()):
                item = self.item(row, column)
                if item is not None and _key(item) == key:
                    self.setCurrentItem(item)
                    return True
        return False

    def entry_at(self, at: QPoint) -> Entry | None:
        item = self.itemAt(at)
        return self._entries.get(_key(item)) if item is not None else None

    def _changed(self, item: QTableWidgetItem) -> None:
        entry = self._entries.get(_key(item))
        if entry is not None and item.text().strip() != entry.text:
            self.typed.emit(entry.key, item.text().strip())

    def _current(self, item: QTableWidgetItem | None) -> None:
        if item is not None and self.hasFocus():
            self.entered.emit(_key(item))

    # --- Qt's own ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        editing = self.state() == QAbstractItemView.State.EditingState
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if plain and enter and not editing and self.current_key is not None:
            self.accepted.emit(self.current_key)
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        return self.tab(1 if next else -1) or super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if self.currentItem() is None and self.rowCount() and self.columnCount():
            self.setCurrentCell(0, 0)
        self._current(self.currentItem())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        entry = self.entry_at(event.position().toPoint())
        self.pointed.emit(entry.key if entry is not None else None)

    def leaveEvent(self, event: Any) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(None)


class TableField(QFrame):
    """A heading, the cells, and what can be done with rows and lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.entry: TableEntry | None = None
        self.label = QLabel(self)
        self.label.setObjectName("fieldLabel")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.cells = TableCells(self)
        self.none = QLabel(strings.NO_ROWS, self)
        self.none.setObjectName("hint")
        self.none.setWordWrap(True)
        space = measures().space
        tools = QWidget(self)
        flow = FlowLayout(tools, space[0])
        self.add = self._button(strings.ADD_ROW, strings.ADD_ROW_TIP, tools)
        self.remove = self._button(strings.REMOVE_ROW, strings.REMOVE_ROW_TIP, tools)
        self.lines = self._button(strings.MOVE_LINES, strings.MOVE_LINES_TIP, tools)
        for button in (self.add, self.remove, self.lines):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[0], space[1], space[0])
        column.setSpacing(space[0])
        for one in (self.label, self.none, self.cells, tools):
            column.addWidget(one)

    def _button(self, words: str, tip: str, parent: QWidget) -> QPushButton:
        button = QPushButton(words, parent)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    def show_entry(self, entry: TableEntry, *, has_lines: bool) -> None:
        """`has_lines`: a table was found on the pages, whose lines can be moved."""
        self.entry = entry
        self.label.setText(fill(strings.TABLE_LABEL, name=entry.label, count=len(entry.rows)))
        self.cells.setAccessibleName(entry.label)
        self.cells.setAccessibleDescription(strings.TABLE_DESCRIPTION)
        self.cells.show_table(entry)
        self.cells.setVisible(bool(entry.rows))
        self.none.setVisible(not entry.rows)
        self.remove.setEnabled(bool(entry.rows))
        self.lines.setVisible(has_lines)


def _key(item: QTableWidgetItem) -> Key:
    """Qt gives tuples back as lists."""
    name, row = item.data(_KEY)
    return name, row


def _no_tab(_: int) -> bool:
    return False
