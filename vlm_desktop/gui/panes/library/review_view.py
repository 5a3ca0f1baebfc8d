"""Answers as pictures with their probabilities; Enter accepts, a double click opens the photo."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.review_model import CONTENT_ID, ReviewModel
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures, Wanted
from vlm_desktop.gui.theme import colours_of, measures

_PICTURE = 128
_KEPT_BYTES = 48 * 1024 * 1024
Index = QModelIndex | QPersistentModelIndex


class ReviewView(QListView):
    """Shows a `ReviewModel`. Main thread."""

    accept_wanted = Signal()
    photo_wanted = Signal(int)
    visible_changed = Signal(tuple)
    """The content ids in sight."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = GridPictures(desk.services, desk.runner, self, kept_bytes=_KEPT_BYTES)
        self.pictures.loaded.connect(self.viewport().update)
        self.setItemDelegate(_Delegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setGridSize(cell_size(self))
        self.doubleClicked.connect(self._open)
        self._in_sight: tuple[int, ...] = ()

    def selected_ids(self) -> tuple[int, ...]:
        """The selected photos in their order; without a selection the current one."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        if not rows and self.currentIndex().isValid():
            rows = [self.currentIndex().row()]
        model = self.model()
        return tuple(model.index(row, 0).data(CONTENT_ID) for row in rows)

    def go_to_row(self, row: int) -> None:
        """Make a row current, or the last one when there are fewer."""
        count = self.model().rowCount()
        if count:
            self.setCurrentIndex(self.model().index(min(max(row, 0), count - 1), 0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._want_pictures()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.photo_wanted.emit(index.data(CONTENT_ID))

    def _want_pictures(self) -> None:
        """Ask for what is in sight, once for each sight."""
        model = self.model()
        if not isinstance(model, ReviewModel):
            return
        cell = self.gridSize()
        columns = max(1, self.viewport().width() // cell.width())
        first = self.verticalOffset() // cell.height() * columns
        count = (self.viewport().height() // cell.height() + 2) * columns
        ids = model.content_ids()[first : first + count]
        ratio = self.devicePixelRatioF()
        side, radius = round(_PICTURE * ratio), round(measures().radius * ratio)
        if ids != self._in_sight:
            self._in_sight = ids
            self.pictures.want([Wanted(one, side, side, radius) for one in ids])
            self.visible_changed.emit(ids)


def cell_size(widget: QWidget) -> QSize:
    """A picture, its line of text, and the space around."""
    space = measures().space
    line = widget.fontMetrics().height()
    return QSize(_PICTURE + 2 * space[1], _PICTURE + line + 3 * space[0] + space[1])


class _Delegate(QStyledItemDelegate):
    """Picture, probability, and a ring around what is selected."""

    def __init__(self, view: ReviewView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return cell_size(self._view)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        size, colours = measures(), colours_of(self._view.palette())
        cell: QRect = option.rect  # type: ignore[attr-defined]
        square = QRectF(cell.x() + size.space[1], cell.y() + size.space[1], _PICTURE, _PICTURE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._view.pictures.picture(index.data(CONTENT_ID))
        if picture is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.sunken))
            painter.drawRoundedRect(square, size.radius, size.radius)
        else:
            painter.drawPixmap(square, picture, QRectF(picture.rect()))
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if selected or focused:
            width = size.focus_ring * (2 if selected else 1)
            painter.setPen(QPen(QColor(colours.accent), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            reach = width / 2
            ring = square.adjusted(-reach, -reach, reach, reach)
            painter.drawRoundedRect(ring, size.radius, size.radius)
        painter.setPen(QColor(colours.text if selected else colours.text_muted))
        below = QRectF(square.x(), square.bottom() + size.space[0], _PICTURE, cell.height())
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), index.data())
        painter.restore()
