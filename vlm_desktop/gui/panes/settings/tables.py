"""A small table of facts to read."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHeaderView, QScrollArea, QTreeWidget, QTreeWidgetItem, QWidget

from vlm_desktop.gui.theme import measures

_MOST_ROWS = 12


class FactTable(QTreeWidget):
    """As high as its rows, up to twelve; the last column takes what room is left."""

    def __init__(self, heads: tuple[str, ...], name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderLabels(heads)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        header = self.header()
        header.setStretchLastSection(True)
        for column in range(len(heads) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def add_row(self, words: tuple[str, ...]) -> None:
        row = QTreeWidgetItem(list(words))
        for column, text in enumerate(words):
            row.setToolTip(column, text)
        self.addTopLevelItem(row)

    def fit_height(self) -> None:
        """So that no second scroll bar is in the way."""
        rows = min(self.topLevelItemCount(), _MOST_ROWS)
        row = max(self.sizeHintForRow(0), self.fontMetrics().height())
        frame = 2 * self.frameWidth() + measures().space[1]
        self.setFixedHeight(self.header().sizeHint().height() + rows * row + frame)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keyboard shows where it is: on a row, with the whole table in view."""
        super().focusInEvent(event)
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() not in by_key:
            return
        if self.currentItem() is None and self.topLevelItemCount():
            self.setCurrentItem(self.topLevelItem(0))
        area = self._area()
        if area is not None:
            # What is above may still be filled in, and push the table away.
            area.widget().installEventFilter(self)
            QTimer.singleShot(0, self._come_into_view)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        area = self._area()
        if area is not None:
            area.widget().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and self.hasFocus():
            QTimer.singleShot(0, self._come_into_view)
        return super().eventFilter(watched, event)

    def _area(self) -> QScrollArea | None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        return area

    def _come_into_view(self) -> None:
        area = self._area()
        if area is not None:
            # `ensureWidgetVisible` looks at the current row only. The top is shown last, and so
            # for sure.
            top = self.mapTo(area.widget(), self.rect().topLeft()).y()
            for y in (top + self.height(), top):
                area.ensureVisible(0, y, 0, measures().space[3])
