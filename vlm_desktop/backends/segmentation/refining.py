"""A rough mask drawn along the picture's own pixels.

GrabCut on a band around the outline, at more pixels than a first mask has time for; then a guided
filter (He, Sun, "Fast guided filter", 2015) whose coefficients are found at that size and applied
to every pixel of the picture, so that the outline follows edges that the reduced picture blurs.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.segmentation.cuts import grab, tidied
from vlm_desktop.backends.segmentation.regions import Map
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import ObjectPrompt
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box

_PIXELS = 90_000
_REACH = 0.012
"""How far an outline may move, in square roots of the picture's area."""
_SHARE = 0.07
"""The same in square roots of the mask's area."""
_LEAST_REACH = 1.5
_SMOOTH = 1e-3
_TILE = 512
_SPECK = 5
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """Of the picture what is looked at, and working pixels per pixel of it, across and down."""

    left: int
    top: int
    right: int
    bottom: int
    across: float
    down: float


def refined(image: PixelArray, mask: Mask, prompt: ObjectPrompt, cancel: CancelToken) -> Mask:
    """The mask, of the size of `image`, with a better outline. What the prompt says stays true.

    Raises Cancelled.
    """
    height, width = image.shape[:2]
    if mask.box is None or mask.area == height * width:
        return mask
    reach = min(_REACH * math.sqrt(height * width), _SHARE * math.sqrt(mask.area))
    reach = max(_LEAST_REACH, reach)
    part, small = _looked_at(image, mask.box, reach)
    rough = _shrunk(mask, part, small.shape[:2])
    radius = max(2, round(reach * max(part.across, part.down)))
    bits = _cut_again(small, rough, radius, prompt, part)
    cancel.raise_if_cancelled()
    if not bits.any():
        return mask
    full = np.zeros((height, width), bool)
    full[part.top : part.bottom, part.left : part.right] = _followed(
        image, small, bits, radius, part, cancel
    )
    if prompt.box is not None:
        _reach_again(full, mask)
        there = full[part.top : part.bottom, part.left : part.right]
        there[:] = tidied(there, *_said(prompt, part, there.shape))
    return Mask.of(_kept(full, prompt))


