"""Conversations as a list of Qt's: title, when, and where the words that are looked for stand."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from vlm_desktop.base.conversations import ConversationSummary
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import paint_ground, write_line

Index = QModelIndex | QPersistentModelIndex
SUMMARY = int(Qt.ItemDataRole.UserRole)


class SummaryModel(QAbstractListModel):
    """Rows of `ConversationSummary`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ConversationSummary, ...] = ()

    def show_rows(self, rows: Sequence[ConversationSummary]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def row_of(self, conversation_id: int) -> int:
        """-1 for one that is not in the list."""
        ids = [one.id for one in self.rows]
        return ids.index(conversation_id) if conversation_id in ids else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        summary = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return summary.title or strings.UNTITLED
            case Qt.ItemDataRole.AccessibleTextRole:
                return _said(summary)
            case _:
                return summary if role == SUMMARY else None


def _said(summary: ConversationSummary) -> str:
    parts = [summary.title or strings.UNTITLED, when(summary.changed_at)]
    parts += [strings.PINNED] if summary.pinned else []
    parts += [summary.excerpt] if summary.excerpt else []
    return ", ".join(parts)


def when(changed_at: str) -> str:
    """A time as a list tells it: the hour today, the date before."""
    at = QDateTime.fromString(changed_at, Qt.DateFormat.ISODate).toLocalTime()
    if not at.isValid():
        return ""
    locale = QLocale()
    if at.date() == QDateTime.currentDateTime().date():
        return locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    return locale.toString(at.date(), QLocale.FormatType.ShortFormat)


class SummaryDelegate(QStyledItemDelegate):
    """Two lines: the title, then when, or the words that were found."""

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(measures().tile, 2 * line + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        summary: ConversationSummary | None = index.data(SUMMARY)
        if summary is None:
            return
        chosen, size = colours_of(QGuiApplication.palette()), measures()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        inside = box.adjusted(size.space[1], size.space[1] - 1, -size.space[1], -size.space[1] + 1)
        line = QFontMetrics(option.font).lineSpacing()
        upper = QRect(inside.left(), inside.top(), inside.width(), line)
        lower = upper.translated(0, line)
        painter.setPen(QColor(chosen.text))
        write_line(painter, upper, summary.title or strings.UNTITLED, option.font)
        small = QFont(option.font)
        small.setPixelSize(size.type_small)
        painter.setPen(QColor(chosen.text_muted))
        words = summary.excerpt or when(summary.changed_at)
        if summary.pinned and not summary.excerpt:
            words = strings.BETWEEN.join((strings.PINNED, words))
        write_line(painter, lower, words, small)
        painter.restore()


def count_words(count: int) -> str:
    """ "1 conversation", "12 conversations"."""
    return strings.CONVERSATION_ONE if count == 1 else fill(strings.CONVERSATIONS, count=count)
