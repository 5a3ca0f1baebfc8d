"""Pictures for the grid: asked for once, decoded on io threads at the size needed, then kept.

What is wanted is said anew with every frame, nearest first, so whatever was scrolled past before
its turn came is never decoded. A picture of another size is given until the right one is there.
"""

import functools
from collections import OrderedDict, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPixmap, QTransform

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.jobs import CancelledEnding, Done, Failed, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.services import Services

KEPT_BYTES = 192 * 1024 * 1024
_LANE = "io"
_JOBS = 2
_AT_ONCE = 6
_BYTES_PER_PIXEL = 4


class Wanted(NamedTuple):
    """A picture and the device pixels it is to fill; `radius` rounds its corners.

    `grey` takes its colours away, for a photo whose drive is not there.
    """

    content_id: int
    width: int
    height: int
    radius: int
    grey: bool = False


@dataclass(frozen=True, slots=True)
class _Loaded(Event):
    """A picture ready to be painted; None when there is no thumbnail."""

    wanted: Wanted
    image: QImage | None


class GridPictures(QObject):
    """Gives pixmaps by content id. Main thread; decoding happens on the io lane."""

    loaded = Signal(int)
    """The content id of a picture that came, or that turned out to be absent."""

    def __init__(
        self,
        services: "Services",
        runner: JobRunner,
        parent: QObject | None = None,
        *,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._most = kept_bytes
        self._kept: OrderedDict[int, tuple[Wanted, QPixmap]] = OrderedDict()
        self._bytes = 0
        self._absent: set[int] = set()
        self._on_its_way: dict[int, Wanted] = {}
        # Shared with the io threads: deque's append and popleft are atomic.
        self._queue: deque[Wanted] = deque()
        self._jobs = 0
        self._closed = False

    @property
    def kept_bytes(self) -> int:
        return self._bytes

    def picture(self, content_id: int) -> QPixmap | None:
        """The picture in whatever size it is there. Never decodes, never asks."""
        kept = self._kept.get(content_id)
        return None if kept is None else kept[1]

    def is_absent(self, content_id: int) -> bool:
        """Whether it is known that there is no thumbnail."""
        return content_id in self._absent

    def want(self, wanted: Sequence[Wanted]) -> None:
        """What is needed now, nearest first. Replaces what was wanted and not begun."""
        missing = []
        for one in wanted:
            kept = self._kept.get(one.content_id)
            if kept is not None:
                self._kept.move_to_end(one.content_id)
                if kept[0] == one:
                    continue
            if one.content_id in self._absent or self._on_its_way.get(one.content_id) == one:
                continue
            missing.append(one)
        self._queue.clear()
        self._queue.extend(missing)
        while missing and self._jobs < _JOBS and not self._closed:
            self._jobs += 1
            self._runner.submit(self._fetch, self._heard, lane=_LANE)
            del missing[:_AT_ONCE]

    def forget_absent(self) -> None:
        """Ask again for photos that had no thumbnail: indexing may have written it since."""
        self._absent.clear()

    def close(self) -> None:
        """Nothing more is decoded."""
        self._closed = True
        self._queue.clear()

    def _fetch(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """On an io thread: a few at a time, until nothing is wanted any more."""
        while not cancel.is_cancelled:
            some = self._take()
            if not some:
                return
            by_id = {one.content_id: one for one in some}
            for content_id, jpeg in self._services.browsing.thumbnails(list(by_id)):
                one = by_id.pop(content_id)
                yield _Loaded(one, decoded(jpeg, one) if jpeg else None)
            for one in by_id.values():
                yield _Loaded(one, None)

    def _take(self) -> list[Wanted]:
        some: list[Wanted] = []
        while len(some) < _AT_ONCE:
            try:
                one = self._queue.popleft()
            except IndexError:
                break
            self._on_its_way[one.content_id] = one
            some.append(one)
        return some

    def _heard(self, event: Event) -> None:
        match event:
            case _Loaded(wanted, image):
                if self._on_its_way.get(wanted.content_id) == wanted:
                    del self._on_its_way[wanted.content_id]
                if image is None or image.isNull():
                    self._absent.add(wanted.content_id)
                else:
                    self._keep(wanted, QPixmap.fromImage(image))
                self.loaded.emit(wanted.content_id)
            case Done() | Failed() | CancelledEnding():
                self._jobs -= 1
                if not isinstance(event, Done):
                    self._on_its_way.clear()
                elif self._queue and not self._closed:
                    self.want(list(self._queue))

    def _keep(self, wanted: Wanted, pixmap: QPixmap) -> None:
        replaced = self._kept.pop(wanted.content_id, None)
        if replaced is not None:
            self._bytes -= _bytes_of(replaced[1])
        self._kept[wanted.content_id] = (wanted, pixmap)
        self._bytes += _bytes_of(pixmap)
        while self._bytes > self._most and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= _bytes_of(dropped)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * _BYTES_PER_PIXEL


def decoded(jpeg: bytes, wanted: Wanted) -> QImage | None:
    """A JPEG that fills the wanted size, cropped where its shape differs, with round corners.

    The JPEG decoder scales while it reads, which is a third of the work of scaling afterwards.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    cell = QSize(wanted.width, wanted.height)
    full = reader.size()
    if not full.isValid():
        return None
    reader.setScaledSize(full.scaled(cell, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return None
    left, top = (image.width() - cell.width()) // 2, (image.height() - cell.height()) // 2
    image = image.copy(QRect(max(0, left), max(0, top), cell.width(), cell.height()))
    if wanted.grey:
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    _round_corners(image, wanted.radius)
    return image


def _round_corners(image: QImage, radius: int) -> None:
    """Take the corners away, so that painting the picture is one copy without a clip."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    outside = _outside_of_corner(radius)
    for x, y, across, down in (
        (0, 0, 1, 1),
        (image.width(), 0, -1, 1),
        (0, image.height(), 1, -1),
        (image.width(), image.height(), -1, -1),
    ):
        painter.setTransform(QTransform(across, 0, 0, down, x, y))
        painter.fillPath(outside, Qt.GlobalColor.black)
    painter.end()


@functools.cache
def _outside_of_corner(radius: int) -> QPainterPath:
    """What lies outside the arc of a top left corner."""
    path = QPainterPath()
    path.moveTo(0, radius)
    path.arcTo(0, 0, 2 * radius, 2 * radius, 180, -90)
    path.lineTo(0, 0)
    path.closeSubpath()
    return path
