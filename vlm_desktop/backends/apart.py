"""Work that waits for another machine, on a thread of its own, so that it can be left at once."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import httpx2

from vlm_desktop.base.errors import AppError

Item = TypeVar("Item")
Put = Callable[[Item], None]

TICK_SECONDS = 0.1
_WAITING_ITEMS = 32


class _Left(BaseException):
    """Nobody listens any more. A BaseException, so that libraries let it pass."""


class _End:
    """Nothing more will come."""


class Apart(Generic[Item]):
    """Runs `work(put)` on a daemon thread; iterating gives what it puts.

    None is given for every tick in which nothing came, so that whoever iterates can look at its
    cancel token. An `AppError`, `OSError`, `ValueError` or error of the HTTP client that ends the
    work is raised by the iteration. `leave` ends the iteration's interest: the work stops at its
    next `put`, and at once if it waits for a socket that it named with `waits_for`.
    """

    def __init__(self, work: Callable[["Apart[Item]"], None]) -> None:
        self._work = work
        self._items: queue.Queue[Item | _End] = queue.Queue(_WAITING_ITEMS)
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._error: BaseException | None = None
        self._finished = False
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item | None]:
        while True:
            try:
                item = self._items.get(timeout=TICK_SECONDS)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                break
            yield item
        if self._error is not None:
            raise self._error
        if not self._finished:
            raise RuntimeError("the thread that talks with the hub came to an unexpected end")

    def leave(self) -> None:
        """Stop listening; waits briefly for the thread, which may outlast it in a name look-up."""
        self._left.set()
        with self._lock:
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    self._socket = None  # closed already
        self._thread.join(TICK_SECONDS * 5)

    # --- called by the work -------------------------------------------------------------

    def put(self, item: Item | _End) -> None:
        """Hand over one item; waits while many are unread."""
        while not self._left.is_set():
            try:
                self._items.put(item, timeout=TICK_SECONDS)
            except queue.Full:
                continue
            return
        raise _Left

    def waits_for(self, connection: socket.socket | None) -> None:
        """The socket to shut down on leaving; None once it is no longer waited for."""
        with self._lock:
            self._socket = connection

    def _run(self) -> None:
        try:
            self._work(self)
            self._finished = True
        except _Left:
            return
        except (AppError, OSError, ValueError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            self._error = error
        finally:
            self.waits_for(None)
            try:
                self.put(_End())
            except _Left:
                self._finished = True
