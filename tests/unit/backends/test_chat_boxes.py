"""Boxes in answers, from each family's coordinates to pixels of the picture and back."""

import pytest

from vlm_desktop.backends.chat.boxes import STYLES, read_boxes, write_box
from vlm_desktop.base.types import Box, Size

PICTURE = Box(0, 0, 640, 480)
SEEN = Size(308, 224)


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


@pytest.mark.parametrize(
    ("style", "answer", "expected"),
    [
        (
            "corners",
            "<|object_ref_start|>the dog<|object_ref_end|><|box_start|>(250,500),(750,1000)"
            "<|box_end|><|im_end|>",
            ("the dog", (160, 240, 480, 480)),
        ),
        ("corners", "It is here. A cat: (0,0),(500,500)", ("A cat", (0, 0, 320, 240))),
        (
            "json-thousandths",
            '```json\n[\n\t{"bbox_2d": [250, 500, 750, 1000], "label": "dog"}\n]\n```',
            ("dog", (160, 240, 480, 480)),
        ),
        (
            "json-pixels",
            '[{"bbox_2d": [77, 112, 154, 224], "label": "dog"}, {"bbox_2d": [1, 2',
            ("dog", (160, 240, 320, 480)),
        ),
        ("bins", "<loc0512><loc0256><loc1023><loc0768> dog", ("dog", (160, 240, 480, 479.53125))),
        (
            "patches",
            "An image of<phrase> a snowman</phrase><object><patch_index_0044><patch_index_0863>"
            "</object> warming himself",
            ("a snowman", (0.390625 * 640, 0.046875 * 480, 0.984375 * 640, 0.828125 * 480)),
        ),
    ],
)
def test_each_family_says_where_in_its_own_way(style, answer, expected):
    ((what, box),) = read_boxes(style, answer, PICTURE, SEEN)
    assert what == expected[0]
    assert corners(box) == pytest.approx(expected[1])


def test_several_boxes_keep_their_order_and_names():
    answer = "<loc0000><loc0000><loc0512><loc0512> cat ; <loc0100><loc0100><loc0600><loc0600> dog"
    assert [what for what, _ in read_boxes("bins", answer, PICTURE, SEEN)] == ["cat", "dog"]
    cells = "<patch_index_0000><patch_index_0100>"
    more = f"<phrase>two cats</phrase><object>{cells}</delimiter_of_multi_objects/>{cells}</object>"
    assert [what for what, _ in read_boxes("patches", more, PICTURE, SEEN)] == ["two cats"] * 2
    pairs = "dogs(1,2),(30,40)(50,60),(70,80)\ncat(0,0),(9,9)"
    assert [what for what, _ in read_boxes("corners", pairs, PICTURE, SEEN)] == [
        "dogs", "dogs", "cat"
    ]  # fmt: skip


STEP = {
    "corners": 1 / 1000, "json-thousandths": 1 / 1000, "bins": 1 / 1024, "patches": 1 / 32,
    "locs": 1 / 1000,
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("picture", [Size(640, 480), Size(8000, 60), Size(50, 9000), Size(1, 1)])
@pytest.mark.parametrize("part", [(0.0, 0.0, 1.0, 1.0), (0.1, 0.2, 0.35, 0.9), (0.97, 0.0, 1, 0.1)])
def test_a_box_comes_back_within_one_step_of_the_family(style, picture, part):
    seen = Size(308, 224) if picture.width > picture.height else Size(28, 2240)
    step_x, step_y = (STEP.get(style, 1 / side) for side in (seen.width, seen.height))
    x0, y0, x1, y1 = part
    width, height = picture.width, picture.height
    box = Box(x0 * width, y0 * height, x1 * width, y1 * height)
    whole = Box(0, 0, width, height)
    text = write_box(style, "a dog", box, whole, seen)
    ((what, back),) = read_boxes(style, text, whole, seen)
    assert what == "a dog"
    assert abs(back.x0 - box.x0) <= step_x * width + 1e-6
    assert abs(back.x1 - box.x1) <= step_x * width + 1e-6
    assert abs(back.y0 - box.y0) <= step_y * height + 1e-6
    assert abs(back.y1 - box.y1) <= step_y * height + 1e-6
    assert 0 <= back.x0 < back.x1 <= width
    assert 0 <= back.y0 < back.y1 <= height


@pytest.mark.parametrize(
    ("style", "answer"),
    [
        ("corners", "dog(-50,100),(2000,5000)"),
        ("json-thousandths", '{"bbox_2d": [-50, 100, 2000, 1e9], "label": "dog"}'),
        ("json-pixels", '{"bbox_2d": [-50, 22, 400, 9999], "label": "dog"}'),
        ("patches", "<object><patch_index_0096><patch_index_9999></object>"),
    ],
)
def test_what_lies_outside_is_cut_off(style, answer):
    ((_, box),) = read_boxes(style, answer, PICTURE, SEEN)
    assert 0 <= box.x0 < box.x1 <= 640
    assert 0 < box.y0 < box.y1 == 480


@pytest.mark.parametrize(
    ("style", "answer"),
    [
        ("corners", "dog(500,500),(500,900)"),
        ("corners", "the price was (3) or 4,5"),
        ("corners", "dog(2000,2000),(3000,3000)"),
        ("json-pixels", '{"bbox_2d": [1, 2, 3], "label": "x"} {"bbox_2d": "here"} {"bbox_2d": [1'),
        ("json-thousandths", '{"bbox_2d": [null, 1, 2, 3]} {"bbox_2d": [[1],2,3,4]}'),
        ("bins", "<loc0001><loc0002><loc0003> dog"),
        ("bins", "<loc0100><loc0100><loc0100><loc0200> dog"),
        ("patches", "<phrase>a dog</phrase><object><patch_index_0001></object>"),
        ("patches", "plain words"),
    ],
)
def test_what_is_no_box_gives_none(style, answer):
    assert read_boxes(style, answer, PICTURE, SEEN) == ()


def test_corners_the_wrong_way_round_are_put_right():
    ((_, box),) = read_boxes("corners", "dog(750,1000),(250,500)", PICTURE, SEEN)
    assert corners(box) == (160, 240, 480, 480)


def test_a_model_that_was_given_a_part_counts_from_there():
    ((_, box),) = read_boxes("corners", "dog(0,0),(500,500)", Box(80, 0, 560, 480), SEEN)
    assert corners(box) == (80, 0, 320, 240)
    text = write_box("corners", "dog", box, Box(80, 0, 560, 480), SEEN)
    assert "(0,0),(500,500)" in text
