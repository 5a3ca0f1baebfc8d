"""Labelling many pictures by phrases: kept one by one, resumed, reviewed, never asked twice."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.engine.conftest import drive
from tests.flow.ground.labels import Desk
from tests.flow.ground.objectmaking import picture, thing
from tests.flow.store.store_builders import Photo, add, folder, spec
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, MediaRefused
from vlm_desktop.base.events import Event, Notice, Progress
from vlm_desktop.base.grounderrors import LabelBatchUnknown, PhraseEmpty
from vlm_desktop.base.grounding import FoundRegion, GroundObject, ObjectState, doubtful_first
from vlm_desktop.base.groundkeeping import LabelBatch, LabelReport, LabelRowDone
from vlm_desktop.base.types import Box

_REPO = Path(__file__).resolve().parents[3]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "home", tmp_path / "files")
    opened.library.begin_model(spec())
    yield opened
    opened.library.close()


def batch_of(desk: Desk, *phrases: str, model_id: str = "") -> LabelBatch:
    verb = desk.labelling.add([desk.files], phrases, CancelToken(), model_id=model_id)
    made: LabelBatch = drive(verb)[1]
    return made


def run(desk: Desk, batch: LabelBatch, **how: bool) -> tuple[list[Event], LabelReport]:
    events, report = drive(desk.labelling.run(batch.id, CancelToken(), **how))
    return events, report


def objects_at(desk: Desk, path: Path) -> tuple[GroundObject, ...]:
    kept = desk.keeping.at(path)
    return () if kept is None else kept.objects


def test_every_picture_of_a_folder_is_labelled(desk: Desk) -> None:
    first, second = desk.put("a.jpg", "in/ö \udcff.jpg")
    batch = batch_of(desk, " red   cup ", "dog", "dog", "")
    assert batch.phrases == ("red cup", "dog")
    assert (batch.name, batch.pictures, batch.waiting) == ("files", 2, 2)
    events, report = run(desk, batch)
    assert (report.labelled, report.known, report.refused, report.found) == (2, 0, 0, 4)
    assert [event.path for event in events if isinstance(event, LabelRowDone)] == [first, second]
    assert {event.total for event in events if isinstance(event, Progress)} == {2}
    assert sum(isinstance(event, Notice) for event in events) == 1, "not for every picture"
    one, two = objects_at(desk, second)
    assert (one.label, one.expressions, one.state) == ("red cup", ("red cup",), "proposed")
    assert (one.source, one.confidence, one.number, two.number) == ("starter", 0.8, 1, 2)
    assert desk.labelling.unfinished() == ()


def test_no_phrase_is_refused(desk: Desk) -> None:
    with pytest.raises(PhraseEmpty):
        batch_of(desk, " ", "")
    with pytest.raises(PhraseEmpty):
        batch_of(desk, "cup", "!!!")
    assert desk.labelling.batches() == ()
    with pytest.raises(LabelBatchUnknown):
        drive(desk.labelling.run(99, CancelToken()))
    with pytest.raises(LabelBatchUnknown):
        desk.labelling.rows(99)


def test_photos_of_the_library_are_labelled_by_their_ids(desk: Desk, tmp_path: Path) -> None:
    root = desk.library.add_root(folder(tmp_path / "root"))
    found = add(desk.library, root, [("x.jpg", Photo("x")), ("y.jpg", Photo("y"))])
    (root.path / "y.jpg").write_bytes(b"y")
    (alone,) = desk.put("alone.jpg")
    ids = [found["y.jpg"], 12345, found["x.jpg"]]
    verb = desk.labelling.add([alone], ["cup"], CancelToken(), content_ids=ids)
    batch: LabelBatch = drive(verb)[1]
    rows = [row.path for row in desk.labelling.rows(batch.id)]
    assert rows == [alone, root.path / "y.jpg", root.path / "x.jpg"]
    assert (run(desk, batch)[1].labelled, batch.name) == (2, "alone.jpg")


def test_a_bad_file_costs_its_own_row(desk: Desk) -> None:
    bad, _ = desk.put("a.jpg", "b.jpg")
    bad.write_bytes(b"bad")
    batch = batch_of(desk, "cup")
    events, report = run(desk, batch)
    (row,) = [one for one in events if isinstance(one, LabelRowDone) and one.error]
    assert row.path == bad
    assert isinstance(row.error, MediaRefused)
    assert (report.labelled, report.refused) == (1, 1)
    refused, good = desk.labelling.rows(batch.id)
    assert (refused.problem, refused.problem_detail) == ("corrupt", "no picture")
    assert (good.found, good.is_done) == (1, True)
    assert run(desk, batch)[1].labelled == 0
    bad.write_bytes(b"mended")
    assert run(desk, batch, again=True)[1].labelled == 1


def test_what_was_looked_for_is_not_looked_for_again(desk: Desk) -> None:
    (path,) = desk.put("a.jpg")
    desk.scripted.finds["a.jpg", "dog"] = ()
    run(desk, batch_of(desk, "cup", "dog"))
    path.rename(desk.files / "moved.jpg")
    _, report = run(desk, batch_of(desk, "dog", "cup"))
    assert (report.known, report.labelled) == (1, 0)
    _, report = run(desk, batch_of(desk, "cup", "cat"))
    assert (report.labelled, report.found) == (1, 1)
    assert desk.scripted.asked == [("a.jpg", ("cup", "dog")), ("moved.jpg", ("cat",))]


def test_another_model_adds_only_what_is_new(desk: Desk) -> None:
    (path,) = desk.put("a.jpg")
    run(desk, batch_of(desk, "cup"))
    near = FoundRegion(Box(1, 1, 30, 30), 0.9)
    far = FoundRegion(Box(60, 50, 90, 70), 0.3)
    desk.scripted.finds["a.jpg", "cup"] = (near, far)
    _, report = run(desk, batch_of(desk, "cup", model_id="owl"))
    assert report.found == 1
    assert [one.box for one in objects_at(desk, path)] == [Box(0, 0, 30, 30), far.box]


def test_what_a_person_said_is_left_alone(desk: Desk) -> None:
    (path,) = desk.put("a.jpg")
    run(desk, batch_of(desk, "cup", "dog"))
    (owing,) = desk.labelling.queue()
    before = desk.labelling.reject(owing.content_hash, [1])
    assert before is not None
    kept = desk.keeping.of_hash(owing.content_hash)
    assert kept is not None
    renamed = [replace(one, label="Tasse") if one.number == 2 else one for one in kept.objects]
    desk.keeping.save(replace(kept, objects=(*renamed, thing(7, "mine"))))
    run(desk, batch_of(desk, "cup", "dog", model_id="other"))
    labels = [(one.number, one.label, one.state) for one in objects_at(desk, path)]
    assert labels == [
        (1, "cup", ObjectState.REJECTED), (2, "Tasse", ObjectState.PROPOSED),
        (7, "mine", ObjectState.ACCEPTED), (8, "dog", ObjectState.PROPOSED),
    ]  # fmt: skip
    desk.keeping.save(before)
    assert [one.state for one in objects_at(desk, path)] == [ObjectState.PROPOSED] * 2


def test_the_most_doubtful_come_first(desk: Desk) -> None:
    names = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")
    paths = desk.put(*names)
    for name, confidences in zip(names, ((0.9,), (0.3, 0.6), (), (0.2,)), strict=True):
        desk.scripted.finds[name, "cup"] = tuple(
            FoundRegion(Box(40.0 * at, 0, 40.0 * at + 20, 20), one)
            for at, one in enumerate(confidences)
        )
    batch = batch_of(desk, "cup")
    run(desk, batch)
    queue = desk.labelling.queue(batch.id)
    assert [one.path.name for one in queue] == ["b.jpg", "d.jpg", "a.jpg"]
    kept = desk.keeping.at(paths[1])
    assert kept is not None
    assert [one.confidence for one in doubtful_first(kept.objects)] == [0.3, 0.6]
    desk.labelling.accept(kept.content_hash, [one.number for one in kept.objects])
    assert [one.path.name for one in desk.labelling.queue()] == ["d.jpg", "a.jpg"]
    desk.keeping.save(picture(desk.files / "e.jpg", [thing(1, state=ObjectState.PROPOSED)]))
    assert len(desk.labelling.queue()) == 3
    assert len(desk.labelling.queue(batch.id)) == 2
    desk.labelling.remove(batch.id)
    assert desk.labelling.batches() == ()
    assert len(desk.labelling.queue()) == 3


def test_a_cancelled_batch_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.put("a.jpg", "b.jpg", "c.jpg")
    batch = batch_of(desk, "cup")
    cancel = CancelToken()
    verb = desk.labelling.run(batch.id, cancel)
    while not isinstance(next(verb), LabelRowDone):
        pass
    cancel.cancel()
    next(verb)
    with pytest.raises(Cancelled):
        next(verb)
    (left,) = desk.labelling.unfinished()
    assert (left.waiting, left.found) == (2, 1)
    assert run(desk, left)[1].labelled == 2


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_batch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    child = [sys.executable, "-m", "tests.flow.ground.interrupted_labels"]
    with subprocess.Popen(
        [*child, str(home), str(files), "5", "3"], cwd=_REPO, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        batch_id = int(process.stdout.readline())
        process.kill()
    assert process.returncode == -signal.SIGKILL
    desk = Desk(home, files)
    try:
        (left,) = desk.labelling.unfinished()
        assert (left.id, left.pictures, left.waiting, left.found) == (batch_id, 5, 2, 6)
        _, report = run(desk, left)
        assert [name for name, _ in desk.scripted.asked] == ["3.jpg", "4.jpg"]
        assert report.found == 4
        assert len(desk.labelling.queue(batch_id)) == 5
    finally:
        desk.library.close()


def test_a_picture_that_was_kept_but_not_ticked_off_is_not_doubled(desk: Desk) -> None:
    """Between the two writes of a picture a kill may fall."""
    (path,) = desk.put("a.jpg")
    batch = batch_of(desk, "cup")
    verb = desk.labelling.run(batch.id, CancelToken())
    finish = desk.library.finish_labelled
    desk.library.finish_labelled = None  # type: ignore[assignment, method-assign]
    with pytest.raises(TypeError):
        drive(verb)
    desk.library.finish_labelled = finish  # type: ignore[method-assign]
    assert len(objects_at(desk, path)) == 1
    run(desk, batch)
    assert len(objects_at(desk, path)) == 1
