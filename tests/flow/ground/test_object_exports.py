"""Objects leave as files and come back, over real pictures, a library and a decoder process."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.flow.engine.conftest import drive
from tests.flow.ground.objectmaking import as_said, ring, thing
from vlm_desktop import strings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    AppError,
    Cancelled,
    DestinationNotWritable,
    DiskFull,
    MediaRefused,
)
from vlm_desktop.base.events import Progress
from vlm_desktop.base.grounderrors import ExportFolderFull, NoSuchObject
from vlm_desktop.base.groundexports import ONE_FILE, ObjectsExported, ObjectsFormat, ObjectsImported
from vlm_desktop.base.grounding import GroundObject, ObjectState, PictureObjects
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground import exportfiles
from vlm_desktop.engine.ground.exporting import GroundExports
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.phraserows import read_rows
from vlm_desktop.media.source import read_source
from vlm_desktop.store.library import Library

SIZE = Size(60, 45)


@dataclass
class Desk:
    files: Path
    library: Library
    keeping: KeptObjects
    exports: GroundExports

    def shot(self, name: str, *these: GroundObject, seed: int = 0) -> PictureObjects:
        """A picture of noise, and objects of it."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, *os.fsencode(name)])
        pixels = rng.integers(0, 255, (SIZE.height, SIZE.width, 3), np.uint8)
        Image.fromarray(pixels).save(path)
        made = PictureObjects(path, read_source(path).content_hash, SIZE, these)
        if these:
            self.keeping.save(made)
        return made

    def export(self, kind: ObjectsFormat, target: Path, **how: object) -> ObjectsExported:
        verb = self.exports.export(kind, target, CancelToken(), **how)  # type: ignore[arg-type]
        done: ObjectsExported = drive(verb)[1]
        return done

    def take_in(self, source: Path, pictures_in: Path | None = None) -> ObjectsImported:
        verb = self.exports.take_in(source, CancelToken(), pictures_in=pictures_in)
        done: ObjectsImported = drive(verb)[1]
        return done

    def clear(self) -> None:
        self.library.forget_objects()

    def said(self, content_hash: str) -> list[tuple[object, ...]]:
        kept = self.keeping.of_hash(content_hash)
        return [] if kept is None else [as_said(one) for one in kept.objects]


@pytest.fixture
def desk(tmp_path: Path, exports_of: Callable[[KeptObjects], GroundExports]) -> Iterator[Desk]:
    with Library.open(HomePaths(tmp_path / "home")) as library:
        keeping = KeptObjects(lambda: library, tuple)
        yield Desk(tmp_path / "photos", library, keeping, exports_of(keeping))


def marked() -> tuple[GroundObject, ...]:
    return (
        thing(1, "Tasse", mask=ring(SIZE), expressions=("die rote Tasse", "the red cup"), colour=4),
        thing(2, "dog", mask=ring(SIZE, 30, 20, 12), confidence=0.5, source="owlv2"),
    )


@pytest.mark.parametrize(
    "kind",
    [
        ObjectsFormat.COCO, ObjectsFormat.LABELME, ObjectsFormat.MASKS,
        ObjectsFormat.CUTOUTS, ObjectsFormat.REFCOCO, ObjectsFormat.JSONL,
    ],
)  # fmt: skip
def test_an_export_is_taken_in_again_exactly(
    desk: Desk, tmp_path: Path, kind: ObjectsFormat
) -> None:
    first = desk.shot("in/größe \udcff.png", *marked())
    second = desk.shot("b.png", *marked(), seed=1)
    before = [desk.said(one.content_hash) for one in (first, second)]
    target = tmp_path / "out" / "objects"
    target.parent.mkdir()
    if kind in ONE_FILE:
        target = target.with_suffix(".jsonl" if kind is ObjectsFormat.JSONL else ".json")
    done = desk.export(kind, target)
    assert (done.pictures, done.objects, done.left_out) == (2, 4, 0)
    desk.clear()
    first.path.rename(desk.files / "moved.png")
    taken = desk.take_in(target, desk.files)
    assert taken.format is kind
    assert (taken.pictures, taken.added, len(taken.absent)) == (1, 2, 1)
    assert desk.said(second.content_hash) == before[1]
    mine = (thing(50, "mine", box=Box(50, 40, 55, 44)),)
    desk.keeping.save(PictureObjects(desk.files / "moved.png", first.content_hash, SIZE, mine))
    again = desk.take_in(target, desk.files)
    assert (again.pictures, again.added, again.known) == (2, 2, 2)
    assert desk.said(first.content_hash)[1:] == before[0], "found by its bytes"


