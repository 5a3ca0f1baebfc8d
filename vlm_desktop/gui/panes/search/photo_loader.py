"""Pictures for the photo view: the thumbnail at once, then sharper, neighbours ahead."""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from vlm_desktop.engine.photos import ViewPicture
    from vlm_desktop.gui.desk import Desk

_KEPT_BYTES = 320 * 1024 * 1024
_SECOND_PAGE = 2
_ENOUGH = 0.98
"""A kept picture this close to the wished size is not asked for again."""

Key: TypeAlias = tuple[int, int]
"""Content id and page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Decoded pixels of a page. `full` is its size at 100 %, see `engine.viewing.ViewPicture`."""

    key: Key
    image: QImage
    full: QSize
    pages: int = 1
    path: Path = Path()
    is_thumbnail: bool = False
    is_reduced: bool = False
    is_changed: bool = False


class PhotoLoader(QObject):
    """Fetches what is looked at; answers for another photo meanwhile are only kept.

    Main thread. The newest wish wins; neighbours are decoded once the wished one is there.
    """

    loaded = Signal(object)
    """A `Picture` of the wished page."""
    failed = Signal(object, str)
    """The key and a sentence."""

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kept: OrderedDict[Key, Picture] = OrderedDict()
        self._wished: Key | None = None
        self._asked: tuple[Key, int | None] | None = None
        self._ahead: list[Key] = []
        self._side = 0

    def wish(self, key: Key, side: int | None, ahead: Sequence[Key] = ()) -> None:
        """Show this page with at least `side` pixels along (None: all), then decode `ahead`."""
        self._wished, self._ahead = key, list(ahead)
        if side is not None:
            self._side = side
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            self.loaded.emit(kept)
            if kept.is_reduced or _longest(kept) >= _ENOUGH * min(side or 10**9, _full(kept)):
                self._next_ahead()
                return
        else:
            self._fetch_thumbnail(key)
        if self._asked != (key, side):
            self._asked = (key, side)
            self._fetch(key, side, "photo-view")

    def forget(self) -> None:
        """Free all pictures."""
        self._wished, self._ahead, self._asked = None, [], None
        self._kept.clear()

    def _fetch_thumbnail(self, key: Key) -> None:
        services = self._desk.services

        def fetch() -> Picture:
            data = services.thumbnail(key[0]) if key[1] < _SECOND_PAGE else None
            image = QImage.fromData(data) if data else QImage()
            full = services.photos.full_size(*key)
            return Picture(key, image, QSize(full.width, full.height), is_thumbnail=True)

        def done(picture: Picture) -> None:
            if key == self._wished and key not in self._kept and not picture.image.isNull():
                self.loaded.emit(picture)

        self._desk.fetch(fetch, done, failed=lambda _: None, latest="photo-thumbnail")

    def _fetch(self, key: Key, side: int | None, latest: str) -> None:
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, Picture]:
            found = yield from services.photos.picture(key[0], key[1], side, cancel)
            return _picture(key, found)

        def done(picture: Picture) -> None:
            ended()
            self._arrived(picture)

        def failed(sentence: str) -> None:
            ended()
            if key == self._wished:
                self.failed.emit(key, sentence)
            self._next_ahead()

        def ended() -> None:
            if self._asked == (key, side):
                self._asked = None

        self._desk.ask(verb, done, failed=failed, cancelled=ended, latest=latest)

    def _arrived(self, picture: Picture) -> None:
        known = self._kept.pop(picture.key, None)
        if known is not None and _longest(known) > _longest(picture):
            picture = known
        self._kept[picture.key] = picture
        while len(self._kept) > 1 and self._bytes() > _KEPT_BYTES:
            self._kept.popitem(last=False)
        if picture.key == self._wished:
            self.loaded.emit(picture)
        if self._wished in self._kept:
            self._next_ahead()

    def _next_ahead(self) -> None:
        while self._ahead:
            key = self._ahead.pop(0)
            if key not in self._kept:
                self._fetch(key, self._side, "photo-ahead")
                return

    def _bytes(self) -> int:
        return sum(picture.image.sizeInBytes() for picture in self._kept.values())


def _picture(key: Key, found: "ViewPicture") -> Picture:
    """On a lane: pixels as the screen wants them, so that painting converts nothing."""
    height, width = found.pixels.shape[:2]
    raw = QImage(found.pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return Picture(
        key=key,
        image=raw.convertToFormat(QImage.Format.Format_RGB32),
        full=QSize(found.size.width, found.size.height),
        pages=found.page_count,
        path=found.path,
        is_reduced=found.is_reduced,
        is_changed=found.is_changed,
    )


def _longest(picture: Picture) -> int:
    return max(picture.image.width(), picture.image.height())


def _full(picture: Picture) -> int:
    return max(picture.full.width(), picture.full.height())
