"""Each format says what it can exactly: written, read, and compared."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.flow.ground.objectmaking import as_said, ring, thing
from tests.unit.engine.ground.objectstrategies import (
    LABELS,
    SIZE,
    boxes,
    many,
    masks,
    objects,
    outlines,
)
from vlm_desktop.base.grounding import GroundObject, PictureObjects
from vlm_desktop.base.masks import Bits
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats import coco, cutouts, labelme, refcoco, rows, voc, yolo
from vlm_desktop.engine.ground.formats.coco import place_of
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    Writer,
)
from vlm_desktop.engine.ground.formats.masks import MaskFolder, palette
from vlm_desktop.engine.ground.formats.masks import read as read_masks
from vlm_desktop.engine.ground.formats.outlines import fill
from vlm_desktop.media.maskpictures import bits_of_png, mask_png

NAME = "Ordner/ä 日.jpg"


def named(these: Sequence[GroundObject], name: str = NAME, size: Size = SIZE) -> NamedPicture:
    return NamedPicture(name, PictureObjects(Path("/p") / name, "cafe", size, tuple(these)))


def files(writer: Writer, *pictures: NamedPicture) -> dict[str, bytes]:
    made = {}
    for one in pictures:
        made.update(writer.add(one))
    made.update(writer.end())
    return made


def built(read: Sequence[ReadPicture], size: Size = SIZE) -> list[GroundObject]:
    (one,) = read
    assert one.size in (None, size)
    faults = Faults()
    found = one.build(size, faults)
    assert faults.notices() == ()
    return found


def same(found: Sequence[GroundObject], wanted: Sequence[GroundObject]) -> bool:
    return [as_said(one) for one in found] == [as_said(one) for one in wanted]


# --- round trips -------------------------------------------------------------------------


@settings(deadline=None, max_examples=15)
@given(many())
def test_coco_comes_back_exactly(these: tuple[GroundObject, ...]) -> None:
    faults = Faults()
    said = json.loads(files(coco.Instances(faults), named(these))[""])
    assert faults.notices() == ()
    (read,) = coco.read(said)
    assert (read.name, read.content_hash) == (NAME, "cafe")
    assert same(built([read]), these)


@settings(deadline=None, max_examples=15)
@given(many())
def test_labelme_comes_back_exactly(these: tuple[GroundObject, ...]) -> None:
    faults = Faults()
    (name, stored), *_ = files(labelme.Documents(faults, mask_png), named(these)).items()
    assert (name, faults.notices()) == ("Ordner/ä 日.json", ())
    said = json.loads(stored)
    assert said["imagePath"] == "ä 日.jpg"
    assert same(built([labelme.read(NAME, said, bits_of_png)]), these)


@settings(deadline=None, max_examples=15)
@given(many())
def test_rows_to_train_on_come_back_exactly(these: tuple[GroundObject, ...]) -> None:
    made = files(rows.Rows(Faults()), named(these))[""].decode().splitlines()
    said = [json.loads(line) for line in made]
    for one, row in zip(these, said, strict=True):
        assert row["phrase"] == (one.expressions or (one.label,))[0]
        assert row["expressions"]
        assert row["image"] == NAME
        assert row["split"] in ("train", "val")
    if these:
        assert same(built(rows.read(said)), these)


@settings(deadline=None, max_examples=15)
@given(many())
def test_expressions_come_back_exactly(these: tuple[GroundObject, ...]) -> None:
    made = files(refcoco.References(Faults()), named(these))
    instances, refs = (json.loads(made[name]) for name in ("instances.json", "refs.json"))
    for one in instances["annotations"]:
        one["vlm_desktop"].pop("expressions", None)  # as if only the references told them
    assert same(built(refcoco.read(instances, refs)), these)
    assert [one["sentences"][0]["raw"] for one in refs["refs"]] == [
        one.expressions[0] for one in these if one.expressions
    ]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(LABELS, boxes(), st.booleans()), max_size=4))
def test_voc_comes_back_exactly(these: list[tuple[str, Box, bool]]) -> None:
    wanted = [
        GroundObject(0, label, box, source="import", extra={"difficult": "1"} if hard else {})
        for label, box, hard in these
    ]
    ((name, stored),) = files(voc.Annotations(Faults()), named(wanted)).items()
    assert name == "Annotations/Ordner/ä 日.xml"
    root = voc.parsed(stored)
    assert root is not None
    read = voc.read(root, "Ordner/ä 日")
    assert read.name == NAME
    assert same(built([read]), wanted)


_THOUSANDTHS = st.integers(0, 36_000).map(lambda one: one / 1000)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(LABELS, boxes()), max_size=4))
def test_yolo_boxes_come_back_as_precisely_as_they_are_printed(
    these: list[tuple[str, Box]],
) -> None:
    wanted = [GroundObject(0, label, box) for label, box in these]
    made = files(yolo.DataSet(Faults(), outlines=False), named(wanted))
    names = yolo.class_names(made["data.yaml"].decode())
    text = made["labels/Ordner/ä 日.txt"].decode()
    assert made["classes.txt"].decode().splitlines() == list(names.values())
    ((read),) = yolo.read({"Ordner/ä 日": text}, names)
    faults = Faults()
    found = read.build(SIZE, faults)
    left_out = faults.counts["objects-outside"]  # thinner than what is printed
    assert len(found) + left_out == len(wanted)
    if not left_out:
        for one, (label, box) in zip(found, these, strict=True):
            assert one.label == (label or yolo.UNLABELLED)
            assert one.box is not None
            for side in ("x0", "y0", "x1", "y1"):
                assert getattr(one.box, side) == pytest.approx(getattr(box, side), abs=0.001)


@settings(deadline=None, max_examples=15)
@given(masks(), outlines().map(lambda one: tuple((round(x, 3), round(y, 3)) for x, y in one)))
def test_yolo_outlines_keep_holes_and_parts(mask: Any, outline: Any) -> None:
    wanted = [thing(0, mask=mask), thing(0, "dog", polygon=outline, box=None)]
    made = files(yolo.DataSet(Faults(), outlines=True), named(wanted))
    names = yolo.class_names(made["data.yaml"].decode())
    (read,) = yolo.read({"x": made["labels/Ordner/ä 日.txt"].decode()}, names)
    found = read.build(SIZE, Faults())
    assert np.array_equal(fill(SIZE, found[0].polygon).full(), mask.full())
    if len(found) == 2:
        assert (found[1].label, found[1].polygon) == ("dog", outline)


@settings(deadline=None, max_examples=15)
@given(many())
def test_masks_come_back_exactly(these: tuple[GroundObject, ...]) -> None:
    faults = Faults()
    made = files(MaskFolder(faults), named(these))

    def bits(name: str, size: Size) -> Bits | None:
        found = bits_of_png(made[name])
        return None if found is None or found.shape != (size.height, size.width) else found

    found = built(read_masks(json.loads(made["masks.json"]), bits))
    kept = [one for one in these if one.mask is not None or fill(SIZE, one.polygon).area]
    wanted = [replace(one, mask=one.mask or fill(SIZE, one.polygon)) for one in kept]
    assert same(found, wanted)
    assert faults.counts["objects-without-outline"] == len(these) - len(kept)


# --- what others read --------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    these = [
        thing(1, "cup", mask=ring(SIZE)),
        thing(2, "dog", polygon=((1, 1), (9, 1), (9, 7), (1, 7)), box=None),
        thing(3, "cup", mask=ring(SIZE, 1, 1, 9), extra={"iscrowd": "1"}),
        thing(4, "box only"),
    ]
    target = tmp_path / "instances.json"
    target.write_bytes(files(coco.Instances(Faults()), named(these))[""])
    theirs = COCO(target)
    for key, one in enumerate(these, 1):
        (said,) = theirs.loadAnns([key])
        assert theirs.loadCats([said["category_id"]])[0]["name"] == one.label
        if one.mask is not None:
            assert np.array_equal(theirs.annToMask(said).astype(bool), one.mask.full())
            assert said["area"] == one.mask.area
        elif one.polygon:
            assert theirs.annToMask(said).sum() == 8 * 6
    assert theirs.getAnnIds(iscrowd=True) == [3]
    results = [
        {**one, "score": 1.0} for one in theirs.dataset["annotations"] if one["id"] in (1, 2)
    ]
    measured = COCOeval(theirs, theirs.loadRes(results), "segm")
    measured.params.catIds = [1, 2]
    measured.evaluate()
    measured.accumulate()
    measured.summarize()
    assert measured.stats[0] == pytest.approx(1.0)
    assert capsys.readouterr().out


def test_masks_have_the_palette_of_their_labels() -> None:
    these = [thing(1, "cup", mask=ring(SIZE)), thing(2, "dog", mask=ring(SIZE, 0, 0, 8))]
    faults = Faults()
    made = files(MaskFolder(faults), named(these))
    picture = Image.open(BytesIO(made["labels/Ordner/ä 日.png"]))
    assert picture.mode == "P"
    shown = np.asarray(picture)
    covered = these[1].mask
    assert covered is not None
    assert (shown[covered.full()] == 2).all()
    assert set(np.unique(shown)) == {0, 1, 2}
    assert faults.counts["masks-overlap"] == 1
    said = json.loads(made["masks.json"])
    colours = [tuple(one["colour"]) for one in said["labels"]]
    assert colours == palette(2)[1:]
    assert tuple(np.asarray(picture.convert("RGB"))[0, 0]) == colours[1]
    assert len(set(palette(255))) == 256


def test_labels_beyond_what_a_png_can_number_are_left_out_and_said() -> None:
    these = [thing(key, f"label {key}", mask=ring(SIZE)) for key in range(1, 258)]
    faults = Faults()
    made = files(MaskFolder(faults), named(these))
    assert faults.counts["labels-too-many"] == 2
    assert len(json.loads(made["masks.json"])["labels"]) == 255


def test_cut_out_edges_are_soft_and_never_gone() -> None:
    mask = ring(SIZE)
    opaque = cutouts.opacity(mask.bits)
    assert np.array_equal(opaque > 0, mask.bits)
    assert opaque.max() == 255
    assert len(np.unique(opaque)) > 3
    assert cutouts.mask_of(thing(1, box=Box(0, 0, 2, 3)), SIZE) is not None
    assert cutouts.mask_of(thing(1, box=None), SIZE) is None


def test_what_has_no_place_is_left_out_and_said() -> None:
    nowhere = [thing(1, "a", box=None), thing(2, "b")]
    for writer in (
        lambda faults: coco.Instances(faults),
        lambda faults: labelme.Documents(faults, mask_png),
        lambda faults: voc.Annotations(faults),
        lambda faults: yolo.DataSet(faults, outlines=False),
        lambda faults: yolo.DataSet(faults, outlines=True),
    ):
        faults = Faults()
        files(writer(faults), named(nowhere))
        assert faults.counts == {"objects-without-place": 1}
        assert faults.notices()[0].detail == f"1 ({NAME})"
    faults = Faults()
    files(rows.Rows(faults), named([*nowhere, thing(3, "")]))
    assert faults.counts == {"objects-without-words": 2}


@given(objects())
@settings(deadline=None, max_examples=30)
def test_a_place_is_told_of_every_object(one: GroundObject) -> None:
    box = one.box or place_of(one)
    assert box is not None
    assert all(map(math.isfinite, (box.x0, box.y0, box.x1, box.y1)))


def test_labels_that_a_format_cannot_hold_are_changed_and_that_is_said() -> None:
    these = [thing(1, "a\ufffeb\x07c\nd"), thing(2, "plain")]
    faults = Faults()
    (stored,) = files(voc.Annotations(faults), named(these)).values()
    root = voc.parsed(stored)
    assert root is not None
    assert [one.label for one in built([voc.read(root, "x")])] == ["a b c d", "plain"]
    assert faults.counts == {"labels-changed": 1}
    faults = Faults()
    made = files(yolo.DataSet(faults, outlines=False), named(these))
    assert yolo.class_names(made["data.yaml"].decode())[0] == "a\ufffeb c d"
    assert faults.counts == {"labels-changed": 1}
