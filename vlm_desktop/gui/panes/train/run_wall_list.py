"""Held-out examples as rows: picture, what was asked, the right answer, before and now."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QGuiApplication,
    QPainter,
    QPalette,
    QPixmap,
    QResizeEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Probed
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.run_answers import AnswerRow, new_words, pieces
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import (
    paint_ground,
    paint_picture,
)

Index = QModelIndex | QPersistentModelIndex
ROW = int(Qt.ItemDataRole.UserRole)
MOST_ROWS = 100


def picture_side() -> int:
    return measures().tile // 2


class WallModel(QAbstractListModel):
    """Main thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[AnswerRow] = []

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """Rows of the same examples in the same order are changed in place."""
        shown = list(rows[:MOST_ROWS])
        if [one.key for one in shown] != [one.key for one in self.rows]:
            self.beginResetModel()
            self.rows = shown
            self.endResetModel()
        elif shown != self.rows:
            self.rows = shown
            self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        one = self.rows[index.row()]
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return said_row(one)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return one.example.image if one.example is not None else None
        return one if role == ROW else None


def said_row(row: AnswerRow) -> str:
    """A row in words."""
    parts = list(_task(row))
    if row.base is not None:
        parts.append(f"{strings.WALL_BASE}: {_answer(row.base)}")
    if row.step:
        words = fill(strings.WALL_NOW, step=row.step)
        parts.append(f"{words}: {_answer(row.now)}")
        if row.now is not None and row.base is not None:
            form = _by_gain(row, strings.WALL_BETTER_SAID, strings.WALL_WORSE_SAID,
                            strings.WALL_SAME_SAID)  # fmt: skip
            parts.append(fill(form, value=row.now.score))
            fresh = new_words(pieces(row.base.answer, row.now.answer))
            if fresh:
                parts.append(fill(strings.WALL_NEW_WORDS, words=fresh))
    return "; ".join(parts)


def _task(row: AnswerRow) -> list[str]:
    """What was asked, and the right answer."""
    if row.example is None:
        return [strings.WALL_UNKNOWN]
    turn = row.example.turns[-1]
    asked = [fill(strings.WALL_ASK, text=turn.ask)] if turn.ask else []
    return [*asked, fill(strings.WALL_RIGHT, text=turn.answer)]


def _answer(said: Probed | None) -> str:
    if said is None:
        return strings.WALL_NOT_YET
    return " ".join(said.answer.split()) or strings.WALL_SILENT


def _by_gain(row: AnswerRow, better: str, worse: str, same: str) -> str:
    return better if row.gain > 0 else worse if row.gain < 0 else same


def html_of(row: AnswerRow, chosen: Colours) -> str:
    """A row to be painted: new words are bold and underlined."""
    lines = [f'<p style="color:{chosen.text_muted}">{escape(one)}</p>' for one in _task(row)]
    if row.base is not None:
        score = fill(strings.WALL_SCORE, value=row.base.score)
        lines.append(_line(strings.WALL_BASE, escape(_answer(row.base)), score, chosen.text_muted))
    if row.step:
        words = fill(strings.WALL_NOW, step=row.step)
        lines.append(_line(words, _marked(row), *_score(row, chosen)))
    return "".join(lines)


def _line(name: str, answer: str, score: str, colour: str) -> str:
    sign = f' &nbsp;<span style="color:{colour}">{escape(score)}</span>' if score else ""
    return f"<p><b>{escape(name)}:</b> {answer}{sign}</p>"


def _marked(row: AnswerRow) -> str:
    if row.now is None or row.base is None or not row.now.answer.strip():
        return escape(_answer(row.now))
    return "".join(
        _fresh(text) if is_new else escape(text)
        for text, is_new in pieces(_answer(row.base), _answer(row.now))
    )


def _fresh(text: str) -> str:
    """Spaces around new words are no news."""
    inner = text.strip()
    before, _, after = text.partition(inner) if inner else (text, "", "")
    return f"{before}<b><u>{escape(inner)}</u></b>{after}" if inner else text


