"""The pages of a document: small pictures, asked for when they are seen."""

from collections import OrderedDict, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.pixels import image_of
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import paint_ground
from vlm_desktop.jobs import CancelledEnding, Done, Failed

SIDE = 104
_KEPT = 400
_MOST_WANTED = 40
Index = QModelIndex | QPersistentModelIndex
_Place = tuple[Path, int]


@dataclass(frozen=True, slots=True)
class _Made(Event):
    place: _Place
    image: QImage


class PageThumbnails(QObject):
    """Main thread; the newest wish is drawn first, what was scrolled past is not drawn."""

    made = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kept: OrderedDict[_Place, QPixmap] = OrderedDict()
        self._failed: set[_Place] = set()
        self._asked: set[_Place] = set()
        self._wanted: deque[_Place] = deque()  # shared with the lane: append and pop are atomic
        self._running = False
        self.longest = SIDE

    def pixmap(self, path: Path, page: int) -> QPixmap | None:
        """The picture, or None while it is on its way or cannot be made. Never draws."""
        place = (path, page)
        kept = self._kept.get(place)
        if kept is not None:
            self._kept.move_to_end(place)
            return kept
        if place not in self._asked and place not in self._failed:
            self._asked.add(place)
            self._wanted.append(place)
            if len(self._wanted) > _MOST_WANTED:
                self._asked.discard(self._wanted.popleft())
            if not self._running:
                self._start()
        return None

    def forget(self) -> None:
        self._kept.clear()
        self._failed.clear()

    def _start(self) -> None:
        self._running = True
        self._desk.runner.submit(self._make, self._heard, lane="io")

    def _make(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """On a lane: until nothing is wanted any more."""
        pages = self._desk.services.documents.pages
        while not cancel.is_cancelled:
            try:
                path, page = self._wanted.pop()
            except IndexError:
                return
            try:
                drawn = pages.render(path, page, cancel, longest=self.longest)
            except AppError:
                yield _Made((path, page), QImage())
            else:
                yield _Made((path, page), _small(image_of(drawn.pixels), self.longest))

    def _heard(self, event: Event) -> None:
        match event:
            case _Made(place, image):
                self._asked.discard(place)
                if image.isNull():
                    self._failed.add(place)
                else:
                    self._kept[place] = QPixmap.fromImage(image)
                    while len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
                self.made.emit(place)
            case Done() | Failed() | CancelledEnding():
                self._running = False
                if self._wanted and isinstance(event, Done):
                    self._start()


class PageModel(QAbstractListModel):
    """Rows are the pages of one file; how many fields stand on each is said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._count = 0
        self._found: dict[int, int] = {}

    def show_pages(self, path: Path | None, count: int) -> None:
        if (path, count) != (self.path, self._count):
            self.beginResetModel()
            self.path, self._count, self._found = path, count, {}
            self.endResetModel()

    def show_found(self, pages: Sequence[int]) -> None:
        """The page of each value."""
        found = {page: pages.count(page) for page in set(pages)}
        if found != self._found:
            self._found = found
            if self._count:
                self.dataChanged.emit(self.index(0), self.index(self._count - 1))

    def found(self, page: int) -> int:
        return self._found.get(page, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < self._count:
            return None
        number = index.row() + 1
        words = fill(strings.PAGE_ROW, number=number)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return strings.page_said(words, self.found(number))
        return None


class PageDelegate(QStyledItemDelegate):
    """A picture of the page above its number."""

    def __init__(self, thumbnails: PageThumbnails, model: PageModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails, self._model = thumbnails, model

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        gap = measures().space[1]
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(SIDE + 2 * gap, SIDE + line + 2 * gap)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        path = self._model.path
        if path is None:
            return
        number, size = index.row() + 1, measures()
        chosen = colours_of(QGuiApplication.palette())
        gap = size.space[1]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(2, 1, -2, -1)
        paint_ground(painter, box, option)
        area = QRect(option.rect.center().x() - SIDE // 2, option.rect.top() + gap, SIDE, SIDE)
        self._paint_page(painter, area, path, number)
        painter.setPen(QColor(chosen.text))
        line = QRect(box.left(), area.bottom() + 2, box.width(), box.bottom() - area.bottom() - 2)
        found = self._model.found(number)
        words = fill(strings.PAGE_FOUND, number=number, count=found) if found else f"{number:,}"
        shown = QFontMetrics(option.font).elidedText(
            words, Qt.TextElideMode.ElideRight, line.width()
        )
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.restore()

    def _paint_page(self, painter: QPainter, area: QRect, path: Path, number: int) -> None:
        chosen = colours_of(QGuiApplication.palette())
        pixmap = self._thumbnails.pixmap(path, number)
        painter.setPen(QPen(QColor(chosen.hairline), measures().hairline))
        if pixmap is None:
            painter.setBrush(QColor(chosen.raised))
            inset = area.width() // 8
            painter.drawRect(area.adjusted(inset, 0, -inset, 0))
            return
        size = pixmap.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(
            area.center().x() - size.width() // 2, area.center().y() - size.height() // 2,
            size.width(), size.height(),
        )  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, pixmap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)


class PageList(QListView):
    """Main thread."""

    page_chosen = Signal(int)
    """Counted from 1."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentPages")
        self.thumbnails = PageThumbnails(desk, self)
        self.thumbnails.longest = round(SIDE * self.devicePixelRatioF())
        self.pages = PageModel(self)
        self.setModel(self.pages)
        self.setItemDelegate(PageDelegate(self.thumbnails, self.pages, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.PAGES_NAME)
        self.thumbnails.made.connect(lambda _: self.viewport().update())
        self.selectionModel().currentChanged.connect(self._current)
        self._quiet = False

    def show_pages(self, path: Path | None, count: int, current: int) -> None:
        self._quiet = True
        self.pages.show_pages(path, count)
        index = self.pages.index(current - 1)
        if count and self.currentIndex().row() != current - 1:
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self._quiet = False

    def _current(self, index: QModelIndex) -> None:
        if not self._quiet and index.isValid():
            self.page_chosen.emit(index.row() + 1)


def _small(image: QImage, longest: int) -> QImage:
    """On the lane: pictures may come larger than they were asked for."""
    if max(image.width(), image.height()) <= longest:
        return image
    return image.scaled(
        longest, longest, Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )  # fmt: skip
