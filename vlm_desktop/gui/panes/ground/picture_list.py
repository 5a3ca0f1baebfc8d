"""Pictures with objects as a list: those to review first, each with its state and its labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.grounding import page_of
from vlm_desktop.base.groundkeeping import KeptPicture
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import paint_dot, paint_ground, write_line

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
PICTURE = int(Qt.ItemDataRole.UserRole)
DETAILS = PICTURE + 1


def state_words(one: KeptPicture) -> str:
    """ "2 to review", or how many objects it has."""
    if one.proposed:
        return fill(strings.ROW_PROPOSED, count=one.proposed)
    return strings.row_count(one.accepted)


def said(one: KeptPicture) -> str:
    """A row in one line."""
    form = strings.ROW_SAID if labels_of(one) else strings.ROW_SAID_BARE
    return fill(form, name=name_of(one), state=state_words(one), labels=labels_of(one))


def name_of(one: KeptPicture) -> str:
    """The file's name, and the page where it is not the first."""
    page = page_of(one.content_hash)
    return fill(strings.ROW_PAGE, name=one.path.name, page=page) if page > 1 else one.path.name


def labels_of(one: KeptPicture) -> str:
    return ", ".join(label for label in one.labels if label)


class PictureModel(QAbstractListModel):
    """Main thread. Asks nothing: what it shows was read on a lane."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures: tuple[KeptPicture, ...] = ()

    def show_pictures(self, pictures: Sequence[KeptPicture]) -> None:
        """Rows stay where their pictures do, so that what is scrolled to stays as well."""
        same = [one.content_hash for one in pictures] == [one.content_hash for one in self.pictures]
        if not same:
            self.beginResetModel()
        self.pictures = tuple(pictures)
        if not same:
            self.endResetModel()
        elif self.pictures:
            self.dataChanged.emit(self.index(0), self.index(len(self.pictures) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.pictures)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not 0 <= index.row() < len(self.pictures):
            return None
        one = self.pictures[index.row()]
        if role == _DISPLAY:
            return name_of(one)
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            return said(one)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return str(one.path)
        if role == PICTURE:
            return one
        if role == DETAILS:
            return " · ".join(filter(None, (state_words(one), labels_of(one))))
        return None


class _PictureRow(QStyledItemDelegate):
    """A dot for the state, the name, and a line of what it has."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        size = measures()
        return QSize(8 * size.space[5], size.type_body + size.type_small + 3 * size.space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        size, chosen = measures(), colours_of(option.palette)
        one: KeptPicture = index.data(PICTURE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0], 1, -size.space[0], -1)
        paint_ground(painter, box, option)
        side = size.space[1]
        dot = QRectF(box.left() + size.space[1], box.center().y() - side / 2, side, side)
        colour = chosen.careful if one.proposed else chosen.good
        paint_dot(painter, dot, QColor(colour), ring=bool(one.proposed))
        words = box.adjusted(side + 2 * size.space[1], size.space[0], -size.space[1], 0)
        half = words.height() // 2
        font = QFont(option.font)
        font.setPixelSize(size.type_small)
        painter.setPen(QColor(chosen.text))
        write_line(painter, words.adjusted(0, 0, 0, -half), name_of(one), option.font,
                   Qt.TextElideMode.ElideMiddle)  # fmt: skip
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, words.adjusted(0, half - size.space[0], 0, -size.space[0]),
                   str(index.data(DETAILS)), font)  # fmt: skip
        painter.restore()


class PictureList(QListView):
    """Enter and a click open a picture."""

    opened = Signal(object)
    """A `KeptPicture`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = PictureModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_PictureRow(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(strings.PICTURES)
        self.clicked.connect(self._open)

    def show_pictures(
        self, pictures: Sequence[KeptPicture], path: Path | None, page: int = 0
    ) -> None:
        """The one at `path`, of a PDF that page, is the current one."""
        self.rows.show_pictures(pictures)
        self.setCurrentIndex(QModelIndex())
        for row, one in enumerate(pictures):
            if one.path == path and max(1, page_of(one.content_hash)) == max(1, page):
                self.setCurrentIndex(self.rows.index(row))

    def _open(self, index: Index) -> None:
        one = index.data(PICTURE)
        if one is not None:
            self.opened.emit(one)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)
