"""The list of runs: model and data, a sign and a word for the state, when, the best figure."""

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.training import RunInfo, RunState
from vlm_desktop.gui.panes.train.run_words import best_words, title_of, tone_of, when
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import (
    paint_dot,
    paint_ground,
    small_font,
    write_line,
)

Index = QModelIndex | QPersistentModelIndex
RUN = int(Qt.ItemDataRole.UserRole)
_DOT = 8
_OPEN = (RunState.QUEUED, RunState.PAUSED, RunState.INTERRUPTED)
"""What waits to go on has a ring for a dot."""


class RunModel(QAbstractListModel):
    """Main thread. The newest first; a run that changes stays where it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[RunInfo, ...] = ()

    def show_runs(self, runs: Sequence[RunInfo]) -> None:
        before = self.runs
        if [one.id for one in runs] != [one.id for one in before]:
            self.beginResetModel()
            self.runs = tuple(runs)
            self.endResetModel()
            return
        self.runs = tuple(runs)
        for row, (one, old) in enumerate(zip(runs, before, strict=True)):
            if one != old:
                self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, run_id: str) -> int:
        """-1 for none."""
        return next((row for row, one in enumerate(self.runs) if one.id == run_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.runs)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.runs):
            return None
        one = self.runs[index.row()]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return title_of(one)
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join([title_of(one), *_said(one)])
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return "\n".join([title_of(one), " · ".join(_said(one)), one.id])
        return one if role == RUN else None


def _said(one: RunInfo) -> list[str]:
    parts = [strings.STATE_WORDS[one.state], best_words(one), when(one.started, time.time())]
    return [part for part in parts if part]


class _RunRow(QStyledItemDelegate):
    """Two lines: model and data; a sign, the word for it, and the best figure."""

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        small = QFontMetrics(small_font(option.font)).lineSpacing()
        return QSize(0, QFontMetrics(option.font).lineSpacing() + small + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: RunInfo | None = index.data(RUN)
        if one is None:
            return
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(2, 1, -2, -1)
        paint_ground(painter, box, option)
        line = QFontMetrics(option.font).lineSpacing()
        inner = box.adjusted(size.space[1], size.space[1] - 1, -size.space[1], 0)
        painter.setPen(QColor(chosen.text))
        upper = QRect(inner.left(), inner.top(), inner.width(), line)
        write_line(painter, upper, title_of(one), option.font)
        small = small_font(option.font)
        lower = QRect(
            inner.left(), upper.bottom() + 1, inner.width(), QFontMetrics(small).lineSpacing()
        )
        dot = QRectF(lower.left(), lower.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        tone = tone_of(one.state)
        colour = QColor(getattr(chosen, tone) if tone else chosen.accent)
        paint_dot(painter, dot, colour, ring=one.state in _OPEN)
        painter.setPen(QColor(chosen.text_muted))
        words = lower.adjusted(_DOT + size.space[1], 0, 0, 0)
        write_line(painter, words, " · ".join(_said(one)), small)
        painter.restore()


class RunList(QListView):
    """Main thread."""

    chosen = Signal(str)
    """The id of the run that is current now, by a person's hand."""
    entered = Signal()
    """Enter: look at it."""
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainRuns")
        self.rows = RunModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_RunRow(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(strings.LIST_NAME)
        self.setAccessibleDescription(strings.LIST_DESCRIPTION)
        self.selectionModel().currentChanged.connect(self._current)
        self.activated.connect(lambda _: self.entered.emit())
        self._quiet = False

    def show_runs(self, runs: Sequence[RunInfo], current: str) -> None:
        """Without telling of what becomes current by it."""
        self._quiet = True
        self.rows.show_runs(runs)
        row = self.rows.row_of(current)
        if row != self.currentIndex().row():
            self.setCurrentIndex(self.rows.index(row) if row >= 0 else QModelIndex())
        self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.remove_wanted.emit()
            return
        super().keyPressEvent(event)

    def _current(self, index: QModelIndex) -> None:
        one: RunInfo | None = index.data(RUN)
        if not self._quiet and one is not None:
            self.chosen.emit(one.id)
