"""Notice what changes under folders: by the system's events, or by looking again and again.

One thread per root, so that a share that does not answer holds up nobody else. Events are only
collected while they come; once the writes have settled, the folders they lie in are told in one
piece. When the watch begins, when a drive is back and when there were too many events to trust,
`look` compares the root with what is known of it, which is also how shares are polled.
"""

import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.events import Event
from vlm_desktop.base.watching import FoldersChanged, PollReason, WatchMode, WatchState
from vlm_desktop.media.drives import is_network
from vlm_desktop.media.scan import is_image_name

_log = logging.getLogger(__name__)

_MOST_FOLDERS = 32
"""Beyond this many changed folders it is cheaper to look at the whole root."""

_MOST_EVENTS = 8_000
"""In one burst; the system's queue holds 16,384 and drops what does not fit."""

# On Linux the closing of a file says that it is written; elsewhere there is no such event.
_WRITTEN = FileClosedEvent if sys.platform.startswith("linux") else FileModifiedEvent
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    _WRITTEN,
]


@dataclass(frozen=True, slots=True)
class WatchTiming:
    """Seconds. A change is told once nothing happened for `settle`, at the latest after `longest`.

    `online` is how often a root is looked for, `poll` the least time between two looks at a
    share; a look that takes long is made more rarely.
    """

    settle: float = 2.0
    longest: float = 15.0
    online: float = 5.0
    poll: float = 60.0


Post: TypeAlias = Callable[[Event], None]
Look: TypeAlias = Callable[[Path, CancelToken], Mapping[Path, int]]
"""The folders under a root that are not as they are known -> a fingerprint of what is there now.

Called on the root's thread. May raise AppError.
"""


class Watcher:
    """Watches a set of roots. `post` and `look` are called from their threads."""

    def __init__(
        self,
        post: Post,
        look: Look,
        is_there: Callable[[Path], bool],
        timing: WatchTiming | None = None,
    ) -> None:
        self._post = post
        self._look = look
        self._is_there = is_there
        self._timing = timing or WatchTiming()
        self._watches: dict[Path, _RootWatch] = {}
        self._wanted: set[Path] = set()

    def watch(self, roots: Iterable[Path]) -> None:
        """Watch these and no others. One thread at a time."""
        self._wanted = wanted = set(roots)
        gone = [self._watches.pop(root) for root in set(self._watches) - wanted]
        _stop(gone, self._timing.online)
        for root in sorted(wanted - set(self._watches)):
            watch = _RootWatch(root, self._post, self._look, self._is_there, self._timing)
            self._watches[root] = watch
            watch.start()

    def mend(self) -> None:
        """Begin anew with roots whose thread fell: the library was exchanged under it."""
        fallen = [root for root, watch in self._watches.items() if not watch.is_alive()]
        for root in fallen:
            del self._watches[root]
        if fallen:
            self.watch(self._wanted)

    def stop(self, timeout: float = 1.5) -> bool:
        """End all threads; False when one hangs on a share. Nothing is posted by the others."""
        watches = list(self._watches.values())
        self._watches.clear()
        return _stop(watches, timeout)


