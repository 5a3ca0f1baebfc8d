"""Arithmetic of bounding boxes. Importing it does not import numpy."""

from collections.abc import Iterable

from vlm_desktop.base.types import Box


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around some; ValueError for none."""
    x0, y0, x1, y1 = zip(*((box.x0, box.y0, box.x1, box.y1) for box in boxes), strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))
