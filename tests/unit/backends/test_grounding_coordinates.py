"""Boxes of detectors, from what networks give to pixels and back."""

from itertools import pairwise

import numpy as np
import pytest

from vlm_desktop.backends.chat.boxes import STYLES, located, placed_box, read_boxes, write_box
from vlm_desktop.backends.grounding.coordinates import boxes_within, from_centres, to_centres
from vlm_desktop.backends.grounding.windows import cut, shown, windows
from vlm_desktop.base.types import Box, Size

SHAPES = [Size(640, 480), Size(480, 640), Size(10_000, 100), Size(100, 10_000), Size(1, 1)]


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


# --- what detectors give -------------------------------------------------------------------


@pytest.mark.parametrize("shown", SHAPES)
@pytest.mark.parametrize("square", [False, True])
def test_boxes_come_back_as_they_were(shown, square):
    source = np.random.default_rng(1)
    two = np.sort(source.uniform(0, 1, (50, 2, 2)), axis=1)
    true = np.concatenate([two[:, 0], two[:, 1]], axis=1)
    back = from_centres(to_centres(true, shown, square=square), shown, square=square)
    assert back == pytest.approx(true, abs=1e-9)


def test_a_square_around_a_picture_is_undone():
    # A picture of 100 by 25 in the upper left of a square of 100: its lower right quarter.
    (box,) = boxes_within(
        from_centres([[0.75, 0.1875, 0.5, 0.125]], Size(100, 25), square=True), Size(400, 100)
    )
    assert corners(box) == pytest.approx((200, 50, 400, 100))
    (tall,) = boxes_within(
        from_centres([[0.125, 0.5, 0.25, 1.0]], Size(25, 100), square=True), Size(25, 100)
    )
    assert corners(tall) == pytest.approx((0, 0, 25, 100))


def test_what_lies_in_the_padding_is_no_box():
    below = [[0.5, 0.7, 0.4, 0.2], [0.5, 0.3, 0.4, 0.3]]
    gone, cut = boxes_within(from_centres(below, Size(100, 30), square=True), Size(1000, 300))
    assert gone is None
    assert corners(cut) == pytest.approx((300, 150, 700, 300))


@pytest.mark.parametrize(
    "row",
    [
        (np.nan, 0.5, 0.2, 0.2),
        (0.5, 0.5, np.nan, 0.2),
        (np.inf, 0.5, 0.2, 0.2),
        (0.5, 0.5, 0.0, 0.2),
        (0.5, 0.5, 0.2, 0.0),
        (3.0, 3.0, 0.5, 0.5),
        (-1.0, 0.5, 0.5, 0.5),
    ],
)
@pytest.mark.parametrize("square", [False, True])
def test_what_is_no_box_gives_none(row, square):
    good = (0.25, 0.25, 0.25, 0.25)
    first, second = boxes_within(from_centres([row, good], Size(8, 4), square=square), Size(80, 40))
    assert first is None
    assert second is not None


def test_what_lies_outside_is_cut_off_and_corners_are_put_right():
    outside, turned = boxes_within(
        np.array([[-0.5, 0.25, 0.5, 7.0], [0.75, 1.0, 0.25, 0.5]]), Size(640, 480)
    )
    assert corners(outside) == (0, 120, 320, 480)
    assert corners(turned) == (160, 240, 480, 480)


def test_a_negative_size_is_a_box_the_wrong_way_round():
    (box,) = boxes_within(from_centres([[0.5, 0.5, -0.5, -0.25]], Size(8, 8)), Size(80, 80))
    assert corners(box) == pytest.approx((20, 30, 60, 50))


def test_no_boxes_are_no_boxes():
    assert boxes_within(from_centres(np.zeros((0, 4)), Size(8, 8)), Size(80, 80)) == ()


# --- windows of long pictures --------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "number"),
    [
        (Size(640, 480), 1), (Size(1000, 200), 1), (Size(1200, 200), 2), (Size(300, 3000), 4),
        (Size(10_000, 100), 8), (Size(100, 10_000), 8), (Size(30_000, 1), 8), (Size(1, 1), 1),
        (Size(7, 1), 3),
    ],
)  # fmt: skip
def test_windows_overlap_and_cover_the_picture(size, number):
    parts = windows(size)
    assert len(parts) == number
    along = [(one.x0, one.x1) if size.width >= size.height else (one.y0, one.y1) for one in parts]
    assert along[0][0] == 0
    assert along[-1][1] == max(size.width, size.height)
    for (start, stop), (after, _) in pairwise(along):
        assert start < after < stop
        if number > 1 and stop - start > 8:
            assert stop - after > 0.2 * (stop - start)
    for one in parts:
        assert 0 <= one.x0 < one.x1 <= size.width
        assert 0 <= one.y0 < one.y1 <= size.height


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        ((480, 640), (480, 640)), ((3000, 4000), (1536, 2048)), ((10, 1600), (100, 1600)),
        ((1, 1), (1, 1)), ((4000, 2), (2048, 128)),
    ],
)  # fmt: skip
def test_what_networks_are_shown_is_neither_large_nor_thin(shape, given):
    pixels, size = shown(np.zeros((*shape, 3), np.uint8))
    assert pixels.shape == (*given, 3)
    assert size == Size(given[1], given[0])


