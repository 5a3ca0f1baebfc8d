"""Pictures of one thing whose outline is known."""

import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.masks import Bits

GREEN, RED, GREY = (60, 140, 60), (190, 40, 50), (120, 120, 125)


def noisy(colour: tuple[int, int, int], height: int, width: int, seed: int = 0) -> PixelArray:
    random = np.random.default_rng(seed)
    values = np.array(colour) + random.normal(0, 6, (height, width, 3))
    return values.clip(0, 255).astype(np.uint8)


def ellipse(
    height: int, width: int, centre: tuple[float, float], radii: tuple[float, float]
) -> Bits:
    """True within; centre and radii are x, y."""
    y, x = np.mgrid[:height, :width] + 0.5
    inside: Bits = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 <= 1
    return inside


def ball(height: int = 240, width: int = 320) -> tuple[PixelArray, Bits]:
    """A red ellipse on green: around (200, 110), 60 wide and 40 high each way."""
    inside = ellipse(height, width, (200, 110), (60, 40))
    picture = noisy(GREEN, height, width)
    picture[inside] = noisy(RED, height, width, 1)[inside]
    return picture, inside
