"""The grid itself: a list view with its own geometry.

A QListView for what it brings (the role and the cells that screen readers see, selections, item
views' signals), but none of its layout: its icon mode lays out every item again for each change
and knows no groups. Geometry comes from `GridLayout`, painting from `GridPainter`, and only rows
in view are ever looked at.
"""

from collections.abc import Iterator

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.engine.listing import Flag, Group
from vlm_desktop.gui.panes.search.grid_layout import Breaks, GridLayout, Header, Spot, lay_out
from vlm_desktop.gui.panes.search.grid_model import GridModel
from vlm_desktop.gui.panes.search.grid_painter import GridPainter, GroupLine, Look
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures, Wanted
from vlm_desktop.gui.panes.search.grid_touch import GridTouch, is_within
from vlm_desktop.gui.panes.search.grid_words import group_title
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import measures

SMALLEST, LARGEST = 88, 420
"""Bounds of the height of rows, device-independent pixels."""

_ZOOM_STEP = 1.15
_WHEEL_NOTCH = 120
_JUMP_MS = 40
_OFFLINE = int(Flag.OFFLINE)
_Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag


class GridView(GridTouch, QListView):
    """Photos in rows. Enter or double click emits `activated`; `zoomed` tells the row height."""

    zoomed = Signal(int)
    stack_wanted = Signal(int)
    """The row of a photo whose stack is to be opened or closed."""
    named = Signal(str)
    """Letters typed to find a file name."""

    def __init__(
        self, model: GridModel, pictures: GridPictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._photos = model
        self._pictures = pictures
        self._row_height = measures().tile
        self._layout: GridLayout | None = None
        self._made_for: tuple[object, ...] = ()
        self._painter: GridPainter | None = None
        self._group_line = GroupLine(self)
        self._painted_at = 0
        self._wanting = QTimer(self, singleShot=True, interval=_JUMP_MS)
        self._wanting.timeout.connect(self._want_pictures)
        self.init_touch()
        self.setObjectName("hits")
        self.setAccessibleName(strings.GRID_NAME)
        self.setAccessibleDescription(strings.GRID_DESCRIPTION)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setAutoScroll(False)
        self.setMouseTracking(False)
        # All of it is painted, so that scrolling may move what is there already.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        pictures.loaded.connect(self._picture_loaded)
        model.located.connect(self.viewport().update)

    # --- geometry ------------------------------------------------------------------------

    @property
    def row_height(self) -> int:
        """The height rows aim at, device-independent pixels: the zoom."""
        return self._row_height

    def layout_now(self) -> GridLayout:
        """The layout for what is shown at this width; made anew when one of them changed."""
        made_for = (self._photos.listing, self.viewport().width(), self._row_height)
        if self._layout is None or made_for != self._made_for:
            self._layout, self._made_for = self._laid_out(), made_for
        return self._layout

    def _laid_out(self) -> GridLayout:
        gap = measures().space[1]
        header = measures().space[5] + measures().space[1]
        listing = self._photos.listing
        if listing is None:
            return GridLayout([], Breaks([], []), [], 1, gap, header)
        left = measures().space[2]
        room = self.viewport().width() - left - measures().space[0]
        return lay_out(listing, room, self._row_height, gap, header, left)

    def relayout(self, keep: tuple[int, float, int] | None = None) -> None:
        """Lay out anew; `keep` (row, share of its height, y in the view) stays where it is."""
        self._spread_margins()
        layout = self.layout_now()
        bar = self.verticalScrollBar()
        bar.setSingleStep(max(1, self._row_height // 3))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, layout.height - self.viewport().height()))
        bar.setEnabled(bar.maximum() > 0)
        spot = layout.spot(keep[0]) if keep is not None else None
        if keep is not None and spot is not None:
            bar.setValue(round(spot.y + keep[1] * spot.height - keep[2]))
        self._show_group()
        self.viewport().update()

    def _spread_margins(self) -> None:
        space = measures().space
        grouped = bool(self._photos.groups)
        top = space[5] if grouped else 0
        if self.viewportMargins().top() != top:
            self.setViewportMargins(0, top, 0, 0)
        self._group_line.setVisible(grouped)
        self._group_line.setGeometry(space[2], 0, max(1, self.width() - 2 * space[2]), top)

    def anchor(self) -> tuple[int, float, int] | None:
        """What should stay when the layout changes: the photo at the top of the view.

        Where it stood last: when the window is resized, the width is another one already.
        """
        layout = self._layout or self.layout_now()
        top = self.verticalOffset()
        rows = layout.rows_between(top, top + max(1, self.viewport().height()))
        if not rows or top == 0:
            return None
        spot = layout.spots(rows[0])[0]
        return spot.item, 0.0, spot.y - top

    def set_row_height(self, height: int, at: QPoint | None = None) -> None:
        """Zoom; what is under `at` (in the viewport), else the current photo, stays put."""
        height = min(LARGEST, max(SMALLEST, height))
        if height == self._row_height:
            return
        keep = self._zoom_anchor(at)
        self._row_height = height
        self.relayout(keep)
        self.zoomed.emit(height)

    def zoom(self, steps: float, at: QPoint | None = None) -> None:
        self.set_row_height(round(self._row_height * _ZOOM_STEP**steps), at)

    def _zoom_anchor(self, at: QPoint | None) -> tuple[int, float, int] | None:
        layout = self.layout_now()
        top = self.verticalOffset()
        item = None
        if at is not None:
            item = layout.item_at(at.x(), at.y() + top)
        elif self.visualRect(self.currentIndex()).intersects(self.viewport().rect()):
            item = self.currentIndex().row()
        spot = layout.spot(item) if item is not None else None
        if spot is None:
            return self.anchor()
        y = at.y() if at is not None else spot.y + spot.height // 2 - top
        return spot.item, (y + top - spot.y) / spot.height, y

    # --- what is in view -----------------------------------------------------------------

    def spots_in(self, top: int, bottom: int) -> Iterator[Spot]:
        """The cells of the rows that touch a stretch of the content."""
        layout = self.layout_now()
        for row in layout.rows_between(top, bottom):
            yield from layout.spots(row)

    def _want_soon(self, top: int) -> None:
        """Ask for pictures now, or after a jump a moment later: the next jump may follow at once.

        A hand on the scroll bar flies over thousands of photos; what it passes is not decoded.
        """
        jumped = abs(top - self._painted_at) > self.viewport().height() // 2
        self._painted_at = top
        if jumped:
            if not self._wanting.isActive():
                self._wanting.start()
        elif not self._wanting.isActive():
            self._want_pictures()

    def _want_pictures(self) -> None:
        """Ask for what is in view, from its middle outwards, then for a page on either side."""
        top, height = self.verticalOffset(), self.viewport().height()
        middle = top + height / 2
        seen, near = [], []
        for spot in self.spots_in(top - height // 2, top + height + height // 2):
            inside = spot.y < top + height and spot.y + spot.height > top
            (seen if inside else near).append(spot)
        for some in (seen, near):
            some.sort(key=lambda spot: abs(spot.y + spot.height / 2 - middle))
        ratio = self.devicePixelRatioF()
        radius = round(measures().radius * ratio)
        wanted = []
        for spot in (*seen, *near):
            cell = self._photos.cell(spot.item)
            wide, high = round(spot.width * ratio), round(spot.height * ratio)
            grey = bool(cell.flags & _OFFLINE)
            wanted.append(Wanted(cell.content_id, wide, high, radius, grey))
        self._pictures.want(wanted)
        if seen:
            rows = [spot.item for spot in seen]
            self._photos.look(min(rows), max(rows))

    def stop(self) -> None:
        """Nothing starts by itself any more."""
        self._wanting.stop()
        self.forget_touch()

    def picture_of(self, row: int) -> QPixmap | None:
        """The picture of a row as far as it is there."""
        content_id = self._photos.content_id(row)
        return None if content_id is None else self._pictures.picture(content_id)

    def _picture_loaded(self, content_id: int) -> None:
        row = self._photos.row_of(content_id)
        if row is not None:
            rect = self.visualRect(self._photos.index(row))
            if rect.intersects(self.viewport().rect()):
                self.viewport().update(rect)

    def _show_group(self) -> None:
        """Say above the photos which group the topmost ones are of."""
        groups = self._photos.groups
        if groups:
            number = min(len(groups) - 1, self.layout_now().group_at(self.verticalOffset() + 1))
            self._group_line.show_words(*self._group_words(groups[number]))

    def _group_words(self, group: Group) -> tuple[str, str]:
        listing = self._photos.listing
        assert listing is not None
        count = strings.photos(group.count)
        if group.folder is not None:
            count = fill(strings.FOLDER_LINE, count=count, path=group.folder)
        return group_title(group, listing.arrangement.grouping), count

    def is_badge(self, row: int, at: QPoint) -> bool:
        """Whether a point of the viewport is on the sign of a stack, which opens and closes it."""
        cell = self._photos.cell(row)
        if not (cell.count > 1 or self._photos.is_opened(cell)):
            return False
        tile = self.visualRect(self._photos.index(row))
        space = measures().space
        badge = QRect(0, 0, 2 * space[3] + space[1], space[4] + space[0])
        badge.moveTopRight(tile.topRight())
        return badge.contains(at)

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Window))
        top = self.verticalOffset()
        painter.translate(0, -top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painting = self._painting()
        area = event.rect().translated(0, top)
        # The focus ring reaches into the gap.
        reach = measures().space[0]
        layout = self.layout_now()
        runs = self.selected_rows()
        current = self.currentIndex().row() if self.hasFocus() else -1
        for header in layout.headers_between(area.top(), area.bottom() + 1):
            self._paint_header(painter, painting, header)
        for spot in self.spots_in(area.top() - reach, area.bottom() + 1 + reach):
            if spot.x <= area.right() + reach and spot.x + spot.width >= area.left() - reach:
                selected = is_within(runs, spot.item)
                self._paint_cell(painter, painting, spot, selected, spot.item == current)
        self.paint_band(painter)
        painter.end()
        self._want_soon(top)

    def _paint_cell(
        self,
        painter: QPainter,
        painting: GridPainter,
        spot: Spot,
        selected: bool,
        current: bool,
    ) -> None:
        photos = self._photos
        cell = photos.cell(spot.item)
        absent = self._pictures.is_absent(cell.content_id)
        look = Look(
            selected,
            current,
            photos.is_opened(cell),
            photos.is_missing(spot.item),
            absent,
            str(photos.index(spot.item).data() or "") if absent else "",
        )
        painting.paint(painter, spot, cell, self._pictures.picture(cell.content_id), look)

    def _paint_header(self, painter: QPainter, painting: GridPainter, header: Header) -> None:
        title, count = self._group_words(self._photos.groups[header.group])
        size = painting.size
        layout = self.layout_now()
        painting.paint_group(
            painter,
            QRect(layout.left, header.y, layout.width, header.height - size.space[0]),
            title,
            count,
        )

    def _painting(self) -> GridPainter:
        if self._painter is None:
            self._painter = GridPainter(self.palette(), self.font(), self.devicePixelRatioF())
        return self._painter

    # --- Qt's own: geometry ----------------------------------------------------------------

    def visualRect(self, index: _Index) -> QRect:  # noqa: N802
        spot = self.layout_now().spot(index.row()) if index.isValid() else None
        if spot is None:
            return QRect()
        return QRect(spot.x, spot.y - self.verticalOffset(), spot.width, spot.height)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        item = self.layout_now().item_at(point.x(), point.y() + self.verticalOffset())
        return self._photos.index(item) if item is not None else QModelIndex()

    def scrollTo(  # noqa: N802
        self,
        index: _Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        spot = self.layout_now().spot(index.row()) if index.isValid() else None
        if spot is None:
            return
        bar, height = self.verticalScrollBar(), self.viewport().height()
        gap = self.layout_now().gap
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter or spot.height > height:
            bar.setValue(spot.y - max(0, height - spot.height) // 2)
        elif spot.y - gap < bar.value():
            bar.setValue(spot.y - gap)
        elif spot.y + spot.height + gap > bar.value() + height:
            bar.setValue(spot.y + spot.height + gap - height)

    def verticalOffset(self) -> int:  # noqa: N802
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:  # noqa: N802
        return 0

    def isIndexHidden(self, index: _Index) -> bool:  # noqa: N802
        return False

    def setSelection(self, rect: QRect, command: _Select) -> None:  # noqa: N802
        top = self.verticalOffset()
        area = rect.normalized()
        runs = self.layout_now().items_in(
            area.left(), area.top() + top, area.right(), area.bottom() + top
        )
        chosen = QItemSelection()
        for first, last in runs:
            chosen.select(self._photos.index(first), self._photos.index(last))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """What to paint anew; only what is in view counts."""
        region = QRegion()
        top = self.verticalOffset()
        seen = [spot.item for spot in self.spots_in(top, top + self.viewport().height())]
        for chosen in selection:
            for item in seen:
                if chosen.top() <= item <= chosen.bottom():
                    region += self.visualRect(self._photos.index(item)).adjusted(-4, -4, 4, 4)
        return region

    def doItemsLayout(self) -> None:  # noqa: N802
        self.relayout(self.anchor() if self._layout is not None else None)

    def updateGeometries(self) -> None:  # noqa: N802
        """The scroll bar is set where the layout is made."""

    def reset(self) -> None:
        self.forget_touch()
        super().reset()
        self.relayout()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        self.viewport().scroll(0, dy)
        self._show_group()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(6 * self._row_height, 4 * self._row_height)

    # --- Qt's own: events ------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        keep = self.anchor() if self._layout is not None else None
        QAbstractItemView.resizeEvent(self, event)
        self.relayout(keep)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.relayout(self.anchor() if self._layout is not None else None)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() in (
            QEvent.Type.PaletteChange,
            QEvent.Type.StyleChange,
            QEvent.Type.FontChange,
            QEvent.Type.DevicePixelRatioChange,
        ):
            self._painter = None
            self.viewport().update()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / _WHEEL_NOTCH
            self.zoom(notches, event.position().toPoint())
            event.accept()
            return
        QAbstractItemView.wheelEvent(self, event)
