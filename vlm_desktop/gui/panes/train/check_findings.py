"""The doctor's findings as a list, the weightiest group first: picture, sentence, what ends it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vlm_desktop import strings as sentences
from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import TrainFinding, Weight
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.alttext.thumbnails import FileThumbnails
from vlm_desktop.gui.panes.train.check_doctor import count_of
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import paint_ground, write_line

Index: TypeAlias = QModelIndex | QPersistentModelIndex
SIDE = 44
"""Points of a thumbnail's square."""
FINDING = int(Qt.ItemDataRole.UserRole)
WEIGHT = FINDING + 1
SIGNS = {
    Weight.REFUSAL: "ground-fails",
    Weight.WARNING: "check-mend",
    Weight.NOTE: "check-note",
}


class FindingDelegate(QStyledItemDelegate):
    """Rows of findings, and a line above each group of them."""

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        space = measures().space
        line = QFontMetrics(option.font).lineSpacing()
        finding: TrainFinding | None = index.data(FINDING)
        if finding is None:
            return QSize(0, line + 2 * space[1])
        view = self.parent()
        assert isinstance(view, QListWidget)
        width = _words_width(view.viewport().width())
        height = _laid(said(finding), option.font, width).boundingRect().height()
        if finding.fix is not None:
            height += QFontMetrics(_small(option.font)).lineSpacing()
        return QSize(0, max(SIDE, int(height + 0.5)) + 2 * space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        chosen = colours_of(QGuiApplication.palette())
        finding: TrainFinding | None = index.data(FINDING)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if finding is None:
            _paint_group(painter, option, index, chosen)
        else:
            self._paint_finding(painter, option, finding, chosen)
        painter.restore()

    def _paint_finding(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        finding: TrainFinding,
        chosen: Colours,
    ) -> None:
        space = measures().space
        box = option.rect.adjusted(space[0] // 2, 1, -space[0] // 2, -1)
        paint_ground(painter, box, option)
        square = QRect(option.rect.left() + space[1], option.rect.top() + space[1], SIDE, SIDE)
        self._paint_picture(painter, square, finding, chosen)
        left, top = square.right() + 1 + space[1], option.rect.top() + space[1]
        width = _words_width(option.rect.width())
        laid = _laid(said(finding), option.font, width)
        height = laid.boundingRect().height()
        fix = trainstrings.fix_name(finding)
        small = _small(option.font)
        line = QFontMetrics(small).lineSpacing() if fix else 0
        top += max(0, int(SIDE - height - line) // 2)
        painter.setPen(QColor(chosen.text))
        laid.draw(painter, QPointF(left, top))
        if fix:
            painter.setPen(QColor(chosen.accent))
            write_line(painter, QRect(left, top + int(height + 0.5), width, line), fix, small)

    def _paint_picture(
        self, painter: QPainter, box: QRect, finding: TrainFinding, chosen: Colours
    ) -> None:
        path = Path(finding.image) if finding.image else None
        pixmap = self._thumbnails.pixmap(path) if path is not None else None
        if pixmap is not None:
            painter.drawPixmap(box, pixmap)
            return
        painter.setPen(QPen(QColor(chosen.hairline), measures().hairline))
        painter.setBrush(QColor(chosen.sunken))
        painter.drawRoundedRect(box, measures().space[0], measures().space[0])
        if path is None or self._thumbnails.has_failed(path):
            inset = measures().space[2]
            icon(SIGNS[finding.weight]).paint(painter, box.adjusted(inset, inset, -inset, -inset))


def _paint_group(
    painter: QPainter, option: QStyleOptionViewItem, index: Index, chosen: Colours
) -> None:
    weight: Weight = index.data(WEIGHT)
    space, side = measures().space, measures().type_large
    box = option.rect
    sign = QRect(box.left() + space[1], box.center().y() - side // 2, side, side)
    icon(SIGNS[weight]).paint(painter, sign)
    bold = QFont(option.font)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setPen(QColor(weight_colour(chosen, weight)))
    words = box.adjusted(2 * space[1] + side - space[0], 0, -space[1], 0)
    write_line(painter, words, index.data(Qt.ItemDataRole.DisplayRole), bold)


def weight_colour(chosen: Colours, weight: Weight) -> str:
    """Of a group's words."""
    return {
        Weight.REFUSAL: chosen.bad,
        Weight.WARNING: chosen.careful,
        Weight.NOTE: chosen.text_muted,
    }[weight]


def said(finding: TrainFinding) -> str:
    """A finding as the command line says it, too."""
    return sentences.train_finding(finding)


def spoken(finding: TrainFinding) -> str:
    """The same with its weight and what ends it."""
    weight, fix = strings.WEIGHTS[finding.weight], trainstrings.fix_name(finding)
    form = strings.ROW_FIX if fix else strings.ROW
    return fill(form, weight=weight, sentence=said(finding), fix=fix)


class FindingsView(QListWidget):
    """Enter means the current finding, F its fix, Shift+F that of all of its kind."""

    shown = Signal(object)
    """A `TrainFinding` whose examples are wanted."""
    mend_wanted = Signal(object)
    mend_all_wanted = Signal(object)
    current_changed = Signal()

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: tuple[TrainFinding, ...] = ()
        self.setObjectName("findings")
        self.setItemDelegate(FindingDelegate(thumbnails, self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.FINDINGS)
        self.setAccessibleDescription(strings.FINDINGS_HINT)
        thumbnails.made.connect(lambda _: self.viewport().update())
        self.currentRowChanged.connect(lambda _: self.current_changed.emit())
        self.itemDoubleClicked.connect(lambda _: self._tell(self.shown.emit))

    @property
    def current(self) -> TrainFinding | None:
        item = self.currentItem()
        found: TrainFinding | None = item.data(FINDING) if item is not None else None
        return found

    def show_findings(self, findings: Sequence[TrainFinding]) -> None:
        """The current one stays, or what takes its place does."""
        if self.count() and tuple(findings) == self.findings:
            return
        before, row = self.current, self.currentRow()
        self.findings = tuple(findings)
        self.clear()
        for item in _items(self.findings):
            self.addItem(item)
        rows = [at for at in range(self.count()) if self.item(at).data(FINDING) is not None]
        same = [at for at in rows if self.item(at).data(FINDING) == before]
        if rows:
            self.setCurrentRow(same[0] if same else min(rows, key=lambda at: abs(at - row)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shift = Qt.KeyboardModifier.ShiftModifier
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not held and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.shown.emit)
        elif not held & ~shift and event.key() == Qt.Key.Key_F:
            self._tell((self.mend_all_wanted if held else self.mend_wanted).emit)
        else:
            super().keyPressEvent(event)

    def _tell(self, emit: Callable[[TrainFinding], None]) -> None:
        if self.current is not None:
            emit(self.current)


def _items(findings: Sequence[TrainFinding]) -> Iterator[QListWidgetItem]:
    for weight, group in groupby(findings, key=lambda one: one.weight):
        some = list(group)
        count = sum(count_of(one) for one in some)
        head = QListWidgetItem(fill(strings.GROUP, weight=strings.WEIGHTS[weight], count=count))
        head.setData(WEIGHT, weight)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        yield head
        for one in some:
            item = QListWidgetItem(said(one))
            item.setData(FINDING, one)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken(one))
            yield item


def _words_width(width: int) -> int:
    """Of a row's words: beside the picture, with room at both sides."""
    return max(1, width - SIDE - 3 * measures().space[1])


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(measures().type_small)
    return small


def _laid(text: str, font: QFont, width: int) -> QTextLayout:
    """Words in lines of this width; a name that is longer is broken."""
    laid = QTextLayout(" ".join(text.split()), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    laid.setTextOption(option)
    laid.beginLayout()
    height = 0.0
    while (line := laid.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    laid.endLayout()
    return laid
