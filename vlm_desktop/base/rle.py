"""Masks as run lengths, in the two forms that COCO gives them; pure arithmetic, no I/O.

Runs go down the columns of the whole picture, the first one being of pixels that do not belong.
The compressed form writes each length as base-48 digits of five bits, from the third on as the
difference to the one before the last. Both are byte for byte what pycocotools makes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Size

MOST_PIXELS = 400_000_000
"""Of a picture whose runs are read; what a decoder here takes at most."""

_DIGIT_BITS = 5
_MOST_DIGITS = 13
_ZERO = 48
_LAST_DIGIT = _ZERO + 63


class BadRuns(ValueError):
    """Runs that are none, or that do not fill a picture of the size said."""


def counts(mask: Mask) -> list[int]:
    """Lengths of the runs of the whole picture."""
    total = mask.size.width * mask.size.height
    starts, ends = _runs(mask)
    if not starts.size:
        return [total]
    edges = np.empty(starts.size * 2, np.int64)
    edges[0::2], edges[1::2] = starts, ends
    lengths = np.diff(edges, prepend=0)
    rest = total - int(ends[-1])
    return [*lengths.tolist(), *([rest] if rest else [])]


def encode(mask: Mask) -> str:
    """The compressed form of a mask's runs."""
    return compress(counts(mask))


def compress(lengths: Sequence[int]) -> str:
    """The compressed form of run lengths."""
    values = np.asarray(lengths, np.int64)
    steps = values.copy()
    steps[3:] -= values[1:-2]
    digits = np.zeros((len(steps), _MOST_DIGITS), np.uint8)
    written = np.zeros(digits.shape, bool)
    left = np.ones(len(steps), bool)
    for place in range(_MOST_DIGITS):
        if not left.any():
            break
        digit = steps & 31
        steps = steps >> _DIGIT_BITS
        more = np.where(digit & 16, steps != -1, steps != 0)
        digits[:, place] = digit | (more << _DIGIT_BITS)
        written[:, place] = left
        left = left & more
    return (digits[written] + np.uint8(_ZERO)).tobytes().decode("ascii")


def decompress(text: str | bytes) -> list[int]:
    """The run lengths of a compressed form. Raises BadRuns."""
    try:
        stored = text.encode("ascii") if isinstance(text, str) else text
    except UnicodeEncodeError as error:
        raise BadRuns("other characters than COCO's") from error
    digits = np.frombuffer(stored, np.uint8).astype(np.int64)
    if not digits.size:
        return []
    if digits.min() < _ZERO or digits.max() > _LAST_DIGIT:
        raise BadRuns("other characters than COCO's")
    digits -= _ZERO
    last = np.flatnonzero((digits & 32) == 0)
    if not last.size or last[-1] != digits.size - 1:
        raise BadRuns("it ends in the middle of a number")
    first = np.concatenate(([0], last[:-1] + 1))
    places = np.arange(digits.size) - np.repeat(first, last - first + 1)
    if places.max() >= _MOST_DIGITS - 1:
        raise BadRuns("a number is too large")
    values = np.add.reduceat((digits & 31) << (_DIGIT_BITS * places), first)
    values -= np.where(digits[last] & 16, 1 << (_DIGIT_BITS * (last - first + 1)), 0)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    found: list[int] = values.tolist()
    return found


def decode(size: Size, runs: str | bytes | Sequence[int]) -> Mask:
    """The mask of runs in either form. Raises BadRuns."""
    total = size.width * size.height
    if size.width < 1 or size.height < 1 or total > MOST_PIXELS:
        raise BadRuns(f"a picture of {size.width} x {size.height} pixels")
    lengths = _lengths(decompress(runs) if isinstance(runs, str | bytes) else runs)
    if lengths.size and (lengths.min() < 0 or lengths.max() > total):
        raise BadRuns("a length is negative or too large")
    if int(lengths.sum()) != total:
        raise BadRuns(f"runs of {int(lengths.sum())} pixels, not {total}")
    edges = np.cumsum(lengths)
    starts, ends = edges[0:-1:2], edges[1::2]
    some = starts < ends
    return _mask(size, starts[some], ends[some])


def _lengths(runs: Sequence[int]) -> NDArray[np.int64]:
    if len(runs) > MOST_PIXELS:
        raise BadRuns("too many runs")
    if any(type(one) is not int for one in runs):
        raise BadRuns("lengths that are no whole numbers")
    try:
        return np.asarray(runs, np.int64)
    except OverflowError as error:
        raise BadRuns("a number is too large") from error


def _runs(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs of pixels that belong begin and end, down the columns of the whole picture."""
    height, width = mask.bits.shape
    if not height or not width:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edges = np.zeros((width, height + 2), np.int8)
    edges[:, 1:-1] = mask.bits.T
    change = np.diff(edges, axis=1)
    starts, ends = _places(change == 1, mask), _places(change == -1, mask)
    # A run that reaches the bottom goes on at the top of the next column.
    split = np.concatenate(([True], starts[1:] != ends[:-1]))
    return starts[split], ends[np.concatenate((split[1:], [True]))] if ends.size else ends


def _places(found: NDArray[np.bool_], mask: Mask) -> NDArray[np.int64]:
    columns, rows = np.divmod(np.flatnonzero(found), found.shape[1])
    return (columns + mask.left) * mask.size.height + rows + mask.top


def _mask(size: Size, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Mask:
    """Only the columns and rows that hold anything are made."""
    if not starts.size:
        return Mask(size, 0, 0, np.zeros((0, 0), bool))
    height = size.height
    columns, last_columns = starts // height, (ends - 1) // height
    left, right = int(columns[0]), int(last_columns[-1]) + 1
    if (columns != last_columns).any():  # a run goes on in the next column
        change = np.zeros((right - left) * height + 1, np.int8)
        change[starts - left * height] += 1
        change[ends - left * height] -= 1
        strip = np.cumsum(change[:-1], dtype=np.int8).reshape(right - left, height)
        rows = np.flatnonzero(strip.any(axis=0))
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        strip = strip[:, top:bottom]
    else:
        rows, behind = starts - columns * height, ends - columns * height
        top, bottom = int(rows.min()), int(behind.max())
        steps = np.zeros((right - left, bottom - top + 1), np.int8)
        steps[columns - left, rows - top] += 1
        steps[columns - left, behind - top] -= 1
        strip = np.cumsum(steps[:, :-1], axis=1, dtype=np.int8)
    return Mask(size, left, top, np.ascontiguousarray(strip.view(np.bool_).T))
