"""One lane of the pool: a worker process and the thread that feeds it and reads its answers."""

import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

import psutil

from vlm_desktop.base.errors import DecoderUnavailable, Refusal
from vlm_desktop.base.types import DecodeLimits, DecodeOutcome, DecodeRequest, RefusedFile
from vlm_desktop.media.wire import (
    Frame,
    WireError,
    frame_of_limits,
    frame_of_request,
    pack,
    read_frame,
    reply_of,
)

if sys.platform == "linux":
    import fcntl

_START_SECONDS = 60.0
_START_TRIES = 2
_TRIES = 2
"""A file whose worker crashed gets one more chance alone, in case a neighbour did the damage."""
_IN_HAND = 2
"""One request being decoded and one waiting in the pipe, so that the worker never idles."""
_PIPE_BYTES = 1024 * 1024
_NOISE_BYTES = 2000


@dataclass(slots=True)
class Job:
    """A request on its way, and the run of `DecodePool.decode` that it belongs to."""

    run: int
    request: DecodeRequest
    tries: int = 0


class Desk(Protocol):
    """What a lane asks of the pool. `lock` guards the lane's and the pool's state."""

    lock: threading.Condition

    def take(self, *, wait: bool) -> Job | None:
        """The next job; None when there is none (or, waiting, when the pool closes).

        Without `wait`, jobs whose worker crashed are held back: they are decoded alone.
        """
        ...

    def give_back(self, jobs: Iterable[Job]) -> None:
        """Jobs that were taken but not begun, to be done before all others."""
        ...

    def is_stale(self, job: Job) -> bool:
        """Whether nobody waits for `job` any more."""
        ...

    def post(self, run: int, result: DecodeOutcome | DecoderUnavailable) -> None:
        """Hand in the end of a job."""
        ...


