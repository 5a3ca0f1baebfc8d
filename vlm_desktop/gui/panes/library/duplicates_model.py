"""The groups of duplicates as a list, and what settling some of them means."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from vlm_desktop.base.filework import Tier, TrashRequest
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.strings import bytes_text

if TYPE_CHECKING:
    from vlm_desktop.engine.comparing import DuplicateGroup
    from vlm_desktop.gui.thumbnails import ThumbnailLoader

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class DuplicatesModel(QAbstractListModel):
    """Groups of one tier or of all. A settled group leaves the list. Main thread."""

    def __init__(self, thumbnails: "ThumbnailLoader", parent: Any = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._all: tuple[DuplicateGroup, ...] = ()
        self._tier: Tier | None = None
        self._shown: list[DuplicateGroup] = []
        self._gone: set[Path] = set()
        thumbnails.loaded.connect(self._picture_came)

    def show(self, groups: "Sequence[DuplicateGroup]") -> None:
        self._all = tuple(groups)
        self._gone.clear()
        self._rebuild()

    def narrow(self, tier: Tier | None) -> None:
        self._tier = tier
        self._rebuild()

    @property
    def tier(self) -> Tier | None:
        return self._tier

    def group(self, row: int) -> "DuplicateGroup | None":
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def counts(self) -> dict[Tier, int]:
        """Groups that are not settled, by tier."""
        found = dict.fromkeys(Tier, 0)
        for group in self._all:
            found[group.tier] += self._left(group) is not None
        return found

    def take_away(self, paths: Sequence[Path]) -> None:
        """These files went; groups without two copies left go from the list."""
        self._gone.update(paths)
        self._rebuild()

    def put_back(self, paths: Sequence[Path]) -> None:
        self._gone.difference_update(paths)
        self._rebuild()

    def requests(self, groups: "Sequence[DuplicateGroup]") -> list[TrashRequest]:
        """All copies but the suggested one of each group."""
        return [
            TrashRequest(copy.path, group.copies[group.keep].path)
            for group in groups
            for place, copy in enumerate(group.copies)
            if place != group.keep
        ]

    def open_groups(self, tier: Tier) -> "list[DuplicateGroup]":
        """Groups of a tier that are not settled."""
        left = (self._left(group) for group in self._all if group.tier is tier)
        return [group for group in left if group is not None]

    # --- Qt's own ------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        group = self.group(index.row())
        if group is None:
            return None
        match role:
            case _Role.DisplayRole:
                return group_row(group)
            case _Role.AccessibleTextRole:
                return group_row(group).replace("\n", ", ")
            case _Role.ToolTipRole:
                gained = fill(strings.GROUP_GAIN, size=bytes_text(gain(group)))
                paths = (str(copy.path) for copy in group.copies)
                return "\n".join([strings.TIER_TIPS[group.tier], *paths, gained])
            case _Role.DecorationRole:
                return self._icon(group.copies[group.keep].content_id)
        return None

    # --- parts ---------------------------------------------------------------------------

    def _left(self, group: "DuplicateGroup") -> "DuplicateGroup | None":
        """What is left of a group; None when there is nothing to compare any more."""
        if not self._gone:
            return group
        kept = group.copies[group.keep]
        copies = tuple(copy for copy in group.copies if copy.path not in self._gone)
        if len(copies) < 2:
            return None
        keep = copies.index(kept) if kept in copies else 0
        return replace(group, copies=copies, keep=keep)

    def _rebuild(self) -> None:
        self.beginResetModel()
        wanted = (group for group in self._all if self._tier in (None, group.tier))
        left = (self._left(group) for group in wanted)
        self._shown = [group for group in left if group is not None]
        self.endResetModel()

    def _icon(self, content_id: int) -> QIcon | None:
        """The middle of the picture as a square, the same whether its row is selected or not."""
        pixmap = self._thumbnails.pixmap(content_id)
        if pixmap is None:
            return None
        side = min(pixmap.width(), pixmap.height())
        left, top = (pixmap.width() - side) // 2, (pixmap.height() - side) // 2
        square = pixmap.copy(left, top, side, side)
        icon = QIcon(square)
        icon.addPixmap(square, QIcon.Mode.Selected)
        return icon

    def _picture_came(self, content_id: int) -> None:
        for row, group in enumerate(self._shown):
            if group.copies[group.keep].content_id == content_id:
                index = self.index(row)
                self.dataChanged.emit(index, index, [_Role.DecorationRole])


def group_row(group: "DuplicateGroup") -> str:
    """Two lines about a group."""
    return fill(
        strings.GROUP_ROW,
        name=group.copies[group.keep].path.name,
        tier=strings.TIERS[group.tier],
        count=len(group.copies),
    )


def gain(group: "DuplicateGroup") -> int:
    """Bytes that all copies but the suggested one take."""
    others = (copy for place, copy in enumerate(group.copies) if place != group.keep)
    return sum(copy.size_bytes for copy in others)