def _stop(watches: "Sequence[_RootWatch]", timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    for watch in watches:
        watch.stop()
    for watch in watches:
        watch.join(max(0.0, deadline - time.monotonic()))
    return not any(watch.is_alive() for watch in watches)


class _RootWatch(threading.Thread):
    """The thread of one root. A daemon: a dead share must not keep the program."""

    def __init__(
        self,
        root: Path,
        post: Post,
        look: Look,
        is_there: Callable[[Path], bool],
        timing: WatchTiming,
    ) -> None:
        super().__init__(name=f"watch-{root.name}", daemon=True)
        self._root = root
        self._post_to = post
        self._look = look
        self._is_there = is_there
        self._timing = timing
        self._cancel = CancelToken()
        self._changes = _Changes(root)
        self._told: dict[Path, int] = {}
        self._state: WatchState | None = None
        self._limited = False

    def stop(self) -> None:
        self._cancel.cancel()
        self._changes.wake.set()

    def run(self) -> None:
        while not self._cancel.is_cancelled:
            identity = self._identity()
            if identity is None:
                self._tell(WatchState(self._root, WatchMode.OFFLINE))
                self._cancel.wait(self._timing.online)
                continue
            try:
                observer = self._observe()
            except OSError as error:
                _log.info("%s is looked at from time to time: %s", self._root, error)
                observer = None
            try:
                if observer is None:
                    self._poll(identity)
                else:
                    self._listen(observer, identity)
            finally:
                if observer is not None:
                    _close(observer)

    # --- by events -----------------------------------------------------------------------

    def _observe(self) -> BaseObserver | None:
        """Events of the root, or None where it is to be polled, with the reason told."""
        if is_network(self._root):
            self._tell(WatchState(self._root, WatchMode.POLLING, PollReason.NETWORK))
            return None
        if self._limited:
            return None
        try:
            observer = _observer(self._changes, self._changes.real, recursive=True)
        except OSError:
            self._limit(PollReason.LIMIT if self._is_full() else PollReason.UNSUPPORTED)
            return None
        if self._is_full():
            _close(observer)
            self._limit(PollReason.LIMIT)
            return None
        self._tell(WatchState(self._root, WatchMode.EVENTS))
        return observer

    def _limit(self, reason: PollReason) -> None:
        self._limited = True
        self._tell(WatchState(self._root, WatchMode.POLLING, reason))

    def _is_full(self) -> bool:
        """Whether no further folder can be watched. The library keeps quiet about subfolders."""
        try:
            _close(_observer(FileSystemEventHandler(), self._changes.real, recursive=False))
        except OSError:
            return self._root.is_dir()
        return False

    def _listen(self, observer: BaseObserver, identity: tuple[int, int]) -> None:
        """Until the root is gone, replaced, or too large to be watched."""
        self._tell_differences()
        while not self._cancel.is_cancelled and observer.is_alive():
            self._changes.wake.wait(self._timing.online)
            self._changes.settle(self._timing, self._cancel)
            changed = self._changes.take()
            if self._cancel.is_cancelled or self._identity() != identity:
                return
            if changed.events > _MOST_EVENTS:
                self._tell_differences()
            elif changed.folders:
                self._tell_changed(changed.folders)
            if changed.has_new_folders and self._is_full():
                self._limit(PollReason.LIMIT)
                return

    # --- by looking ------------------------------------------------------------------------

    def _poll(self, identity: tuple[int, int]) -> None:
        """Until the root is gone or replaced."""
        while not self._cancel.is_cancelled:
            started = time.monotonic()
            self._tell_differences()
            took = time.monotonic() - started
            due = time.monotonic() + max(self._timing.poll, 20 * took)
            while (left := due - time.monotonic()) > 0:
                if self._cancel.wait(min(left, self._timing.online)):
                    return
                if self._identity() != identity:
                    return

    def _tell_differences(self) -> None:
        """Report the folders that are not as known, each once for what it holds now."""
        try:
            found = self._look(self._root, self._cancel)
        except Cancelled:
            return
        except AppError as error:
            _log.info("%s could not be looked at: %s", self._root, error)
            return
        news = [folder for folder, now in found.items() if self._told.get(folder) != now]
        self._told = dict(found)
        if news:
            self._tell_changed(news)

    # --- telling ---------------------------------------------------------------------------

    def _tell_changed(self, folders: Iterable[Path]) -> None:
        there = {_that_exists(folder, self._root) for folder in folders}
        chosen = _outermost(there)
        if len(chosen) > _MOST_FOLDERS:
            chosen = (self._root,)
        self._post(FoldersChanged(self._root, chosen))

    def _tell(self, state: WatchState) -> None:
        if state != self._state:
            self._state = state
            self._post(state)

    def _post(self, event: Event) -> None:
        if not self._cancel.is_cancelled:
            self._post_to(event)

    def _identity(self) -> tuple[int, int] | None:
        """Which folder lies at the root's path; None while it is absent."""
        if not self._is_there(self._root):
            return None
        try:
            status = self._root.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


@dataclass(frozen=True, slots=True)
class _Burst:
    folders: tuple[Path, ...]
    events: int
    has_new_folders: bool


class _Changes(FileSystemEventHandler):
    """Collects the folders that events lie in; called on the observer's thread."""

    def __init__(self, root: Path) -> None:
        self.real = os.path.realpath(root)
        self.wake = threading.Event()
        self._root = os.fspath(root)
        self._lock = threading.Lock()
        self._folders: set[str] = set()
        self._events = 0
        self._new_folders = False
        self._first = self._last = 0.0

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._collect(os.fsdecode(path), event)

    def settle(self, timing: WatchTiming, cancel: CancelToken) -> None:
        """Wait until the events that came have an end. Returns at once when there are none."""
        while True:
            with self._lock:
                if not self._events:
                    self.wake.clear()
                    return
                due = min(self._last + timing.settle, self._first + timing.longest)
            left = due - time.monotonic()
            if left <= 0 or cancel.wait(left):
                return

    def take(self) -> _Burst:
        """What came since the last time."""
        with self._lock:
            burst = _Burst(tuple(map(self._shown, self._folders)), self._events, self._new_folders)
            self._folders = set()
            self._events = 0
            self._new_folders = False
            self.wake.clear()
        return burst

    def _collect(self, path: str, event: FileSystemEvent) -> None:
        folder, name = os.path.split(path)
        if event.is_directory:
            # What a new folder holds may have been there before it was watched.
            if path != self.real and os.path.isdir(path):
                folder = path
        elif not is_image_name(name) and not name.lower().endswith(".xmp"):
            return
        inner = folder[len(self.real) :]
        if not folder.startswith(self.real) or f"{os.sep}." in f"{inner}{os.sep}{name}":
            return
        now = time.monotonic()
        with self._lock:
            if not self._events:
                self._first = now
            self._events += 1
            self._last = now
            self._folders.add(folder)
            self._new_folders |= event.is_directory
        self.wake.set()

    def _shown(self, folder: str) -> Path:
        """The folder by the root's own path, where that leads through a link."""
        return Path(self._root + folder[len(self.real) :])


def _observer(handler: FileSystemEventHandler, path: str, *, recursive: bool) -> BaseObserver:
    """A started observer. Raises OSError where the system cannot watch the folder itself."""
    # A folder that is moved out of the root takes the system's watch with it, for watchdog cannot
    # know that it left. Once it is back, the same watch is entered again, and watchdog warns that
    # it writes the same entry over itself.
    warnings.filterwarnings("ignore", "Callback with id .* already exists", RuntimeWarning)
    observer = Observer()
    try:
        observer.schedule(handler, path, recursive=recursive, event_filter=_EVENTS)
        observer.start()
    except OSError:
        observer.stop()
        raise
    return observer


def _close(observer: BaseObserver) -> None:
    observer.stop()
    observer.join()


def _that_exists(folder: Path, root: Path) -> Path:
    """The folder, or the nearest one around it that is there; at most the root."""
    while folder != root and not folder.is_dir():
        folder = folder.parent
    return folder


def _outermost(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Folders without those that lie in another of them, in order."""
    chosen: list[Path] = []
    for folder in sorted(folders):
        if not chosen or not folder.is_relative_to(chosen[-1]):
            chosen.append(folder)
    return tuple(chosen)
