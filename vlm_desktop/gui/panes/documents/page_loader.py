"""Pages as pixels for the middle: first whole, then finely what is in sight; asked on a lane."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QImage

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.documents.page_shapes import box_of, rect_of
from vlm_desktop.gui.pixels import image_of

_KEPT_BYTES = 160_000_000
_REST_MS = 90
_MARGIN = 0.35
_ENOUGH = 0.9
_MOST_DETAIL = 4_000
"""Pixels of a side of what is drawn finely at once."""


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """A page or a part of it; `region` in the page's coordinates, `scale` pixels per unit."""

    path: Path
    page: int
    image: QImage
    region: QRectF
    scale: float


class PageLoader(QObject):
    """The newest wish wins; what was drawn lately is kept. Main thread."""

    drawn = Signal(object)
    """A whole page, as `DrawnImage`."""
    detailed = Signal(object)
    """A part of it."""
    failed = Signal(object, int, str)
    """Path, page and a sentence."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kept: OrderedDict[tuple[Path, int], DrawnImage] = OrderedDict()
        self._details: OrderedDict[tuple[Path, int], list[DrawnImage]] = OrderedDict()
        self._wished: tuple[Path, int, QRectF, float] | None = None
        self._soon = QTimer(self, singleShot=True, interval=_REST_MS)
        self._soon.timeout.connect(self._fetch_detail)

    def known(self, path: Path, page: int) -> DrawnImage | None:
        """The whole page, if it was drawn lately."""
        return self._kept.get((path, page))

    def wish(self, path: Path, page: int, longest: int, ahead: int = 0) -> None:
        """Draw a page whole, its longest side about so many pixels; then the page `ahead`."""
        self._wished = None
        kept = self._kept.get((path, page))
        if kept is not None:
            self._kept.move_to_end((path, page))
            self.drawn.emit(kept)
            if max(kept.image.width(), kept.image.height()) >= _ENOUGH * longest:
                self._fetch_ahead(path, ahead, longest)
                return
        self._fetch(path, page, longest, ahead, "documents-page")

    def wish_detail(self, path: Path, page: int, region: QRectF, scale: float) -> None:
        """What is in sight and how large; it is drawn finely once it stays for a moment."""
        self._wished = (path, page, region, scale)
        whole = self._kept.get((path, page))
        if whole is None or whole.scale >= _ENOUGH * scale:
            self._soon.stop()  # asked again when the whole page is there, or fine enough as it is
            return
        for one in self._details.get((path, page), []):
            if one.scale >= _ENOUGH * scale and one.region.contains(region):
                self._soon.stop()
                self.detailed.emit(one)
                return
        self._soon.start()

    def forget(self) -> None:
        """Files may be others than they were."""
        self._kept.clear()
        self._details.clear()
        self._wished = None

    # --- on lanes ------------------------------------------------------------------------

    def _draw(
        self, path: Path, page: int, *, longest: int = 0, region: QRectF | None = None,
        scale: float = 0.0,
    ) -> DrawnImage:  # fmt: skip
        """On a lane."""
        made = self._desk.services.documents.pages.render(
            path, page, CancelToken(), scale=scale or None, longest=longest or None,
            region=box_of(region) if region is not None else None,
        )  # fmt: skip
        return DrawnImage(path, page, image_of(made.pixels), rect_of(made.region), made.scale_x)

    def _fetch(self, path: Path, page: int, longest: int, ahead: int, key: str) -> None:
        def done(found: DrawnImage) -> None:
            self._keep(found)
            if key == "documents-page":
                self.drawn.emit(found)
                self._fetch_ahead(path, ahead, longest)

        def failed(sentence: str) -> None:
            if key == "documents-page":
                self.failed.emit(path, page, sentence)

        self._desk.fetch(
            lambda: self._draw(path, page, longest=longest), done, failed=failed, latest=key
        )

    def _fetch_ahead(self, path: Path, page: int, longest: int) -> None:
        if page and (path, page) not in self._kept:
            self._fetch(path, page, longest, 0, "documents-ahead")

    def _fetch_detail(self) -> None:
        if self._wished is None or self._wished[:2] not in self._kept:
            return
        path, page, region, scale = self._wished
        wide, high = region.width() * _MARGIN, region.height() * _MARGIN
        area = region.adjusted(-wide, -high, wide, high).intersected(self._kept[path, page].region)
        most = _MOST_DETAIL / max(area.width(), area.height(), 1)

        def done(found: DrawnImage) -> None:
            several = self._details.setdefault((path, page), [])
            self._details.move_to_end((path, page))
            several.insert(0, found)
            del several[4:]
            while len(self._details) > 3:
                self._details.popitem(last=False)
            if self._wished is not None and self._wished[:2] == (path, page):
                self.detailed.emit(found)

        # What cannot be drawn finely stays as it is: the whole page was drawn.
        self._desk.fetch(
            lambda: self._draw(path, page, region=area, scale=min(scale, most)),
            done,
            failed=lambda _: None,
            latest="documents-detail",
        )

    def _keep(self, found: DrawnImage) -> None:
        self._kept[(found.path, found.page)] = found
        self._kept.move_to_end((found.path, found.page))
        total = sum(one.image.sizeInBytes() for one in self._kept.values())
        while total > _KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            total -= dropped.image.sizeInBytes()
