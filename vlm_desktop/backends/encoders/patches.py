"""Pixels for a NaFlex tower (`Siglip2Model`): the picture's own aspect, as a row of patches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.encoders.preprocess import resize, value_tables
from vlm_desktop.backends.encoders.recipe import ImageRecipe
from vlm_desktop.base.arrays import PixelArray

_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class PatchRecipe:
    """At most `max_patches` square patches of `patch` pixels; `values` says what a pixel becomes.

    Only `resample`, `rescale`, `mean` and `std` of `values` are used.
    """

    patch: int
    max_patches: int
    values: ImageRecipe

    @property
    def side(self) -> int:
        """The shorter side, in pixels, that the decoder should keep at least."""
        return self.patch * math.isqrt(self.max_patches)


class PatchPreprocessor:
    """Pictures to pixel_values, pixel_attention_mask and spatial_shapes.

    The reference is transformers' `Siglip2ImageProcessorPil`, bit for bit.
    """

    def __init__(self, recipe: PatchRecipe) -> None:
        self._recipe = recipe
        self._tables = value_tables(recipe.values)

    def batch(self, images: Sequence[PixelArray]) -> dict[str, NDArray[np.generic]]:
        """float32 [n, max_patches, patch * patch * 3], int32 [n, max_patches], int64 [n, 2]."""
        patch, most = self._recipe.patch, self._recipe.max_patches
        values = np.zeros((len(images), most, patch * patch * 3), dtype=np.float32)
        mask = np.zeros((len(images), most), dtype=np.int32)
        shapes = np.zeros((len(images), 2), dtype=np.int64)
        for row, image in enumerate(images):
            height, width = patched_size(image.shape[0], image.shape[1], patch, most)
            pixels = resize(image, (height, width), self._recipe.values.resample)
            cells = self._cells(pixels)
            values[row, : len(cells)] = cells
            mask[row, : len(cells)] = 1
            shapes[row] = (height // patch, width // patch)
        return {"pixel_values": values, "pixel_attention_mask": mask, "spatial_shapes": shapes}

    def _cells(self, pixels: PixelArray) -> NDArray[np.float32]:
        """[h, w, 3] -> [h/patch * w/patch, patch * patch * 3], row by row."""
        patch = self._recipe.patch
        rows, columns = pixels.shape[0] // patch, pixels.shape[1] // patch
        cells = pixels.reshape(rows, patch, columns, patch, 3).transpose(0, 2, 1, 3, 4)
        values = np.empty(cells.shape, dtype=np.float32)
        for channel in range(3):
            values[..., channel] = self._tables[channel][cells[..., channel]]
        return values.reshape(rows * columns, patch * patch * 3)


def patched_size(height: int, width: int, patch: int, most: int) -> tuple[int, int]:
    """The largest (height, width) in whole patches, about the same aspect, of at most `most`.

    The bisection of the reference, its bounds and tolerance included.
    """
    low, high = _EPSILON / 10, 100.0
    while high - low >= _EPSILON:
        middle = (low + high) / 2
        tall, broad = _scaled(height, middle, patch), _scaled(width, middle, patch)
        if (tall / patch) * (broad / patch) <= most:
            low = middle
        else:
            high = middle
    return _scaled(height, low, patch), _scaled(width, low, patch)


def _scaled(side: int, scale: float, patch: int) -> int:
    return int(max(patch, math.ceil(side * scale / patch) * patch))
