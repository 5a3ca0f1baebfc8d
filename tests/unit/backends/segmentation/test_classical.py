"""Outlines without a model, on pictures whose outlines are known."""

import numpy as np
import pytest

from tests.unit.backends.segmentation.things import GREEN, GREY, RED, ball, ellipse, noisy
from vlm_desktop.backends.segmentation.classical import ClassicalSegmenter
from vlm_desktop.backends.segmentation.cuts import tidied
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.grounding import MaskChoice, ObjectPrompt, PromptPoint
from vlm_desktop.base.masks import Mask, overlap
from vlm_desktop.base.types import Box


def asked(picture: PixelArray, prompt: ObjectPrompt) -> tuple[MaskChoice, ...]:
    segmenter = ClassicalSegmenter()
    return segmenter.decode(segmenter.encode(picture, CancelToken()), prompt, CancelToken())


def clicked(*places: tuple[float, float], off: tuple[float, float] | None = None) -> ObjectPrompt:
    points = tuple(PromptPoint(x, y) for x, y in places)
    return ObjectPrompt((*points, PromptPoint(*off, adds=False)) if off else points)


def test_a_box_gives_the_thing_in_it_and_not_the_box() -> None:
    picture, inside = ball()
    (choice,) = asked(picture, ObjectPrompt((), Box(140, 70, 260, 150)))
    assert overlap(choice.mask, Mask.of(inside)) > 0.9
    assert not choice.mask.holds(142, 72)
    assert choice.score > 0.9


def test_nothing_beyond_a_box_belongs() -> None:
    picture, _ = ball()
    (choice,) = asked(picture, ObjectPrompt((), Box(150, 80, 210, 140)))
    found = choice.mask.box
    assert found is not None
    assert (found.x0 >= 150, found.y0 >= 80, found.x1 <= 210, found.y1 <= 140) == (True,) * 4


def test_a_mask_goes_to_the_sides_that_a_thin_part_touches() -> None:
    """A stalk of the same colour, which GrabCut alone takes for the background's."""
    picture, inside = ball()
    stalk = np.zeros_like(inside)
    stalk[20:75, 199:202] = True
    picture[stalk] = noisy((150, 70, 55), *inside.shape, 2)[stalk]
    (choice,) = asked(picture, ObjectPrompt((), Box(140, 20, 260, 150)))
    found = choice.mask.box
    assert found is not None
    assert found.y0 <= 26


def test_a_box_of_one_colour_still_gives_something() -> None:
    flat = np.full((60, 80, 3), GREY, np.uint8)
    (choice,) = asked(flat, ObjectPrompt((), Box(20, 15, 60, 45)))
    assert choice.mask.area > 0


def test_one_click_finds_how_far_a_thing_reaches() -> None:
    picture, inside = ball()
    best = asked(picture, clicked((200, 110)))[0]
    assert overlap(best.mask, Mask.of(inside)) > 0.8


@pytest.mark.parametrize("place", [(175, 100), (230, 120), (200, 85)])
def test_a_click_beside_the_middle_does_too(place: tuple[float, float]) -> None:
    picture, inside = ball()
    choices = asked(picture, clicked(place))
    assert max(overlap(choice.mask, Mask.of(inside)) for choice in choices) > 0.7
    assert all(choice.mask.holds(*place) for choice in choices)


def test_scores_fall_and_are_shares() -> None:
    picture, _ = ball()
    scores = [choice.score for choice in asked(picture, clicked((200, 110)))]
    assert len(scores) > 1
    assert scores[0] == max(scores)
    assert all(0 < score <= 1 for score in scores)


def test_a_click_that_removes_takes_away_what_is_there() -> None:
    """Two things side by side, one box around both."""
    picture = noisy(GREEN, 200, 320)
    left, right = ellipse(200, 320, (100, 100), (50, 45)), ellipse(200, 320, (210, 100), (50, 45))
    picture[left] = noisy(RED, 200, 320, 3)[left]
    picture[right] = noisy((60, 60, 190), 200, 320, 4)[right]
    box = Box(50, 55, 260, 145)
    (both,) = asked(picture, ObjectPrompt((), box))
    assert both.mask.holds(210, 100)
    points = (PromptPoint(100, 100), PromptPoint(210, 100, adds=False))
    (one,) = asked(picture, ObjectPrompt(points, box))
    assert one.mask.holds(100, 100)
    assert not one.mask.holds(210, 100)
    assert overlap(one.mask, Mask.of(left)) > 0.7


def test_a_second_click_takes_in_what_lies_apart() -> None:
    picture = noisy(GREEN, 200, 320)
    left, right = ellipse(200, 320, (100, 100), (40, 40)), ellipse(200, 320, (220, 100), (40, 40))
    for thing in (left, right):
        picture[thing] = noisy(RED, 200, 320, 5)[thing]
    best = asked(picture, clicked((100, 100), (220, 100)))[0]
    assert best.mask.holds(100, 100)
    assert best.mask.holds(220, 100)
    assert overlap(best.mask, Mask.of(left | right)) > 0.6


