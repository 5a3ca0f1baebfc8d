"""The found photos as an item model. `data` never decodes and never touches the disk."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Hit, Verdict
from vlm_desktop.engine.cuts import verdict_of
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.thumbnails import ThumbnailLoader

_Index = QModelIndex | QPersistentModelIndex


class Roles(IntEnum):
    """What the delegate asks for beside the standard roles."""

    HIT = Qt.ItemDataRole.UserRole
    VERDICT = Qt.ItemDataRole.UserRole + 1


class HitsModel(QAbstractListModel):
    """Hits best first."""

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._hits: tuple[Hit, ...] = ()
        self._rows: dict[int, list[int]] = {}
        thumbnails.loaded.connect(self._thumbnail_loaded)

    @property
    def hits(self) -> tuple[Hit, ...]:
        return self._hits

    def show(self, hits: Sequence[Hit]) -> None:
        """Replace everything. Keeps still when nothing changed."""
        new = tuple(hits)
        if new == self._hits:
            return
        self.beginResetModel()
        self._hits = new
        self._rows = {}
        for row, hit in enumerate(new):
            self._rows.setdefault(hit.content_id, []).append(row)
        self.endResetModel()

    def row_of(self, content_id: int) -> int | None:
        rows = self._rows.get(content_id)
        return rows[0] if rows else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's own
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._hits):
            return None
        hit = self._hits[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _name(hit)
            case Qt.ItemDataRole.DecorationRole:
                return self._thumbnails.pixmap(hit.content_id)
            case Qt.ItemDataRole.ToolTipRole:
                return fill(
                    strings.HIT_TIP,
                    path=hit.path,
                    match=_match(hit).capitalize(),
                    percent=f"{100 * hit.probability:.1f}",
                )
            case Qt.ItemDataRole.AccessibleTextRole:
                return fill(
                    strings.HIT_NAME,
                    name=_name(hit),
                    match=_match(hit),
                    position=index.row() + 1,
                    total=len(self._hits),
                )
            case Roles.HIT:
                return hit
            case Roles.VERDICT:
                return verdict_of(hit.probability)
        return None

    def _thumbnail_loaded(self, content_id: int) -> None:
        for row in self._rows.get(content_id, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


def _match(hit: Hit) -> str:
    match verdict_of(hit.probability):
        case Verdict.LIKELY:
            return strings.LIKELY
        case Verdict.POSSIBLE:
            return strings.POSSIBLE
        case _:
            return strings.WEAK


def _name(hit: Hit) -> str:
    if hit.page:
        return fill(strings.HIT_PAGE, name=hit.path.name, page=hit.page)
    return hit.path.name
