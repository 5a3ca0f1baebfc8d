"""The pictures of a query as vectors: stored photos, files from anywhere, regions of either."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.types import Box, DecodedPage, DecodeRequest, ImageTerm, Size
from vlm_desktop.engine.decoding import decode_one
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.media.decode import thumbnail_of
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

_REMEMBERED = 64
_MOST_SIDE = 8_192
"""The shorter side, in pixels, at which a whole picture is decoded at most for a region of it."""

_Key: TypeAlias = tuple[str, Path, Box | None, int, tuple[int, int]]


class PictureVectors:
    """Vectors made for queries, remembered while a person goes on typing. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[_Key, VectorArray] = OrderedDict()

    def vector(
        self,
        term: ImageTerm,
        model_id: str,
        library: Library,
        encoders: Encoders,
        open_pool: Callable[[], DecodePool],
        cancel: CancelToken,
    ) -> VectorArray:
        """The embedding [dimension]: the stored one of a whole photo, else one made of its pixels.

        Raises MediaRefused, DecoderUnavailable, ModelError, Cancelled.
        """
        if term.box is None:
            stored = _stored(term, model_id, library)
            if stored is not None:
                return stored
        key = (model_id, term.path, term.box, term.page, _stamp(term.path))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        side = encoders.spec(model_id).image_side
        pixels = _pixels(term, side, open_pool, cancel)
        made: VectorArray = encoders.images(model_id, [pixels])[0]
        with self._lock:
            self._made[key] = made
            while len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return made


def picture_thumbnail(
    term: ImageTerm, side: int, open_pool: Callable[[], DecodePool], cancel: CancelToken
) -> bytes:
    """A JPEG of what counts of a query's picture, at most `side` pixels a side.

    Raises MediaRefused, DecoderUnavailable, Cancelled.
    """
    return thumbnail_of(_pixels(term, side, open_pool, cancel), side)


def _stored(term: ImageTerm, model_id: str, library: Library) -> VectorArray | None:
    content_id = library.content_of(term.path)
    if content_id is None:
        return None
    pages = library.vectors_of(model_id, [content_id]).get(content_id)
    if pages is None:
        return None
    vector: VectorArray = pages[min(max(term.page - 1, 0), len(pages) - 1)]
    return vector


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of change, so that a file that was written over is read again."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)


def _pixels(
    term: ImageTerm, side: int, open_pool: Callable[[], DecodePool], cancel: CancelToken
) -> PixelArray:
    page = _page(term, side, open_pool, cancel)
    if term.box is None:
        return page.pixels
    region = crop(page, term.box)
    short = min(region.shape[:2])
    full = min(page.size.width, page.size.height)
    decoded = min(page.pixels.shape[:2])
    if short < side and decoded < full:
        # The region is small: decode so much larger that it alone has what the encoder wants.
        wanted = min(full, _MOST_SIDE, decoded * side // short + 1)
        region = crop(_page(term, wanted, open_pool, cancel), term.box)
    return region


def _page(
    term: ImageTerm, side: int, open_pool: Callable[[], DecodePool], cancel: CancelToken
) -> DecodedPage:
    decoded = decode_one(DecodeRequest(term.path, side, thumbnail_side=0), open_pool, cancel)
    return next((page for page in decoded.pages if page.number == term.page), decoded.pages[0])


def crop(page: DecodedPage, box: Box) -> PixelArray:
    """The pixels of a region: what of it lies inside the picture, at least one pixel each way."""
    height, width = page.pixels.shape[:2]
    right, down = width / page.size.width, height / page.size.height
    x0, x1 = sorted((round(box.x0 * right), round(box.x1 * right)))
    y0, y1 = sorted((round(box.y0 * down), round(box.y1 * down)))
    left, top = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
    region = page.pixels[top : max(top + 1, y1), left : max(left + 1, x1)]
    return np.ascontiguousarray(region)


def in_page(box: Box, shown: Size, page: Size, part: Box | None) -> Box:
    """A box in pixels of what a model was shown as one in pixels (points) of the whole page.

    `shown` is the size of what it was shown, `part` the region of the page that this is; None: all
    of it. Exact to half a pixel of the decoded page, to which `crop` rounds.
    """
    left, top, right, bottom = 0.0, 0.0, float(page.width), float(page.height)
    if part is not None:
        (x0, x1), (y0, y1) = sorted((part.x0, part.x1)), sorted((part.y0, part.y1))
        left, right = max(left, x0), min(right, x1)
        top, bottom = max(top, y0), min(bottom, y1)
    across, down = (right - left) / shown.width, (bottom - top) / shown.height
    return Box(
        left + box.x0 * across, top + box.y0 * down, left + box.x1 * across, top + box.y1 * down
    )
