"""The grid of found photos: square tiles from edge to edge, painted by one delegate."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vlm_desktop.base.types import Verdict
from vlm_desktop.gui.panes.search.hits_model import HitsModel, Roles
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.thumbnails import ThumbnailLoader

_GAP = 1
"""Index of the gap between tiles in the scale of spaces."""
_Index = QModelIndex | QPersistentModelIndex


class HitsDelegate(QStyledItemDelegate):
    """Paints a tile: picture or name, a chip for less than likely matches, selection, focus."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        size = measures()
        chosen = colours_of(option.palette)
        gap = size.space[_GAP] // 2
        tile: QRect = option.rect.adjusted(gap, gap, -gap, -gap)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(tile), size.radius, size.radius)
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        painter.fillPath(outline, QColor(chosen.sunken))
        if isinstance(pixmap, QPixmap):
            painter.setClipPath(outline)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(tile, pixmap)
            painter.setClipping(False)
        else:
            self._write_name(painter, tile, index, QColor(chosen.text_muted))
        chip = _chip(index.data(Roles.VERDICT))
        if chip:
            self._write_chip(painter, tile, chip, option)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            tint = QColor(chosen.accent)
            tint.setAlphaF(0.28)
            painter.fillPath(outline, tint)
        if state & QStyle.StateFlag.State_HasFocus:
            self._draw_ring(painter, tile, QColor(chosen.accent), QColor(chosen.ground))
        painter.restore()

    @staticmethod
    def _write_name(painter: QPainter, tile: QRect, index: _Index, colour: QColor) -> None:
        space = measures().space[1]
        painter.setPen(colour)
        painter.drawText(
            tile.adjusted(space, space, -space, -space),
            int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWrapAnywhere),
            str(index.data(Qt.ItemDataRole.DisplayRole)),
        )

    @staticmethod
    def _write_chip(
        painter: QPainter, tile: QRect, text: str, option: QStyleOptionViewItem
    ) -> None:
        size, chosen = measures(), colours_of(option.palette)
        font = QFont(painter.font())
        font.setPixelSize(size.type_small)
        painter.setFont(font)
        space = size.space[0]
        written = painter.fontMetrics().boundingRect(text)
        width, height = written.width() + 4 * space, written.height() + space
        chip = QRect(tile.left() + space + 2, tile.bottom() - height - space - 1, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(chosen.raised))
        painter.drawRoundedRect(chip, height / 2, height / 2)
        painter.setPen(QColor(chosen.text))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), text)

    @staticmethod
    def _draw_ring(painter: QPainter, tile: QRect, accent: QColor, ground: QColor) -> None:
        """Accent, with the ground's colour inside it so that it shows on any picture."""
        size = measures()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for inset, colour, width in (
            (size.focus_ring * 1.5, ground, size.focus_ring),
            (size.focus_ring * 0.5, accent, size.focus_ring),
        ):
            painter.setPen(QPen(colour, width))
            ring = QRectF(tile).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(ring, size.radius - inset, size.radius - inset)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        view = option.widget
        return view.gridSize() if isinstance(view, QListView) else QSize()


def _chip(verdict: Verdict | None) -> str:
    """The word on a tile; likely matches carry none."""
    if verdict is Verdict.POSSIBLE:
        return strings.CHIP_POSSIBLE
    return strings.CHIP_WEAK if verdict is Verdict.NONE else ""


class HitsView(QListView):
    """Model/view grid. Enter or double click emits `activated`; tiles fill the width evenly."""

    def __init__(
        self, model: HitsModel, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.setObjectName("hits")
        self.setAccessibleName(strings.GRID_NAME)
        self.setModel(model)
        self.setItemDelegate(HitsDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setViewportMargins(measures().space[2], 0, measures().space[0], 0)
        self._fit_tiles()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fit_tiles()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_tiles()
        super().changeEvent(event)

    def _fit_tiles(self) -> None:
        size = measures()
        gap = size.space[_GAP]
        # Two pixels less: a row that fits exactly is broken by QListView.
        width = max(1, self.viewport().width() - 2)
        side = width // max(1, width // (size.tile + gap))
        if self.gridSize() != QSize(side, side):
            self.setGridSize(QSize(side, side))
        # A multiple of 16, so that dragging the window's edge does not fetch all anew each time.
        pixels = (side - gap) * self.devicePixelRatioF()
        self._thumbnails.set_side(int(-(-pixels // 16) * 16))
