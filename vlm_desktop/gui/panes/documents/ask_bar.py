"""Under the page: a question, and what the document says, each with its place."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.documents import Evidence
from vlm_desktop.gui.strings import documents_ask as strings
from vlm_desktop.gui.theme import measures

_PLACE = Qt.ItemDataRole.UserRole
_LINES = 7


@dataclass(frozen=True, slots=True)
class Told:
    """A row: what is said, and where; a heading has no place."""

    text: str
    place: Evidence | None = None
    heading: bool = False


class AskBar(QFrame):
    """Main thread. Shows what it is told; `AskCorner` asks."""

    asked = Signal(str)
    glanced = Signal()
    closed = Signal()
    chosen = Signal(object)
    """The `Evidence` of a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("askBar")
        self.setAccessibleName(strings.ASK_BAR)
        space = measures().space
        self.question = QLineEdit(self)
        self.question.setAccessibleName(strings.QUESTION)
        self.question.setPlaceholderText(strings.QUESTION_HINT)
        self.question.setMaxLength(500)
        self.question.returnPressed.connect(self._ask)
        self.question.textChanged.connect(self._refresh)
        self.ask = QPushButton(strings.ASK, self)
        self.ask.clicked.connect(self._ask)
        self.glance = QPushButton(strings.GLANCE, self)
        self.glance.setToolTip(strings.GLANCE_TIP)
        self.glance.clicked.connect(self.glanced)
        self.close_button = QPushButton(strings.CLOSE, self)
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(self.question, 1)
        for button in (self.ask, self.glance, self.close_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.state = QLabel(self)
        self.state.setObjectName("hint")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.hide()
        self.answers = _Answers(self)
        self.answers.setAccessibleName(strings.ANSWERS)
        self.answers.place_wanted.connect(self.chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[1], space[1], space[1])
        layout.setSpacing(space[1])
        layout.addLayout(row)
        layout.addWidget(self.state)
        layout.addWidget(self.answers)
        self.answers.hide()
        self._refresh()

    def tell(self, rows: list[Told]) -> None:
        """New rows above those that are there; the first of them is chosen."""
        for number, row in enumerate(rows):
            item = QListWidgetItem(row.text)
            item.setData(_PLACE, row.place)
            if row.heading:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self.answers.insertItem(number, item)
        self.answers.show()
        places = [number for number, row in enumerate(rows) if row.place is not None]
        self.answers.setCurrentRow(places[0] if places else 0)
        self.answers.scrollToTop()

    def clear(self) -> None:
        """Another document: what was said of the last one goes."""
        self.answers.clear()
        self.answers.hide()
        self.show_state("")

    def show_state(self, words: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _refresh(self) -> None:
        self.ask.setEnabled(bool(self.question.text().strip()))

    def _ask(self) -> None:
        text = self.question.text().strip()
        if text:
            self.asked.emit(text)


class _Answers(QListWidget):
    """Texts are data: shown plain, wrapped, chosen by keys or the mouse."""

    place_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMaximumHeight(_LINES * self.fontMetrics().lineSpacing())
        self.currentItemChanged.connect(lambda item, _: self._want(item))
        self.itemClicked.connect(self._want)

    def _want(self, item: QListWidgetItem | None) -> None:
        place = item.data(_PLACE) if item is not None else None
        if isinstance(place, Evidence):
            self.place_wanted.emit(place)
