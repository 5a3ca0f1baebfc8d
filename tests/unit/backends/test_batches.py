"""Batches: halving on shortage, unit rows, and refusing what is no vector."""

import numpy as np
import pytest

from vlm_desktop.backends.encoders.batches import BatchRunner, unit_rows
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory


def runner(size: int = 8) -> BatchRunner:
    return BatchRunner("m", 3, size)


def numbered(start: int, stop: int) -> np.ndarray:
    """A row that tells which item it is, by its angle."""
    angles = np.arange(start, stop) * 0.1
    return np.stack([np.cos(angles), np.sin(angles), np.zeros(stop - start)], axis=1) * 7


@pytest.mark.parametrize("fits", [1, 2, 3, 5, 8, 100])
@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 23])
def test_every_item_is_encoded_once_in_order_however_little_fits(fits, count):
    done: list[int] = []

    def encode(start: int, stop: int) -> np.ndarray:
        if stop - start > fits:
            raise MemoryError
        done.extend(range(start, stop))
        return numbered(start, stop)

    rows = runner().run(count, encode)
    assert done == list(range(count))
    np.testing.assert_allclose(rows, numbered(0, count) / 7, atol=1e-6)
    assert rows.dtype == np.float32


def test_the_size_that_fitted_is_kept():
    sizes: list[int] = []

    def encode(start: int, stop: int) -> np.ndarray:
        sizes.append(stop - start)
        if stop - start > 2:
            raise MemoryError
        return numbered(start, stop)

    batches = runner()
    batches.run(4, encode)
    batches.run(4, encode)
    assert sizes == [4, 2, 2, 2, 2]


def test_one_item_too_large_is_an_error_with_the_reason():
    def encode(start: int, stop: int) -> np.ndarray:
        raise MemoryError("no room for 9 bytes")

    with pytest.raises(ModelOutOfMemory, match="no room for 9 bytes"):
        runner().run(5, encode)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_single_bad_number_breaks_the_model(bad):
    rows = numbered(0, 4)
    rows[2, 1] = bad
    with pytest.raises(ModelBroken, match="1 of 4"):
        unit_rows(rows, "m")


def test_a_zero_vector_has_no_direction():
    with pytest.raises(ModelBroken):
        unit_rows(np.zeros((1, 3)), "m")


def test_tiny_and_huge_rows_are_normalised_without_overflow():
    rows = unit_rows(np.array([[1e-30, 0, 0], [3e37, 4e37, 0]], dtype=np.float32), "m")
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (6,), (2, 3, 1)])
def test_an_answer_of_another_shape_is_refused(shape):
    with pytest.raises(ModelBroken, match="instead of"):
        runner().run(2, lambda start, stop: np.ones(shape))
