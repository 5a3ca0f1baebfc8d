"""The list of documents: name, a dot and a word for the state, how many errors are expected."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.documentkeeping import DocumentState, QueuedDocument
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import paint_dot, paint_ground, write_line

Index = QModelIndex | QPersistentModelIndex
DOCUMENT = int(Qt.ItemDataRole.UserRole)
_DOT = 8
_SAFE = 0.05


def queue_state(one: QueuedDocument) -> DocumentState:
    return one.document.state if one.document is not None else DocumentState.UNREAD


class QueueModel(QAbstractListModel):
    """Rows of `QueuedDocument`, by risk as they were given. One that changes stays where it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[QueuedDocument] = []

    def show_documents(self, documents: Sequence[QueuedDocument]) -> None:
        """Other documents; the same ones are changed in place, so that nothing jumps."""
        known = {one.path: row for row, one in enumerate(self._rows)}
        if known and known.keys() == {one.path for one in documents}:
            for one in documents:
                self.put(one)
            return
        self.beginResetModel()
        self._rows = list(documents)
        self.endResetModel()

    def put(self, document: QueuedDocument) -> None:
        """A document is another than it was, or a new one at the end."""
        for row, one in enumerate(self._rows):
            if one.path == document.path:
                if one != document:
                    self._rows[row] = document
                    self.dataChanged.emit(self.index(row), self.index(row))
                return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(document)
        self.endInsertRows()

    def document(self, row: int) -> QueuedDocument | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @property
    def documents(self) -> tuple[QueuedDocument, ...]:
        return tuple(self._rows)

    def next_to_review(self, after: int) -> int:
        """The row of the next document a person should look at, all round; -1 for none."""
        for step in range(1, len(self._rows) + 1):
            row = (after + step) % len(self._rows)
            if queue_state(self._rows[row]) is DocumentState.TO_REVIEW and row != after:
                return row
        return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        one = self.document(index.row())
        if one is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one.path.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join([one.path.name, *_said(one)])
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join([str(one.path), *_said(one)])
            case _ if role == DOCUMENT:
                return one
        return None


def _said(one: QueuedDocument) -> list[str]:
    state = queue_state(one)
    parts = [strings.QUEUE_STATES[state]]
    risk = risk_words(one)
    return [*parts, risk] if risk else parts


def risk_words(one: QueuedDocument) -> str:
    """How many errors are to be expected; "" where a person has looked, or nobody has read."""
    if queue_state(one) is not DocumentState.TO_REVIEW or one.document is None:
        return ""
    doubt = one.document.doubt
    if doubt < _SAFE:
        return strings.RISK_NONE
    return fill(strings.RISK, count=doubt)


def queue_colour(chosen: Colours, state: DocumentState) -> str:
    return {
        DocumentState.UNREAD: chosen.disabled,
        DocumentState.TO_REVIEW: chosen.careful,
        DocumentState.REVIEWED: chosen.good,
        DocumentState.REFUSED: chosen.bad,
    }[state]


class QueueDelegate(QStyledItemDelegate):
    """Two lines: the name; dot, word and risk."""

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        return QSize(0, 2 * QFontMetrics(option.font).lineSpacing() + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: QueuedDocument | None = index.data(DOCUMENT)
        if one is None:
            return
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(2, 1, -2, -1)
        paint_ground(painter, box, option)
        line = QFontMetrics(option.font).lineSpacing()
        inner = box.adjusted(size.space[1], 0, -size.space[1], 0)
        upper = QRect(inner.left(), box.center().y() - line + 1, inner.width(), line)
        painter.setPen(QColor(chosen.text))
        write_line(painter, upper, one.path.name, option.font, Qt.TextElideMode.ElideMiddle)
        lower = upper.translated(0, line)
        state = queue_state(one)
        dot = QRectF(lower.left(), lower.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        colour = QColor(queue_colour(chosen, state))
        paint_dot(painter, dot, colour, ring=state is DocumentState.UNREAD)
        small = QFont(option.font)
        small.setPixelSize(size.type_small)
        painter.setPen(QColor(chosen.text_muted))
        words = lower.adjusted(_DOT + size.space[1], 0, 0, 0)
        said = " · ".join(_said(one))
        write_line(painter, words, said, small)
        painter.restore()


class QueueView(QListView):
    """Main thread."""

    document_chosen = Signal(object)
    """A `QueuedDocument`."""
    opened = Signal()
    """Enter: work on its fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentQueue")
        self.queue = QueueModel(self)
        self.setModel(self.queue)
        self.setItemDelegate(QueueDelegate(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName(strings.QUEUE_NAME)
        self.setAccessibleDescription(strings.QUEUE_DESCRIPTION)
        self.selectionModel().currentChanged.connect(self._current)
        self._quiet = False

    @property
    def current(self) -> QueuedDocument | None:
        return self.queue.document(self.currentIndex().row())

    def show_documents(self, documents: Sequence[QueuedDocument], current: object = None) -> None:
        """`current` is the path of the one that is worked on."""
        self._quiet = True
        self.queue.show_documents(documents)
        self.choose(current)
        self._quiet = False

    def choose(self, path: object) -> None:
        """Make the document of a path current, without telling of it."""
        for row, one in enumerate(self.queue.documents):
            if one.path == path and row != self.currentIndex().row():
                before, self._quiet = self._quiet, True
                self.setCurrentIndex(self.queue.index(row))
                self._quiet = before

    def step(self, by: int) -> None:
        row = min(max(self.currentIndex().row() + by, 0), self.queue.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self.queue.index(row))

    def step_to_review(self) -> bool:
        """The next document to look at; False when there is none."""
        row = self.queue.next_to_review(self.currentIndex().row())
        if row >= 0:
            self.setCurrentIndex(self.queue.index(row))
        return row >= 0

    def _current(self, index: QModelIndex) -> None:
        one = self.queue.document(index.row())
        if not self._quiet and one is not None:
            self.document_chosen.emit(one)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        super().keyPressEvent(event)
