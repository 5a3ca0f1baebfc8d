"""The three ways a job ends. A job posts exactly one of them, as its last event."""

from dataclasses import dataclass
from typing import TypeAlias

from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event


@dataclass(frozen=True, slots=True)
class Done(Event):
    """The verb returned `result`."""

    result: object


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """The verb raised `error`."""

    error: BaseException

    @property
    def is_bug(self) -> bool:
        """True when the error is none of ours: the log has its traceback."""
        return not isinstance(self.error, AppError)


@dataclass(frozen=True, slots=True)
class CancelledEnding(Event):
    """The job was cancelled, before or during its run."""


Ending: TypeAlias = Done | Failed | CancelledEnding
