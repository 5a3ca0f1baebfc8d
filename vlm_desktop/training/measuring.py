"""Speed, memory and the time that is left, measured while a run goes on."""

import time
from collections import deque

import numpy as np
import psutil
import torch

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
        """Bytes: allocated on the GPU at most, or resident in this process."""
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
        return (round(float(fast) * steps + rest, 1), round(float(slow) * steps + rest, 1))
