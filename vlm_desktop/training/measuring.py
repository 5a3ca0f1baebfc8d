"""Speed, memory and the time that is left, measured while a run goes on."""

import contextlib
import time
from collections import deque
from pathlib import Path

import numpy as np
import psutil
import torch

_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")
_RESET_PEAK = "5"
_RECENT = 50
_LEAST = 3


class Meter:
    """Times steps and evaluations of one process."""

    def __init__(self, device: str) -> None:
        self._cuda = device.startswith("cuda")
        self._process = psutil.Process()
        self._steps: deque[float] = deque(maxlen=_RECENT)
        self._evaluation = 0.0
        self._started = time.monotonic()
        self.at_rest = self.memory()
        """Bytes when `watch_peak` was called."""

    def watch_peak(self) -> None:
        """From now on note the most memory that is held at once."""
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
            self.at_rest = int(torch.cuda.memory_allocated())
            return
        self.at_rest = self.memory()
        with contextlib.suppress(OSError):  # elsewhere the peak is that of the whole process
            _CLEAR_REFS.write_text(_RESET_PEAK, encoding="ascii")

    def peak(self) -> int:
        """The most bytes held at once since `watch_peak`."""
        if self._cuda:
            return int(torch.cuda.max_memory_allocated())
        with contextlib.suppress(OSError, StopIteration):
            lines = _STATUS.read_text(encoding="ascii").split("\n")
            line = next(one for one in lines if one.startswith("VmHWM"))
            return int(line.split()[1]) * 1024
        return self.memory()

    def start(self) -> None:
        """A step begins."""
        self._started = time.monotonic()

    def step_done(self) -> float:
        """A step has ended; its seconds."""
        if self._cuda:
            torch.cuda.synchronize()
        taken = time.monotonic() - self._started
        self._steps.append(taken)
        return taken

    def evaluation_done(self, seconds: float) -> None:
        """An evaluation took so long."""
        self._evaluation = seconds

    def memory(self) -> int:
        """Bytes: the most allocated on the GPU, or resident in this process."""
        if self._cuda:
            return int(torch.cuda.max_memory_allocated())
        return int(self._process.memory_info().rss)

    def left(self, steps: int, evaluations: int) -> tuple[float, float]:
        """Seconds that are left, as a range from the quarter of fast steps to that of slow ones.

        (0, 0) while too few steps were taken.
        """
        if len(self._steps) < _LEAST:
            return (0.0, 0.0)
        fast, slow = np.percentile(np.asarray(self._steps), [25, 75])
        rest = evaluations * self._evaluation
        return (round(float(fast) * steps + rest, 3), round(float(slow) * steps + rest, 3))
