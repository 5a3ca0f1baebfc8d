"""Pictures for the middle: the newest wish wins, the next image is decoded ahead."""

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.pixels import image_of

_KEPT = 6
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class LoadedPicture:
    """Pixels of a file; `full` is its size at 100 %."""

    path: Path
    image: QImage
    full: QSize


class PictureLoader(QObject):
    """Main thread."""

    loaded = Signal(object)
    """A `LoadedPicture` of the file that is wished."""
    failed = Signal(object, str)
    """The path and a sentence."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kept: OrderedDict[Path, LoadedPicture] = OrderedDict()
        self._versions: dict[Path, str] = {}
        self._wished: Path | None = None
        self._ahead: Path | None = None

    def note(self, path: Path, version: str) -> bool:
        """Which bytes a file holds, "" where nobody looked yet; True where others were known, and
        so the picture of those is forgotten."""
        known = self._versions.get(path, "")
        self._versions[path] = version or known
        is_other = bool(known and version and known != version)
        if is_other:
            self.forget(path)
        return is_other

    def wish(self, path: Path, side: int, ahead: Path | None = None) -> None:
        """Show this file with about `side` pixels at its shorter side; then decode `ahead`."""
        self._wished, self._ahead = path, ahead
        kept = self._kept.get(path)
        if kept is not None:
            self._kept.move_to_end(path)
            self.loaded.emit(kept)
            if _is_sharp(kept, side):
                self._fetch_ahead(side)
                return
        self._fetch(path, side, "alttext-picture")

    def forget(self, path: Path | None = None) -> None:
        """The file is another than it was, or all are."""
        if path is None:
            self._kept.clear()
            self._wished = None
        else:
            self._kept.pop(path, None)

    def _fetch(self, path: Path, side: int, key: str) -> None:
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, LoadedPicture]:
            pages = yield from services.peeking.pages(path, 1, side, cancel)
            first = pages[0]
            full = QSize(first.size.width, first.size.height)
            return LoadedPicture(path, image_of(first.pixels), full)

        def done(picture: LoadedPicture) -> None:
            self._kept[path] = picture
            self._kept.move_to_end(path)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            if path == self._wished:
                self.loaded.emit(picture)
                self._fetch_ahead(side)

        def failed(sentence: str) -> None:
            if path == self._wished:
                self.failed.emit(path, sentence)

        self._desk.ask(verb, done, failed=failed, latest=key)

    def _fetch_ahead(self, side: int) -> None:
        path, self._ahead = self._ahead, None
        if path is not None and path not in self._kept:
            self._fetch(path, side, "alttext-ahead")


def _is_sharp(picture: LoadedPicture, side: int) -> bool:
    shorter = min(picture.image.width(), picture.image.height())
    whole = min(picture.full.width(), picture.full.height())
    return shorter >= _ENOUGH * min(side, whole)
