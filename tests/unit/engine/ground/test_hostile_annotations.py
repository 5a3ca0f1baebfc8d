"""Files of annotations that are wrong, huge or hostile: a sentence, or a note; never a crash."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm_desktop import strings
from vlm_desktop.base.errors import AppError, BadInputFile
from vlm_desktop.base.grounderrors import AnnotationsTooLarge, AnnotationsUnknown
from vlm_desktop.base.groundexports import ObjectsFormat
from vlm_desktop.base.grounding import GroundObject, ObjectState
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats import coco, labelme, readfiles, rows, voc, yolo
from vlm_desktop.engine.ground.formats.exchange import Faults, ReadPicture
from vlm_desktop.engine.ground.formats.readfiles import Annotations, Helpers, read_annotations
from vlm_desktop.media.maskpictures import bits_of_png

SIZE = Size(100, 50)
HELPERS = Helpers(bits_of_png, lambda folder: lambda name, size: None)


def built(read: Sequence[ReadPicture]) -> tuple[list[GroundObject], Faults]:
    faults = Faults()
    return [each for one in read for each in one.build(SIZE, faults)], faults


def instances(*annotations: object, **more: object) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [{"id": 1, "name": "cup"}],
        "annotations": list(annotations),
        **more,
    }


def marked(**said: object) -> dict[str, object]:
    return {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], **said}


def read_file(path: Path) -> Annotations:
    return read_annotations(path, HELPERS)


# --- places ------------------------------------------------------------------------------


def test_places_beyond_the_picture_are_cut_and_said() -> None:
    found, faults = built(
        coco.read(instances(marked(bbox=[-5, 40, 20, 20]), marked(bbox=[200, 10, 5, 5])))
    )
    assert [one.box for one in found] == [Box(0, 40, 15, 50)]
    assert faults.counts["objects-clipped"] == 1
    assert faults.counts["objects-outside"] == 1
    notes = [strings.notice(one.code, one.detail) for one in faults.notices()]
    assert notes[0] == "Places that reach beyond their picture were cut at its edge: 1 (a.jpg)."


@pytest.mark.parametrize(
    "bbox",
    [
        None, [], [1, 2, 3], "10 10 5 5", [1, 2, 3, "4"], [True, 1, 5, 5], {"x": 1},
        [float("nan"), 1, 5, 5], [1, 1, float("inf"), 5], [10**400, 1, 5, 5], [1, 1, 0, 5],
        [1, 1, -5, 5],
    ],
)  # fmt: skip
def test_boxes_that_are_none_are_left_out_and_said(bbox: object) -> None:
    found, faults = built(coco.read(instances(marked(bbox=bbox))))
    assert found == []
    assert faults.counts["objects-unreadable"] + faults.counts["objects-outside"] >= 1


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [50, 100], "counts": "!!"}, {"size": [50, 100], "counts": [1, 2]},
        {"size": [10**9, 10**9], "counts": [10**18]}, {"size": [100, 50], "counts": [5000]},
        {"counts": "0"}, [[1, 2]], [["a", "b", "c", "d", "e", "f"]], [[1, 2, 3, 4, 5]], [None],
    ],
)  # fmt: skip
def test_outlines_that_are_none_leave_the_box(segmentation: object) -> None:
    found, faults = built(coco.read(instances(marked(segmentation=segmentation))))
    assert [(one.box, one.mask, one.polygon) for one in found] == [(Box(10, 10, 30, 30), None, ())]
    assert faults.counts["objects-unreadable"] == 1


def test_outlines_of_several_parts_become_a_mask() -> None:
    parts = [[10, 10, 20, 10, 20, 20, 10, 20], [30, 10, 35, 10, 35, 15, 30, 15]]
    (one,), faults = built(coco.read(instances(marked(segmentation=parts))))
    assert one.mask is not None
    assert one.mask.area == 100 + 25
    (one,), _ = built(coco.read(instances(marked(segmentation=parts[:1], bbox=None))))
    assert one.polygon == ((10, 10), (20, 10), (20, 20), (10, 20))
    assert one.box == Box(10, 10, 20, 20)
    plain = {"size": [50, 100], "counts": [0, 50, 4950]}
    (one,), _ = built(coco.read(instances(marked(segmentation=plain, iscrowd=1))))
    assert one.mask is not None
    assert (one.mask.area, one.extra) == (50, {"iscrowd": "1"})
    assert faults.counts == {}


def test_unknown_keys_and_wrong_types_are_passed_over() -> None:
    said = instances(
        marked(vlm_desktop={"number": "x", "state": "king", "confidence": 7, "points": [1, [2]],
                            "expressions": [1, "a\x00b"], "colour": -3, "extra": {"k": 5}}),
        marked(vlm_desktop=[1]), "no annotation", None,
        keypoints=[1], licenses="MIT", info=None,
    )  # fmt: skip
    found, _ = built(coco.read(said))
    one = found[0]
    assert (one.number, one.state, one.confidence) == (0, ObjectState.ACCEPTED, None)
    assert (one.expressions, one.colour, one.extra, one.source) == (("a b",), 0, {}, "import")
    assert len(found) == 2
    (one,), _ = built(coco.read(instances(marked(category_id="dog"), categories=None)))
    assert one.label == "dog"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ("images", "annotations", "id", "image_id", "file_name", "bbox", "segmentation",
             "counts", "size", "shapes", "points", "mask", "label", "image", "box", "mask_rle",
             "vlm_desktop", "number", "polygon", "shape_type", "width", "height", "name")
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_JSON)
def test_any_json_is_read_without_a_crash(said: Any) -> None:
    with_one = {"images": [{"id": 1, "file_name": "a"}], "annotations": [said]}
    shaped = {"shapes": [said], "imageHeight": said}
    row = {"image": "a", "mask_rle": said, "vlm_desktop": said, "box": [0, 0, 1, 1]}
    for read in (
        coco.read(with_one),
        coco.read(said) if coco.is_coco(said) else [],
        [labelme.read("a", shaped, bits_of_png)],
        [labelme.read("a", said, bits_of_png)] if labelme.is_labelme(said) else [],
        rows.read([row]),
        rows.read([said]) if rows.is_row(said) else [],
    ):
        found, _ = built(read)
        for one in found:
            assert one.box is None or (0 <= one.box.x0 < one.box.x1 <= SIZE.width)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60))
def test_any_line_is_read_without_a_crash(text: str) -> None:
    found, _ = built(yolo.read({"a": text}, {0: "cup"}))
    for one in found:
        assert one.box is not None


def test_lines_of_other_programs_are_read() -> None:
    good = "0 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4 0.9\n2 0.1 0.1 0.2 0.1 0.2 0.2\n"
    text = f"{good}x\n0 1 2\n0 nan 1 1 1\n"
    found, faults = built(yolo.read({"a": text}, {0: "cup"}))
    assert [(one.label, one.box) for one in found] == [
        ("cup", Box(40, 15, 60, 35)), ("1", Box(40, 15, 60, 35)), ("2", Box(10, 5, 20, 10)),
    ]  # fmt: skip
    assert found[1].confidence == 0.9
    assert faults.counts["objects-unreadable"] == 3


@pytest.mark.parametrize(
    ("about", "names"),
    [
        ("names: [cup, dog]", {0: "cup", 1: "dog"}), ("names: {3: cup}", {3: "cup"}),
        ("nc: 2\nnames:\n- cup\n- 7\n", {0: "cup", 1: "7"}), ("", {}), ("[1, 2]", {}),
        ("names:\n  0: a b  # c\n\n  # d\n  2: 'it''s: x'\nnc: 3", {0: "a b", 2: "it's: x"}),
        ('names: ["a, b", \'c\',\n  d e ]\nnc: 3', {0: "a, b", 1: "c", 2: "d e"}),
        ('names:\n  0: "\\u00e4\\"b"\n', {0: 'ä"b'}), ("names: {}\nx: 1", {}),
    ],
)  # fmt: skip
def test_class_names_are_read(about: str, names: dict[int, str]) -> None:
    assert yolo.class_names(about) == names


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("names: [{]}\n'\"\\-#01a,"), max_size=40))
def test_any_class_names_are_read_without_a_crash(text: str) -> None:
    assert isinstance(yolo.class_names(f"names: {text}"), dict)
    assert yolo.class_names("a: " + "[" * 1_000_000) == {}


# --- files -------------------------------------------------------------------------------


def test_bombs_and_outer_things_in_xml_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        "<annotation><filename>&b;</filename></annotation>"
    )
    outer = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation>&e;</annotation>'
    for name, text in (("b.xml", bomb), ("o.xml", outer), ("c.xml", "<annotation>")):
        (tmp_path / name).write_text(text)
        with pytest.raises(BadInputFile) as caught:
            read_file(tmp_path / name)
        assert name in strings.sentence(caught.value)


def test_voc_of_other_programs_is_read() -> None:
    root = voc.parsed(
        b"<annotation><folder>x</folder><filename>C:\\Users\\a\\b.jpg</filename><size><width>100"
        b"</width><height>50</height></size><object><name>cup</name><bndbox><xmin>1</xmin><ymin>1"
        b"</ymin><xmax>100.5</xmax><ymax>50</ymax></bndbox></object><object><name>x</name><bndbox>"
        b"<xmin>NaN</xmin><ymin>1</ymin><xmax>9</xmax><ymax>5</ymax></bndbox></object><object/>"
        b"</annotation>"
    )
    assert root is not None
    read = voc.read(root, "in/x")
    assert (read.name, read.size) == ("in/b.jpg", SIZE)
    found, faults = built([read])
    assert [one.box for one in found] == [Box(0, 0, 100, 50)]
    assert faults.counts == {"objects-clipped": 1, "objects-unreadable": 2}


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.json", b"{", BadInputFile), ("a.json", b"[" * 100_000, BadInputFile),
        ("a.json", b"[" + b"9" * 5000 + b"]", BadInputFile), ("a.json", b"", BadInputFile),
        ("a.json", b"\xff\xfe\x00", BadInputFile), ("a.json", b"{}", AnnotationsUnknown),
        ("a.json", b'{"images": 5, "annotations": []}', AnnotationsUnknown),
        ("a.jsonl", b'{"image": "x"}\n{"no": 1}\n', BadInputFile),
        ("a.jsonl", b"[\n", BadInputFile), ("a.txt", b"x", AnnotationsUnknown),
        ("a.xml", b"<html/>", AnnotationsUnknown),
    ],
)  # fmt: skip
def test_files_that_are_none_are_refused_with_a_sentence(
    tmp_path: Path, name: str, data: bytes, expected: type[AppError]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(expected) as caught:
        read_file(path)
    assert strings.sentence(caught.value).endswith(".")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "a.json", tmp_path / "b.xml"):
        with pytest.raises(BadInputFile):
            read_file(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(AnnotationsUnknown):
        read_file(tmp_path / "empty")
    (tmp_path / "refs.json").write_text('[{"sentences": [], "ann_id": 1}]')
    with pytest.raises(BadInputFile):
        read_file(tmp_path)


def test_huge_files_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readfiles, "MOST_BYTES", 1000)
    monkeypatch.setattr(readfiles, "_MOST_FILES", 3)
    path = tmp_path / "a.jsonl"
    path.write_text("x" * 1001)
    with pytest.raises(AnnotationsTooLarge):
        read_file(path)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.json").write_text("{}")
    with pytest.raises(AnnotationsTooLarge):
        read_file(folder)


def test_formats_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps(instances(marked())))
    assert read_file(tmp_path / "c.json").format is ObjectsFormat.COCO
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "x.json").write_text('{"shapes": [], "imagePath": "..\\\\y\\\\x.jpg"}')
    (tmp_path / "l" / "other.json").write_text("[1]")
    read = read_file(tmp_path / "l")
    assert (read.format, [one.name for one in read.pictures]) == (ObjectsFormat.LABELME, ["x.jpg"])
    (tmp_path / "y" / "labels").mkdir(parents=True)
    (tmp_path / "y" / "labels" / "x.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "y" / "classes.txt").write_text("cup\n")
    (tmp_path / "y" / "data.yaml").write_text("train: images\n")
    for source in (tmp_path / "y", tmp_path / "y" / "data.yaml"):
        read = read_file(source)
        assert read.format is ObjectsFormat.YOLO
        assert [one.label for one in built(read.pictures)[0]] == ["cup"]
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "instances.json").write_text(json.dumps(instances(marked())))
    refs = [{"ann_id": 1, "sentences": [{"sent": "the cup"}, {"raw": "the cup"}, {"sent": 5}]}]
    (tmp_path / "r" / "refs.json").write_text(json.dumps(refs))
    read = read_file(tmp_path / "r")
    assert read.format is ObjectsFormat.REFCOCO
    assert [one.expressions for one in built(read.pictures)[0]] == [("the cup",)]
