"""Errors in words, for every pane."""

from vlm_desktop import strings as sentences
from vlm_desktop.base.errors import AppError


def failure(error: BaseException) -> str:
    """One sentence about any error that ended a job."""
    return sentences.sentence(error) if isinstance(error, AppError) else sentences.bug(error)
