"""The answers about many photos as a table that grows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap

from vlm_desktop.base.chatwork import BatchCell, BatchRow
from vlm_desktop.base.conversations import AnswerSource, Attachment
from vlm_desktop.gui.panes.chat.picture_chips import picture_name
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.words import failure

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.chat.thumbnails import AttachmentThumbnails

Index = QModelIndex | QPersistentModelIndex

TABLE_SIDE = 112
"""Pixels of a thumbnail, drawn at half of it on an ordinary screen."""


class BatchModel(QAbstractTableModel):
    """A row for each photo, there from the start; its answers come when they are written."""

    def __init__(
        self,
        pictures: tuple[Attachment, ...],
        thumbnails: "AttachmentThumbnails",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self._thumbnails = thumbnails
        self._icons: dict[int, QIcon] = {}
        blank = QPixmap(TABLE_SIDE, TABLE_SIDE)
        blank.fill(Qt.GlobalColor.transparent)
        self._empty = QIcon(blank)
        self._rows_of = {one: row for row, one in enumerate(pictures)}
        thumbnails.made.connect(self._show_thumbnail)
        self.columns: tuple[str, ...] = ()
        self.rows: dict[int, BatchRow] = {}

    def begin(self, columns: tuple[str, ...]) -> None:
        """Other questions: nothing is answered yet."""
        self.beginResetModel()
        self.columns = columns
        self.rows = {}
        self.endResetModel()

    def add(self, row: BatchRow) -> None:
        self.rows[row.number] = row
        self.dataChanged.emit(
            self.index(row.number, 0), self.index(row.number, self.columnCount() - 1)
        )

    @property
    def answered(self) -> tuple[BatchRow, ...]:
        """In the order of the photos."""
        return tuple(self.rows[number] for number in sorted(self.rows))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.pictures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else 1 + len(self.columns)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        return strings.BATCH_PHOTO if section == 0 else self.columns[section - 1]

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._icon(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self._text(index.row(), index.column())
            return text or strings.BATCH_WAITING
        return None

    def path(self, row: int) -> Path:
        return self.pictures[row].path

    def _icon(self, row: int) -> QIcon:
        """The photo in small; an empty one of the same size until it is made."""
        if row not in self._icons:
            pixmap = QPixmap()
            if pixmap.loadFromData(self._thumbnails.jpeg(self.pictures[row])):
                self._icons[row] = QIcon(pixmap)
        return self._icons.get(row, self._empty)

    def _show_thumbnail(self, picture: Attachment) -> None:
        row = self._rows_of.get(picture)
        if row is not None:
            place = self.index(row, 0)
            self.dataChanged.emit(place, place, [int(Qt.ItemDataRole.DecorationRole)])

    def _text(self, row: int, column: int) -> str:
        if column == 0:
            return picture_name(self.pictures[row])
        answered = self.rows.get(row)
        return "" if answered is None else cell_text(answered, column - 1, len(self.columns))


def cell_text(row: BatchRow, column: int, columns: int) -> str:
    """The words of one field: an answer, a field of a form, or why there is none."""
    if len(row.cells) == columns and not any(one.fields for one in row.cells):
        cell = row.cells[column]
        return _words(cell, cell.answer)
    first = row.cells[0] if row.cells else BatchCell()
    value = first.fields[column] if column < len(first.fields) else ""
    return _words(first, value)


def _words(cell: BatchCell, answer: str) -> str:
    if cell.error is not None:
        return failure(cell.error)
    if cell.source is not AnswerSource.MODEL:
        return strings.BETWEEN.join((answer, strings.SOURCES[cell.source]))
    return answer
