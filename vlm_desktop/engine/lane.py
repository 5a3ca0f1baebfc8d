"""A bounded lane of threads beside a generator: hand work in, collect what is finished."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_POLL_SECONDS = 0.2


class Lane(Generic[Item, Result]):
    """Runs `work` on items in `threads` threads; at most `threads + 1` items wait or run.

    Used from one thread. An error of `work` is raised by the next call that meets it.
    """

    def __init__(self, work: Callable[[Item], Result], threads: int, name: str) -> None:
        self._work = work
        self._room = threads + 1
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._pending: deque[Future[Result]] = deque()

    def submit(self, item: Item) -> list[Result]:
        """Hand in one item; waits for room, and returns what finished meanwhile."""
        finished: list[Result] = []
        while len(self._pending) >= self._room:
            wait(self._pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            finished += self.collect()
        self._pending.append(self._executor.submit(self._work, item))
        return finished

    def collect(self) -> list[Result]:
        """What is finished now, without waiting."""
        done = [future for future in self._pending if future.done()]
        for future in done:
            self._pending.remove(future)
        return [future.result() for future in done]

    def wait(self) -> list[Result]:
        """Up to a fifth of a second for something to finish; call while `busy`."""
        wait(self._pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        return self.collect()

    @property
    def busy(self) -> bool:
        return bool(self._pending)

    def __enter__(self) -> "Lane[Item, Result]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop what has not begun and join the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)
