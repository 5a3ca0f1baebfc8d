"""The folders of the library as a table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette

from vlm_desktop.base.language import fill
from vlm_desktop.base.watching import PollReason, WatchMode, WatchState
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.strings import pages

if TYPE_CHECKING:
    from vlm_desktop.engine.folders import FolderState

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class Column(IntEnum):
    FOLDER = 0
    STATE = 1
    PHOTOS = 2
    PENDING = 3
    SET_ASIDE = 4
    LOOKED_AT = 5
    WATCHED = 6


_COUNTS = (Column.PHOTOS, Column.PENDING, Column.SET_ASIDE)


class FoldersModel(QAbstractTableModel):
    """One row a folder. The last column can be checked. Main thread."""

    watch_wanted = Signal(object, bool)
    """A path, and whether it is to be watched."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._folders: tuple[FolderState, ...] = ()
        self._watches: Mapping[Path, WatchState] = {}
        self._heads = {
            Column.FOLDER: strings.COLUMN_FOLDER,
            Column.STATE: strings.COLUMN_STATE,
            Column.PHOTOS: strings.COLUMN_PHOTOS,
            Column.PENDING: strings.COLUMN_PENDING,
            Column.SET_ASIDE: strings.COLUMN_SET_ASIDE,
            Column.LOOKED_AT: strings.COLUMN_LOOKED_AT,
            Column.WATCHED: strings.COLUMN_WATCHED,
        }

    def show(self, folders: "Sequence[FolderState]", watches: Mapping[Path, WatchState]) -> None:
        """The same folders in the same order keep the selection."""
        same = [one.path for one in folders] == [one.path for one in self._folders]
        if not same:
            self.beginResetModel()
        self._folders, self._watches = tuple(folders), dict(watches)
        if not same:
            self.endResetModel()
        elif folders:
            last = self.index(len(self._folders) - 1, Column.WATCHED)
            self.dataChanged.emit(self.index(0, 0), last)

    def folder(self, row: int) -> "FolderState | None":
        return self._folders[row] if 0 <= row < len(self._folders) else None

    # --- Qt's own ------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._folders)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == _Role.DisplayRole:
            return self._heads[Column(section)]
        if role == _Role.TextAlignmentRole and section in _COUNTS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == Column.WATCHED:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        folder = self.folder(index.row())
        if folder is None:
            return None
        column = Column(index.column())
        match role:
            case _Role.DisplayRole:
                return self._text(folder, column)
            case _Role.ToolTipRole:
                return self._tip(folder, column)
            case _Role.AccessibleTextRole:
                return self._spoken(folder, column)
            case _Role.TextAlignmentRole if column in _COUNTS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _Role.CheckStateRole if column is Column.WATCHED:
                return Qt.CheckState.Checked if folder.is_watched else Qt.CheckState.Unchecked
            case _Role.ForegroundRole if not folder.online:
                palette = QGuiApplication.palette()
                return palette.brush(QPalette.ColorRole.PlaceholderText)
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: N802
        folder = self.folder(index.row())
        if folder is None or role != _Role.CheckStateRole:
            return False
        self.watch_wanted.emit(folder.path, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    # --- words ---------------------------------------------------------------------------

    def _text(self, folder: "FolderState", column: Column) -> str:
        match column:
            case Column.FOLDER:
                return str(folder.path)
            case Column.STATE:
                return strings.STATE_ONLINE if folder.online else strings.STATE_OFFLINE
            case Column.PHOTOS:
                return fill("{count:,}", count=folder.files.indexed)
            case Column.PENDING:
                return fill("{count:,}", count=folder.files.pending)
            case Column.SET_ASIDE:
                return fill("{count:,}", count=folder.files.quarantined)
            case Column.LOOKED_AT:
                return strings.ago(folder.looked_at, datetime.now(UTC))
            case Column.WATCHED:
                return self._watched(folder)

    def _watched(self, folder: "FolderState") -> str:
        if not folder.is_watched:
            return strings.WATCHED_NO
        state = self._watches.get(folder.path)
        if state is None:
            return strings.WATCHED_STARTING
        return {
            WatchMode.EVENTS: strings.WATCHED_EVENTS,
            WatchMode.POLLING: strings.WATCHED_POLLING,
            WatchMode.OFFLINE: strings.WATCHED_WAITING,
        }[state.mode]

    def _tip(self, folder: "FolderState", column: Column) -> str:
        if column is Column.WATCHED and folder.is_watched:
            state = self._watches.get(folder.path)
            return strings.POLL_REASONS[state.reason if state else PollReason.NONE]
        if column is Column.STATE and not folder.online:
            return strings.STATE_OFFLINE_TIP
        return str(folder.path) if column is Column.FOLDER else ""

    def _spoken(self, folder: "FolderState", column: Column) -> str:
        if column is Column.FOLDER:
            return fill(
                strings.FOLDER_ROW,
                folder=folder.path,
                state=self._text(folder, Column.STATE),
                photos=pages.photos(folder.files.indexed),
            )
        return f"{self._heads[column]}: {self._text(folder, column)}"
