"""The photos of the grid as an item model: rows are arrays, objects exist for what is seen.

`data` never decodes, never waits and never touches the disk. Names and paths are located by the
page on an io thread when something first needs one of them.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from vlm_desktop.base.types import Hit, Verdict
from vlm_desktop.engine.cuts import verdict_of
from vlm_desktop.engine.listing import Flag, Group, Listing, Place
from vlm_desktop.gui.panes.search.grid_words import cell_text, cell_tip, file_name

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk

_Index = QModelIndex | QPersistentModelIndex
_PAGE = 128
_KEPT_PAGES = 64
_KEPT_CELLS = 2_000


class Roles(IntEnum):
    """What views ask for beside the standard roles."""

    HIT = Qt.ItemDataRole.UserRole
    """The `Hit`; None where the library is browsed."""
    VERDICT = Qt.ItemDataRole.UserRole + 1
    CONTENT_ID = Qt.ItemDataRole.UserRole + 2
    PATH = Qt.ItemDataRole.UserRole + 3
    """The path; None until it is located, which asking for it sets going."""


class Cell(NamedTuple):
    """What the grid paints of a photo. `verdict` is None where nothing was asked."""

    content_id: int
    flags: int
    stack: int
    count: int
    rating: int
    pages: int
    page: int
    probability: float
    verdict: Verdict | None


class GridModel(QAbstractListModel):
    """One listing at a time. Main thread."""

    located = Signal()
    """Paths of another page are known."""

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._listing: Listing | None = None
        self._hits: dict[int, Hit] = {}
        self._rows: dict[int, int] | None = None
        self._cells: OrderedDict[int, Cell] = OrderedDict()
        self._pages: OrderedDict[int, dict[int, Place]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0

    # --- what is shown -------------------------------------------------------------------

    @property
    def listing(self) -> Listing | None:
        return self._listing

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The hits among the photos shown, in no order; () where the library is browsed."""
        return tuple(self._hits.values())

    def show(self, listing: Listing | None, hits: Sequence[Hit] = ()) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._listing = listing
        self._hits = {hit.content_id: hit for hit in hits}
        self._rows = None
        self._cells.clear()
        self._pages.clear()
        self._asked.clear()
        self._generation += 1
        self.endResetModel()

    @property
    def groups(self) -> tuple[Group, ...]:
        return self._listing.groups if self._listing is not None else ()

    def row_of(self, content_id: int) -> int | None:
        if self._rows is None:
            ids = self._listing.content_ids.tolist() if self._listing is not None else []
            self._rows = dict(zip(ids, range(len(ids)), strict=True))
        return self._rows.get(content_id)

    def content_id(self, row: int) -> int | None:
        if self._listing is None or not 0 <= row < len(self._listing):
            return None
        return int(self._listing.content_ids[row])

    def content_ids(self, first: int, last: int) -> list[int]:
        """The contents of rows `first` to `last`."""
        found: list[int] = []
        if self._listing is not None:
            found = self._listing.content_ids[first : last + 1].tolist()
        return found

    def cell(self, row: int) -> Cell:
        """What to paint at a row that is there."""
        kept = self._cells.get(row)
        if kept is not None:
            return kept
        listing = self._listing
        assert listing is not None
        probability = -1.0
        if listing.probabilities is not None:
            probability = float(listing.probabilities[row])
        made = Cell(
            content_id=int(listing.content_ids[row]),
            flags=int(listing.flags[row]),
            stack=int(listing.stacks[row]),
            count=int(listing.counts[row]),
            rating=int(listing.ratings[row]),
            pages=int(listing.page_counts[row]),
            page=0 if listing.pages is None else int(listing.pages[row]),
            probability=probability,
            verdict=None if probability < 0 else verdict_of(probability),
        )
        self._cells[row] = made
        if len(self._cells) > _KEPT_CELLS:
            self._cells.popitem(last=False)
        return made

    def is_opened(self, cell: Cell) -> bool:
        """Whether the cell belongs to a stack that is shown whole."""
        return bool(cell.stack and self._listing and cell.stack in self._listing.arrangement.opened)

    # --- places --------------------------------------------------------------------------

    def place(self, row: int) -> Place | None:
        """Where the photo lies; None until it is located, which this sets going.

        A hit brings its path along; whether the file is still there is found out later.
        """
        content_id = self.content_id(row)
        if content_id is None:
            return None
        page = row // _PAGE
        if page in self._pages:
            self._pages.move_to_end(page)
            return self._pages[page].get(content_id)
        self._locate(page)
        hit = self._hits.get(content_id)
        if hit is None:
            return None
        return Place(content_id, hit.path, not self.cell(row).flags & Flag.OFFLINE, True)

    def is_missing(self, row: int) -> bool:
        """Whether the file is known to be gone. Never asks."""
        page = self._pages.get(row // _PAGE)
        if page is None or self._listing is None:
            return False
        place = page.get(int(self._listing.content_ids[row]))
        return place is not None and not place.there

    def with_place(self, row: int, then: Callable[[Place], None]) -> None:
        """Call `then` with where the photo lies, now or when that is known."""
        place = self.place(row)
        content_id = self.content_id(row)
        if place is not None:
            then(place)
        elif content_id is not None:
            self._desk.fetch(
                lambda: self._desk.services.browsing.places([content_id]),
                lambda places: [then(one) for one in places],
            )

    def look(self, first: int, last: int) -> None:
        """Locate the pages of the rows that are in view."""
        for page in range(first // _PAGE, last // _PAGE + 1):
            if page not in self._pages:
                self._locate(page)

    def _locate(self, page: int) -> None:
        if page in self._asked or self._listing is None:
            return
        self._asked.add(page)
        generation = self._generation
        ids = self.content_ids(page * _PAGE, (page + 1) * _PAGE - 1)

        def located(places: tuple[Place, ...]) -> None:
            if generation == self._generation:
                self._take_page(page, places)

        def failed(_: str) -> None:
            if generation == self._generation:
                self._asked.discard(page)

        self._desk.fetch(lambda: self._desk.services.browsing.places(ids), located, failed=failed)

    def _take_page(self, page: int, places: tuple[Place, ...]) -> None:
        self._pages[page] = {place.content_id: place for place in places}
        self._asked.discard(page)
        if len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min((page + 1) * _PAGE, self.rowCount()) - 1
        self.dataChanged.emit(
            self.index(page * _PAGE), self.index(last), [Qt.ItemDataRole.DisplayRole]
        )
        self.located.emit()

    # --- Qt's own ------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        if parent.isValid() or self._listing is None:
            return 0
        return len(self._listing)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self.rowCount():
            return None
        row = index.row()
        cell = self.cell(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return file_name(self.place(row), cell.page)
            case Qt.ItemDataRole.AccessibleTextRole:
                return cell_text(self._listing, row, cell, self.place(row), self.is_opened(cell))
            case Qt.ItemDataRole.ToolTipRole:
                return cell_tip(self._listing, row, cell, self.place(row), self.is_opened(cell))
            case Roles.HIT:
                return self._hits.get(cell.content_id)
            case Roles.VERDICT:
                return cell.verdict
            case Roles.CONTENT_ID:
                return cell.content_id
            case Roles.PATH:
                return self._path(row)
        return None

    def _path(self, row: int) -> Path | None:
        place = self.place(row)
        return None if place is None else place.path

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """The files themselves, as far as they are located and there."""
        data = QMimeData()
        paths = [self._path(index.row()) for index in indexes]
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths if path is not None])
        return data
