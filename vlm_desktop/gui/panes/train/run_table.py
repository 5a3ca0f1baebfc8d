"""Every evaluation of a run as a row: what the plot draws, to be read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Validated
from vlm_desktop.gui.panes.train.run_story import RunLook
from vlm_desktop.gui.panes.train.run_words import marks
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures

_ROWS = 4
"""So many are in sight at least."""


class RunTable(QTableWidget):
    """The oldest first. Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 7, parent)
        self.setAccessibleName(strings.TABLE_NAME)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        line = self.fontMetrics().lineSpacing() + 2 * measures().space[0]
        self.verticalHeader().setDefaultSectionSize(line)
        self.setMinimumHeight((_ROWS + 1) * line + 2 * measures().space[0])
        self._shown: tuple[tuple[str, ...], ...] = ()

    def show_look(self, look: RunLook) -> None:
        """Rows that stay the same are left alone, so that nothing jumps."""
        metric = look.evaluated[-1].metric if look.evaluated else ""
        self.setHorizontalHeaderLabels(
            (
                strings.TABLE_STEP, strings.metric_name(metric), strings.TABLE_RANGE,
                strings.TABLE_LOSS, strings.TABLE_BLIND, strings.TABLE_GENERAL, strings.TABLE_MARK,
            )
        )  # fmt: skip
        rows = tuple(_cells(one, marks(one, look.best)) for one in look.evaluated)
        was_at_end = self.currentRow() in (-1, self.rowCount() - 1)
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            if row < len(self._shown) and self._shown[row] == cells:
                continue
            for column, text in enumerate(cells):
                item = self.item(row, column)
                if item is None:
                    self.setItem(row, column, QTableWidgetItem(text))
                else:
                    item.setText(text)
        self._shown = rows
        if rows and was_at_end and not self.hasFocus():
            self.scrollToBottom()


def _cells(said: Validated, mark: str) -> tuple[str, ...]:
    return (
        fill("{step:,}", step=said.step),
        _figure(said.score.value),
        fill(strings.RANGE, low=said.score.low, high=said.score.high),
        _figure(said.loss),
        "" if said.blind is None else _figure(said.blind),
        "" if said.general is None else _figure(said.general),
        mark,
    )


def _figure(value: float) -> str:
    return fill(strings.FIGURE, value=value)
