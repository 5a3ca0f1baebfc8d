"""The list of examples: thumbnail, what is to be learned, what it is about, its use and label."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.training import Example, Split
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.panes.train.data_model import ROW, ExampleRow, Index
from vlm_desktop.gui.panes.train.data_words import row_words
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import (
    paint_dot,
    paint_ground,
    paint_picture,
    small_font,
    write_line,
)

SIDE = 56
"""Points of a thumbnail's square."""
_DOT = 8
SPLIT_KEYS = {
    Qt.Key.Key_1: Split.TRAIN,
    Qt.Key.Key_2: Split.VALIDATION,
    Qt.Key.Key_3: Split.LEFT_OUT,
}


class ExampleDelegate(QStyledItemDelegate):
    """Three lines beside a thumbnail."""

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(0, max(SIDE, 3 * line) + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ExampleRow | None = index.data(ROW)
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        small = size.space[1]
        top = box.top() + (box.height() - SIDE) // 2
        self._paint_picture(painter, QRect(box.left() + small, top, SIDE, SIDE), row, chosen)
        left = box.left() + 2 * small + SIDE
        line = QFontMetrics(option.font).lineSpacing()
        words = QRect(left, box.center().y() - 3 * line // 2, box.right() - small - left, line)
        if row is None:
            _paint_skeleton(painter, words, chosen)
        else:
            self._paint_words(painter, words, row, option.font, chosen)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, line: QRect, row: ExampleRow, font: QFont, chosen: Colours
    ) -> None:
        text, detail = row_words(row.example)
        small = small_font(font)
        painter.setPen(QColor(chosen.text))
        write_line(painter, line, text, font)
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, line.translated(0, line.height()), detail, small)
        _paint_use(painter, line.translated(0, 2 * line.height()), row.example, small, chosen)

    def _paint_picture(
        self, painter: QPainter, box: QRect, row: ExampleRow | None, chosen: Colours
    ) -> None:
        pixmap: QPixmap | None = None
        if row is not None:
            pixmap = self._thumbnails.pixmap(row.path, row.example.content)
        if paint_picture(painter, box, pixmap):
            return
        if row is not None and self._thumbnails.has_failed(row.path):
            painter.setPen(QColor(chosen.text_muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "?")


def paint_side(painter: QPainter, box: QRectF, split: Split, chosen: Colours) -> None:
    """A full dot is learned from, a ring held out, a line left out."""
    if split is Split.LEFT_OUT:
        painter.setPen(QPen(QColor(chosen.text_muted), measures().focus_ring))
        painter.drawLine(box.left(), box.center().y(), box.right(), box.center().y())
        return
    colour = chosen.accent if split is Split.TRAIN else chosen.good
    paint_dot(painter, box, QColor(colour), ring=split is Split.VALIDATION)


def _paint_use(painter: QPainter, line: QRect, one: Example, font: QFont, chosen: Colours) -> None:
    dot = QRectF(line.left(), line.center().y() - _DOT / 2 + 1, _DOT, _DOT)
    paint_side(painter, dot, one.split, chosen)
    parts = [strings.SIDES[one.split], strings.KINDS[one.kind], one.label]
    words = line.adjusted(_DOT + measures().space[0] + 2, 0, 0, 0)
    painter.setPen(QColor(chosen.text_muted))
    write_line(painter, words, " · ".join(filter(None, parts)), font)


def _paint_skeleton(painter: QPainter, line: QRect, chosen: Colours) -> None:
    """Where words will be."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(chosen.sunken))
    height = measures().space[1]
    for number, part in enumerate((2, 3)):
        top = line.top() + number * line.height() + (line.height() - height) // 2
        painter.drawRoundedRect(QRect(line.left(), top, line.width() // part, height), 2, 2)


class ExamplesView(QListView):
    """Single keys act while it has the focus, on all that is selected."""

    edit_wanted = Signal()
    large_wanted = Signal()
    side_wanted = Signal(object)
    """A `Split`."""
    take_out_wanted = Signal()

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ExampleDelegate(thumbnails, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(strings.LIST_NAME)
        self.setAccessibleDescription(strings.LIST_DESCRIPTION)
        self.doubleClicked.connect(lambda _: self.edit_wanted.emit())
        thumbnails.made.connect(lambda _: self.viewport().update())

    def keyboardSearch(self, _: str) -> None:  # noqa: N802
        """Letters look for nothing: Qt would read every row for that."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        split = SPLIT_KEYS.get(event.key())  # type: ignore[call-overload]
        if split is not None:
            self.side_wanted.emit(split)
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.edit_wanted.emit()
            case Qt.Key.Key_Space:
                self.large_wanted.emit()
            case Qt.Key.Key_Delete:
                self.take_out_wanted.emit()
            case _:
                super().keyPressEvent(event)
