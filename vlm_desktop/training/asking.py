"""What a worker is asked from outside, looked at between steps and within evaluations."""

import signal
import threading
import time

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.training.runfolder import Command, RunFolder

_LOOK_SECONDS = 0.2


class Asked(CancelToken):
    """A token that is cancelled once the run is asked to pause or stop. For one thread."""

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self._run = run
        self._looked = 0.0
        self._seen: Command | None = None
        self._ended = threading.Event()

    def listen_to_signals(self) -> None:
        """Take a request to terminate, or an interrupt, as one to pause. On the main thread."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: self._ended.set())

    def command(self) -> Command | None:
        """What is asked now. A request to save is taken back by reading it."""
        if self._ended.is_set():
            return Command.PAUSE
        asked = self._run.asked()
        if asked is Command.CHECKPOINT:
            self._run.take_back()
        return asked

    @property
    def is_cancelled(self) -> bool:
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            self._looked = now
            self._seen = self._run.asked()
        ends = self._seen in (Command.PAUSE, Command.STOP)
        return ends or self._ended.is_set() or super().is_cancelled

    def raise_if_cancelled(self) -> None:
        if self.is_cancelled:
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self.is_cancelled and time.monotonic() < until:
            time.sleep(min(_LOOK_SECONDS, seconds))
        return self.is_cancelled