class Lane:
    """Runs jobs in a child process until the desk closes. `kill` and `check` are thread-safe."""

    def __init__(
        self,
        desk: Desk,
        limits: DecodeLimits,
        command: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        self._desk = desk
        self._limits = limits
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: psutil.Process | None = None
        self._memory_before = 0
        self._noise: IO[bytes] | None = None
        self._in_hand: deque[Job] = deque()
        self._deadline = float("inf")
        self._verdict: tuple[Job, Refusal] | None = None
        self._thread = threading.Thread(target=self._run, name="decode-lane", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """End the child at once, whatever it does. The thread notices by itself."""
        with self._desk.lock:
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()

    def kill_if_busy(self) -> None:
        """As `kill`, but a child that has nothing to do may stay."""
        with self._desk.lock:
            if self._in_hand:
                self.kill()

    def check(self, now: float) -> None:
        """End a child that takes too long or, where the system does not see to it, too much."""
        with self._desk.lock:
            if self._process is None or not self._in_hand:
                return
            if now > self._deadline:
                self._verdict = (self._in_hand[0], Refusal.TOO_SLOW)
                self.kill()
            elif self._outgrown():
                self._verdict = (self._in_hand[0], Refusal.OUT_OF_MEMORY)
                self.kill()

    def join(self, seconds: float) -> None:
        """Wait for the thread to end, after the desk was closed and the child killed."""
        self._thread.join(seconds)

    def _outgrown(self) -> bool:
        if self._watched is None:
            return False
        try:
            used = self._watched.memory_info().rss
        except psutil.Error:
            return False
        return bool(used > self._memory_before + self._limits.max_memory)

    def _run(self) -> None:
        failures = 0
        while self._has_work():
            try:
                self._start_if_needed()
                self._exchange()
                failures = 0
            except DecoderUnavailable as error:
                failures += 1
                if failures >= _START_TRIES:
                    self._give_up(error)
            except (OSError, WireError):
                self._lost()
        self._discard()

    def _has_work(self) -> bool:
        """Wait for a job unless one is in hand. False when the desk is closed."""
        with self._desk.lock:
            self._return_unbegun()
            job = self._desk.take(wait=True)
            if job is not None:
                self._in_hand.append(job)
            return job is not None

    def _start_if_needed(self) -> None:
        if self._process is not None:
            return
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 - _discard closes it
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._noise,
                bufsize=0,
                env=self._environment,
                creationflags=_creation_flags(),
            )
        except OSError as error:
            self._discard()
            raise DecoderUnavailable(detail=str(error)) from error
        with self._desk.lock:
            self._process = process
            self._verdict = None
            self._deadline = time.monotonic() + _START_SECONDS
            if self._desk.is_stale(self._in_hand[0]):  # closed or cancelled in between
                self.kill()
        _widen(process)
        ready = None
        with contextlib.suppress(OSError, WireError):
            self._send(frame_of_limits(self._limits))
            ready = self._receive()
        if ready is None:
            detail = self._noise_tail() or "the process ended at once"
            self._discard()
            raise DecoderUnavailable(detail=detail)
        if sys.platform != "linux":
            with contextlib.suppress(psutil.Error):
                self._watched = psutil.Process(process.pid)
                self._memory_before = self._watched.memory_info().rss

    def _exchange(self) -> None:
        """Send what is in hand, read the answers, and top up until there is nothing to do."""
        sent = 0
        while True:
            with self._desk.lock:
                self._drop_stale(sent)
                self._top_up()
                if not self._in_hand:
                    return
                waiting = list(self._in_hand)[sent:]
                if sent == 0:
                    self._deadline = time.monotonic() + self._limits.seconds
            for job in waiting:
                self._send(frame_of_request(job.request))
                sent += 1
            frame = self._receive()
            if frame is None:
                self._lost()
                return
            reply = reply_of(frame)
            with self._desk.lock:
                job = self._in_hand.popleft()
                sent -= 1
                now = time.monotonic()
                self._deadline = now + self._limits.seconds if self._in_hand else float("inf")
            self._desk.post(job.run, reply.outcome)
            if reply.retiring:
                self._discard()
                return

    def _drop_stale(self, sent: int) -> None:
        """Forget jobs of an earlier run. Any that were sent end with the child, killed by then."""
        if not sent:
            while self._in_hand and self._desk.is_stale(self._in_hand[0]):
                self._in_hand.popleft()

    def _top_up(self) -> None:
        """Take a second job, unless the first is suspected of ending its worker."""
        while len(self._in_hand) < _IN_HAND:
            if self._in_hand and self._in_hand[0].tries:
                return
            job = self._desk.take(wait=False)
            if job is None:
                return
            self._in_hand.append(job)

    def _lost(self) -> None:
        """The child is gone: tell why, for the job it was at; the others are begun anew."""
        noise = self._noise_tail()
        code = self._discard()
        with self._desk.lock:
            verdict, self._verdict = self._verdict, None
            culprit = self._in_hand[0] if self._in_hand else None
            is_judged = verdict is not None and verdict[0] is culprit
            if culprit is None or self._desk.is_stale(culprit) or (verdict and not is_judged):
                return
            culprit.tries += 1
            if not is_judged and culprit.tries < _TRIES:
                return
            self._in_hand.popleft()
        if verdict is not None:
            reason = verdict[1]
            detail = f"{self._limits.seconds:g} s" if reason is Refusal.TOO_SLOW else ""
        else:
            reason, detail = _crash(code, noise)
        self._desk.post(culprit.run, RefusedFile(culprit.request.path, reason, detail))

    def _return_unbegun(self) -> None:
        """Put what is in hand back on the desk: the child that it was meant for is gone."""
        with self._desk.lock:
            self._desk.give_back(self._in_hand)
            self._in_hand.clear()

    def _give_up(self, error: DecoderUnavailable) -> None:
        with self._desk.lock:
            runs = {job.run for job in self._in_hand}
            self._in_hand.clear()
        for run in runs:
            self._desk.post(run, error)

    def _send(self, frame: Frame) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        for part in pack(frame):
            left = part
            while left.nbytes:
                left = left[self._process.stdin.write(left) :]

    def _receive(self) -> Frame | None:
        assert self._process is not None
        assert self._process.stdout is not None
        return read_frame(self._process.stdout)  # type: ignore[arg-type]

    def _noise_tail(self) -> str:
        """The end of what the child wrote to stderr."""
        if self._noise is None:
            return ""
        with contextlib.suppress(OSError, ValueError):
            end = self._noise.seek(0, 2)
            self._noise.seek(max(0, end - _NOISE_BYTES))
            lines = self._noise.read().decode("utf-8", "replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""

    def _discard(self) -> int | None:
        """Make sure that the child is gone, free its pipes, and return its exit code."""
        with self._desk.lock:
            process, self._process = self._process, None
            self._watched = None
            self._deadline = float("inf")
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
            if process.poll() is None:
                process.kill()
                process.wait()
        if self._noise is not None:
            self._noise.close()
            self._noise = None
        return None if process is None else process.returncode


def _crash(code: int | None, noise: str) -> tuple[Refusal, str]:
    """Why a child ended by itself: the signal, else its last words, else its exit code."""
    if any(word in noise.lower() for word in ("bad_alloc", "memoryerror", "out of memory")):
        return Refusal.OUT_OF_MEMORY, noise[:200]
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return Refusal.DECODER_CRASHED, signal.Signals(-code).name
    return Refusal.DECODER_CRASHED, noise[:200] or f"exit code {code}"


def _creation_flags() -> int:
    """On Windows: no console window, and lower priority (elsewhere the worker sees to it)."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let a whole small picture fit into the pipe, which spares most task switches (Linux)."""
    if sys.platform == "linux" and process.stdout is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