@pytest.mark.parametrize(
    "kind", [ObjectsFormat.YOLO, ObjectsFormat.YOLO_SEGMENT, ObjectsFormat.VOC]
)
def test_formats_of_boxes_come_back_as_boxes(
    desk: Desk, tmp_path: Path, kind: ObjectsFormat
) -> None:
    one = desk.shot("in/größe.png", thing(1, "Tasse", box=Box(3, 4.5, 20.125, 30)))
    done = desk.export(kind, tmp_path / "out", with_pictures=True)
    assert done.objects == 1
    desk.clear()
    copy = next((tmp_path / "out").rglob("*.png"))
    assert copy.read_bytes() == one.path.read_bytes()
    taken = desk.take_in(tmp_path / "out")
    assert (taken.pictures, taken.added, taken.notes) == (1, 1, ())
    (kept,) = desk.keeping.pictures()
    assert kept.path == copy
    found = desk.keeping.at(copy)
    assert found is not None
    assert (found.objects[0].label, found.objects[0].box) == ("Tasse", Box(3, 4.5, 20.125, 30))


def test_only_the_states_asked_for_are_written(desk: Desk, tmp_path: Path) -> None:
    one = desk.shot(
        "a.png", thing(1), thing(2, "x", state=ObjectState.PROPOSED),
        thing(3, "y", state=ObjectState.REJECTED),
    )  # fmt: skip
    desk.shot("b.png", thing(1, "z", state=ObjectState.PROPOSED))
    target = tmp_path / "a.json"
    assert (desk.export(ObjectsFormat.COCO, target).pictures) == 1
    assert len(json.loads(target.read_text())["annotations"]) == 1
    done = desk.export(ObjectsFormat.COCO, target, states=tuple(ObjectState))
    assert (done.pictures, done.objects) == (2, 4)
    done = desk.export(
        ObjectsFormat.COCO, target, states=(ObjectState.PROPOSED,), hashes=[one.content_hash]
    )
    assert (done.pictures, done.objects) == (1, 1)


def test_a_cut_out_has_the_very_pixels_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    one = desk.shot("a.png", *marked())
    desk.export(ObjectsFormat.CUTOUTS, tmp_path / "out")
    mask = one.objects[0].mask
    assert mask is not None
    for data in (
        (tmp_path / "out" / "a-1.png").read_bytes(),
        desk.exports.cutout_png(one, 1, CancelToken()),
    ):
        shown = np.asarray(Image.open(BytesIO(data)))
        assert shown.shape == (*mask.bits.shape, 4)
        box = mask.box
        assert box is not None
        pixels = np.asarray(Image.open(BytesIO(one.path.read_bytes())))
        part = pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
        assert np.array_equal(shown[..., 3] > 0, mask.bits)
        assert np.array_equal(shown[mask.bits][:, :3], part[mask.bits])
        assert not shown[~mask.bits].any(), "nothing of the rest may be left unseen"
    saved = desk.exports.save_cutout(one, 2, tmp_path / "c.png", CancelToken())
    assert Image.open(BytesIO(saved.read_bytes())).mode == "RGBA"
    saved = desk.exports.save_mask(one, 1, tmp_path / "m.png")
    assert np.array_equal(np.asarray(Image.open(BytesIO(saved.read_bytes()))), mask.full())
    with pytest.raises(NoSuchObject):
        desk.exports.cutout_png(one, 99, CancelToken())
    desk.shot("a.png", seed=7)
    with pytest.raises(MediaRefused):
        desk.exports.cutout_png(one, 1, CancelToken())


def test_pictures_that_are_gone_cost_only_their_cut_outs(desk: Desk, tmp_path: Path) -> None:
    gone = desk.shot("a.png", *marked())
    desk.shot("b.png", *marked())
    gone.path.unlink()
    done = desk.export(ObjectsFormat.CUTOUTS, tmp_path / "out")
    assert (done.objects, done.left_out) == (2, 2)
    (note,) = done.notes
    assert strings.notice(note.code, note.detail) == (
        "Pictures that cannot be read were left out: 2 (a.png)."
    )
    done = desk.export(ObjectsFormat.VOC, tmp_path / "voc", with_pictures=True)
    assert [one.code for one in done.notes] == ["pictures-absent"]


