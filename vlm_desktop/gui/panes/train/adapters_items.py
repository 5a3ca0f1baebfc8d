"""The list of compared examples: picture, how much better or worse, what was to be said."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.adapters import ItemCompared
from vlm_desktop.base.language import fill
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import (
    paint_dot,
    paint_ground,
    paint_picture,
    small_font,
    write_line,
)

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole
SIDE = 44
"""Points of a thumbnail's square."""
_DOT = 8
_NOWHERE = QModelIndex()


class ItemModel(QAbstractListModel):
    """Items of a comparison as rows. Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items: tuple[ItemCompared, ...] = ()

    def show_items(self, items: Sequence[ItemCompared]) -> None:
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.items):
            return None
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            change = words.change_words(item)
            return fill(strings.ITEM_SAID, change=change, expected=item.expected)
        return item if role == ITEM else None


class _Rows(QStyledItemDelegate):
    """Two lines beside a thumbnail."""

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(0, max(SIDE, 2 * line) + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: ItemCompared | None = index.data(ITEM)
        if item is None:
            return
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        small = size.space[1]
        top = box.top() + (box.height() - SIDE) // 2
        self._paint_picture(painter, QRect(box.left() + small, top, SIDE, SIDE), item, chosen)
        left, line = box.left() + 2 * small + SIDE, QFontMetrics(option.font).lineSpacing()
        upper = QRect(left, box.center().y() - line + 1, box.right() - small - left, line)
        colour = chosen.good if item.change > 0 else chosen.bad
        dot = QRectF(left, upper.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        same = item.change == 0
        paint_dot(painter, dot, QColor(chosen.text_muted if same else colour), ring=same)
        painter.setPen(QColor(chosen.text))
        write_line(painter, upper.adjusted(_DOT + size.space[0] + 2, 0, 0, 0),
                   words.change_words(item), option.font)  # fmt: skip
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, upper.translated(0, line), item.expected, small_font(option.font))
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, box: QRect, item: ItemCompared, chosen: Colours
    ) -> None:
        pixmap = self._thumbnails.pixmap(Path(item.image)) if item.image else None
        if paint_picture(painter, box, pixmap):
            return
        if not item.image or self._thumbnails.has_failed(Path(item.image)):
            painter.setPen(QColor(chosen.text_muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "?")


class ItemList(QListView):
    """Arrows choose."""

    chosen = Signal(object)
    """The `ItemCompared` that is chosen now; None for none."""

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adapterList")
        self.rows = ItemModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_Rows(thumbnails, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.ITEMS_NAME)
        thumbnails.made.connect(lambda _: self.viewport().update())
        self.selectionModel().currentChanged.connect(
            lambda now, _: self.chosen.emit(now.data(ITEM))
        )

    def show_items(self, items: Sequence[ItemCompared]) -> None:
        """Others, the first of them chosen."""
        self.rows.show_items(items)
        if items:
            self.setCurrentIndex(self.rows.index(0))
        else:
            self.chosen.emit(None)
