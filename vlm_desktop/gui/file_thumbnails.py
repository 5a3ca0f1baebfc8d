"""Small pictures of files for the queue: asked when seen, made on lanes, kept while room lasts."""

from collections import OrderedDict, deque
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event
from vlm_desktop.gui.desk import Desk
from vlm_desktop.jobs import CancelledEnding, Done, Failed

_KEPT = 600
_MOST_WANTED = 60
"""What was scrolled past is not fetched any more."""


@dataclass(frozen=True, slots=True)
class _Made(Event):
    """A picture as wide as the square; null where none could be made."""

    path: Path
    image: QImage


class FileThumbnails(QObject):
    """Squares of `side` device pixels. Main thread; the newest wish is made first."""

    made = Signal(object)
    """The path of a file whose `pixmap` is there now."""

    def __init__(self, desk: Desk, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._side = desk, side
        self._kept: OrderedDict[Path, QPixmap] = OrderedDict()
        self._versions: dict[Path, str] = {}
        self._failed: set[Path] = set()
        self._asked: set[Path] = set()
        # Shared with the lane: deque's append and pop are atomic.
        self._wanted: deque[Path] = deque()
        self._running = False

    def pixmap(self, path: Path, version: str = "") -> QPixmap | None:
        """The picture, or None while it is on its way or cannot be made. Never decodes.

        `version` says which bytes the file holds, where somebody looked: once they are others the
        picture is made anew, and the old one stays until then.
        """
        known = self._versions.get(path, "")
        self._versions[path] = version or known
        if known and version and known != version:
            self._failed.discard(path)
            self._ask_for(path)
        kept = self._kept.get(path)
        if kept is not None:
            self._kept.move_to_end(path)
        elif path not in self._failed:
            self._ask_for(path)
        return kept

    def _ask_for(self, path: Path) -> None:
        if path in self._asked:
            return
        self._asked.add(path)
        self._wanted.append(path)
        if len(self._wanted) > _MOST_WANTED:
            self._asked.discard(self._wanted.popleft())
        self._start()

    def has_failed(self, path: Path) -> bool:
        return path in self._failed

    def forget_failures(self) -> None:
        """Files may have come back."""
        self._failed.clear()

    def _start(self) -> None:
        if not self._running:
            self._running = True
            self._desk.runner.submit(self._make, self._heard, lane="io")

    def _make(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """On a lane: until nothing is wanted any more."""
        services = self._desk.services
        while not cancel.is_cancelled:
            try:
                path = self._wanted.pop()
            except IndexError:
                return
            try:
                data = yield from services.peeking.thumbnail(path, 0, None, 2 * self._side, cancel)
            except AppError:
                yield _Made(path, QImage())
            else:
                yield _Made(path, _square(data, self._side))

    def _heard(self, event: Event) -> None:
        match event:
            case _Made(path, image):
                self._asked.discard(path)
                if image.isNull():
                    self._failed.add(path)
                else:
                    self._kept[path] = QPixmap.fromImage(image)
                    while len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
                self.made.emit(path)
            case Done() | Failed() | CancelledEnding():
                self._running = False
                if self._wanted and isinstance(event, Done):
                    self._start()


def _square(data: bytes, side: int) -> QImage:
    """The middle square of a JPEG."""
    image = QImage.fromData(data)
    if image.isNull():
        return image
    filled = image.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (filled.width() - side) // 2, (filled.height() - side) // 2
    return filled.copy(left, top, side, side)
