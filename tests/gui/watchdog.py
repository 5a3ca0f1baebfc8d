"""Measures how long the main thread keeps the event loop from turning.

A timer beats every few milliseconds. What passed between two beats beyond the interval is a
stall, and one thing is taken out of it, so that a busy machine fails nobody: the time the main
thread stood ready and got no core (Linux tells it per thread). Computing,
waiting for a lock, for a disk or for Python's interpreter lock all count. Where the system does
not tell, only the processor time the main thread itself took counts.

A second thread looks at what the main thread is doing while a beat is late: `Stall.where`.
"""

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import Qt, QTimer

MOST_SECONDS = 0.1
"""The longest stall that people may meet."""

_BEAT_MS = 4
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Stall:
    """One turn of the event loop: its length and, where it was long, what was being done."""

    seconds: float
    where: str = ""


class Watchdog:
    """Use as a context on the main thread, around whatever keeps the event loop turning."""

    def __init__(self, long_seconds: float = 0.05) -> None:
        self._long = long_seconds
        self._timer = QTimer(interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._main = threading.main_thread()
        self._over = threading.Event()
        self._looker = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._last = (0.0, 0.0)
        self._where: list[str] = []
        self.stalls: list[Stall] = []
        """The long ones."""
        self.longest = 0.0
        """Seconds."""
        self.beats = 0

    def __enter__(self) -> "Watchdog":
        self._last = _now()
        self._looker.start()
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.stop()
        self._over.set()
        self._looker.join(60)

    def _beat(self) -> None:
        wall, excused = _now()
        seconds = (wall - self._last[0]) - (excused - self._last[1])
        self._last = (wall, excused)
        self.beats += 1
        self.longest = max(self.longest, seconds)
        if seconds >= self._long:
            self.stalls.append(Stall(seconds, "\n".join(self._where)))
        self._where = []

    def _look(self) -> None:
        """On a thread of its own: what a late main thread is busy with."""
        while not self._over.wait(_LOOK_SECONDS):
            if time.monotonic() - self._last[0] < self._long / 2:
                continue
            frame = _frame_of(self._main)
            if frame is not None:
                ours = [
                    one for one in traceback.extract_stack(frame) if "vlm_desktop" in one.filename
                ]
                where = " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in ours[-4:])
                self._where = [*self._where[-8:], where]

    def report(self) -> str:
        """The long stalls, the longest first."""
        ranked = sorted(self.stalls, key=lambda one: -one.seconds)
        return "\n".join(f"{one.seconds * 1000:.0f} ms: {one.where}" for one in ranked[:8])


def _frame_of(thread: threading.Thread) -> FrameType | None:
    """What `thread` executes now.

    Python 3.11 holds a lock of its own while it makes these frames. Garbage collected at that
    moment may run Python code, which gives the turn to a thread that wants the same lock: the
    process would stand still for good (gh-106883, mended in 3.12).
    """
    gc.disable()
    try:
        return sys._current_frames().get(thread.ident or 0)
    finally:
        gc.enable()


def longest_stall(act: Callable[[], None], tries: int = 3) -> float:
    """Seconds of the longest stall while `act` turns the event loop, of the calmest try.

    The machine may be busy with other things for once, not each time. What earlier tests left
    behind is none of the window's: the garbage collector is kept from walking it.
    """
    longest = []
    gc.collect()
    gc.freeze()
    for _ in range(tries):
        with Watchdog() as watchdog:
            act()
        longest.append(watchdog.longest)
        if watchdog.longest < MOST_SECONDS:
            break
    gc.unfreeze()
    return min(longest)


def _now() -> tuple[float, float]:
    """Seconds on the clock, and seconds of them the calling thread is not to blame for."""
    wall = time.monotonic()
    try:
        told = Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()
        return wall, int(told[1]) / 1e9
    except (OSError, IndexError):
        return wall, wall - time.thread_time()
