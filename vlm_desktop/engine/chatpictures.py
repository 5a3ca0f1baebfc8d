"""Pictures on their way to a model: decoded in a worker process, cut out, named for caches."""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.chaterrors import BadRegion
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.types import Box, DecodedFile, DecodeRequest, PhotoMetadata, Size
from vlm_desktop.engine.pictures import crop, in_page
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.media.decode import thumbnail_of
from vlm_desktop.media.pool import DecodePool

WHOLE_SIDE = 2_048
"""The shorter side, in pixels, at which a whole picture is decoded at least, if it has them.

More than any budget of image tokens shows; a hundred megapixels come at a fraction of that.
"""
MOST_SIDE = 8_192
"""The same for a picture of which only a region counts, at most."""
REGION_SIDE = 1_024
"""What the shorter side of a region should have."""
THUMBNAIL_SIDE = 320
_KEPT_BYTES = 256 * 1024**2
_GREY = 128


@dataclass(frozen=True, slots=True)
class LoadedPicture:
    """A picture as a model is given it, before the model's own resizing.

    `attachment` has the page's own number (0: not a PDF), `size` is that of the whole page,
    `seconds` what reading it took (0 when it was at hand).
    """

    attachment: Attachment
    image: ChatImage
    size: Size
    content_hash: str
    metadata: PhotoMetadata
    seconds: float

    def thumbnail(self) -> bytes:
        """A small JPEG of what counts of it."""
        return self.jpeg(THUMBNAIL_SIDE)

    def jpeg(self, side: int) -> bytes:
        """A JPEG of what counts of it, at most `side` pixels a side."""
        return thumbnail_of(self.image.pixels, side)

    def in_page(self, box: Box) -> Box:
        """A box in pixels of `image`, in pixels (PDF: points) of the whole page."""
        height, width = self.image.pixels.shape[:2]
        return in_page(box, Size(width, height), self.size, self.attachment.box)

    def blanked(self) -> ChatImage:
        """A grey picture of the same size."""
        height, width = self.image.pixels.shape[:2]
        grey = np.full((height, width, 3), _GREY, np.uint8)
        return ChatImage(grey, f"grey:{width}x{height}")


@dataclass(frozen=True, slots=True)
class _Key:
    attachment: Attachment
    size_bytes: int
    mtime_ns: int


class PictureLoader:
    """Decodes pictures for models; the last ones stay at hand. Any thread, one at a time.

    `open_viewer` makes the pool of one worker process when it is first needed.
    """

    def __init__(self, open_viewer: Callable[[], DecodePool]) -> None:
        self._viewer = Viewer(open_viewer)
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, LoadedPicture] = OrderedDict()

    def load(self, attachment: Attachment, cancel: CancelToken) -> LoadedPicture:
        """The pixels of a photo, of a PDF's page, or of a region of either.

        Of an animation it is the first frame. Raises MediaRefused, BadRegion,
        DecoderUnavailable, Cancelled.
        """
        attachment = replace(attachment, path=attachment.path.absolute())
        key = _key(attachment)
        with self._lock:
            kept = self._kept.get(key) if key else None
            if key is not None and kept is not None:
                self._kept.move_to_end(key)
                return replace(kept, seconds=0.0)
        began = time.monotonic()
        loaded = self._loaded(attachment, cancel)
        loaded = replace(loaded, seconds=time.monotonic() - began)
        if key is not None:
            self._keep(key, loaded)
        return loaded

    def page_count(self, path: Path, cancel: CancelToken) -> int:
        """How many pages a file has; 1 of a photo. Raises as `load`."""
        facts = self._viewer.decode(DecodeRequest(path, facts=True), cancel).facts
        assert facts is not None
        return facts.page_count

    def close(self) -> None:
        """End the worker and let go of all pixels."""
        self._viewer.close()
        with self._lock:
            self._kept.clear()

    def _loaded(self, attachment: Attachment, cancel: CancelToken) -> LoadedPicture:
        decoded = self._decode(attachment, WHOLE_SIDE, cancel)
        page = decoded.pages[0]
        pixels = page.pixels
        box = attachment.box
        if box is not None:
            _refuse_outside(box, page.size, attachment.path)
            pixels = crop(page, box)
            short, whole = min(pixels.shape[:2]), min(page.pixels.shape[:2])
            full = min(page.size.width, page.size.height) if page.number == 0 else MOST_SIDE
            if short < REGION_SIDE and whole < full:
                # Decoded so much larger that the region alone has what a model can see.
                wanted = min(full, MOST_SIDE, whole * REGION_SIDE // short + 1)
                with contextlib.suppress(MediaRefused):  # too much at once: less detail, then
                    pixels = crop(self._decode(attachment, wanted, cancel).pages[0], box)
        height, width = pixels.shape[:2]
        region = "" if box is None else f"{box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g}"
        key = f"{decoded.content_hash}:{page.number}:{region}:{width}x{height}"
        return LoadedPicture(
            attachment=replace(attachment, page=page.number),
            image=ChatImage(pixels, key),
            size=page.size,
            content_hash=decoded.content_hash,
            metadata=decoded.metadata,
            seconds=0.0,
        )

    def _decode(self, attachment: Attachment, side: int, cancel: CancelToken) -> DecodedFile:
        page = max(1, attachment.page)
        return self._viewer.decode(DecodeRequest(attachment.path, side, 0, page=page), cancel)

    def _keep(self, key: _Key, loaded: LoadedPicture) -> None:
        with self._lock:
            self._kept[key] = loaded
            total = sum(one.image.pixels.nbytes for one in self._kept.values())
            while total > _KEPT_BYTES and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                total -= gone.image.pixels.nbytes


def _key(attachment: Attachment) -> _Key | None:
    """None for a file that is not there: the decoder says what is wrong."""
    with contextlib.suppress(OSError):
        status = attachment.path.stat()
        return _Key(attachment, status.st_size, status.st_mtime_ns)
    return None


def _refuse_outside(box: Box, size: Size, path: Path) -> None:
    wide = min(box.x1, size.width) - max(box.x0, 0)
    high = min(box.y1, size.height) - max(box.y0, 0)
    if wide <= 0 or high <= 0:
        raise BadRegion(path=path, width=size.width, height=size.height)
