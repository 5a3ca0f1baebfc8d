"""What a model is given of a picture: its tiles as pixels again, and where each one lies.

Every family cuts, pads and orders in its own way. Instead of saying each way twice, a second
picture is sent through the same processor: one whose colours are coordinates. What comes out of
it tells where every pixel of every tile came from.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.chat.pictures import Prepared, Preparer, reduced_size
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.chat import ChatImage, SeenImage
from vlm_desktop.base.types import Box, Size

_LEAST_INSIDE = 0.75
"""Padding is black, or grey once it is un-normalised: darker than this part of full."""


def seen_image(
    preparer: Preparer, processor: Any, image: ChatImage, budget: Mapping[str, Any]
) -> SeenImage:
    """The exact pixels that the vision tower gets, un-normalised, in its own order."""
    true_height, true_width = image.pixels.shape[:2]
    shown = preparer.prepare(image, budget)
    map_of = preparer.run(coordinate_picture(*reduced_size(true_height, true_width)), budget)
    tiles = plain_tiles(shown, processor.image_processor)
    places = plain_tiles(map_of, processor.image_processor)
    size = Size(true_width, true_height)
    return SeenImage(
        size=size,
        tiles=tuple(np.clip(np.rint(tile), 0, 255).astype(np.uint8) for tile in tiles),
        boxes=tuple(located(place, size) for place in places),
        tokens=shown.tokens,
    )


def coordinate_picture(height: int, width: int) -> PixelArray:
    """Red grows from left to right, green from top to bottom, blue is full everywhere."""
    across = (np.arange(width) + 0.5) / width * 255
    down = (np.arange(height) + 0.5) / height * 255
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[..., 0] = np.rint(across)[None, :]
    picture[..., 1] = np.rint(down)[:, None]
    return picture


def located(place: NDArray[np.float32], size: Size) -> Box:
    """Where a tile of the coordinate picture lies, in pixels of the picture of `size`.

    A straight line through the colours is far finer than their 256 steps. What was padded (its
    blue is not full) says nothing; the box may then be smaller than the tile.
    """
    inside = place[..., 2] > 255 * _LEAST_INSIDE
    across = _extent(place[..., 0], inside, axis=1)
    down = _extent(place[..., 1], inside, axis=0)
    return Box(
        across[0] * size.width, down[0] * size.height,
        across[1] * size.width, down[1] * size.height,
    )  # fmt: skip


def _extent(
    colour: NDArray[np.float32], inside: NDArray[np.bool_], axis: int
) -> tuple[float, float]:
    """Fractions of the picture at both ends of a tile, along one axis."""
    other = 1 - axis
    filled = np.flatnonzero(inside.mean(axis=other) > _LEAST_INSIDE)
    if not filled.size:
        return 0.0, 1.0
    weights = inside.sum(axis=other)[filled]
    values = (colour * inside).sum(axis=other)[filled] / np.maximum(weights, 1) / 255
    first, last = float(filled[0]), float(filled[-1])
    # The colours at the very edges are flattened by the resize, so the line decides there.
    core = values[1:-1] if filled.size > 4 else values
    at = filled[1:-1] if filled.size > 4 else filled
    if at.size < 2:
        return 0.0, 1.0
    slope, start = np.polyfit(at, core, 1)
    ends = start + slope * (first - 0.5), start + slope * (last + 0.5)
    return max(0.0, float(ends[0])), min(1.0, float(ends[1]))


def seen_size(picture: Prepared, image_processor: Any) -> Size:
    """The size of the picture as the model is given it, for boxes that count its pixels."""
    first = plain_tiles(picture, image_processor)[0]
    return Size(first.shape[1], first.shape[0])


# --- pixels again ----------------------------------------------------------------------


def plain_tiles(picture: Prepared, image_processor: Any) -> list[NDArray[np.float32]]:
    """Tiles [height, width, 3] on the scale of 0 to 255, whatever form the model takes them in."""
    inputs = picture.inputs
    unfold = next((make for name, make in _FORMS.items() if name in inputs), _stacked)
    mean = np.asarray(getattr(image_processor, "image_mean", None) or [0.0] * 3, np.float32)
    std = np.asarray(getattr(image_processor, "image_std", None) or [1.0] * 3, np.float32)
    if not getattr(image_processor, "do_normalize", True):
        mean, std = np.zeros(3, np.float32), np.ones(3, np.float32)
    scale = float(getattr(image_processor, "rescale_factor", None) or 1 / 255)
    tiles = unfold(inputs, image_processor)
    return [(tile * std + mean) / np.float32(scale) for tile in tiles]


def _stacked(inputs: Mapping[str, Any], _: Any) -> list[NDArray[np.float32]]:
    """pixel_values [..., 3, height, width]."""
    values = inputs["pixel_values"].float()
    return [tile.permute(1, 2, 0).numpy() for tile in values.reshape(-1, *values.shape[-3:])]


def _patches_in_time(inputs: Mapping[str, Any], processor: Any) -> list[NDArray[np.float32]]:
    """Qwen's rows of patches, in blocks that are merged later; both moments are the same."""
    tiles = []
    start = 0
    values = inputs["pixel_values"].float().numpy()
    side, block = processor.patch_size, processor.merge_size
    for _, rows, columns in inputs["image_grid_thw"].reshape(-1, 3).tolist():
        own = values[start : start + rows * columns]
        start += rows * columns
        parts = own.reshape(rows // block, columns // block, block, block, 3, -1, side, side)
        still = parts[:, :, :, :, :, 0]  # [R/b, C/b, b, b, 3, side, side]
        tile = still.transpose(0, 2, 5, 1, 3, 6, 4).reshape(rows * side, columns * side, 3)
        tiles.append(tile)
    return tiles


def _rows_of_patches(inputs: Mapping[str, Any], _: Any) -> list[NDArray[np.float32]]:
    """SigLIP 2's rows of patches [tiles, patches, side * side * 3], padded at the end."""
    tiles = []
    values = inputs["pixel_values"].float().numpy()
    side = round((values.shape[-1] / 3) ** 0.5)
    for row, (rows, columns) in zip(values, inputs["spatial_shapes"].tolist(), strict=True):
        parts = row[: rows * columns].reshape(rows, columns, side, side, 3)
        tiles.append(parts.transpose(0, 2, 1, 3, 4).reshape(rows * side, columns * side, 3))
    return tiles


_FORMS: Mapping[str, Callable[[Mapping[str, Any], Any], list[NDArray[np.float32]]]] = {
    "image_grid_thw": _patches_in_time,
    "spatial_shapes": _rows_of_patches,
}
"""How pixels are read back, by a name among the tower's inputs; `_stacked` for all others."""
