"""Prompts: whether they point into the picture, and the same ones at another size."""

import math
from dataclasses import replace

from vlm_desktop.base.grounderrors import PromptEmpty, PromptOutside
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint
from vlm_desktop.base.types import Box, Size


def checked_prompt(prompt: ObjectPrompt, size: Size) -> ObjectPrompt:
    """The prompt with its box put the right way round and cut off at the picture's edges.

    A click is refused where it lies outside, for no place inside is what was meant; so is a box
    of which nothing lies inside. Raises PromptEmpty (nothing says what belongs), PromptOutside.
    """
    if prompt.box is None and not any(point.adds for point in prompt.points):
        raise PromptEmpty
    for point in prompt.points:
        if not (0 <= point.x < size.width and 0 <= point.y < size.height):
            raise PromptOutside(
                x=_shown(point.x), y=_shown(point.y), width=size.width, height=size.height
            )
    return replace(prompt, box=None if prompt.box is None else _clipped(prompt.box, size))


def _clipped(box: Box, size: Size) -> Box:
    x0, x1 = sorted((box.x0, box.x1))
    y0, y1 = sorted((box.y0, box.y1))
    cut = Box(max(0.0, x0), max(0.0, y0), min(x1, size.width), min(y1, size.height))
    is_number = not any(map(math.isnan, (box.x0, box.y0, box.x1, box.y1)))
    if not (is_number and cut.x0 < cut.x1 and cut.y0 < cut.y1):
        raise PromptOutside(
            x=_shown(box.x0), y=_shown(box.y0), width=size.width, height=size.height
        )
    return cut


def _shown(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else str(value)


def scaled_prompt(prompt: ObjectPrompt, size: Size, other: Size) -> ObjectPrompt:
    """The prompt of a picture of one size in pixels of another."""
    across, down = other.width / size.width, other.height / size.height
    points = tuple(
        PromptPoint(point.x * across, point.y * down, point.adds) for point in prompt.points
    )
    box = prompt.box
    if box is not None:
        box = Box(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)
    return ObjectPrompt(points, box)