def _score(row: AnswerRow, chosen: Colours) -> tuple[str, str]:
    if row.now is None:
        return "", chosen.text_muted
    if row.base is None:
        return fill(strings.WALL_SCORE, value=row.now.score), chosen.text_muted
    form = _by_gain(row, strings.WALL_BETTER, strings.WALL_WORSE, strings.WALL_SAME)
    colour = _by_gain(row, chosen.good, chosen.bad, chosen.text_muted)
    return fill(form, value=row.now.score), colour


class _WallRow(QStyledItemDelegate):
    """The picture at the left, words beside it, as high as they need."""

    def __init__(self, thumbnails: FileThumbnails, parent: "WallList") -> None:
        super().__init__(parent)
        self._list = parent
        self._thumbnails = thumbnails
        self._documents: dict[tuple[AnswerRow, str, int], QTextDocument] = {}

    def forget(self) -> None:
        """Rows, width or colours are others."""
        self._documents.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        row: AnswerRow | None = index.data(ROW)
        if row is None:
            return QSize(0, 0)
        high = self._document(row).size().height()
        return QSize(0, round(max(high, picture_side())) + 2 * measures().space[1])

    def _document(self, row: AnswerRow) -> QTextDocument:
        chosen = colours_of(QGuiApplication.palette())
        width = self._list.words_width()
        key = (row.key, row.step, row.now, row.example is None, chosen.text, width)
        known = self._documents.get(key)  # type: ignore[call-overload]
        if known is None:
            known = QTextDocument(self)
            known.setDocumentMargin(0)
            known.setDefaultFont(self._list.font())
            known.setDefaultStyleSheet(
                f"p {{ margin: 0 0 {measures().space[0]}px 0; color: {chosen.text}; }}"
            )
            known.setHtml(html_of(row, chosen))
            known.setTextWidth(width)
            self._documents[key] = known  # type: ignore[index]
        return known

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: AnswerRow | None = index.data(ROW)
        if row is None:
            return
        space, side = measures().space, picture_side()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(2, 1, -2, -1)
        paint_ground(painter, box, option)
        square = QRect(box.left() + space[1], box.top() + space[1] - 1, side, side)
        self._paint_picture(painter, square, row)
        painter.translate(QPointF(square.right() + 1 + space[2], square.top()))
        context = QAbstractTextDocumentLayout.PaintContext()
        chosen = colours_of(QGuiApplication.palette())
        context.palette.setColor(QPalette.ColorRole.Text, QColor(chosen.text))
        self._document(row).documentLayout().draw(painter, context)
        painter.restore()

    def _paint_picture(self, painter: QPainter, square: QRect, row: AnswerRow) -> None:
        path = Path(row.example.image) if row.example is not None else None
        found: QPixmap | None = self._thumbnails.pixmap(path) if path is not None else None
        if paint_picture(painter, square, found):
            return
        if path is None or self._thumbnails.has_failed(path):
            middle = measures().icon
            place = QRect(0, 0, middle, middle)
            place.moveCenter(square.center())
            icon("picture").paint(painter, place)


class WallList(QListView):
    """Main thread."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainWall")
        self.answers = WallModel(self)
        self.setModel(self.answers)
        side = round(picture_side() * self.devicePixelRatioF())
        self.thumbnails = thumbnails = FileThumbnails(desk, side, self)
        thumbnails.made.connect(lambda _: self.viewport().update())
        self.rows = _WallRow(thumbnails, self)
        self.setItemDelegate(self.rows)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(strings.WALL_LIST)
        self.setMinimumHeight(picture_side() + 2 * measures().space[2])

    def words_width(self) -> int:
        """Points that the words of a row have."""
        space = measures().space
        return max(80, self.viewport().width() - picture_side() - 2 * space[1] - space[2] - 4)

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        self.rows.forget()
        self.answers.show_rows(rows)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        if event.oldSize().width() != event.size().width():
            self.rows.forget()
        super().resizeEvent(event)
