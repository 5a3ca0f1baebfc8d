"""The examples of a data set as a list of Qt's: keys of all, contents of the pages in sight."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example
from vlm_desktop.gui.panes.train.data_words import row_said, row_words
from vlm_desktop.gui.strings import train_data as strings

Index = QModelIndex | QPersistentModelIndex
ROW = int(Qt.ItemDataRole.UserRole)
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
PAGE = 100
_KEPT_PAGES = 40


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example and where its picture lies now."""

    example: Example
    path: Path


class ExamplesModel(QAbstractListModel):
    """Main thread. Asks for a page when a row of it is painted; until it is there the row is
    grey. A hundred thousand rows cost their keys."""

    page_wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keys: tuple[str, ...] = ()
        self._rows: dict[str, ExampleRow] = {}
        self._pages: OrderedDict[int, tuple[str, ...]] = OrderedDict()
        """What was fetched, by page, the one used last at the end."""

    def show_keys(self, keys: Sequence[str]) -> None:
        """These examples, in this order. What is known of them is shown until it was read anew."""
        same = tuple(keys) == self.keys
        if not same:
            self.beginResetModel()
        self.keys = tuple(keys)
        known = self._rows
        kept = {key for some in self._pages.values() for key in some}
        self._pages.clear()
        self._rows = {key: known[key] for key in kept if key in known}
        if not same:
            self.endResetModel()
        elif self.keys:
            self.dataChanged.emit(self.index(0), self.index(len(self.keys) - 1))

    def page_keys(self, page: int) -> tuple[str, ...]:
        return self.keys[page * PAGE : (page + 1) * PAGE]

    def put_page(self, page: int, rows: Sequence[ExampleRow]) -> None:
        """What a page holds, as it was read."""
        keys = self.page_keys(page)
        found = {one.example.key: one for one in rows}
        self._rows.update(found)
        self._pages[page] = keys
        while len(self._pages) > _KEPT_PAGES:
            for key in self._pages.popitem(last=False)[1]:
                self._rows.pop(key, None)
        if keys:
            first = page * PAGE
            self.dataChanged.emit(self.index(first), self.index(first + len(keys) - 1))

    def row(self, number: int) -> ExampleRow | None:
        """None where it is not there, or not read yet; then it is asked for."""
        if not 0 <= number < len(self.keys):
            return None
        page = number // PAGE
        if page in self._pages:
            self._pages.move_to_end(page)
        else:
            self.page_wanted.emit(page)
        return self._rows.get(self.keys[number])

    def known(self, key: str) -> ExampleRow | None:
        """What was read of an example; asks for nothing."""
        return self._rows.get(key)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.keys)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in (_DISPLAY, ROW, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        if role == ROW:
            return row
        if role == _DISPLAY:
            return row_words(row.example).text if row is not None else strings.LOADING
        if row is None:
            return fill(strings.LOADING_SAID, row=index.row() + 1)
        return row_said(row.example)