def test_what_is_cut_and_shown_keeps_its_place():
    image = np.zeros((10, 400, 3), np.uint8)
    image[:, 370:390] = 255
    part = windows(Size(400, 10))[-1]
    pixels, size = shown(cut(image, part))
    columns = np.flatnonzero(pixels[:, :, 0].mean(axis=0) > 127)
    left = part.x0 + columns[0] / size.width * (part.x1 - part.x0)
    assert left == pytest.approx(370, abs=1)


# --- Florence-2 ----------------------------------------------------------------------------

PICTURE = Box(0, 0, 1000, 500)


def test_florence_says_boxes_after_what_is_there():
    answer = (
        "</s><s>a red cat<loc_100><loc_200><loc_299><loc_399>"
        "<loc_0><loc_0><loc_999><loc_999>dog<loc_10><loc_20><loc_30><loc_40></s>"
    )
    found = read_boxes("locs", answer, PICTURE, Size(768, 768))
    assert [what for what, _ in found] == ["a red cat", "a red cat", "dog"]
    assert corners(found[0][1]) == pytest.approx((100.5, 100.25, 299.5, 199.75))
    assert corners(found[1][1]) == pytest.approx((0.5, 0.25, 999.5, 499.75))


def test_an_outline_becomes_the_box_around_it():
    answer = (
        "cat<poly><loc_100><loc_100><loc_300><loc_150><loc_200><loc_400></poly>"
        "<poly><loc_500><loc_500><loc_600><loc_500><sep><loc_700><loc_600><loc_550><loc_900></poly>"
    )
    found = read_boxes("locs", answer, PICTURE, Size(768, 768))
    assert [what for what, _ in found] == ["cat", "cat"]
    assert corners(found[0][1]) == pytest.approx((100.5, 50.25, 300.5, 200.25))
    assert corners(found[1][1]) == pytest.approx((500.5, 250.25, 700.5, 450.25))


@pytest.mark.parametrize(
    "answer",
    ["cat", "cat<loc_1><loc_2><loc_3>", "", "<poly></poly>", "cat<poly><loc_1></poly>",
     "cat<loc_1_2><loc_x><loc_>", "cat<loc_300><loc_1><loc_300><loc_9>"],
)  # fmt: skip
def test_an_answer_without_whole_places_has_no_boxes(answer):
    assert read_boxes("locs", answer, PICTURE, Size(768, 768)) == ()


def test_places_beyond_the_last_bin_are_cut_off():
    ((_, box),) = read_boxes(
        "locs", "x<loc_500><loc_500><loc_4000><loc_99999>", PICTURE, Size(1, 1)
    )
    assert corners(box) == pytest.approx((500.5, 250.25, 1000, 500))


def test_the_score_of_a_place_is_that_of_its_own_words():
    numbers = [("<loc_1>", -1.0), ("<loc_2>", -2.0), ("<loc_30>", -3.0), ("<loc_40>", -4.0)]
    pieces = [("a", -9.0), (" cat", -9.0), *numbers, *[(piece, -1.0) for piece, _ in numbers]]
    first, second = located([*pieces, ("<loc_5>", -7.0)])
    assert (first[0], first[2], second[2]) == ("a cat", -2.5, -1.0)


# --- all styles ----------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("picture", SHAPES)
def test_written_places_are_read_back_at_extreme_aspects(style, picture):
    seen = Size(28, 2800) if picture.height > picture.width else Size(2800, 28)
    whole = Box(0, 0, picture.width, picture.height)
    box = Box(0.1 * picture.width, 0.3 * picture.height, 0.6 * picture.width, 0.9 * picture.height)
    text = write_box(style, "a dog", box, whole, seen)
    ((what, back),) = read_boxes(style, text, whole, seen)
    assert what == "a dog"
    step = 1 / 28 if style == "json-pixels" else 1 / 32 if style == "patches" else 1 / 1000
    assert back.x0 == pytest.approx(box.x0, abs=step * picture.width)
    assert back.x1 == pytest.approx(box.x1, abs=step * picture.width)
    assert back.y0 == pytest.approx(box.y0, abs=step * picture.height)
    assert back.y1 == pytest.approx(box.y1, abs=step * picture.height)


@pytest.mark.parametrize(
    "answer", ['{"bbox_2d": [NaN, 1, 200, 300]}', '{"bbox_2d": [1, 1, Infinity, 300]}']
)
def test_numbers_that_are_none_are_no_places(answer):
    assert read_boxes("json-thousandths", answer, PICTURE, Size(8, 8)) == ()
    assert placed_box((float("nan"), 0.1, 0.5, 0.5), PICTURE) is None
