"""Thumbnails for the grid: asked once, decoded on an io thread, kept while room lasts."""

from collections import OrderedDict, deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.jobs import CancelledEnding, Done, Failed, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.services import Services

_LANE = "io"
_JOBS = 2
_KEPT_BYTES = 160 * 1024 * 1024
_BYTES_PER_PIXEL = 4


@dataclass(frozen=True, slots=True)
class _Loaded(Event):
    """A decoded thumbnail; None when there is none on disk."""

    content_id: int
    image: QImage | None


class ThumbnailLoader(QObject):
    """Gives pixmaps by content id. Lives on the main thread.

    `pixmap` answers from memory and, the first time a photo is asked for, sends for it; the
    newest request is served first, because it is what the user looks at now. `loaded` tells
    which photo has its picture.
    """

    loaded = Signal(int)

    def __init__(
        self, services: "Services", runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._kept_bytes = 0
        self._absent: set[int] = set()
        self._asked: set[int] = set()
        # Shared with the io threads: deque's append and pop are atomic.
        self._wanted: deque[int] = deque()
        self._jobs = 0
        self._side = 0

    def set_side(self, pixels: int) -> None:
        """Device pixels of the square to fill. Pictures in another size are fetched anew."""
        if pixels != self._side:
            self._side = pixels
            self._kept.clear()
            self._kept_bytes = 0
            self._asked.clear()

    def forget_absent(self) -> None:
        """Ask again for photos that had no thumbnail: indexing may have written it since."""
        self._absent.clear()

    def pixmap(self, content_id: int) -> QPixmap | None:
        """The picture, or None while it is on its way or absent. Never decodes."""
        kept = self._kept.get(content_id)
        if kept is not None:
            self._kept.move_to_end(content_id)
            return kept
        if content_id not in self._asked and content_id not in self._absent:
            self._asked.add(content_id)
            self._wanted.append(content_id)
            self._start()
        return None

    def _start(self) -> None:
        if self._jobs < _JOBS:
            self._jobs += 1
            self._runner.submit(self._fetch, self._heard, lane=_LANE)

    def _fetch(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """On an io thread: until nothing is wanted any more."""
        while not cancel.is_cancelled:
            try:
                content_id = self._wanted.pop()
            except IndexError:
                return
            data = self._services.thumbnail(content_id)
            yield _Loaded(content_id, _decoded(data, self._side) if data else None)

    def _heard(self, event: Event) -> None:
        match event:
            case _Loaded(content_id, image):
                self._asked.discard(content_id)
                if image is None or image.isNull():
                    self._absent.add(content_id)
                else:
                    self._keep(content_id, QPixmap.fromImage(image))
                    self.loaded.emit(content_id)
            case Done() | Failed() | CancelledEnding():
                self._jobs -= 1
                if self._wanted and isinstance(event, Done):
                    self._start()

    def _keep(self, content_id: int, pixmap: QPixmap) -> None:
        replaced = self._kept.pop(content_id, None)
        if replaced is not None:
            self._kept_bytes -= _bytes_of(replaced.size())
        self._kept[content_id] = pixmap
        self._kept_bytes += _bytes_of(pixmap.size())
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= _bytes_of(dropped.size())


def _bytes_of(size: QSize) -> int:
    return size.width() * size.height() * _BYTES_PER_PIXEL


def _decoded(data: bytes, side: int) -> QImage:
    """The middle square of a JPEG, `side` pixels wide (as it is when `side` is 0)."""
    image = QImage.fromData(data)
    if image.isNull() or not side:
        return image
    square = QSize(side, side)
    filled = image.scaled(
        square,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (filled.width() - side) // 2, (filled.height() - side) // 2
    return filled.copy(left, top, side, side)
