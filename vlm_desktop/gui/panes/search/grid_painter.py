"""Painting of the grid's cells: one picture, and a few chips that were drawn once.

A cell costs a handful of pixmap copies, because corners are rounded where pictures are decoded
and every chip (its sign, its words, its ground) is drawn once per theme and scale.
"""

from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Verdict
from vlm_desktop.engine.listing import Flag
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.grid_layout import Spot
from vlm_desktop.gui.panes.search.grid_model import Cell
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import colours_of, measures

# As plain numbers: arithmetic on flags costs more than a cell's pictures do.
_OFFLINE, _PENDING, _COPIES = int(Flag.OFFLINE), int(Flag.PENDING), int(Flag.COPIES)
_BURST, _RAW, _PDF = int(Flag.BURST), int(Flag.PAIR | Flag.RAW), int(Flag.PDF)
_KEPT_CHIPS = 400
_GROUND_OPACITY = 0.92
_OFFLINE_OPACITY = 0.5
_CHIP_ICON = 14
_CHIP_HEIGHT = 20
_ROOM_FOR_WORDS = 132
"""Cells narrower than this show a sign without its word."""


class Look(NamedTuple):
    """How a cell stands there just now."""

    selected: bool = False
    current: bool = False
    opened: bool = False
    missing: bool = False
    absent: bool = False
    name: str = ""


