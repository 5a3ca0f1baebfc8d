"""Batches of documents: in order of doubt, resumed after anything, one bad file a row."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.documents.kept import Desk, Scripted
from tests.flow.documents.vendors import SCHEMA, vendor
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import DocumentBatchUnknown
from vlm_desktop.base.documentkeeping import (
    DocumentBatchReport,
    DocumentRowDone,
    DocumentState,
    KeptBatch,
)
from vlm_desktop.base.errors import Cancelled, DiskFull
from vlm_desktop.base.events import Progress

_REPO = Path(__file__).parents[3]


@pytest.fixture
def filled(desk: Desk, scripted: Scripted) -> KeptBatch:
    """Four documents, the later the more is found of them, and a file that is none."""
    for seed in range(4):
        made = desk.printed(vendor(seed), 1)
        found = ("vendor", "date", "total", "account")[: seed + 1]
        scripted.finds[made.reading.path] = {name: made.places[name] for name in found}
    (desk.files / "a-cat.png").write_bytes(b"meow")
    return drive(desk.batch.add([desk.files], SCHEMA, CancelToken()))[1]


def run(
    desk: Desk, batch: KeptBatch, **options: bool
) -> tuple[list[DocumentRowDone], DocumentBatchReport]:
    events, report = drive(desk.batch.run(batch.id, CancelToken(), **options))
    return [event for event in events if isinstance(event, DocumentRowDone)], report


def test_a_folder_becomes_a_queue_by_expected_error(desk: Desk, filled: KeptBatch) -> None:
    assert (filled.name, filled.files, filled.waiting) == ("files", 5, 5)
    rows, report = run(desk, filled)
    assert [row.path.name for row in rows] == [
        "0-1.png", "1-1.png", "2-1.png", "3-1.png", "a-cat.png",
    ]  # fmt: skip
    assert len(report.read) == 4
    queue = desk.batch.queue(filled.id)
    assert {one.id for one in queue} == {one.id for one in report.read}
    assert [one.path.name for one in queue] == ["0-1.png", "1-1.png", "2-1.png", "3-1.png"]
    assert [one.doubt for one in queue] == sorted((one.doubt for one in queue), reverse=True)
    desk.keeping.finish(queue[0].id)
    assert [one.id for one in desk.batch.queue(filled.id)] == [one.id for one in queue[1:]]
    assert desk.batch.unfinished() == ()


def test_a_bad_file_costs_its_row_with_the_reason(desk: Desk, filled: KeptBatch) -> None:
    rows, report = run(desk, filled)
    assert rows[-1].error is not None
    (refused,) = report.refused
    assert desk.batch.refused(filled.id) == (refused,)
    assert (refused.state, refused.problem) == (DocumentState.REFUSED, "unsupported-format")
    assert refused.problem_detail == "no document"
    assert refused.path.name == "a-cat.png"
    assert desk.batch.batches()[0].refused == 1


def test_a_refused_file_can_be_tried_again(desk: Desk, filled: KeptBatch) -> None:
    run(desk, filled)
    assert run(desk, filled)[0] == []
    made = desk.printed(vendor(9), 1)
    path = desk.files / "a-cat.png"
    desk.readings.by_path[path] = desk.readings.by_path[made.reading.path]
    rows, report = run(desk, filled, again=True)
    assert [row.path for row in rows] == [path]
    assert len(report.read) == 1
    assert desk.batch.refused(filled.id) == ()
    assert desk.batch.batches()[0].refused == 0


def test_what_is_done_is_not_read_again(desk: Desk, filled: KeptBatch) -> None:
    run(desk, filled)
    new = desk.printed(vendor(7), 1)
    desk.readings.read_paths.clear()
    again = drive(desk.batch.add([desk.files], SCHEMA, CancelToken()))[1]
    _, report = run(desk, again)
    assert report.known == 4
    assert desk.readings.read_paths == [new.reading.path]
    assert [row.known for row in desk.batch.rows(again.id)] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_progress_counts_files(desk: Desk, filled: KeptBatch) -> None:
    events, _ = drive(desk.batch.run(filled.id, CancelToken()))
    counts = [event.done for event in events if isinstance(event, Progress) and event.total == 5]
    assert counts == [0, 1, 2, 3, 4, 5]


def test_files_are_queued_once_and_folders_must_be_there(desk: Desk) -> None:
    path = desk.printed(vendor(1), 1).reading.path
    made = drive(desk.batch.add([path, path, desk.files], SCHEMA, CancelToken(), name="Mine"))[1]
    assert (made.name, made.files) == ("Mine", 1)
    gone = desk.files / "gone"
    gone.mkdir()
    gone.rmdir()
    absent = drive(desk.batch.add([gone], SCHEMA, CancelToken()))[1]
    assert run(desk, absent)[1].refused[0].path == gone
    with pytest.raises(DocumentBatchUnknown):
        drive(desk.batch.run(99, CancelToken()))


def test_a_cancelled_batch_goes_on_where_it_stopped(desk: Desk, filled: KeptBatch) -> None:
    cancel = CancelToken()
    verb = desk.batch.run(filled.id, cancel)
    while not isinstance(next(verb), DocumentRowDone):
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    desk.reopen()
    assert desk.batch.unfinished()[0].waiting == 4
    rows, _ = run(desk, filled)
    assert len(rows) == 4
    read = [path.name for path in desk.readings.read_paths]
    assert read == ["0-1.png", "1-1.png", "2-1.png", "3-1.png"]


def test_a_full_disk_ends_it_and_keeps_what_was_done(
    desk: Desk, filled: KeptBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = desk.library.keep_reading
    calls = []

    def full(*args: object, **more: object) -> object:
        calls.append(args)
        if len(calls) == 3:
            raise DiskFull(path=desk.files)
        return keep(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.library, "keep_reading", full)
    with pytest.raises(DiskFull):
        run(desk, filled)
    assert len(desk.batch.queue(filled.id)) == 2
    assert len(run(desk, filled)[0]) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_batch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    child = [sys.executable, "-m", "tests.flow.documents.interrupted_documents"]
    with subprocess.Popen(
        [*child, str(home), str(files), "6", "4"], cwd=_REPO, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        batch_id = int(process.stdout.readline())
        process.kill()
    assert process.returncode == -signal.SIGKILL

    desk = Desk(home, files, Scripted())
    try:
        for seed in range(6):
            desk.printed(vendor(seed), 1)
        (left,) = desk.batch.unfinished()
        assert (left.id, left.files, left.waiting) == (batch_id, 6, 2)
        kept = desk.batch.queue(batch_id)
        assert len(kept) == 4
        rows, report = run(desk, left)
        assert [row.path.name for row in rows] == ["4-1.png", "5-1.png"]
        assert len(report.read) == 2
        assert len(desk.batch.queue(batch_id)) == 6
        assert len(desk.keeping.documents()) == 6
        assert desk.library.verify().problems == ()
    finally:
        desk.library.close()


def test_a_queue_is_put_right_once_a_layout_is_known(desk: Desk) -> None:
    first, second = (desk.printed(vendor(14), number) for number in (1, 2))
    other = desk.printed(vendor(2), 1)
    batch = drive(desk.batch.add([desk.files], SCHEMA, CancelToken()))[1]
    run(desk, batch)
    ids = {one.path: one.id for one in desk.batch.queue(batch.id)}
    wrong = desk.wrong(ids[second.reading.path], second)
    assert wrong
    desk.correct(ids[first.reading.path], first)
    desk.keeping.finish(ids[first.reading.path], first.reading)
    desk.readings.read_paths.clear()
    changed = drive(desk.batch.refresh(list(ids.values()), CancelToken()))[1]
    assert [one.path for one in changed] == [second.reading.path] == desk.readings.read_paths
    assert desk.wrong(ids[second.reading.path], second) == []
    assert desk.keeping.is_stale(ids[other.reading.path]) is False
    assert drive(desk.batch.refresh(list(ids.values()), CancelToken()))[1] == ()
