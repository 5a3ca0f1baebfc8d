"""Cooperative cancelling: one token per job, checked between events."""

import threading

from vlm_desktop.base.errors import Cancelled


class CancelToken:
    """A flag that one thread raises and others look at. Safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job that holds this token to stop at its next check."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; return True at once when cancelled."""
        return self._event.wait(seconds)