def _looked_at(image: PixelArray, box: Box, reach: float) -> tuple[_Part, PixelArray]:
    height, width = image.shape[:2]
    margin = 2.5 * reach
    left, top = max(0, math.floor(box.x0 - margin)), max(0, math.floor(box.y0 - margin))
    right, bottom = min(width, math.ceil(box.x1 + margin)), min(height, math.ceil(box.y1 + margin))
    scale = min(1.0, math.sqrt(_PIXELS / ((right - left) * (bottom - top))))
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    small = cv2.resize(image[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    across, down = size[0] / (right - left), size[1] / (bottom - top)
    return _Part(left, top, right, bottom, across, down), np.ascontiguousarray(small)


def _shrunk(mask: Mask, part: _Part, shape: tuple[int, int]) -> Bits:
    whole = np.zeros((part.bottom - part.top, part.right - part.left), np.uint8)
    top, left = mask.top - part.top, mask.left - part.left
    rows, columns = mask.bits.shape
    whole[top : top + rows, left : left + columns] = mask.bits * np.uint8(255)
    drawn = cv2.resize(whole, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    rough: Bits = drawn.reshape(shape) >= 128
    return rough


def _cut_again(
    small: PixelArray, rough: Bits, radius: int, prompt: ObjectPrompt, part: _Part
) -> Bits:
    """GrabCut between what is well inside and what is well outside of a rough outline."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    bits = rough.astype(np.uint8)
    # Beyond the picture's edge things go on, so nothing is worn away from there.
    sure = cv2.erode(bits, disc, borderType=cv2.BORDER_REPLICATE) > 0
    near = cv2.dilate(bits, disc) > 0
    trimap = np.full(rough.shape, cv2.GC_BGD, np.uint8)
    trimap[near], trimap[rough], trimap[sure] = cv2.GC_PR_BGD, cv2.GC_PR_FGD, cv2.GC_FGD
    for point in prompt.points:
        place = (
            int((point.x - part.left) * part.across),
            int((point.y - part.top) * part.down),
        )
        cv2.circle(trimap, place, radius, cv2.GC_FGD if point.adds else cv2.GC_BGD, -1)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    grab(small, trimap, background, foreground, _ROUNDS)
    found = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    return tidied(found, trimap == cv2.GC_FGD, trimap == cv2.GC_BGD)


def _followed(
    image: PixelArray, small: PixelArray, bits: Bits, radius: int, part: _Part, cancel: CancelToken
) -> Bits:
    """[rows, columns] of the part at the picture's own size, a strip of rows at a time."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    flat = bits.astype(np.uint8)
    band = cv2.dilate(flat, disc) - cv2.erode(flat, disc, borderType=cv2.BORDER_REPLICATE)
    layers = np.dstack([_coefficients(small, bits, radius), flat, band]).astype(np.float32)
    rows, columns = part.bottom - part.top, part.right - part.left
    whole = np.zeros((rows, columns), bool)
    for first in range(0, rows, _TILE):
        cancel.raise_if_cancelled()
        count = min(_TILE, rows - first)
        there = np.array(
            [
                [part.across, 0, 0.5 * part.across - 0.5],
                [0, part.down, (first + 0.5) * part.down - 0.5],
            ]
        )
        how = {"flags": cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, "borderMode": cv2.BORDER_REPLICATE}
        slopes = cv2.warpAffine(layers[..., :3], there, (columns, count), **how)
        others = cv2.warpAffine(layers[..., 3:], there, (columns, count), **how)
        top = part.top + first
        pixels = image[top : top + count, part.left : part.right].astype(np.float32) / 255
        drawn = (slopes * pixels).sum(axis=2) + others[..., 0]
        is_near = others[..., 2] > 0.5
        whole[first : first + count] = np.where(is_near, drawn, others[..., 1]) >= 0.5
    # Noise of the picture becomes specks along the outline.
    smooth = cv2.medianBlur(whole.astype(np.uint8), _SPECK) > 0 if radius > 2 else whole
    nothing = np.zeros_like(whole)
    return tidied(smooth, nothing, nothing)


def _coefficients(small: PixelArray, bits: Bits, radius: int) -> Map:
    """[h, w, 4]: of the guided filter, a slope for each colour and an offset."""
    pixels, wanted = small.astype(np.float32) / 255, bits.astype(np.float32)
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred: NDArray[np.float32] = cv2.blur(values, size)
        return blurred

    colours, inside = mean(pixels), mean(wanted)
    shared = mean(pixels * wanted[..., None]) - colours * inside[..., None]
    spread = np.empty((*bits.shape, 3, 3), np.float32)
    for one in range(3):
        for other in range(3):
            product = mean(pixels[..., one] * pixels[..., other])
            spread[..., one, other] = product - colours[..., one] * colours[..., other]
    spread += _SMOOTH * np.eye(3, dtype=np.float32)
    slopes = np.linalg.solve(spread, shared[..., None])[..., 0]
    offsets = inside - (slopes * colours).sum(axis=2)
    found: Map = np.dstack([mean(np.ascontiguousarray(slopes)), mean(offsets)])
    return found


def _reach_again(full: Bits, rough: Mask) -> None:
    """In place: as far to each side as the rough mask, by its own pixels there.

    A person draws a box that the object touches, so an outline must not draw back from it.
    """
    box, was = Mask.of(full).box, rough.box
    if was is None:
        return
    x0, y0, x1, y1 = map(int, (was.x0, was.y0, was.x1, was.y1))
    drawn = rough.full()
    if box is None:
        full[:] = drawn
        return
    left, top, right, bottom = map(int, (box.x0, box.y0, box.x1, box.y1))
    for missed in (
        (slice(y0, y1), slice(x0, left)),
        (slice(y0, y1), slice(right, x1)),
        (slice(y0, top), slice(x0, x1)),
        (slice(bottom, y1), slice(x0, x1)),
    ):
        full[missed] |= drawn[missed]


def _said(prompt: ObjectPrompt, part: _Part, shape: tuple[int, ...]) -> tuple[Bits, Bits]:
    """Where in a part a person clicked: what belongs, and what does not."""
    belongs, does_not = np.zeros(shape, bool), np.zeros(shape, bool)
    for point in prompt.points:
        row = min(shape[0] - 1, max(0, int(point.y) - part.top))
        column = min(shape[1] - 1, max(0, int(point.x) - part.left))
        (belongs if point.adds else does_not)[row, column] = True
    return belongs, does_not


def _kept(full: Bits, prompt: ObjectPrompt) -> Bits:
    """What a person said stays so to the pixel."""
    height, width = full.shape
    if prompt.box is not None:
        top, left = min(height - 1, round(prompt.box.y0)), min(width - 1, round(prompt.box.x0))
        bottom, right = max(top + 1, round(prompt.box.y1)), max(left + 1, round(prompt.box.x1))
        inside = np.zeros_like(full)
        inside[top:bottom, left:right] = full[top:bottom, left:right]
        full = inside
    for point in prompt.points:
        full[min(height - 1, int(point.y)), min(width - 1, int(point.x))] = point.adds
    return full
