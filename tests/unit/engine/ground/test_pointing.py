"""Prompts that point beside the picture, and prompts at another size."""

import math

import pytest

from vlm_desktop import strings
from vlm_desktop.base.grounderrors import PromptEmpty, PromptOutside
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.pointing import checked_prompt, scaled_prompt

SIZE = Size(640, 480)


@pytest.mark.parametrize(
    ("x", "y"), [(640, 10), (10, 480), (-1, 10), (10, -0.5), (math.nan, 3), (math.inf, 3)]
)
def test_a_click_outside_is_refused_with_the_pictures_size(x: float, y: float) -> None:
    with pytest.raises(PromptOutside) as caught:
        checked_prompt(ObjectPrompt((PromptPoint(5, 5), PromptPoint(x, y, adds=False))), SIZE)
    assert "640 x 480 pixels" in strings.sentence(caught.value)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (639.9, 479.9)])
def test_the_outermost_pixels_can_be_clicked(x: float, y: float) -> None:
    prompt = ObjectPrompt((PromptPoint(x, y),))
    assert checked_prompt(prompt, SIZE) == prompt


@pytest.mark.parametrize("prompt", [ObjectPrompt(), ObjectPrompt((PromptPoint(5, 5, adds=False),))])
def test_something_must_be_said_to_belong(prompt: ObjectPrompt) -> None:
    with pytest.raises(PromptEmpty):
        checked_prompt(prompt, SIZE)


def test_a_box_is_turned_and_cut_off_at_the_edges() -> None:
    checked = checked_prompt(ObjectPrompt((), Box(700, 100, 600, -20)), SIZE)
    assert checked.box == Box(600, 0, 640, 100)


@pytest.mark.parametrize(
    "box", [Box(700, 10, 800, 20), Box(-9, 10, 0, 20), Box(10, 10, 10, 20), Box(1, math.nan, 5, 9)]
)
def test_a_box_with_nothing_in_it_is_refused(box: Box) -> None:
    with pytest.raises(PromptOutside):
        checked_prompt(ObjectPrompt((), box), SIZE)


def test_prompts_at_another_size() -> None:
    prompt = ObjectPrompt((PromptPoint(64, 48, adds=False),), Box(0, 0, 640, 240))
    scaled = scaled_prompt(prompt, SIZE, Size(320, 480))
    assert scaled == ObjectPrompt((PromptPoint(32, 48, adds=False),), Box(0, 0, 320, 240))
