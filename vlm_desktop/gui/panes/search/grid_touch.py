"""Hands on the grid: mouse, rubber band and keyboard, as every file manager has taught people.

A drag that begins on a selected photo takes the files along; one that begins anywhere else draws
a band around photos. Shift takes all between, Ctrl adds or takes away.
"""

from bisect import bisect_right

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView

_Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 0,
    Qt.Key.Key_Down: 0,
    Qt.Key.Key_Home: 0,
    Qt.Key.Key_End: 0,
    Qt.Key.Key_PageUp: 0,
    Qt.Key.Key_PageDown: 0,
}
_BEYOND = 1 << 31
_SCROLL_MS = 30
_DRAG_PICTURE = 96
_MOST_DRAGGED = 2_000


def is_within(runs: list[tuple[int, int]], row: int) -> bool:
    """Whether one of the runs (first row, last row), ascending, holds the row."""
    place = bisect_right(runs, (row, _BEYOND)) - 1
    return place >= 0 and row <= runs[place][1]


class GridTouch:
    """Mixed into the view; every method is the view's own. Main thread."""

    def init_touch(self) -> None:
        """Before anything else of the view is used."""
        self._anchor_row = -1
        self._pressed: QPoint | None = None
        self._pressed_on_selected = False
        self._band: QRect | None = None
        """In content coordinates, while it is drawn."""
        self._before_band = QItemSelection()
        self._typed = ""
        self._typing = QTimer(self, singleShot=True, interval=1_000)
        self._typing.timeout.connect(self._forget_typed)
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll_band)

    def forget_touch(self) -> None:
        """Rows mean other photos now."""
        self._anchor_row = -1
        self._pressed = self._band = None
        self._scrolling.stop()

    # --- choosing ------------------------------------------------------------------------

    def choose(
        self, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *, by_key: bool = False,
    ) -> None:  # fmt: skip
        """Go to a row: alone, with Shift all from the last chosen one, with Ctrl as well."""
        index = self.model().index(row, 0)
        if not index.isValid():
            return
        selection = self.selectionModel()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if shift and self._anchor_row < 0:
            self._anchor_row = max(0, self.currentIndex().row())
        if shift:
            first, last = sorted((self._anchor_row, row))
            run = QItemSelection(self.model().index(first, 0), self.model().index(last, 0))
            selection.select(run, _Select.Select if control else _Select.ClearAndSelect)
        elif control and by_key:
            pass
        elif control:
            selection.select(index, _Select.Toggle)
            self._anchor_row = row
        else:
            selection.select(index, _Select.ClearAndSelect)
            self._anchor_row = row
        before = self.currentIndex()
        selection.setCurrentIndex(index, _Select.NoUpdate)
        self._paint_anew(before)
        self._paint_anew(index)
        self.scrollTo(index)

    def _paint_anew(self, index: _Index) -> None:
        if index.isValid():
            self.viewport().update(self.visualRect(index).adjusted(-4, -4, 4, 4))

    def selected_rows(self) -> list[tuple[int, int]]:
        """Runs (first row, last row) of what is selected, ascending."""
        return sorted((one.top(), one.bottom()) for one in self.selectionModel().selection())

    # --- keyboard ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, modifiers = event.key(), event.modifiers()
        rows = self.model().rowCount()
        if key in _KEYS and rows and not modifiers & Qt.KeyboardModifier.AltModifier:
            self.choose(self._row_after(key), modifiers, by_key=True)
        elif key == Qt.Key.Key_Space and self._typed == "":
            current = self.currentIndex()
            if current.isValid():
                control = modifiers & Qt.KeyboardModifier.ControlModifier
                self.selectionModel().select(current, _Select.Toggle if control else _Select.Select)
                self._anchor_row = current.row()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            if self.currentIndex().isValid():
                self.activated.emit(self.currentIndex())
        elif self._is_typing(event):
            self._typed += event.text()
            self._typing.start()
            self.named.emit(self._typed)
        else:
            event.ignore()
            return
        event.accept()

    @staticmethod
    def _is_typing(event: QKeyEvent) -> bool:
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return bool(event.text()) and event.text().isprintable() and not held

    @property
    def typed(self) -> str:
        """Letters typed lately to find a name."""
        return self._typed

    def _forget_typed(self) -> None:
        self._typed = ""

    def _row_after(self, key: int) -> int:
        last = self.model().rowCount() - 1
        row = self.currentIndex().row()
        if row < 0:
            return last if key == Qt.Key.Key_End else 0
        layout = self.layout_now()
        page = max(1, self.viewport().height() // max(1, self.row_height + layout.gap))
        match key:
            case Qt.Key.Key_Left:
                return max(0, row - 1)
            case Qt.Key.Key_Right:
                return min(last, row + 1)
            case Qt.Key.Key_Up:
                return layout.beside(row, -1)
            case Qt.Key.Key_Down:
                return layout.beside(row, 1)
            case Qt.Key.Key_PageUp:
                return layout.beside(row, -page)
            case Qt.Key.Key_PageDown:
                return layout.beside(row, page)
            case Qt.Key.Key_Home:
                return 0
        return last

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """For whoever moves the cursor other than by a key press (screen readers)."""
        moves = QAbstractItemView.CursorAction
        key = {
            moves.MoveLeft: Qt.Key.Key_Left, moves.MovePrevious: Qt.Key.Key_Left,
            moves.MoveRight: Qt.Key.Key_Right, moves.MoveNext: Qt.Key.Key_Right,
            moves.MoveUp: Qt.Key.Key_Up, moves.MoveDown: Qt.Key.Key_Down,
            moves.MovePageUp: Qt.Key.Key_PageUp, moves.MovePageDown: Qt.Key.Key_PageDown,
            moves.MoveHome: Qt.Key.Key_Home, moves.MoveEnd: Qt.Key.Key_End,
        }[action]  # fmt: skip
        if not self.model().rowCount():
            return QModelIndex()
        return self.model().index(self._row_after(key), 0)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """There is always a photo under the focus."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            first = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(first, _Select.NoUpdate)
        self._paint_anew(self.currentIndex())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._paint_anew(self.currentIndex())

    # --- mouse ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        index = self.indexAt(at)
        selected = index.isValid() and self.selectionModel().isSelected(index)
        if event.button() == Qt.MouseButton.RightButton:
            if index.isValid() and not selected:
                self.choose(index.row())
            event.accept()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if index.isValid() and self.is_badge(index.row(), at):
            self.stack_wanted.emit(index.row())
            event.accept()
            return
        self._pressed = at + QPoint(0, self.verticalOffset())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed_on_selected = bool(selected and plain)
        if not index.isValid():
            if plain:
                self.selectionModel().clearSelection()
        elif not self._pressed_on_selected:
            self.choose(index.row(), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint() + QPoint(0, self.verticalOffset())
        far = QGuiApplication.styleHints().startDragDistance()
        if self._band is None and (at - self._pressed).manhattanLength() < far:
            return
        if self._pressed_on_selected:
            self._pressed = None
            self._drag_files()
            return
        if self._band is None:
            self._before_band = QItemSelection()
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._before_band = QItemSelection(self.selectionModel().selection())
        self._stretch_band(at)
        outside = not self.viewport().rect().contains(event.position().toPoint())
        if outside and not self._scrolling.isActive():
            self._scrolling.start()
        elif not outside:
            self._scrolling.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._scrolling.stop()
        if self._band is not None:
            self._band = None
            self.viewport().update()
        elif self._pressed_on_selected and self._pressed is not None:
            index = self.indexAt(event.position().toPoint())
            if index.isValid():
                self.choose(index.row())
        self._pressed = None
        self._pressed_on_selected = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        index = self.indexAt(at)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        if self.is_badge(index.row(), at):
            self.stack_wanted.emit(index.row())
        else:
            self.activated.emit(index)

    # --- the band and what is carried ------------------------------------------------------

    def _stretch_band(self, at: QPoint) -> None:
        assert self._pressed is not None
        old = self._band
        self._band = QRect(self._pressed, at).normalized()
        chosen = QItemSelection(self._before_band)
        for first, last in self.layout_now().items_in(
            self._band.left(), self._band.top(), self._band.right(), self._band.bottom()
        ):
            chosen.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(chosen, _Select.ClearAndSelect)
        for rect in (old, self._band):
            if rect is not None:
                shown = rect.translated(0, -self.verticalOffset())
                self.viewport().update(shown.adjusted(-2, -2, 2, 2))

    def _scroll_band(self) -> None:
        """The pointer is above or below the photos: go on scrolling, the further the faster."""
        if self._pressed is None or self._band is None:
            self._scrolling.stop()
            return
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        below, above = at.y() - self.viewport().height(), at.y()
        step = below if below > 0 else min(0, above)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + step)
        self._stretch_band(at + QPoint(0, self.verticalOffset()))

    def paint_band(self, painter: QPainter) -> None:
        """The band, in content coordinates."""
        if self._band is None:
            return
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        fill = QColor(accent)
        fill.setAlphaF(0.16)
        painter.setBrush(fill)
        painter.setPen(QPen(accent, 1))
        painter.drawRect(self._band)

    def _drag_files(self) -> None:
        """Take the selected files along. Nothing is taken until all of them are located."""
        runs = self.selected_rows()
        if sum(last - first + 1 for first, last in runs) > _MOST_DRAGGED:
            return
        indexes = [
            self.model().index(row, 0) for first, last in runs for row in range(first, last + 1)
        ]
        data = self.model().mimeData(indexes)
        if len(data.urls()) < len(indexes):
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = self.picture_of(indexes[0].row())
        if picture is not None:
            drag.setPixmap(
                picture.scaledToHeight(_DRAG_PICTURE, Qt.TransformationMode.SmoothTransformation)
            )
        drag.exec(Qt.DropAction.CopyAction)
