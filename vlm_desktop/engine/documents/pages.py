"""Pages of documents, drawn when they are needed: for the eye, for OCR, for exports.

Files are opened only in decoder processes. What is wrong with a file comes as `MediaRefused`.
"""

import dataclasses
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import PageNotThere
from vlm_desktop.base.documentfiles import MOST_SIZES, DocumentFile, DrawnPage, TextLayer
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.pdfwork import WRITING_FAILED, PdfWork, WorkDone
from vlm_desktop.base.types import (
    Box,
    DecodedFile,
    DecodeLimits,
    DecodeRequest,
    MediaKind,
    Size,
)
from vlm_desktop.engine.viewing import POINTS_PER_INCH, Viewer
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.source import take_stamp

MOST_PIXELS = 24_000_000
"""What is drawn at once, at most: an A4 page at 500 dpi."""

READING_DPI = 250
READING_SIDE = 3_400
"""The longest side of a photographed or scanned page when it is read."""

_KEPT = 64


def document_limits(limits: DecodeLimits) -> DecodeLimits:
    """Bounds for pages: 35,000 pixels a side, decoded reduced, in less memory than photos may."""
    return dataclasses.replace(
        limits,
        max_pixels=max(limits.max_pixels, 35_000 * 35_000),
        max_memory=min(limits.max_memory, 1_200 * 1024**2),
        seconds=max(limits.seconds, 120.0),
    )


class DocumentPages:
    """Opens documents and draws their pages. Any thread; nothing starts before it is needed.

    `open_pool` makes decoder processes. The eye and the readers have one each, so that a batch
    does not make a person wait; both end when nobody has asked for a minute.
    """

    def __init__(self, open_pool: Callable[[], DecodePool]) -> None:
        self._eye = Viewer(open_pool)
        self._reading = Viewer(open_pool)
        self._lock = threading.Lock()
        self._opened: OrderedDict[tuple[Path, int, int], DocumentFile] = OrderedDict()

    def open(self, path: Path, cancel: CancelToken) -> DocumentFile:
        """What the file is; no page is drawn. A file that did not change is told from memory.

        Raises MediaRefused, DecoderUnavailable, Cancelled.
        """
        path = path.absolute()
        stamp = take_stamp(path)
        key = (path, stamp.size, stamp.mtime_ns)
        with self._lock:
            known = self._opened.get(key)
            if known is not None:
                self._opened.move_to_end(key)
                return known
        request = DecodeRequest(path, thumbnail_side=0, facts=True)
        found = _document_file(path, self._eye.decode(request, cancel))
        with self._lock:
            self._opened[key] = found
            while len(self._opened) > _KEPT:
                self._opened.popitem(last=False)
        return found

    def render(
        self,
        path: Path,
        page: int,
        cancel: CancelToken,
        *,
        scale: float | None = None,
        longest: int | None = None,
        region: Box | None = None,
    ) -> DrawnPage:
        """A page (counted from 1), or a region of it, for the eye.

        `scale` is pixels per unit of the page, `longest` the longest side of the whole page in
        pixels; without either pictures come as they are and PDFs at 144 dpi. Pictures may come
        up to twice as large as asked for, never larger than they are, and all is held within
        `MOST_PIXELS`: `DrawnPage.scale_x` says what came.

        Raises PageNotThere, MediaRefused, DecoderUnavailable, Cancelled.
        """
        document = self.open(path, cancel)
        _check(document, page)
        return self._draw(self._eye, document, page, cancel, (scale, longest), region, False)

    def read(self, path: Path, page: int, cancel: CancelToken) -> DrawnPage:
        """A page as OCR needs it, with the words of its own text layer. Raises as `render`."""
        document = self.open(path, cancel)
        _check(document, page)
        is_pdf = document.kind is MediaKind.PDF
        wish = (READING_DPI / POINTS_PER_INCH, None) if is_pdf else (None, READING_SIDE)
        return self._draw(self._reading, document, page, cancel, wish, None, True)

    def words(self, path: Path, page: int, cancel: CancelToken) -> TextLayer:
        """A page's own text; empty for a picture. Raises as `render`."""
        document = self.open(path, cancel)
        _check(document, page)
        wish = (None, 1_000)
        drawn = self._draw(self._reading, document, page, cancel, wish, None, True)
        return drawn.layer or TextLayer()

    def work(self, path: Path, work: PdfWork, cancel: CancelToken) -> WorkDone:
        """Have something made of the file in a decoder process; see `base.pdfwork`.

        Raises MediaRefused, DecoderUnavailable, Cancelled, and OSError for the target.
        """
        request = DecodeRequest(path.absolute(), thumbnail_side=0, work=work)
        try:
            done = self._reading.decode(request, cancel).done
        except MediaRefused as refused:
            if refused.detail.startswith(WRITING_FAILED):
                number = int(refused.detail.removeprefix(WRITING_FAILED))
                raise OSError(number, os.strerror(number)) from refused
            raise
        assert done is not None, "work was asked for"
        return done

    def close(self) -> None:
        """End the decoder processes."""
        self._eye.close()
        self._reading.close()

    def _draw(
        self,
        viewer: Viewer,
        document: DocumentFile,
        page: int,
        cancel: CancelToken,
        wish: tuple[float | None, int | None],
        region: Box | None,
        layer: bool,
    ) -> DrawnPage:
        size = document.sizes[page - 1] if page <= len(document.sizes) else None
        if size is None:  # beyond the pages whose sizes were told
            request = DecodeRequest(document.path, min_side=16, thumbnail_side=0, page=page)
            size = viewer.decode(request, cancel).pages[0].size
        request = DecodeRequest(
            document.path,
            min_side=_shorter_side(document, size, wish, region),
            thumbnail_side=0,
            page=page,
            region=region,
            layer=layer and document.kind is MediaKind.PDF,
        )
        decoded = viewer.decode(request, cancel)
        drawn = decoded.pages[0]
        return DrawnPage(
            path=document.path,
            content_hash=decoded.content_hash,
            kind=decoded.kind,
            number=page,
            pixels=drawn.pixels,
            size=drawn.size,
            region=drawn.region or Box(0, 0, drawn.size.width, drawn.size.height),
            layer=drawn.layer,
        )


def _document_file(path: Path, decoded: DecodedFile) -> DocumentFile:
    facts = decoded.facts
    assert facts is not None, "facts were asked for"
    return DocumentFile(
        path=path,
        content_hash=decoded.content_hash,
        kind=decoded.kind,
        format=decoded.format,
        page_count=facts.page_count,
        sizes=facts.sizes[:MOST_SIZES],
        hazards=facts.hazards,
    )


def _check(document: DocumentFile, page: int) -> None:
    if not 1 <= page <= document.page_count:
        raise PageNotThere(path=document.path, page=page, count=document.page_count)


def _shorter_side(
    document: DocumentFile,
    size: Size,
    wish: tuple[float | None, int | None],
    region: Box | None,
) -> int:
    """The shorter side of the whole page to ask the decoder for."""
    short, long = min(size.width, size.height), max(size.width, size.height)
    scale, longest = wish
    if longest is not None:
        scale = longest / long
    if scale is None:
        scale = 2.0 if document.kind is MediaKind.PDF else 1.0
    width, height = float(size.width), float(size.height)
    if region is not None:
        width, height = max(1.0, region.x1 - region.x0), max(1.0, region.y1 - region.y0)
    scale = min(scale, math.sqrt(MOST_PIXELS / (width * height)))
    if document.kind is not MediaKind.PDF:
        scale = min(scale, 1.0)
    return max(1, math.ceil(short * scale))
