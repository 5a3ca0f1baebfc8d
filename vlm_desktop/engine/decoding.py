"""One file through the worker processes: a bad one costs a sentence, not the program."""

from collections.abc import Callable

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodedFile, DecodeLimits, DecodeRequest, RefusedFile
from vlm_desktop.media.pool import DecodePool


def limits_of(settings: Settings) -> DecodeLimits:
    """Bounds on the decoding of one file, as the settings have them."""
    return DecodeLimits(
        max_pixels=settings.max_pixels,
        max_memory=settings.decode_memory_mb * 1024**2,
        seconds=settings.decode_seconds,
        max_pages=settings.max_pages,
    )


def decode_one(
    request: DecodeRequest, open_pool: Callable[[], DecodePool], cancel: CancelToken
) -> DecodedFile:
    """Decode one file. Raises MediaRefused, DecoderUnavailable, Cancelled."""
    with open_pool() as pool:
        for outcome in pool.decode([request], cancel):
            if isinstance(outcome, RefusedFile):
                raise MediaRefused(path=outcome.path, reason=outcome.reason, detail=outcome.detail)
            if isinstance(outcome, DecodedFile):
                return outcome
    cancel.raise_if_cancelled()
    raise AssertionError("the pool gave no outcome")
