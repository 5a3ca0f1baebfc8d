"""The job runner: verbs on lanes, events through one `post`, exactly one ending per job.

A lane is a queue with its own threads. "model" has one, for indexing and what must not run beside
it; "answers" has one for models that write, so that a question is answered while photos are
indexed; "ground" has one for what finds and outlines, and "pointing" one for the quick first
outline of a click, which must not wait behind those models; "search" has one, because a search
must answer while either goes on; "io" has a few for thumbnails and small files; "watch" waits for
changes of folders. Threads start with their lane's first job.
"""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from typing import TypeAlias, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.events import Event
from vlm_desktop.jobs.endings import CancelledEnding, Done, Ending, Failed

_log = logging.getLogger(__name__)

Result = TypeVar("Result")
OnEvent: TypeAlias = Callable[[Event], None]
Post: TypeAlias = Callable[[OnEvent, Event], None]
"""Carries an event to the thread where its listener runs; called from lane threads."""

ANSWERS = "answers"
"""The lane of models that write."""
GROUND = "ground"
"""The lane of what finds and outlines with models."""
POINTING = "pointing"
"""The lane of the outline that needs no model."""
DEFAULT_LANES: Mapping[str, int] = {
    "model": 1, ANSWERS: 1, GROUND: 1, POINTING: 1, "search": 1, "io": 3, "watch": 1,
}  # fmt: skip


class Job:
    """A verb that was handed in. Made by `JobRunner.submit`; safe from any thread."""

    def __init__(
        self,
        number: int,
        make: Callable[[CancelToken], Generator[Event, None, object]],
        on_event: OnEvent,
        post: Post,
        token: CancelToken,
    ) -> None:
        self.number = number
        self.token = token
        self._make = make
        self._on_event = on_event
        self._post = post
        self._lock = threading.Lock()
        self._started = False
        self._silenced = False
        self._ending: Ending | None = None
        self._ended = threading.Event()
        self._going = threading.Event()
        self._going.set()

    def pause(self) -> None:
        """Hold the job after its next event, until `resume` or `cancel`. It keeps its lane."""
        self._going.clear()

    def resume(self) -> None:
        self._going.set()

    def cancel(self) -> None:
        """Ask the job to stop. One that still waits in its lane ends at once."""
        self.token.cancel()
        self._going.set()
        with self._lock:
            if self._started:
                return
            self._started = True
        self._end(CancelledEnding())

    def silence(self) -> None:
        """Deliver nothing more, not even what was posted already, if its turn is yet to come."""
        self._silenced = True

    @property
    def ending(self) -> Ending | None:
        """How the job ended; None while it waits or runs."""
        return self._ending

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the job has ended; False when `timeout` seconds were not enough."""
        return self._ended.wait(timeout)

    def run(self) -> None:
        """Drive the verb to its end on this thread. Called once, by the lane."""
        with self._lock:
            if self._started:
                return
            self._started = True
        self._end(self._drive())

    def _drive(self) -> Ending:
        try:
            self.token.raise_if_cancelled()
            verb = self._make(self.token)
            try:
                while True:
                    self._tell(next(verb))
                    self._going.wait()
                    self.token.raise_if_cancelled()
            except StopIteration as stop:
                return Done(stop.value)
            finally:
                verb.close()
        except Cancelled:
            return CancelledEnding()
        except AppError as error:
            return Failed(error)
        except BaseException as error:  # noqa: BLE001  the one place that must catch everything
            _log.error("Job %d failed unexpectedly", self.number, exc_info=error)
            return Failed(error)

    def _end(self, ending: Ending) -> None:
        self._ending = ending
        self._tell(ending)
        self._ended.set()

    def _tell(self, event: Event) -> None:
        try:
            self._post(self._deliver, event)
        except Exception:  # noqa: BLE001  a listener's trouble must not take the lane down
            _log.exception("Event %s of job %d could not be posted", event, self.number)

    def _deliver(self, event: Event) -> None:
        if not self._silenced:
            self._on_event(event)


class JobRunner:
    """Runs verbs on lanes. Made and shut down on one thread; `submit` is safe from any.

    `post(listener, event)` brings each event to the listener's thread; in the window it is the
    bridge, in tests a list.
    """

    def __init__(self, post: Post, lanes: Mapping[str, int] = DEFAULT_LANES) -> None:
        self._post = post
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False
        self._latest: dict[str, Job] = {}
        self._lanes = {name: _Lane(name, threads) for name, threads in lanes.items()}

    def submit(
        self,
        make: Callable[[CancelToken], Generator[Event, None, Result]],
        on_event: OnEvent,
        *,
        lane: str = "model",
        latest: str | None = None,
        token: CancelToken | None = None,
    ) -> Job:
        """Queue the verb that `make(token)` gives; `on_event` hears its events and its ending.

        With `latest`, the newest request wins: an older job of the same key is cancelled and
        its listener hears nothing more. Raises RuntimeError after `shutdown`.
        """
        job = Job(next(self._numbers), make, on_event, self._post, token or CancelToken())
        with self._lock:
            if self._closed:
                raise RuntimeError("the job runner is shut down")
            older = self._latest.get(latest) if latest is not None else None
            if latest is not None:
                self._latest[latest] = job
            if older is not None:
                older.silence()
            self._lanes[lane].put(job)
        if older is not None:
            older.cancel()
        return job

    def shutdown(self, timeout: float) -> bool:
        """Cancel every job, end the threads, wait up to `timeout` seconds for them.

        Jobs that still wait end as cancelled. False when a verb did not stop in time; its
        thread is a daemon and does not keep the process.
        """
        deadline = time.monotonic() + timeout
        with self._lock:
            self._closed = True
        for lane in self._lanes.values():
            lane.close()
        stuck = [name for lane in self._lanes.values() for name in lane.join(deadline)]
        if stuck:
            _log.warning("Threads still busy after %.1f s: %s", timeout, ", ".join(stuck))
        return not stuck


class _Lane:
    """A queue of jobs and the threads that work on it."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._waiting: deque[Job] = deque()
        self._running: set[Job] = set()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._closed = False

    def put(self, job: Job) -> None:
        with self._changed:
            self._waiting.append(job)
            busy = len(self._running) + len(self._waiting)
            if len(self._threads) < min(self._size, busy):
                name = f"{self._name}-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            jobs = [*self._waiting, *self._running]
            self._waiting.clear()
            self._changed.notify_all()
        for job in jobs:
            job.cancel()

    def join(self, deadline: float) -> list[str]:
        """Names of the threads that are still alive at `deadline` (monotonic seconds)."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                job = self._waiting.popleft()
                self._running.add(job)
            job.run()
            with self._changed:
                self._running.discard(job)
