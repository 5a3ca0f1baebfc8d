"""The one QObject that crosses threads: events from lane threads to the main thread."""

import threading
import time
from collections import deque

from PySide6.QtCore import QObject, Qt, Signal

from vlm_desktop.base.events import Event, Progress
from vlm_desktop.jobs.runner import OnEvent

_SLICE_SECONDS = 0.008
"""Longest stay in one go; the rest waits behind a new wake-up, so that painting gets its turn."""


class Bridge(QObject):
    """Lives on the main thread. Workers hold only its `post`.

    However many events are posted, one wake-up is on its way at a time. A progress that was
    not delivered yet is replaced by the next of the same phase. After `close` nothing is
    delivered, whatever workers still post.
    """

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[OnEvent, Event]] = deque()
        self._wake_up_sent = False
        self._closed = False
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, listener: OnEvent, event: Event) -> None:
        """Have `listener(event)` called on the main thread. From any thread; never blocks."""
        with self._lock:
            if self._closed:
                return
            if self._waiting and _supersedes(self._waiting[-1], listener, event):
                self._waiting.pop()
            self._waiting.append((listener, event))
            # Under the lock, so that no signal of this object is emitted after `close`.
            self._wake_up()

    def close(self) -> None:
        """Drop what waits and everything that comes later. Main thread."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _wake_up(self) -> None:
        if not self._wake_up_sent:
            self._wake_up_sent = True
            self._woken.emit()

    def _deliver(self) -> None:
        until = time.monotonic() + _SLICE_SECONDS
        with self._lock:
            self._wake_up_sent = False
        try:
            while time.monotonic() < until:
                with self._lock:
                    if not self._waiting:
                        return
                    listener, event = self._waiting.popleft()
                listener(event)
        finally:
            with self._lock:
                if self._waiting:
                    self._wake_up()


def _supersedes(waiting: tuple[OnEvent, Event], listener: OnEvent, event: Event) -> bool:
    old_listener, old = waiting
    return (
        isinstance(event, Progress)
        and isinstance(old, Progress)
        and old.phase == event.phase
        and old_listener == listener
    )