def test_rows_to_train_on_are_rows_to_measure_with(desk: Desk, tmp_path: Path) -> None:
    one = desk.shot("a.png", *marked())
    inside, elsewhere = desk.files / "rows.jsonl", tmp_path / "rows.jsonl"
    (tmp_path / "rows").mkdir()
    for target in (inside, elsewhere, tmp_path / "rows" / "rows.jsonl"):
        desk.export(ObjectsFormat.JSONL, target)
        rows = read_rows(target).rows[:2]
        assert [(row.phrase, row.box) for row in rows] == [
            ("die rote Tasse", one.objects[0].box), ("dog", one.objects[1].box),
        ]  # fmt: skip
        assert all(row.path.samefile(one.path) for row in rows)
        assert rows[0].area == pytest.approx(20 * 41 / (60 * 45), abs=0.001)
    assert json.loads(inside.read_text().splitlines()[0])["image"] == "a.png"


def test_names_differ_whatever_the_case() -> None:
    paths = [Path("/p/x/a.png"), Path("/p/x/A.jpg"), Path("/p/y/a.png"), Path("/p/x/a-2.png")]
    assert exportfiles.names_for(paths) == ["x/a.png", "x/A-2.jpg", "y/a.png", "x/a-2-2.png"]
    assert exportfiles.names_for([Path("/p/x/a.png")]) == ["a.png"]
    assert exportfiles.names_for([]) == []


# --- bad days ----------------------------------------------------------------------------


def left_over(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if ".part" in one.name]


def test_a_folder_that_holds_something_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    desk.shot("a.png", *marked())
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("x")
    file = tmp_path / "file"
    file.write_text("x")
    for target in (full, file):
        with pytest.raises(ExportFolderFull):
            desk.export(ObjectsFormat.VOC, target)
    assert [one.name for one in full.iterdir()] == ["mine.txt"]
    assert left_over(tmp_path) == []
    empty = tmp_path / "empty"
    empty.mkdir()
    desk.export(ObjectsFormat.VOC, empty)
    assert (empty / "Annotations" / "a.xml").exists()


@pytest.mark.parametrize("kind", [ObjectsFormat.COCO, ObjectsFormat.LABELME])
@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, DestinationNotWritable)],
)
def test_a_disk_that_fails_leaves_nothing_half_written(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: ObjectsFormat,
    number: int,
    expected: type[AppError],
) -> None:
    desk.shot("a.png", *marked())
    desk.shot("b.png", *marked())
    target = tmp_path / "out.json"
    if kind is ObjectsFormat.COCO:
        target.write_text("what was there")

    def fail(*_: object) -> None:
        raise OSError(number, "no")

    with monkeypatch.context() as patched:
        patched.setattr(exportfiles.NewFolder, "write", fail)
        patched.setattr(exportfiles, "_write", fail)
        with pytest.raises(expected) as caught:
            desk.export(kind, target)
    assert strings.sentence(caught.value).count(".") >= 1
    assert left_over(tmp_path) == []
    assert not target.exists() or target.read_text() == "what was there"


def test_a_target_that_is_no_file_is_refused(desk: Desk, tmp_path: Path) -> None:
    for target in (tmp_path, Path("/")):
        with pytest.raises(DestinationNotWritable):
            desk.export(ObjectsFormat.COCO, target)
        with pytest.raises(ExportFolderFull):
            desk.export(ObjectsFormat.VOC, target)
    with pytest.raises(DestinationNotWritable):
        desk.export(ObjectsFormat.JSONL, tmp_path / "not" / "there.jsonl")


def test_a_cancelled_export_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        desk.shot(name, *marked())
    cancel = CancelToken()
    verb = desk.exports.export(ObjectsFormat.LABELME, tmp_path / "out", cancel)
    assert [type(next(verb)), type(next(verb))] == [Progress, Progress]
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    assert not (tmp_path / "out").exists()
    assert left_over(tmp_path) == []


def test_an_export_of_nothing_is_a_file_of_nothing(desk: Desk, tmp_path: Path) -> None:
    for kind in ObjectsFormat:
        target = tmp_path / kind.value
        done = desk.export(kind, target)
        assert (done.pictures, done.objects) == (0, 0)
        assert target.exists()
        if kind is ObjectsFormat.COCO:
            assert json.loads(target.read_text())["annotations"] == []


def test_undoing_an_import_brings_back_what_was_there(desk: Desk, tmp_path: Path) -> None:
    one = desk.shot("a.png", *marked())
    target = tmp_path / "a.json"
    desk.export(ObjectsFormat.COCO, target)
    desk.keeping.save(replace(one, objects=one.objects[:1]))
    before = desk.said(one.content_hash)
    taken = desk.take_in(target)
    assert (taken.added, taken.known, len(taken.before)) == (1, 1, 1)
    for each in taken.before:
        desk.keeping.save(each)
    assert desk.said(one.content_hash) == before
