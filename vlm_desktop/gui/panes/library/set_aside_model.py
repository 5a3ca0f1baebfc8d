"""Files set aside as a table. Tens of thousands of rows cost nothing until they are seen."""

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from vlm_desktop import strings as sentences
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import library as strings

if TYPE_CHECKING:
    from vlm_desktop.engine.folders import SetAsideFiles

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class Column(IntEnum):
    FILE = 0
    FOLDER = 1
    REASON = 2


class SetAsideModel(QAbstractTableModel):
    """All files, or those of one reason: the files come ordered by reason, so that is a range."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._files: SetAsideFiles | None = None
        self._ranges: dict[Refusal, range] = {}
        self._rows = range(0)
        self._heads = (strings.SET_ASIDE_FILE, strings.SET_ASIDE_FOLDER, strings.SET_ASIDE_REASON)

    def show(self, files: "SetAsideFiles", reason: Refusal | None) -> None:
        """Show `files`, of them those of one reason, or all."""
        self.beginResetModel()
        self._files = files
        self._ranges = _ranges(files)
        self._rows = self._range(reason)
        self.endResetModel()

    def narrow(self, reason: Refusal | None) -> None:
        self.beginResetModel()
        self._rows = self._range(reason)
        self.endResetModel()

    @property
    def reasons(self) -> dict[Refusal, int]:
        """How many files there are for each reason, the most frequent first."""
        counts = {reason: len(rows) for reason, rows in self._ranges.items()}
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    @property
    def total(self) -> int:
        return len(self._files) if self._files is not None else 0

    def path(self, row: int) -> Path:
        assert self._files is not None
        return self._files.path(self._rows[row])

    def file_id(self, row: int) -> int:
        assert self._files is not None
        return self._files.ids[self._rows[row]]

    def file_ids(self) -> list[int]:
        """Of all rows that are shown."""
        return list(self._files.ids[self._rows.start : self._rows.stop]) if self._files else []

    def table(self) -> list[tuple[str, str]]:
        """(path, reason) of all rows that are shown, in words. Any thread."""
        files, rows = self._files, self._rows
        if files is None:
            return []
        return [
            (str(files.path(row)), sentences.refusal(files.reasons[row], files.details[row]))
            for row in rows
        ]

    # --- Qt's own ------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if role not in (_Role.DisplayRole, _Role.ToolTipRole, _Role.AccessibleTextRole):
            return None
        if self._files is None or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match Column(index.column()):
            case Column.REASON:
                return sentences.refusal(self._files.reasons[row], self._files.details[row])
            case Column.FILE:
                path = self._files.path(row)
                return str(path) if role == _Role.ToolTipRole else path.name
            case Column.FOLDER:
                return str(self._files.path(row).parent)

    def _range(self, reason: Refusal | None) -> range:
        if reason is None:
            return range(self.total)
        return self._ranges.get(reason, range(0))


def reason_row(reason: Refusal | None, count: int) -> str:
    """A reason with its count, for a list of reasons."""
    word = strings.REASONS_ALL if reason is None else sentences.refusal(reason)
    return fill(strings.REASON_ROW, reason=word[:1].upper() + word[1:], count=count)


def _ranges(files: "SetAsideFiles") -> dict[Refusal, range]:
    """The rows of each reason; they lie together."""
    starts: dict[Refusal, int] = {}
    for row, reason in enumerate(files.reasons):
        starts.setdefault(reason, row)
    if not starts:
        return {}
    ends = [*list(starts.values())[1:], len(files)]
    return {
        reason: range(start, end) for (reason, start), end in zip(starts.items(), ends, strict=True)
    }
