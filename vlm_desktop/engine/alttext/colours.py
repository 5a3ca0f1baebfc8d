"""The colours of a picture by name, measured from its pixels. For the lane "model"."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.engine.alttext.styles import primary, rows

_NAMED: dict[str, tuple[tuple[int, int, int], ...]] = {
    # What people call by a name, as sRGB examples; the nearest in CIELAB names a pixel.
    "black": ((0, 0, 0), (22, 22, 22), (25, 22, 20)),
    "dark grey": ((64, 64, 64), (80, 80, 82)),
    "grey": ((128, 128, 128), (112, 114, 118), (140, 138, 134)),
    "light grey": ((190, 190, 190), (205, 205, 207)),
    "white": ((255, 255, 255), (238, 238, 238), (240, 240, 234)),
    "red": ((220, 20, 30), (200, 40, 40), (255, 60, 50)),
    "dark red": ((120, 10, 20), (100, 30, 35)),
    "orange": ((245, 130, 25), (230, 110, 40), (255, 165, 60)),
    "brown": ((130, 80, 40), (150, 100, 60), (110, 72, 50)),
    "dark brown": ((62, 40, 24), (74, 50, 36)),
    "beige": ((222, 204, 170), (200, 180, 148), (232, 216, 190)),
    "yellow": ((250, 220, 40), (240, 200, 60), (255, 240, 110)),
    "olive": ((110, 105, 50), (135, 130, 80)),
    "green": ((40, 150, 50), (70, 130, 60), (60, 170, 90)),
    "dark green": ((20, 70, 30), (40, 66, 40)),
    "light green": ((150, 210, 120), (170, 215, 150)),
    "turquoise": ((50, 190, 190), (30, 150, 150), (110, 210, 205)),
    "blue": ((35, 80, 200), (50, 110, 190), (70, 120, 170)),
    "dark blue": ((15, 30, 90), (30, 45, 85)),
    "light blue": ((150, 195, 235), (120, 175, 225), (185, 212, 235)),
    "purple": ((120, 50, 150), (95, 60, 130), (150, 100, 180)),
    "pink": ((240, 150, 185), (230, 90, 150), (245, 190, 205)),
}  # fmt: skip
_SIDE = 96
_LEAST_SHARE = 0.12
_MOST = 4


def colour_names(pixels: PixelArray, language: str = "en") -> tuple[str, ...]:
    """The colours that take an eighth of a picture each, the largest first, at most four.

    `pixels` are uint8 [height, width, 3] in sRGB.
    """
    shares = colour_shares(_small(pixels).reshape(-1, 3))
    enough = sorted(
        (name for name in shares if shares[name] >= _LEAST_SHARE), key=lambda name: -shares[name]
    )
    words: dict[str, str] = rows()["colours"].get(primary(language), {})
    return tuple(words.get(name, name) for name in enough[:_MOST])


def colour_shares(rgb: PixelArray) -> dict[str, float]:
    """How much of some pixels (uint8 [n, 3] in sRGB) bears each name, summing to 1; at least one.

    Takes [n, 66] numbers of memory: hand in some ten thousand pixels at most.
    """
    names, examples = _table()
    lab = _lab(rgb)  # [n, 3]
    away = ((lab[:, None, :] - examples[None, :, :]) ** 2).sum(axis=2)  # [n, examples]
    counts: dict[str, int] = {}
    for nearest in away.argmin(axis=1).tolist():
        counts[names[nearest]] = counts.get(names[nearest], 0) + 1
    return {name: count / len(lab) for name, count in counts.items()}


@lru_cache(maxsize=1)
def _table() -> tuple[list[str], NDArray[np.floating[Any]]]:
    names = [name for name, examples in _NAMED.items() for _ in examples]
    values = np.array([rgb for examples in _NAMED.values() for rgb in examples], np.uint8)
    return names, _lab(values)


def _small(pixels: PixelArray) -> PixelArray:
    """Every so many pixels: a share of the area needs no more."""
    height, width = pixels.shape[:2]
    return pixels[:: max(1, height // _SIDE), :: max(1, width // _SIDE)]


def _lab(rgb: PixelArray) -> NDArray[np.floating[Any]]:
    """sRGB uint8 [n, 3] -> CIELAB [n, 3] (D65), after CIE 15:2004."""
    linear = rgb.astype(np.float64) / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    bent = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = bent[:, 0], bent[:, 1], bent[:, 2]
    lab: NDArray[np.floating[Any]] = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
    return lab
