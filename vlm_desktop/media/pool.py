"""Worker processes that decode files: a crash, a hang or a bomb costs one file only."""

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import vlm_desktop
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DecoderUnavailable
from vlm_desktop.base.reentry import WORKER_ARGUMENT
from vlm_desktop.base.types import DecodeLimits, DecodeOutcome, DecodeRequest
from vlm_desktop.media.lane import Job, Lane

_AHEAD_PER_WORKER = 4
_POLL_SECONDS = 0.1
_JOIN_SECONDS = 0.9


def worker_command(module: str = "vlm_desktop.media.worker") -> list[str]:
    """How to start a worker: this Python with `-m`, or a frozen program by itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_ARGUMENT]
    return [sys.executable, "-m", module]


class DecodePool:
    """Decodes files in `workers` child processes, each bounded by `limits`.

    Used from one thread; one `decode` at a time. Processes start when the first request comes
    and stay for the next `decode`. `command` starts another worker instead (tests).
    """

    def __init__(
        self,
        workers: int,
        limits: DecodeLimits,
        *,
        command: Sequence[str] | None = None,
        ahead_per_worker: int = _AHEAD_PER_WORKER,
    ) -> None:
        self._workers = max(1, workers)
        self._limits = limits
        self._command = list(command) if command else worker_command()
        self._most_in_flight = self._workers * max(2, ahead_per_worker)
        self._desk = _Desk()
        self._lanes: list[Lane] = []
        self._watcher: threading.Thread | None = None
        self._is_decoding = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def decode(
        self,
        requests: Iterable[DecodeRequest],
        cancel: CancelToken,
        *,
        tick_seconds: float = float("inf"),
    ) -> Iterator[DecodeOutcome | None]:
        """Yield one outcome per request, as they finish.

        Where no outcome came for `tick_seconds`, None is yielded as a sign of life, so that a
        caller can commit what it has while a slow file takes its time.

        Requests are pulled as they are needed, a few per worker ahead. When `cancel` is raised
        the iterator ends within a second without the outcomes of the requests in flight;
        closing the iterator does the same. Raises `DecoderUnavailable` when no worker starts.
        """
        if self._is_decoding:
            raise RuntimeError("this pool is decoding already")
        self._is_decoding = True
        run = self._desk.begin_run()
        try:
            self._open_lanes()
            yield from self._outcomes(run, iter(requests), cancel, tick_seconds)
        finally:
            self._is_decoding = False
            self._desk.end_run()
            for lane in self._lanes:
                lane.kill_if_busy()

    def close(self) -> None:
        """End all processes and threads, under a second, also in the middle of decoding."""
        self._desk.close()
        for lane in self._lanes:
            lane.kill()
        until = time.monotonic() + _JOIN_SECONDS
        for lane in self._lanes:
            lane.join(max(0.0, until - time.monotonic()))
        self._lanes.clear()
        if self._watcher is not None:
            self._watcher.join(max(0.05, until - time.monotonic()))
            self._watcher = None

    def _open_lanes(self) -> None:
        if self._desk.is_closed:
            raise RuntimeError("this pool is closed")
        if self._lanes:
            return
        environment = _environment()
        self._lanes = [
            Lane(self._desk, self._limits, self._command, environment) for _ in range(self._workers)
        ]
        self._watcher = threading.Thread(target=self._watch, name="decode-watch", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        """Keep the time: the thread that calls `decode` may be busy with other things."""
        while not self._desk.closed.wait(_POLL_SECONDS):
            now = time.monotonic()
            for lane in self._lanes:
                lane.check(now)

    def _outcomes(
        self, run: int, requests: Iterator[DecodeRequest], cancel: CancelToken, tick: float
    ) -> Iterator[DecodeOutcome | None]:
        in_flight, exhausted = 0, False
        yielded_at = time.monotonic()
        while not cancel.is_cancelled:
            while not exhausted and in_flight < self._most_in_flight:
                request = next(requests, None)
                if request is None:
                    exhausted = True
                else:
                    self._desk.submit(Job(run, request))
                    in_flight += 1
            if not in_flight:
                return
            outcome = self._desk.next_result(run, _POLL_SECONDS)
            if outcome is not None:
                in_flight -= 1
            elif time.monotonic() - yielded_at < tick:
                continue
            yield outcome
            yielded_at = time.monotonic()


class _Desk:
    """The jobs to do and the results to fetch, between the pool and its lanes."""

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.closed = threading.Event()
        self._jobs: deque[Job] = deque()
        self._run = 0
        self._idle = 0
        self._results: queue.SimpleQueue[tuple[int, DecodeOutcome | DecoderUnavailable]] = (
            queue.SimpleQueue()
        )

    @property
    def is_closed(self) -> bool:
        return self.closed.is_set()

    def begin_run(self) -> int:
        with self.lock:
            self._run += 1
            return self._run

    def end_run(self) -> None:
        """From here on every job is stale."""
        with self.lock:
            self._run += 1
            self._jobs.clear()

    def close(self) -> None:
        with self.lock:
            self.end_run()
            self.closed.set()
            self.lock.notify_all()

    def submit(self, job: Job) -> None:
        with self.lock:
            self._jobs.append(job)
            self.lock.notify()

    def take(self, *, wait: bool) -> Job | None:
        with self.lock:
            while wait and not self._jobs and not self.is_closed:
                self._idle += 1
                self.lock.wait()
                self._idle -= 1
            if not self._jobs:
                return None
            # Who has work already leaves suspects, and what others wait for, to the others.
            if not wait and (self._jobs[0].tries or len(self._jobs) <= self._idle):
                return None
            return self._jobs.popleft()

    def give_back(self, jobs: Iterable[Job]) -> None:
        with self.lock:
            self._jobs.extendleft(job for job in reversed(list(jobs)) if not self.is_stale(job))
            self.lock.notify_all()

    def is_stale(self, job: Job) -> bool:
        return self.is_closed or job.run != self._run

    def post(self, run: int, result: DecodeOutcome | DecoderUnavailable) -> None:
        self._results.put((run, result))

    def next_result(self, run: int, seconds: float) -> DecodeOutcome | None:
        """The next outcome of `run`, or None when none came in time."""
        try:
            posted, result = self._results.get(timeout=seconds)
        except queue.Empty:
            return None
        if posted != run:
            return None
        if isinstance(result, DecoderUnavailable):
            raise result
        return result


def _environment() -> dict[str, str]:
    """This process's, with this very package on the path and small libraries' threads tamed."""
    package_folder = str(Path(vlm_desktop.__file__).resolve().parent.parent)
    others = os.environ.get("PYTHONPATH")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (package_folder, others))),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
