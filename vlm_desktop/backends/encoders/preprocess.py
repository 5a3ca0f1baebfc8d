"""Pixels for an image tower, bit for bit what the reference implementation hands its network.

The references are transformers' PIL-backed image processors and open_clip's
`image_transform(is_train=False)`. Both resize with Pillow on 8-bit pixels; everything after that
works on single values, so it is one table of 256 entries per channel, computed with the
reference's own arithmetic.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vlm_desktop.backends.encoders.recipe import ImageRecipe
from vlm_desktop.base.arrays import PixelArray

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


class Preprocessor:
    """Turns pictures of any size into one batch. Holds only small tables; thread-safe."""

    def __init__(self, recipe: ImageRecipe) -> None:
        self._recipe = recipe
        self._tables = value_tables(recipe)

    def batch(self, images: Sequence[PixelArray]) -> NDArray[np.float32]:
        """Upright sRGB pictures uint8 [h, w, 3] -> pixel_values float32 [n, 3, height, width]."""
        height, width = self._recipe.size
        values = np.empty((len(images), 3, height, width), dtype=np.float32)
        for row, image in enumerate(images):
            pixels = fit(image, self._recipe)
            for channel in range(3):
                np.take(
                    self._tables[channel], pixels[:, :, channel], out=values[row, channel],
                    mode="clip",
                )  # fmt: skip
        return values


def value_tables(recipe: ImageRecipe) -> NDArray[np.float32]:
    """What each pixel value 0..255 becomes, float32 [3, 256].

    Rescaling is done in float64 and rounded to float32, normalising in float32, as transformers
    does; torchvision's float32 division by 255 gives the same 256 values.
    """
    values = np.arange(256, dtype=np.float32)
    if recipe.rescale is not None:
        values = (np.arange(256, dtype=np.float64) * recipe.rescale).astype(np.float32)
    if recipe.offset:
        values = values + np.float32(recipe.offset)
    tables = np.repeat(values[None], 3, axis=0)
    if recipe.mean:
        mean = np.array(recipe.mean, dtype=np.float32)[:, None]
        std = np.array(recipe.std, dtype=np.float32)[:, None]
        tables = (tables - mean) / std
        if recipe.divide_again:
            tables = tables / std
    return np.ascontiguousarray(tables, dtype=np.float32)


def fit(image: PixelArray, recipe: ImageRecipe) -> PixelArray:
    """Resize, then crop or pad around the centre: uint8 [height, width, 3] of `recipe.size`."""
    height, width = image.shape[:2]
    wanted = resized_size(height, width, recipe)
    if wanted != (height, width):
        image = resize(image, wanted, recipe.resample)
    if wanted == recipe.size:
        return image
    rounding = recipe.crop == "round"
    return center_crop(image, recipe.size, fill=recipe.fill, rounding=rounding)


def resize(image: PixelArray, size: tuple[int, int], resample: str) -> PixelArray:
    """Pillow's resize on 8-bit pixels to (height, width)."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    return np.asarray(picture.resize((size[1], size[0]), resample=_FILTERS[resample]))


def resized_size(height: int, width: int, recipe: ImageRecipe) -> tuple[int, int]:
    """(height, width) after the resize step; never below one pixel a side.

    The references fail on a picture so thin that a side rounds to nothing; here it keeps one
    pixel.
    """
    if recipe.resize == "squash":
        return recipe.resize_to or recipe.size
    if recipe.resize == "shortest":
        short, long = min(height, width), max(height, width)
        other = max(1, int(recipe.short * long / short))
        return (other, recipe.short) if width <= height else (recipe.short, other)
    ratios = (height / recipe.size[0], width / recipe.size[1])
    ratio = min(ratios) if recipe.resize == "cover" else max(ratios)
    return max(1, round(height / ratio)), max(1, round(width / ratio))


def center_crop(
    image: PixelArray, size: tuple[int, int], *, fill: int, rounding: bool
) -> PixelArray:
    """The middle of `image`; where it is too small, `fill` around it.

    An odd margin: `rounding` splits it as torchvision does (half to even when cropping, the
    smaller part first when padding), otherwise as transformers does (the smaller part first when
    cropping, the larger when padding).
    """
    for axis in (0, 1):
        image = _center_axis(image, axis, size[axis], fill=fill, rounding=rounding)
    return image


def _center_axis(
    image: PixelArray, axis: int, wanted: int, *, fill: int, rounding: bool
) -> PixelArray:
    have = image.shape[axis]
    if have >= wanted:
        margin = have - wanted
        start = round(margin / 2.0) if rounding else margin // 2
        return image[start : start + wanted] if axis == 0 else image[:, start : start + wanted]
    missing = wanted - have
    before = missing // 2 if rounding else math.ceil(missing / 2)
    widths = [(0, 0), (0, 0), (0, 0)]
    widths[axis] = (before, missing - before)
    return np.pad(image, widths, constant_values=fill)
