"""The folders of a small engine in memory."""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.events import Event
from vlm_desktop.store.folders import FolderState, SetAsideFiles
from vlm_desktop.store.records import FileCounts, ForgottenCounts, RemovedRoot


@dataclass
class FakeFolders:
    """Fulfils `engine.folders.Folders`. What is watched is what a test hands out."""

    known: list[FolderState] = field(default_factory=list)
    aside: SetAsideFiles = field(default_factory=lambda: set_aside_files([]))
    retried: list[tuple[int, ...]] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    purged: int = 0
    watching: bool = False
    anew: int = 0

    def __post_init__(self) -> None:
        self._news: list[Event] = []
        self._out: dict[Path, FolderState] = {}
        self._lock = threading.Lock()

    def tell(self, event: Event) -> None:
        """What the watch notices."""
        with self._lock:
            self._news.append(event)

    def states(self) -> tuple[FolderState, ...]:
        return tuple(self.known)

    def set_watched(self, path: Path, watched: bool) -> None:
        self.known = [
            FolderState(one.id, one.path, one.online, watched, one.files, one.looked_at)
            if one.path == path
            else one
            for one in self.known
        ]

    def remove(self, path: Path) -> Generator[Event, None, RemovedRoot]:
        yield from ()
        (state,) = [one for one in self.known if one.path == path]
        self.removed.append(path)
        self._out[path] = state
        self.known = [one for one in self.known if one.path != path]
        return RemovedRoot(len(self.removed), path, state.files.scanned)

    def restore(self, path: Path) -> Generator[Event, None, None]:
        yield from ()
        self.removed.remove(path)
        self.known = sorted([*self.known, self._out.pop(path)], key=lambda one: one.id)

    def purge(self, cancel: CancelToken) -> Generator[Event, None, int]:
        yield from ()
        self.purged += 1
        return 0

    def forget_unused(self) -> Generator[Event, None, ForgottenCounts]:
        yield from ()
        return ForgottenCounts(0, 0, 0, ())

    def set_aside(self) -> SetAsideFiles:
        return self.aside

    def retry(self, file_ids: Sequence[int]) -> tuple[Path, ...]:
        self.retried.append(tuple(file_ids))
        chosen = set(file_ids)
        rows = [row for row in range(len(self.aside)) if self.aside.ids[row] in chosen]
        return tuple(sorted({self.aside.path(row).parent for row in rows}))

    def watch_anew(self) -> None:
        self.anew += 1

    def watch(self, cancel: CancelToken) -> Generator[Event, None, None]:
        self.watching = True
        while not cancel.wait(0.01):
            with self._lock:
                news, self._news = self._news, []
            yield from news


def folder_state(path: Path, number: int = 1, *, online: bool = True) -> FolderState:
    """A folder with some of everything in it."""
    counts = FileCounts(pending=2, indexed=1_204, quarantined=3)
    return FolderState(number, path, online, True, counts, datetime.now(UTC))


def set_aside_files(
    found: Sequence[tuple[Path, Refusal]], ids: Sequence[int] = ()
) -> SetAsideFiles:
    """As the library gives them: by reason, then by path."""
    rows = sorted(found, key=lambda one: (one[1].value, one[0]))
    return SetAsideFiles(
        tuple(ids or range(1, len(rows) + 1)),
        tuple(reason for _, reason in rows),
        ("",) * len(rows),
        tuple((str(path.parent).encode(), b"") for path, _ in rows),
        tuple(path.name.encode() for path, _ in rows),
    )
