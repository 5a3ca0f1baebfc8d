"""One file through the worker processes: a bad one costs a sentence, not the program."""

from collections.abc import Callable

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.types import DecodedFile, DecodeRequest, RefusedFile
from vlm_desktop.media.pool import DecodePool


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
