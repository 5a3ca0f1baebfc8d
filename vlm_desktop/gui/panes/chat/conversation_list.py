"""The column of conversations: a new one, a line that looks into their words, the list."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.conversations import ConversationSummary
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.summaries import SummaryDelegate, SummaryModel, count_words
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.typing_undo import TypingLine

_PATIENCE_MS = 150


class _List(QListView):
    """Enter opens, Delete deletes, F2 renames."""

    renaming = Signal()
    deleting = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Delete:
                self.deleting.emit()
            case Qt.Key.Key_F2:
                self.renaming.emit()
            case _:
                super().keyPressEvent(event)


class ConversationList(QFrame):
    """Reads summaries on the lane "io"; says which is chosen."""

    chosen = Signal(int, object)
    """A conversation's id and the turn that holds the words, or None."""
    new_wanted = Signal()
    menu_wanted = Signal(int, QPoint)
    rename_wanted = Signal(int)
    delete_wanted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversations")
        self._desk = desk
        self._open = 0
        self._build()
        self._soon = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._soon.timeout.connect(self.refresh)
        self.filter.textChanged.connect(self._soon.start)
        self.filter.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """From the line, Down goes into the list, Enter opens its first; Esc empties the line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Down if self.model.rows:
                    self._focus_list()
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.model.rows:
                    self._choose(max(0, self.view.currentIndex().row()))
                    return True
                case Qt.Key.Key_Escape if self.filter.text():
                    self.filter.clear()
                    return True
        return super().eventFilter(watched, event)

    def _focus_list(self) -> None:
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))
        self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def _build(self) -> None:
        space = measures().space
        self.new = QPushButton(strings.NEW, self)
        self.new.setToolTip(strings.NEW_TIP)
        self.new.clicked.connect(self.new_wanted)
        self.filter = TypingLine(self)
        self.filter.setAccessibleName(strings.SEARCH_NAME)
        self.filter.setPlaceholderText(strings.SEARCH_HINT)
        add_clear_button(self.filter)
        self.model = SummaryModel(self)
        self.view = _List(self)
        self.view.setObjectName("conversationList")
        self.view.setModel(self.model)
        self.view.setItemDelegate(SummaryDelegate(self.view))
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName(strings.LIST_NAME)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._ask_menu)
        self.view.activated.connect(lambda index: self._choose(index.row()))
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        self.view.renaming.connect(lambda: self._with_current(self.rename_wanted))
        self.view.deleting.connect(lambda: self._with_current(self.delete_wanted))
        self.empty = QLabel(self)
        self.empty.setObjectName("muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.empty.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        for one in (self.new, self.filter, self.empty):
            column.addWidget(one)
        column.addWidget(self.view, 1)

    # --- what is shown -------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list anew."""
        words = self.filter.text().strip()
        services = self._desk.services
        self._desk.fetch(
            lambda: services.chat.conversations(words),
            lambda rows: self._show(rows, words),
            failed=self._show_failure,
            latest="chat-list",
        )

    def show_open(self, conversation_id: int) -> None:
        """Mark the conversation that is open; 0 for none."""
        self._open = conversation_id
        row = self.model.row_of(conversation_id)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        else:
            self.view.clearSelection()
            self.view.setCurrentIndex(self.model.index(-1))

    def summary(self, conversation_id: int) -> ConversationSummary | None:
        row = self.model.row_of(conversation_id)
        return self.model.rows[row] if row >= 0 else None

    def focus_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _show(self, rows: tuple[ConversationSummary, ...], words: str) -> None:
        asked = [one for one in rows if one.turns or one.id == self._open]
        self.model.show_rows(asked)
        self.show_open(self._open)
        self.empty.setText(strings.NONE_FOUND if words else strings.NONE_YET)
        self.empty.setVisible(not asked)
        self.view.setVisible(bool(asked))
        if words:
            announce(self.filter, count_words(len(asked)))

    def _show_failure(self, sentence: str) -> None:
        self.empty.setText(sentence)
        self.empty.show()
        self.view.hide()

    # --- what the user does --------------------------------------------------------------

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            summary = self.model.rows[row]
            if summary.id != self._open or summary.turn is not None:
                self.chosen.emit(summary.id, summary.turn)

    def _with_current(self, signal: object) -> None:
        row = self.view.currentIndex().row()
        if row >= 0:
            signal.emit(self.model.rows[row].id)  # type: ignore[attr-defined]

    def _ask_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if not index.isValid():
            index = self.view.currentIndex()
            at = self.view.visualRect(index).center()
        if index.isValid():
            self.menu_wanted.emit(
                self.model.rows[index.row()].id, self.view.viewport().mapToGlobal(at)
            )
