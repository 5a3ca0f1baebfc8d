"""The list of adapters: name, what it teaches, figures, and whether it is in use."""

from collections.abc import Sequence
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
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.adapters import AdapterInfo, AdapterState
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import (
    paint_dot,
    paint_ground,
    small_font,
    write_line,
)

Index = QModelIndex | QPersistentModelIndex
INFO = Qt.ItemDataRole.UserRole
_DOT = 8
_NOWHERE = QModelIndex()


class AdapterModel(QAbstractListModel):
    """The shelf as rows. Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.infos: tuple[AdapterInfo, ...] = ()

    def show_adapters(self, infos: Sequence[AdapterInfo]) -> None:
        """Rows that stay where they were keep what is chosen."""
        if [one.id for one in self.infos] == [one.id for one in infos]:
            self.infos = tuple(infos)
            if infos:
                self.dataChanged.emit(self.index(0), self.index(len(infos) - 1))
            return
        self.beginResetModel()
        self.infos = tuple(infos)
        self.endResetModel()

    def row_of(self, adapter_id: str) -> int:
        """-1 where it is not there."""
        return next((row for row, one in enumerate(self.infos) if one.id == adapter_id), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.infos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.infos):
            return None
        info = self.infos[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return info.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.row_words(info)
        return info if role == INFO else None


class _Rows(QStyledItemDelegate):
    """Four short lines a row."""

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        body, small = QFontMetrics(option.font), QFontMetrics(small_font(option.font))
        return QSize(0, body.lineSpacing() + 3 * small.lineSpacing() + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        info: AdapterInfo | None = index.data(INFO)
        if info is None:
            return
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        inner = box.adjusted(size.space[1], size.space[1] - 1, -size.space[1], 0)
        bold, small = QFont(option.font), small_font(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        line = QRect(inner.left(), inner.top(), inner.width(), QFontMetrics(bold).lineSpacing())
        painter.setPen(QColor(chosen.text))
        write_line(painter, line, info.name, bold)
        line = QRect(line.left(), line.bottom() + 1, line.width(),
                     QFontMetrics(small).lineSpacing())  # fmt: skip
        write_line(painter, line, words.teaches(info), small)
        painter.setPen(QColor(chosen.text_muted))
        line.translate(0, line.height())
        write_line(painter, line, words.facts_words(info), small)
        line.translate(0, line.height())
        sound, worn = info.state is AdapterState.SOUND, info.worn is not None
        colour = QColor((chosen.good if worn else chosen.text_muted) if sound else chosen.bad)
        dot = QRectF(line.left(), line.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        paint_dot(painter, dot, colour, ring=sound and not worn)
        painter.setPen(QColor(chosen.text if worn and sound else chosen.text_muted))
        line.setLeft(line.left() + _DOT + size.space[0] + 2)
        write_line(painter, line, words.state_words(info), small)
        painter.restore()


class AdapterList(QListView):
    """Arrows choose; F2 and Delete act on what is chosen."""

    rename_wanted = Signal()
    remove_wanted = Signal()
    chosen = Signal(str)
    """The id of the adapter that is chosen now, "" for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adapterList")
        self.rows = AdapterModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_Rows(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.LIST_NAME)
        self.setAccessibleDescription(strings.LIST_DESCRIPTION)
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit(self.current_id))

    @property
    def current_id(self) -> str:
        info: AdapterInfo | None = self.currentIndex().data(INFO)
        return info.id if info is not None else ""

    def choose(self, adapter_id: str) -> None:
        """Choose an adapter; the nearest row where it is gone."""
        row = self.rows.row_of(adapter_id)
        if row < 0:
            row = min(max(self.currentIndex().row(), 0), self.rows.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_F2:
                self.rename_wanted.emit()
            case Qt.Key.Key_Delete:
                self.remove_wanted.emit()
            case _:
                super().keyPressEvent(event)
