"""Threads share a library; a killed process leaves it whole."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.flow.store.store_builders import MODEL, Photo, add, entry, folder, indexed
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root

_REPOSITORY = Path(__file__).resolve().parents[3]


def test_each_thread_has_its_connection_and_it_ends_with_the_thread(
    library: Library, root: Root
) -> None:
    add(library, root, [("a.jpg", Photo("a"))])
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(library.info().contents)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts == [1, 1, 1, 1]
    assert len(library._db._held) == 1, "only this thread's connection is left"


def test_a_reader_sees_only_whole_batches(library: Library, root: Root) -> None:
    """Batches of ten are saved while another thread counts and maps vectors."""
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def reads() -> None:
        while not done.is_set():
            seen.append((library.info().files.indexed, len(library.vectors(MODEL))))

    thread = threading.Thread(target=reads)
    thread.start()
    try:
        for batch in range(15):
            add(library, root, [(f"{batch}/{n}.jpg", Photo(f"{batch} {n}")) for n in range(10)])
    finally:
        done.set()
        thread.join(60)
    assert seen
    assert all(files % 10 == 0 and rows % 10 == 0 for files, rows in seen)
    assert library.verify().is_complete


def test_closing_waits_for_the_block_of_another_thread(home: HomePaths) -> None:
    library = Library.open(home)
    within, go_on = threading.Event(), threading.Event()
    said: list[object] = []

    def read() -> None:
        with library._db.snapshot() as connection:
            within.set()
            go_on.wait(60)
            said.append(connection.execute("SELECT 1").fetchone()[0])

    reader = threading.Thread(target=read)
    reader.start()
    within.wait(60)
    closer = threading.Thread(target=library.close)
    closer.start()
    while not library._db._closed:
        time.sleep(0.01)
    assert closer.is_alive()
    with pytest.raises(RuntimeError, match="closed"):
        library.info()
    go_on.set()
    for thread in (reader, closer):
        thread.join(60)
    assert said == [1]
    assert not closer.is_alive()


def test_a_closed_library_is_not_opened_again_by_a_thread(home: HomePaths) -> None:
    library = Library.open(home)
    library.close()
    caught: list[BaseException] = []

    def reads() -> None:
        try:
            library.roots()
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=reads)
    thread.start()
    thread.join(60)
    assert len(caught) == 1


def write_until_killed(home: Path, photos: Path) -> None:
    """What the child process does: inventory, batches, OCR, forgetting, over and over."""
    library = Library.open(HomePaths(home))
    root = library.add_root(photos)
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    for turn in range(1_000_000):
        tag = f"{time.time_ns()}"
        entries = [entry(f"{tag}/{n}.jpg", f"{n}") for n in range(20)]
        library.record_inventory(root.id, entries, [])
        pending = library.pending_files([root.id])
        outcomes = [indexed(file, Photo(f"{tag}{file.file_id}")) for file in pending]
        library.save_outcomes(MODEL, outcomes)
        library.vectors(MODEL)
        to_read = library.contents_without_ocr(limit=10)
        library.save_ocr([(one.content_id, 0, f"text of {tag}") for one in to_read])
        if turn % 3 == 2:
            library.forget(photos / tag)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX matter")
def test_kill_9_leaves_no_half_rows(library: Library, home: HomePaths, tmp_path: Path) -> None:
    photos = folder(tmp_path / "photos")
    code = (
        "import sys; from pathlib import Path;"
        " from tests.flow.store.test_store_concurrency import write_until_killed;"
        " write_until_killed(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    chance = random.Random(7)
    indexed_before = 0
    for _ in range(4):
        command = [sys.executable, "-c", code, str(home.home), str(photos)]
        with subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.02, 0.4))
            child.send_signal(signal.SIGKILL)
        report = library.verify()
        assert {problem.code for problem in report.problems} <= {"pending"}
        assert report.scanned == report.indexed + report.pending
        assert len(library.vectors(MODEL)) == report.indexed
        indexed_before = max(indexed_before, report.indexed)
    assert indexed_before > 0, "the child got something done"
