"""How a finding of the doctor is drawn: picture, sentence, what ends it; and how it is said."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QListWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vlm_desktop import strings as sentences
from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import TrainFinding, Weight
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import (
    paint_ground,
    paint_picture,
    small_font,
    write_line,
)

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

    mend_wanted = Signal(object)

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
            height += QFontMetrics(small_font(option.font)).lineSpacing()
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

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """The words of the fix are a button, too."""
        finding: TrainFinding | None = index.data(FINDING)
        if event.type() == QEvent.Type.MouseButtonRelease and finding is not None:
            assert isinstance(event, QMouseEvent)
            place = place_of(option, finding)
            if place.fix.contains(event.position().toPoint()):
                self.mend_wanted.emit(finding)
                return True
        return super().editorEvent(event, model, option, index)

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
        place = place_of(option, finding)
        self._paint_picture(painter, place.picture, finding, chosen)
        painter.setPen(QColor(chosen.text))
        place.laid.draw(painter, place.words)
        painter.setPen(QColor(chosen.accent))
        fix = trainstrings.fix_name(finding)
        write_line(painter, place.fix, fix, small_font(option.font))

    def _paint_picture(
        self, painter: QPainter, box: QRect, finding: TrainFinding, chosen: Colours
    ) -> None:
        path = Path(finding.image) if finding.image else None
        pixmap = self._thumbnails.pixmap(path) if path is not None else None
        if paint_picture(painter, box, pixmap):
            return
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


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the parts of a row are; `fix` is empty where nothing ends the finding."""

    picture: QRect
    laid: QTextLayout
    words: QPointF
    fix: QRect


def place_of(option: QStyleOptionViewItem, finding: TrainFinding) -> Place:
    """By the rectangle and the font of a row."""
    space = measures().space
    picture = QRect(option.rect.left() + space[1], option.rect.top() + space[1], SIDE, SIDE)
    left, top = picture.right() + 1 + space[1], picture.top()
    width = _words_width(option.rect.width())
    laid = _laid(said(finding), option.font, width)
    height = laid.boundingRect().height()
    fix = trainstrings.fix_name(finding)
    small = QFontMetrics(small_font(option.font))
    line = small.lineSpacing() if fix else 0
    top += max(0, int(SIDE - height - line) // 2)
    wide = min(width, small.horizontalAdvance(fix) + 1)
    return Place(
        picture, laid, QPointF(left, top), QRect(left, top + int(height + 0.5), wide, line)
    )


def _words_width(width: int) -> int:
    """Of a row's words: beside the picture, with room at both sides."""
    return max(1, width - SIDE - 3 * measures().space[1])


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
