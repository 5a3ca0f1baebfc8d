"""Decoding for the eye: one worker process that stays while a person looks at photos."""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, DecoderUnavailable, MediaRefused
from vlm_desktop.base.types import DecodedFile, DecodeOutcome, DecodeRequest, RefusedFile, Size
from vlm_desktop.media.pool import DecodePool

MOST_PIXELS = 64_000_000
"""Pictures beyond this come at a whole fraction of their size: 192 MB are enough to look at."""

PDF_DPI = 300
POINTS_PER_INCH = 72
_IDLE_SECONDS = 60.0
_TICK_SECONDS = 0.05
_PATIENCE_SECONDS = 1.5
"""A picture nobody waits for any more may take this long; ending its worker costs a new one."""


@dataclass(frozen=True, slots=True)
class ViewPicture:
    """One page to look at: upright sRGB `pixels`, `size` at 100 %.

    For a PDF 100 % is 300 dots per inch. `is_reduced` says that not even asking for all gives
    the picture's own size: it is huge, or a RAW whose camera embedded a smaller preview.
    `is_changed` says that the file was changed since it was indexed.
    """

    content_id: int
    page: int
    page_count: int
    path: Path
    pixels: PixelArray
    size: Size
    is_reduced: bool
    is_changed: bool


class Viewer:
    """Decodes one file at a time, from any thread; the process ends when nobody looks.

    `open_pool` makes the pool of one worker when it is first needed.
    """

    def __init__(
        self, open_pool: Callable[[], DecodePool], idle_seconds: float = _IDLE_SECONDS
    ) -> None:
        self._open_pool = open_pool
        self._idle_seconds = idle_seconds
        self._turn = threading.Lock()
        self._pool: DecodePool | None = None
        self._used_at = 0.0
        self._timer: threading.Timer | None = None
        self._closed = False

    def decode(self, request: DecodeRequest, cancel: CancelToken) -> DecodedFile:
        """Raises MediaRefused, DecoderUnavailable, Cancelled."""
        while not self._turn.acquire(timeout=_TICK_SECONDS):
            cancel.raise_if_cancelled()
        try:
            cancel.raise_if_cancelled()
            return self._decode(request, cancel)
        finally:
            self._used_at = time.monotonic()
            self._turn.release()
            self._close_later()

    @property
    def is_open(self) -> bool:
        """Whether a worker process is held."""
        return self._pool is not None

    def close(self) -> None:
        """End the worker; a decode under way is refused within a second or so."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._turn.acquire(timeout=_PATIENCE_SECONDS):
            try:
                self._drop()
            finally:
                self._turn.release()

    def _decode(self, request: DecodeRequest, cancel: CancelToken) -> DecodedFile:
        if self._closed:
            raise Cancelled
        if self._pool is None:
            self._pool = self._open_pool()
        patient_until = time.monotonic() + _PATIENCE_SECONDS
        found: DecodeOutcome | None = None
        # The pool's own token stays down: raising it would end the worker at once.
        with contextlib.closing(self._outcomes(request)) as outcomes:
            for outcome in outcomes:
                found = outcome or found
                if outcome is None and (self._closed or time.monotonic() > patient_until):
                    cancel.raise_if_cancelled()
                    if self._closed:
                        raise Cancelled
        if isinstance(found, RefusedFile):
            raise MediaRefused(path=found.path, reason=found.reason, detail=found.detail)
        assert isinstance(found, DecodedFile), "no hashes were to be skipped"
        return found

    def _outcomes(self, request: DecodeRequest) -> Generator[DecodeOutcome | None, None, None]:
        assert self._pool is not None
        try:
            yield from self._pool.decode([request], CancelToken(), tick_seconds=_TICK_SECONDS)
        except DecoderUnavailable:
            self._drop()
            raise

    def _drop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _close_later(self) -> None:
        if self._closed or self._timer is not None:
            return
        self._timer = threading.Timer(self._idle_seconds, self._close_when_idle)
        self._timer.name, self._timer.daemon = "viewer-idle", True
        self._timer.start()

    def _close_when_idle(self) -> None:
        self._timer = None
        if not self._turn.acquire(blocking=False):
            self._close_later()
            return
        try:
            if time.monotonic() - self._used_at >= self._idle_seconds:
                self._drop()
        finally:
            self._turn.release()
        if self._pool is not None:
            self._close_later()


def full_size(size: Size, *, is_pdf: bool) -> Size:
    """What 100 % means: pixels, or for a PDF's points the pixels at 300 dpi."""
    if not is_pdf:
        return size
    factor = PDF_DPI / POINTS_PER_INCH
    return Size(max(1, round(size.width * factor)), max(1, round(size.height * factor)))


def shorter_side(full: Size, longest_side: int | None) -> int:
    """The least shorter side to ask the decoder for, so that the longest is as wished.

    None wishes for everything, within `MOST_PIXELS`.
    """
    short, long = min(full.width, full.height), max(full.width, full.height)
    pixels = full.width * full.height
    if longest_side is not None and longest_side < long:
        return max(1, math.ceil(longest_side * short / long))
    if pixels <= MOST_PIXELS:
        return short
    # One less, since the decoder shrinks by a whole factor only what is over twice as large.
    return max(1, short // math.ceil(math.sqrt(pixels / MOST_PIXELS)) - 1)
