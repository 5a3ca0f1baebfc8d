"""The folders of the library: their state, watching them, what was set aside in them."""

import os
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.watching import WatchMode, WatchState
from vlm_desktop.media.scan import ScanProblem, scan_folder
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.media.watch import Watcher, WatchTiming
from vlm_desktop.store.folders import FolderState, SetAsideFiles, stamp_sum
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import ForgottenCounts, RemovedRoot

__all__ = ["FolderState", "Folders", "ForgottenCounts", "RemovedRoot", "SetAsideFiles"]

_TICK_SECONDS = 0.5


class Folders:
    """Verbs over the roots of one library. Any thread. The photos are never touched.

    A folder is added by indexing it.
    """

    def __init__(
        self,
        open_library: Callable[[], Library],
        thumbnails: ThumbnailStore,
        timing: WatchTiming | None = None,
        *,
        may_watch: Callable[[], bool] = lambda: True,
    ) -> None:
        self._open_library = open_library
        self._thumbnails = thumbnails
        self._timing = timing
        self._may_watch = may_watch
        self._anew = threading.Event()
        self._removed: set[int] = set()
        self._removing = threading.Lock()

    def states(self) -> tuple[FolderState, ...]:
        """Every root, oldest first, looked for on disk."""
        return self._open_library().folder_states()

    def remove(self, path: Path) -> Generator[Event, None, RemovedRoot]:
        """Take a root out of the library: nothing shows its photos any more; no file is touched.

        `restore` undoes it exactly while this program runs; `purge` forgets what an earlier run
        took out. A run that indexes the root meanwhile gives it up. Raises NotInLibrary.
        """
        yield from ()
        with self._removing:  # a purge must not see it before it is known as this run's
            removed = self._open_library().remove_root(path)
            self._removed.add(removed.number)
        self.watch_anew()
        return removed

    def restore(self, path: Path) -> Generator[Event, None, None]:
        """Put a root back that was removed, with tags, albums, votes and vectors.

        One that was added again meanwhile stays as it is. Raises NotInLibrary.
        """
        yield from ()
        self._open_library().put_back_root(path)
        self.watch_anew()

    def purge(self, cancel: CancelToken) -> Generator[Event, None, int]:
        """Forget for good what earlier runs removed; returns how many photos that were.

        May stop after any step, and goes on with the next call. Raises Cancelled.
        """
        forgotten = 0
        while True:
            cancel.raise_if_cancelled()
            with self._removing:
                counts = self._open_library().purge_removed(tuple(self._removed))
            if counts is None:
                return forgotten
            self._thumbnails.delete(counts.hashes)
            forgotten += counts.contents
            yield Progress(Phase.SCRUB, forgotten, None)

    def forget_unused(self) -> Generator[Event, None, ForgottenCounts]:
        """Let go of what is known of photos that no file holds any more."""
        yield from ()
        forgotten = self._open_library().forget_unused()
        self._thumbnails.delete(forgotten.hashes)
        return forgotten

    # --- set aside -----------------------------------------------------------------------

    def set_aside(self) -> SetAsideFiles:
        """Every file in quarantine, by reason and path; a tenth of a second for 10,000."""
        return self._open_library().set_aside_files()

    def retry(self, file_ids: Sequence[int]) -> tuple[Path, ...]:
        """Take files out of quarantine; returns the folders to index for them to be read again.

        Folders that are not there at the moment are left out: their files wait.
        """
        folders = self._open_library().retry_files(file_ids)
        return tuple(folder for folder in folders if folder.is_dir())

    # --- watching ------------------------------------------------------------------------

    def set_watched(self, path: Path, watched: bool) -> None:
        """Whether changes in a root are noticed. Raises NotInLibrary."""
        self._open_library().set_watched(path, watched)
        self.watch_anew()

    def watch_anew(self) -> None:
        """Let a running `watch` look up which folders there are. Quick; any thread."""
        self._anew.set()

    def watch(self, cancel: CancelToken) -> Generator[Event, None, None]:
        """Yield `WatchState` and `FoldersChanged` until cancelled.

        Begins with what changed since the library was last brought up to date. A drive that
        goes is told as offline, and what changed on it once it is back.
        """
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        begun: set[Path] = set()

        def post(event: Event) -> None:
            if isinstance(event, WatchState) and event.mode is not WatchMode.OFFLINE:
                begun.add(event.root)
            events.put(event)

        def look(root: Path, token: CancelToken) -> Mapping[Path, int]:
            found = dict(self._differences(root, token))
            if root in begun:
                # Once at the beginning and when a drive is back: what an earlier run left over.
                begun.discard(root)
                found = dict.fromkeys(self._left_over(root), 0) | found
            return found

        watcher = Watcher(post, look, self._is_there, self._timing)
        self._anew.set()
        try:
            while not cancel.is_cancelled:
                if self._anew.is_set():
                    self._anew.clear()
                    wanted = self.states() if self._may_watch() else ()
                    watcher.watch(one.path for one in wanted if one.is_watched)
                try:
                    event = events.get(timeout=_TICK_SECONDS)
                except queue.Empty:
                    watcher.mend()
                    continue
                yield event
        finally:
            watcher.stop()

    def _is_there(self, root: Path) -> bool:
        """By the drive as well, so that an empty mount point is not taken for an empty folder."""
        found = self._open_library().root_at(root)
        return found is not None and found.online

    def _left_over(self, root: Path) -> Iterator[Path]:
        """Folders under a root with files that still wait to be read."""
        library = self._open_library()
        found = library.root_at(root)
        for folder in library.pending_folders(found.id) if found is not None else ():
            yield root / folder

    def _differences(self, root: Path, cancel: CancelToken) -> Mapping[Path, int]:
        """Folders under a root whose pictures are not those the library knows."""
        library = self._open_library()
        found = library.root_at(root)
        if found is None:
            raise NotInLibrary(path=root)
        known = library.folder_sums(found.id)
        now, unreadable = _sums(root, library, cancel)
        cancel.raise_if_cancelled()
        return {
            root / folder: now.get(folder, 0)
            for folder in known.keys() | now.keys()
            if known.get(folder, 0) != now.get(folder, 0)
            and not any(_is_within(folder, problem) for problem in unreadable)
        }


def _sums(
    root: Path, library: Library, cancel: CancelToken
) -> tuple[dict[str, int], tuple[str, ...]]:
    """(relative folder -> `stamp_sum` of its pictures, relative paths that could not be read)."""
    skip = len(os.fspath(root).rstrip(os.sep)) + 1
    kept_out = library.kept_out()
    sums: dict[str, int] = {}
    unreadable = []
    for found in scan_folder(root, cancel):
        relative = os.fspath(found.path)[skip:]
        if isinstance(found, ScanProblem):
            unreadable.append(relative)
        elif not kept_out.holds(found.path):
            folder, _, name = relative.rpartition(os.sep)
            one = stamp_sum([(name, found.size, found.mtime_ns, found.sidecar_mtime_ns)])
            sums[folder] = (sums.get(folder, 0) + one) & 0xFFFF_FFFF_FFFF_FFFF
    return sums, tuple(unreadable)


def _is_within(folder: str, outer: str) -> bool:
    return folder == outer or folder.startswith(outer + os.sep)
