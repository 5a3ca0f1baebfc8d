"""The border to the decoding libraries: their global limits, their warnings, their errors."""

import contextlib
import errno
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, PngImagePlugin

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import DecodeLimits

DECODE_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    BufferError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the libraries are known to raise on bad data. Anything else ends the worker process."""

_MAX_PNG_TEXT = 16 * 1024 * 1024
_UNSUPPORTED_WORDS = ("unsupported", "not supported", "unknown", "not implemented", "unrecognized")
_MEMORY_WORDS = ("memory", "alloc", "security limit")
_NOISY = ("PIL", "exifread", "pypdfium2", "pi_heif")

_lock = threading.RLock()


@contextlib.contextmanager
def bounded(path: Path, limits: DecodeLimits) -> Iterator[None]:
    """Run the libraries within `limits`; their errors come out as `MediaRefused`.

    Pillow's limits and Python's warning filters belong to the whole process, so only one
    thread at a time is inside. Warnings of the libraries are dropped: a file either gives a
    picture or is refused.
    """
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        pixels, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, limits.max_pixels
        text, PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_CHUNK, _MAX_PNG_TEXT
        try:
            yield
        except DECODE_ERRORS as error:
            raise translated(path, error) from error
        finally:
            Image.MAX_IMAGE_PIXELS = pixels
            PngImagePlugin.MAX_TEXT_CHUNK = text


def hush_loggers() -> None:
    """Keep the libraries' log records out of the worker's stderr."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def translated(path: Path, error: Exception) -> MediaRefused:
    """The refusal that a library's error amounts to."""
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    return MediaRefused(path=path, reason=_reason(error, detail.lower()), detail=detail)


def check_pixels(path: Path, width: int, height: int, limits: DecodeLimits) -> None:
    """Raise `MediaRefused` for a picture that claims no pixels or too many."""
    if width <= 0 or height <= 0:
        raise MediaRefused(path=path, reason=Refusal.CORRUPT, detail=f"{width} x {height} pixels")
    if width * height > limits.max_pixels:
        raise MediaRefused(
            path=path, reason=Refusal.TOO_MANY_PIXELS, detail=f"{width} x {height} pixels"
        )


def _reason(error: Exception, message: str) -> Refusal:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return Refusal.TOO_MANY_PIXELS
    if isinstance(error, MemoryError):
        return Refusal.OUT_OF_MEMORY
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return Refusal.OUT_OF_MEMORY
    if any(word in message for word in _MEMORY_WORDS):
        return Refusal.OUT_OF_MEMORY
    if isinstance(error, OSError) and error.errno is not None:
        return Refusal.UNREADABLE
    if any(word in message for word in _UNSUPPORTED_WORDS):
        return Refusal.UNSUPPORTED
    return Refusal.CORRUPT
