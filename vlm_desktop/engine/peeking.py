"""A look at any file, in the library or not: its pages as pixels, a thumbnail of what counts."""

from collections.abc import Callable, Generator
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import Box, DecodedPage, DecodeRequest
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.media.decode import thumbnail_of
from vlm_desktop.media.pool import DecodePool

_WHOLE_SIDE = 2_048
"""The shorter side at which a page is decoded for a region of it."""


class Peeking:
    """Any thread. The worker that decodes ends when nobody looks."""

    def __init__(self, open_viewer: Callable[[], DecodePool]) -> None:
        self._viewer = Viewer(open_viewer)

    def pages(
        self, path: Path, page: int, side: int, cancel: CancelToken
    ) -> Generator[Event, None, tuple[DecodedPage, ...]]:
        """The pages of a file, or one of a PDF; the shorter sides have `side` pixels or more.

        A photo has one page of number 0. Raises MediaRefused, DecoderUnavailable, Cancelled.
        """
        yield Progress(Phase.DECODE, 0, 1)
        found = self._viewer.decode(DecodeRequest(path, side, 0, page=page), cancel)
        return found.pages

    def thumbnail(
        self, path: Path, page: int, box: Box | None, side: int, cancel: CancelToken
    ) -> Generator[Event, None, bytes]:
        """A JPEG of a page or of a region of it, at most `side` a side. Raises as `pages`."""
        wanted = side if box is None else _WHOLE_SIDE
        found = yield from self.pages(path, page or 1, wanted, cancel)
        first = found[0]
        pixels = first.pixels
        if box is not None:
            height, width = pixels.shape[:2]
            across, down = width / first.size.width, height / first.size.height
            left, top = max(0, int(box.x0 * across)), max(0, int(box.y0 * down))
            right, bottom = (
                max(left + 1, round(box.x1 * across)),
                max(top + 1, round(box.y1 * down)),
            )
            cut = pixels[top:bottom, left:right]
            pixels = cut if cut.size else pixels
        return thumbnail_of(pixels, side)

    def close(self) -> None:
        """End the worker."""
        self._viewer.close()
