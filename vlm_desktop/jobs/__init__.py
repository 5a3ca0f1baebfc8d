"""Lanes of threads that drive engine verbs and give every job exactly one ending. No Qt."""

from vlm_desktop.jobs.endings import CancelledEnding, Done, Ending, Failed
from vlm_desktop.jobs.runner import (
    ANSWERS,
    DEFAULT_LANES,
    GROUND,
    POINTING,
    Job,
    JobRunner,
    Post,
)

__all__ = [
    "ANSWERS",
    "DEFAULT_LANES",
    "GROUND",
    "CancelledEnding",
    "Done",
    "Ending",
    "Failed",
    "Job",
    "JobRunner",
    "POINTING",
    "Post",
]
