"""The words of the page as a list beside it, for who does not point at pictures."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.pagereading import TextSource, Word
from vlm_desktop.gui.panes.documents.field_state import percent
from vlm_desktop.gui.panes.documents.page_shapes import NONE, PageShapes
from vlm_desktop.gui.strings import documents as strings

Index = QModelIndex | QPersistentModelIndex
_FLAG = QItemSelectionModel.SelectionFlag
_SURE = 0.995


class WordModel(QAbstractListModel):
    """Words in reading order, thousands of them without a widget each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shapes: PageShapes | None = None
        self._fields: dict[int, str] = {}

    def show_words(self, shapes: PageShapes | None) -> None:
        self.beginResetModel()
        self.shapes, self._fields = shapes, {}
        self.endResetModel()

    def show_fields(self, fields: dict[int, str]) -> None:
        """The label of the field that a word is evidence of."""
        if fields != self._fields:
            self._fields = fields
            if self.rowCount():
                self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def word(self, row: int) -> int:
        """Its index in the reading; -1 for none."""
        there = self.shapes is not None and 0 <= row < len(self.shapes.order)
        return self.shapes.order[row] if there and self.shapes is not None else NONE

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() or self.shapes is None else len(self.shapes.order)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        number = self.word(index.row())
        if number == NONE or self.shapes is None:
            return None
        word, field = self.shapes.page.words[number], self._fields.get(number, "")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                said = fill(strings.WORD_FIELD, word=word.text, field=field)
                return said if field else word.text
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return word_said(word, field)
        return None


class WordList(QListView):
    """Arrows walk, Shift takes more, Enter puts them into the field that is worked on."""

    walked = Signal(object)
    """The words that are chosen now."""
    words_taken = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentWords")
        self.words = WordModel(self)
        self.setModel(self.words)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setAccessibleName(strings.WORDS_NAME)
        self.setAccessibleDescription(strings.WORDS_DESCRIPTION)
        self.selectionModel().selectionChanged.connect(self._changed)

    def show_words(self, shapes: PageShapes | None) -> None:
        self.words.show_words(shapes)

    def choose(self, words: Sequence[int]) -> None:
        """Show these as chosen, as when they are walked to on the page."""
        shapes = self.words.shapes
        rows = [shapes.rank[one] for one in words if one in shapes.rank] if shapes else []
        model = self.selectionModel()
        model.blockSignals(True)
        model.clearSelection()
        if rows:
            first, last = self.words.index(min(rows)), self.words.index(max(rows))
            model.select(QItemSelection(first, last), _FLAG.Select)
            model.setCurrentIndex(first, _FLAG.NoUpdate)
            self.scrollTo(first)
        model.blockSignals(False)
        self.viewport().update()

    @property
    def chosen(self) -> tuple[int, ...]:
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self.words.word(row) for row in rows)

    def _changed(self, *_: object) -> None:
        self.walked.emit(self.chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shifted = held == Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (not held or shifted):
            if self.chosen:
                self.words_taken.emit(self.chosen, shifted)
            return
        super().keyPressEvent(event)


def word_said(word: Word, field: str) -> str:
    """A word with how sure it is, where it comes from, and the field it stands for."""
    parts = [word.text]
    if word.confidence < _SURE:
        parts.append(fill(strings.WORD_SURE, percent=percent(word.confidence)))
    if word.source is TextSource.DISPUTED and word.other:
        parts.append(fill(strings.WORD_DISPUTED, other=word.other))
    if field:
        parts.append(field)
    return ", ".join(parts)