@pytest.mark.parametrize(
    ("height", "width"), [(1, 1), (1, 2), (3, 2), (7, 7), (5, 500), (2000, 20), (40, 4000)]
)
def test_pictures_of_any_shape_are_answered(height: int, width: int) -> None:
    picture = noisy(GREY, height, width)
    segmenter = ClassicalSegmenter()
    features = segmenter.encode(picture, CancelToken())
    x, y = features.size.width / 2, features.size.height / 2
    for prompt in (clicked((x, y)), ObjectPrompt((), Box(0, 0, x * 2, y * 2))):
        choices = segmenter.decode(features, prompt, CancelToken())
        assert choices
        assert all(choice.mask.size == features.size for choice in choices)
        assert choices[0].mask.holds(x, y)


def test_large_pictures_are_reduced_first() -> None:
    features = ClassicalSegmenter().encode(np.zeros((1500, 2000, 3), np.uint8), CancelToken())
    assert features.size.width * features.size.height <= 1.01 * 640 * 480
    assert features.size.width / features.size.height == pytest.approx(4 / 3, rel=0.01)


def test_the_same_prompt_gives_the_same_mask() -> None:
    picture, _ = ball()
    one, other = (asked(picture, clicked((190, 100)))[0].mask for _ in range(2))
    assert overlap(one, other) == 1.0


def test_refining_follows_the_outline_more_closely() -> None:
    picture, inside = ball(480, 640)
    rough = Mask.of(ellipse(480, 640, (203, 112), (57, 37)))
    prompt = clicked((200, 110))
    fine = ClassicalSegmenter().refine(picture, rough, prompt, CancelToken())
    truth = Mask.of(inside)
    assert overlap(fine, truth) > overlap(rough, truth) + 0.03
    assert overlap(fine, truth) > 0.95


def test_refining_keeps_what_was_said() -> None:
    picture, inside = ball()
    prompt = ObjectPrompt((PromptPoint(200, 110), PromptPoint(240, 110, adds=False)), None)
    fine = ClassicalSegmenter().refine(picture, Mask.of(inside), prompt, CancelToken())
    assert fine.holds(200, 110)
    assert not fine.holds(240, 110)


def test_refining_reaches_the_sides_of_a_box_as_before() -> None:
    picture, inside = ball()
    rough = inside.copy()
    rough[110:112, 140:270] = True  # a spur that has no colour of its own
    box = Box(140, 70, 270, 150)
    segmenter = ClassicalSegmenter()
    fine = segmenter.refine(picture, Mask.of(rough), ObjectPrompt((), box), CancelToken())
    assert fine.box is not None
    assert fine.box.x1 == 270


def test_refining_leaves_no_splinter_beside_the_thing() -> None:
    picture, inside = ball()
    rough = inside.copy()
    rough[108:112, 266:270] = True
    box = Box(140, 70, 270, 150)
    segmenter = ClassicalSegmenter()
    fine = segmenter.refine(picture, Mask.of(rough), ObjectPrompt((), box), CancelToken())
    assert not fine.holds(268, 110)
    assert fine.holds(200, 110)


def test_small_pieces_and_pinholes_go_unless_a_person_said_otherwise() -> None:
    bits = np.zeros((80, 120), bool)
    bits[20:60, 20:60] = True  # the thing
    bits[30, 30:32] = bits[50:54, 50:53] = False  # two pinholes
    bits[5:8, 5:8] = bits[5:8, 100:103] = True  # two splinters
    bits[40:60, 80:100] = True  # a quarter of the thing
    clicked, excluded = np.zeros_like(bits), np.zeros_like(bits)
    clicked[6, 101] = excluded[51, 51] = True
    made = tidied(bits, clicked, excluded)
    assert made[30, 30:32].all()
    assert not made[50:54, 50:53].any()
    assert not made[5:8, 5:8].any()
    assert made[5:8, 100:103].all()
    assert made[40:60, 80:100].all()


@pytest.mark.parametrize("everything", [True, False])
def test_there_is_nothing_to_refine_of_all_or_nothing(everything: bool) -> None:
    picture, _ = ball()
    mask = Mask.of(np.full(picture.shape[:2], everything))
    prompt = clicked((5, 5))
    assert ClassicalSegmenter().refine(picture, mask, prompt, CancelToken()).area == mask.area


def test_each_step_can_be_cancelled() -> None:
    picture, inside = ball()
    segmenter, stopped = ClassicalSegmenter(), CancelToken()
    features = segmenter.encode(picture, CancelToken())
    stopped.cancel()
    with pytest.raises(Cancelled):
        segmenter.encode(picture, stopped)
    with pytest.raises(Cancelled):
        segmenter.decode(features, clicked((200, 110)), stopped)
    with pytest.raises(Cancelled):
        segmenter.refine(picture, Mask.of(inside), clicked((200, 110)), stopped)