class GroupLine(QWidget):
    """The line above the grid that says of which group the topmost photos are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ("", "")
        self._painting: GridPainter | None = None

    def show_words(self, title: str, count: str) -> None:
        if (title, count) != self._words:
            self._words = (title, count)
            self.setAccessibleName(strings.PART.join(self._words))
            self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        self._painting = None
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._painting is None:
            self._painting = GridPainter(self.palette(), self.font(), self.devicePixelRatioF())
        with QPainter(self) as painter:
            self._painting.paint_group(painter, self.rect(), *self._words)


class GridPainter:
    """Paints with one palette, font and pixel ratio. Made anew when one of them changes."""

    def __init__(self, palette: QPalette, font: QFont, ratio: float) -> None:
        self.size = measures()
        self.colours = colours_of(palette)
        self._ratio = ratio
        self._font = QFont(font)
        self._font.setPixelSize(self.size.type_small)
        self._metrics = QFontMetrics(self._font)
        self._height = max(_CHIP_HEIGHT, self._metrics.height() + self.size.space[0])
        self._chips: OrderedDict[tuple[str, str, bool], QPixmap] = OrderedDict()
        self._sunken = QColor(self.colours.sunken)
        self._accent = QColor(self.colours.accent)
        self._ground = QColor(self.colours.ground)
        self._muted = QColor(self.colours.text_muted)
        self._text = QColor(self.colours.text)
        self._hairline = QColor(self.colours.hairline)

    def paint(
        self, painter: QPainter, spot: Spot, cell: Cell, pixmap: QPixmap | None, look: Look
    ) -> None:
        """One cell; the painter's origin is that of the content."""
        tile = QRect(spot.x, spot.y, spot.width, spot.height)
        if pixmap is None:
            self._skeleton(painter, tile, look)
        elif cell.flags & _OFFLINE or look.missing:
            self._skeleton(painter, tile, look)
            painter.setOpacity(_OFFLINE_OPACITY)
            painter.drawPixmap(tile, pixmap)
            painter.setOpacity(1.0)
        else:
            painter.drawPixmap(tile, pixmap)
            if cell.flags & _PDF:
                self._outline(painter, tile)
        if look.selected:
            self._selection(painter, tile)
        if look.current:
            self._ring(painter, tile)
        self._top(painter, tile, cell, look)
        self._bottom(painter, tile, cell)

    # --- parts ---------------------------------------------------------------------------

    def _skeleton(self, painter: QPainter, tile: QRect, look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._sunken)
        painter.drawRoundedRect(tile, self.size.radius, self.size.radius)
        if look.absent and look.name:
            space = self.size.space[1]
            painter.setFont(self._font)
            painter.setPen(self._muted)
            painter.drawText(
                tile.adjusted(space, space, -space, -space),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWrapAnywhere),
                look.name,
            )

    def _outline(self, painter: QPainter, tile: QRect) -> None:
        """White paper has no edge of its own on a light ground."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._hairline, self.size.hairline))
        painter.drawRoundedRect(
            QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), self.size.radius, self.size.radius
        )

    def _selection(self, painter: QPainter, tile: QRect) -> None:
        """A frame in the accent with the ground's colour within, so it shows on any picture."""
        radius, wide = self.size.radius, self.size.focus_ring
        tint = QColor(self._accent)
        tint.setAlphaF(0.18)
        painter.setBrush(tint)
        painter.setPen(QPen(self._accent, 2 * wide))
        painter.drawRoundedRect(tile.adjusted(wide, wide, -wide, -wide), radius - 1, radius - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._ground, self.size.hairline))
        inner = 2 * wide
        painter.drawRoundedRect(tile.adjusted(inner, inner, -inner, -inner), radius - 2, radius - 2)

    def _ring(self, painter: QPainter, tile: QRect) -> None:
        """The focus: outside the picture, in the gap."""
        wide = self.size.focus_ring
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._accent, wide))
        out = wide + 1
        radius = self.size.radius + out
        painter.drawRoundedRect(QRectF(tile.adjusted(-out, -out, out, out)), radius, radius)

    def _top(self, painter: QPainter, tile: QRect, cell: Cell, look: Look) -> None:
        """States on the left, the stack on the right."""
        left, right, flags = [], [], cell.flags
        if look.selected:
            left.append(self.chip("grid-check", "", strong=True))
        if look.missing:
            left.append(self.chip("grid-missing", ""))
        if flags & _OFFLINE:
            left.append(self.chip("grid-offline", ""))
        if flags & _PENDING:
            left.append(self.chip("grid-pending", ""))
        if flags & _COPIES:
            left.append(self.chip("grid-copies", ""))
        if cell.stack:
            sign = "grid-burst" if flags & _BURST else "grid-stack"
            if cell.count > 1:
                right.append(self.chip(sign, f"{cell.count}", strong=look.opened))
            elif look.opened:
                right.append(self.chip(sign, "", strong=True))
        if flags & _RAW:
            right.append(self.chip("", strings.BADGE_PAIR))
        if left or right:
            self._row(painter, tile, left, right, tile.top() + self.size.space[0])

    def _bottom(self, painter: QPainter, tile: QRect, cell: Cell) -> None:
        """The match on the left; rating and pages on the right."""
        wordy = tile.width() >= _ROOM_FOR_WORDS
        left = []
        match cell.verdict:
            case Verdict.LIKELY:
                left.append(self.chip("grid-likely", ""))
            case Verdict.POSSIBLE:
                left.append(self.chip("grid-possible", strings.CHIP_POSSIBLE if wordy else ""))
            case Verdict.NONE:
                left.append(self.chip("grid-weak", strings.CHIP_WEAK if wordy else ""))
        right = []
        if cell.flags & _PDF:
            words = fill(strings.BADGE_PAGE, page=cell.page)
            if not cell.page:
                many = fill(strings.CELL_PAGES, pages=cell.pages)
                words = many if cell.pages > 1 else strings.BADGE_PDF
            right.append(self.chip("", words))
        if cell.rating > 0:
            right.append(self.chip("grid-rating", f"{cell.rating}"))
        if left or right:
            top = tile.bottom() + 1 - self.size.space[0] - self._height
            self._row(painter, tile, left, right, top)

    def _row(
        self, painter: QPainter, tile: QRect, left: list[QPixmap], right: list[QPixmap], top: int
    ) -> None:
        """Chips from both edges; those without room are left out (the tooltip has them all)."""
        space = self.size.space[0]
        start, end = tile.left() + space, tile.right() + 1 - space
        for chip in right:
            end -= self._width(chip)
            if end < start:
                return
            painter.drawPixmap(QPoint(end, top), chip)
            end -= space
        for chip in left:
            if start + self._width(chip) > end:
                return
            painter.drawPixmap(QPoint(start, top), chip)
            start += self._width(chip) + space

    def _width(self, chip: QPixmap) -> int:
        return round(chip.width() / self._ratio)

    def paint_group(self, painter: QPainter, place: QRect, title: str, count: str) -> None:
        """A group's line: what it is, and how many photos."""
        font = QFont(self._font)
        font.setPixelSize(self.size.type_large)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._text)
        metrics = painter.fontMetrics()
        # Of a long path the end says most.
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideLeft, place.width() * 3 // 4)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(place, middle, shown)
        font.setPixelSize(self.size.type_body)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._muted)
        rest = place.adjusted(metrics.horizontalAdvance(shown) + self.size.space[2], 1, 0, 0)
        painter.drawText(rest, middle, count)

    # --- chips ---------------------------------------------------------------------------

    def chip(self, sign: str, words: str, *, strong: bool = False) -> QPixmap:
        """A small label with a sign or words or both, drawn once."""
        key = (sign, words, strong)
        kept = self._chips.get(key)
        if kept is None:
            kept = self._chips[key] = self._drawn(sign, words, strong=strong)
            if len(self._chips) > _KEPT_CHIPS:
                self._chips.popitem(last=False)
        return kept

    def _drawn(self, sign: str, words: str, *, strong: bool) -> QPixmap:
        space = self.size.space[0]
        wide = self._metrics.horizontalAdvance(words) if words else 0
        inner = wide + (_CHIP_ICON if sign else 0) + (space if sign and words else 0)
        width = max(self._height, inner + 2 * (space + 2)) if words else self._height
        pixmap = QPixmap(QSize(width, self._height) * self._ratio)
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self.colours.accent if strong else self.colours.raised)
        ground.setAlphaF(1.0 if strong else _GROUND_OPACITY)
        # White paper lies under some chips: the edge keeps them apart from it.
        painter.setPen(QPen(ground if strong else self._hairline, self.size.hairline))
        painter.setBrush(ground)
        outline = QRectF(0, 0, width, self._height).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outline, self._height / 2, self._height / 2)
        ink = QColor(self.colours.accent_text if strong else self.colours.text)
        left = (width - inner) // 2
        if sign:
            self._draw_sign(painter, sign, ink, QPoint(left, (self._height - _CHIP_ICON) // 2))
            left += _CHIP_ICON + space
        if words:
            painter.setFont(self._font)
            painter.setPen(ink)
            painter.drawText(
                QRect(left, 0, wide + space, self._height),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                words,
            )
        painter.end()
        return pixmap

    def _draw_sign(self, painter: QPainter, name: str, ink: QColor, at: QPoint) -> None:
        side = round(_CHIP_ICON * self._ratio)
        sign = icon(name).pixmap(QSize(side, side), 1.0)
        tint = QPainter(sign)
        tint.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        tint.fillRect(sign.rect(), ink)
        tint.end()
        sign.setDevicePixelRatio(self._ratio)
        painter.drawPixmap(at, sign)
