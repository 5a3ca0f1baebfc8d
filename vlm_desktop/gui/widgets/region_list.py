"""The regions over a picture as a list beside it: the same, for who does not point at pictures."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.gui.strings import overlay as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.overlay import colour_of
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Key, OverlayItem
from vlm_desktop.gui.widgets.overlay_painting import heat_brush, ink_on
from vlm_desktop.gui.widgets.region_words import brief, said
from vlm_desktop.gui.widgets.row_painting import paint_ground, write_line

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
ITEM = int(Qt.ItemDataRole.UserRole)
DETAILS = ITEM + 1


class RegionModel(QAbstractListModel):
    """Items in the order given, thousands of them without a widget each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: tuple[OverlayItem, ...] = ()
        self._photo = QSizeF()
        self._details: dict[Key, tuple[OverlayItem, str]] = {}

    def show_items(self, items: Sequence[OverlayItem], photo: QSizeF) -> None:
        """Rows stay where their keys do, so that what is chosen and scrolled to stays as well."""
        same = [one.key for one in items] == [one.key for one in self.items]
        if not same:
            self.beginResetModel()
        keys = {one.key for one in items} if photo == self._photo else ()
        self._details = {key: said for key, said in self._details.items() if key in keys}
        self.items, self._photo = tuple(items), photo
        if not same:
            self.endResetModel()
        elif self.items:
            self.dataChanged.emit(self.index(0), self.index(len(self.items) - 1))

    def row_of(self, key: Key | None) -> int:
        """-1 for none."""
        return next((row for row, item in enumerate(self.items) if item.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not 0 <= index.row() < len(self.items):
            return None
        item = self.items[index.row()]
        if role == _DISPLAY:
            return item.label or strings.KINDS[item.kind]
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return said(item, self._photo)
        if role == ITEM:
            return item
        if role == DETAILS:
            # A mask's share is counted over all its pixels: once, not with each paint.
            known = self._details.get(item.key)
            if known is None or known[0] != item:
                known = self._details[item.key] = (item, brief(item, self._photo))
            return known[1]
        return None


class _RegionRow(QStyledItemDelegate):
    """The number in its colour, the label, and a line of what and where it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        size = measures()
        return QSize(4 * size.space[5], size.type_body + size.type_small + 3 * size.space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        size, chosen = measures(), colours_of(option.palette)
        item: OverlayItem = index.data(ITEM)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0], 1, -size.space[0], -1)
        paint_ground(painter, box, option)
        colour = QColor(getattr(chosen, item.tone)) if item.tone else colour_of(item)
        font = QFont(option.font)
        font.setPixelSize(size.type_small)
        side = size.space[4]
        chip = QRectF(box.left() + size.space[1], box.center().y() - side / 2, side, side)
        painter.setBrush(colour if item.heat is None else heat_brush(chip))
        painter.drawRoundedRect(chip, size.space[0], size.space[0])
        painter.setPen(ink_on(colour) if item.heat is None else QColor(chosen.text))
        painter.setFont(font)
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), str(index.row() + 1))
        words = box.adjusted(side + 2 * size.space[1], size.space[0], -size.space[1], 0)
        half = words.height() // 2
        painter.setPen(QColor(chosen.text))
        write_line(painter, words.adjusted(0, 0, 0, -half), str(index.data()), option.font)
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, words.adjusted(0, half - size.space[0], 0, -size.space[0]),
                   str(index.data(DETAILS)), font)  # fmt: skip
        painter.restore()


class RegionList(QListView):
    """Follows a canvas and has it follow: what is chosen, what is pointed at. Main thread."""

    chosen = Signal(object)
    """The key of the region that Enter or a double click meant."""
    delete_wanted = Signal(object)

    def __init__(self, canvas: OverlayCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.regions = RegionModel(self)
        self.setModel(self.regions)
        self.setItemDelegate(_RegionRow(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.LIST_NAME)
        self.setAccessibleDescription(strings.LIST_DESCRIPTION)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.entered.connect(lambda index: canvas.light(self._key(index)))
        self.doubleClicked.connect(lambda index: self.chosen.emit(self._key(index)))
        canvas.items_changed.connect(self._refresh)
        canvas.current_changed.connect(self._show_current)
        self._refresh()

    def _refresh(self) -> None:
        self.regions.show_items(self._canvas.items, self._canvas.overlay.photo)
        self._show_current(self._canvas.current)

    def _show_current(self, key: Key | None) -> None:
        row = self.regions.row_of(key)
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.regions.index(row) if row >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        if row >= 0:
            self.scrollTo(self.regions.index(row))
        else:
            self.clearSelection()
        self.viewport().update()

    def _current_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self._canvas.set_current(self._key(index))

    def _key(self, index: Index) -> Key | None:
        item = index.data(ITEM)
        return item.key if item is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self._canvas.light(None)

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._canvas.light(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = self._key(self.currentIndex())
        if key is not None and not held:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.chosen.emit(key)
                return
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.delete_wanted.emit(key)
                return
        super().keyPressEvent(event)
