"""Watching folders with real files and the system's real events."""

import queue
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.watching import FoldersChanged, PollReason, WatchMode, WatchState
from vlm_desktop.media import watch
from vlm_desktop.media.watch import Watcher, WatchTiming

QUICK = WatchTiming(settle=0.1, longest=1.0, online=0.1, poll=0.2)


class Ears:
    """Hears what a watcher posts."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def next(self, kind: type[Event], seconds: float = 5.0) -> Event:
        deadline = time.monotonic() + seconds
        while True:
            event = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if isinstance(event, kind):
                return event

    def nothing_more(self, seconds: float) -> bool:
        try:
            self.events.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


class Library:
    """What is known, as the watch asks for it."""

    def __init__(self) -> None:
        self.differences: dict[Path, int] = {}
        self.looks = 0

    def look(self, root: Path, cancel: CancelToken) -> Mapping[Path, int]:
        self.looks += 1
        return dict(self.differences)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "a" / "deep").mkdir(parents=True)
    (folder / "b").mkdir()
    return folder


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def start(ears: Ears, library: Library) -> Iterator[Callable[..., Watcher]]:
    made: list[Watcher] = []

    def begin(*roots: Path, timing: WatchTiming = QUICK) -> Watcher:
        watcher = Watcher(ears.events.put, library.look, Path.is_dir, timing)
        made.append(watcher)
        watcher.watch(roots)
        return watcher

    yield begin
    for watcher in made:
        assert watcher.stop(5)


def listening(ears: Ears, root: Path, library: Library) -> None:
    """Until the root is watched by events and was looked at once."""
    assert ears.next(WatchState) == WatchState(root, WatchMode.EVENTS)
    deadline = time.monotonic() + 5
    while not library.looks and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_new_photo_and_a_changed_sidecar_are_told_by_their_folder(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    start(root)
    listening(ears, root, library)
    (root / "a" / "one.jpg").write_bytes(b"picture")
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))
    (root / "b" / "one.jpg.xmp").write_bytes(b"words")
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "b",))
    (root / "a" / "one.jpg").unlink()
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))


def test_what_is_no_picture_or_hidden_is_not_told(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    start(root)
    listening(ears, root, library)
    (root / "notes.txt").write_text("words")
    (root / "a" / ".one.jpg.part").write_bytes(b"half")
    (root / ".cache").mkdir()
    (root / ".cache" / "one.jpg").write_bytes(b"picture")
    assert ears.nothing_more(0.6)


def test_thousands_of_events_become_one_piece_of_news(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    start(root, timing=WatchTiming(settle=0.4, longest=20.0, online=0.1, poll=0.2))
    listening(ears, root, library)
    for number in range(1500):
        (root / "a" / f"{number}.jpg").write_bytes(b"picture")
        (root / "a" / "deep" / f"{number}.jpg").write_bytes(b"picture")
    assert ears.next(FoldersChanged, 20) == FoldersChanged(root, (root / "a",))
    assert ears.nothing_more(0.8)


def test_beyond_many_folders_the_whole_root_is_told(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    start(root)
    listening(ears, root, library)
    folders = [root / f"set {number}" for number in range(40)]
    for folder in folders:
        folder.mkdir()
    assert ears.next(FoldersChanged).folders == (root,)


def test_a_folder_that_is_moved_in_is_told_whole_and_one_that_leaves_by_what_held_it(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "holidays"
    outside.mkdir()
    (outside / "one.jpg").write_bytes(b"picture")
    start(root)
    listening(ears, root, library)
    outside.rename(root / "a" / "holidays")
    assert ears.next(FoldersChanged).folders == (root / "a" / "holidays",)
    (root / "a" / "holidays").rename(outside)
    assert ears.next(FoldersChanged).folders == (root / "a",)


def test_a_folder_that_leaves_and_comes_back_is_watched_as_before(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    """The system goes on watching what was moved away; that it is met again is no trouble."""
    start(root)
    listening(ears, root, library)
    for name in ("a", "c"):
        (root / "a").rename(root.parent / "elsewhere")
        assert ears.next(FoldersChanged) == FoldersChanged(root, (root,))
        (root.parent / "elsewhere").rename(root / name)
        assert ears.next(FoldersChanged) == FoldersChanged(root, (root / name,))
        (root / name / "deep" / "x.jpg").write_bytes(b"pixels")
        assert ears.next(FoldersChanged) == FoldersChanged(root, (root / name / "deep",))


def test_a_root_that_vanishes_is_offline_and_looked_at_when_it_is_back(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path, tmp_path: Path
) -> None:
    start(root)
    listening(ears, root, library)
    away = tmp_path / "away"
    root.rename(away)
    assert ears.next(WatchState) == WatchState(root, WatchMode.OFFLINE)
    library.differences = {root / "b": 7}
    away.rename(root)
    assert ears.next(WatchState) == WatchState(root, WatchMode.EVENTS)
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "b",))
    (root / "b" / "late.jpg").write_bytes(b"picture")
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "b",))


def test_what_changed_while_nobody_watched_is_told_at_the_beginning(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    library.differences = {root / "a" / "deep": 1, root / "gone": 0}
    start(root)
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root,))


def test_a_share_is_polled_and_the_same_difference_is_told_once(
    start: Callable[..., Watcher],
    ears: Ears,
    library: Library,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "is_network", lambda _: True)
    library.differences = {root / "a": 1}
    start(root)
    assert ears.next(WatchState) == WatchState(root, WatchMode.POLLING, PollReason.NETWORK)
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))
    looks = library.looks
    while library.looks < looks + 2:
        time.sleep(0.02)
    assert ears.nothing_more(0.05)
    library.differences = {root / "a": 2}
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))


def test_where_no_more_folders_can_be_watched_they_are_polled_and_that_is_said(
    start: Callable[..., Watcher],
    ears: Ears,
    library: Library,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = watch._observer

    def observer(handler: object, path: str, *, recursive: bool) -> object:
        if not recursive:
            raise OSError(28, "inotify watch limit reached")
        return whole(handler, path, recursive=recursive)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "_observer", observer)
    library.differences = {root / "a": 1}
    start(root)
    assert ears.next(WatchState) == WatchState(root, WatchMode.POLLING, PollReason.LIMIT)
    assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))


def test_a_root_behind_a_link_is_told_by_the_path_it_was_given_as(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    start(link)
    listening(ears, link, library)
    (root / "a" / "one.jpg").write_bytes(b"picture")
    assert ears.next(FoldersChanged) == FoldersChanged(link, (link / "a",))


def test_roots_no_longer_wanted_fall_silent(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    watcher = start(root)
    listening(ears, root, library)
    watcher.watch([])
    (root / "a" / "one.jpg").write_bytes(b"picture")
    assert ears.nothing_more(0.5)


def test_stopping_is_quick_even_before_anything_settled(
    start: Callable[..., Watcher], ears: Ears, library: Library, root: Path
) -> None:
    watcher = start(root, timing=WatchTiming(settle=60, longest=600, online=60, poll=600))
    listening(ears, root, library)
    (root / "a" / "one.jpg").write_bytes(b"picture")
    time.sleep(0.1)
    began = time.monotonic()
    assert watcher.stop(5)
    assert time.monotonic() - began < 20, "it waited for the folder to settle"
    assert ears.nothing_more(0.2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_fell_is_begun_anew(ears: Ears, root: Path) -> None:
    looks = []

    def look(_: Path, __: CancelToken) -> Mapping[Path, int]:
        looks.append(root)
        if len(looks) == 1:
            raise RuntimeError("the library is closed")
        return {root / "a": 1}

    watcher = Watcher(ears.events.put, look, Path.is_dir, QUICK)
    watcher.watch([root])
    try:
        while not looks or any(one.is_alive() for one in watcher._watches.values()):
            time.sleep(0.01)
        watcher.mend()
        assert ears.next(FoldersChanged) == FoldersChanged(root, (root / "a",))
    finally:
        assert watcher.stop(5)
