"""A small table of facts to read."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll

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
        QTimer.singleShot(0, self._come_into_view)

    def _come_into_view(self) -> None:
        """`ensureWidgetVisible` looks at the current row only."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, FollowingScroll):
            area = area.parentWidget()
        if area is not None:
            area.show_whole(self)
