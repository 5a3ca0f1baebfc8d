"""Run lengths of masks: byte for byte as pycocotools makes them, and safe to read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as coco

from vlm_desktop.base import rle
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Size

_BITS = arrays.arrays(
    np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.booleans()
)


def theirs(bits: np.ndarray) -> str:
    made: bytes = coco.encode(np.asfortranarray(bits.astype(np.uint8)))["counts"]
    return made.decode("ascii")


@settings(deadline=None)
@given(_BITS)
def test_a_mask_comes_back_exactly_and_is_written_as_pycocotools_does(bits: np.ndarray) -> None:
    mask = Mask.of(bits)
    assert rle.encode(mask) == theirs(bits)
    for runs in (rle.encode(mask), rle.encode(mask).encode(), rle.counts(mask)):
        back = rle.decode(mask.size, runs)
        assert np.array_equal(back.full(), bits)
        assert (back.left, back.top, back.bits.shape) == (mask.left, mask.top, mask.bits.shape)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**40), max_size=40))
def test_lengths_come_back_from_their_compressed_form(lengths: list[int]) -> None:
    assert rle.decompress(rle.compress(lengths)) == lengths


def test_long_runs_are_written_as_pycocotools_does() -> None:
    bits = np.zeros((700, 1100), bool)
    bits[:, 3:900] = True
    bits[40:600, 100:800] = False
    bits[::7, 500:510] = True
    assert rle.encode(Mask.of(bits)) == theirs(bits)
    assert np.array_equal(rle.decode(Size(1100, 700), theirs(bits)).full(), bits)


def test_a_mask_that_covers_a_part_is_that_part() -> None:
    bits = np.zeros((50, 60), bool)
    bits[10:20, 30:33] = True
    mask = rle.decode(Size(60, 50), theirs(bits))
    assert (mask.left, mask.top, mask.bits.shape) == (30, 10, (10, 3))


@pytest.mark.parametrize(
    "runs",
    [
        "", "0", "\x00", "é1", "o" * 40, "_______", [1, 2], [5, -1], [13], [12.0], [True, 11],
        [10**30], "n" * 13,
    ],
)  # fmt: skip
def test_runs_that_do_not_fill_the_picture_are_refused(runs: str | list[int]) -> None:
    with pytest.raises(rle.BadRuns):
        rle.decode(Size(4, 3), runs)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_a_mask(stored: bytes) -> None:
    try:
        mask = rle.decode(Size(5, 4), stored)
    except rle.BadRuns:
        return
    assert mask.full().shape == (4, 5)


@pytest.mark.parametrize("size", [Size(0, 3), Size(3, -1), Size(10**6, 10**6)])
def test_sizes_that_no_picture_has_are_refused(size: Size) -> None:
    with pytest.raises(rle.BadRuns):
        rle.decode(size, [size.width * size.height])
