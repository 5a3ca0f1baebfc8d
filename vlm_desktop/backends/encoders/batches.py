"""Running items through a network in batches: halving on shortage, unit rows, no silent NaN."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

EncodeSlice = Callable[[int, int], NDArray[np.floating]]
"""Embeddings [stop - start, dimension] of the items start..stop; raises MemoryError."""


class BatchRunner:
    """Splits work into batches and remembers the size that fitted.

    A shortage of memory halves the batch and goes on with the items not yet done; the smaller
    size is kept for later calls, since asking for the larger one again would fail again.
    """

    def __init__(self, model_id: str, dimension: int, size: int) -> None:
        self._model_id = model_id
        self._dimension = dimension
        self.size = size

    def run(self, count: int, encode: EncodeSlice) -> VectorArray:
        """All `count` items -> float32 [count, dimension], rows of unit length.

        Raises `ModelOutOfMemory` when one item alone does not fit, `ModelBroken` when the network
        answers with another shape, NaN, infinity or a zero vector.
        """
        rows = np.empty((count, self._dimension), dtype=np.float32)
        start = 0
        while start < count:
            stop = min(count, start + self.size)
            try:
                answer = encode(start, stop)
            except MemoryError as error:
                if stop - start <= 1:
                    raise ModelOutOfMemory(model=self._model_id, detail=str(error)) from error
                self.size = max(1, (stop - start) // 2)
                continue
            rows[start:stop] = self._unit(np.asarray(answer), stop - start)
            start = stop
        return rows

    def _unit(self, answer: NDArray[np.floating], count: int) -> VectorArray:
        if answer.shape != (count, self._dimension):
            detail = f"it answered {list(answer.shape)} instead of {[count, self._dimension]}"
            raise ModelBroken(model=self._model_id, detail=detail)
        return unit_rows(answer, self._model_id)


def unit_rows(answer: NDArray[np.floating], model_id: str) -> VectorArray:
    """Rows divided by their length, float32. Raises `ModelBroken` where that cannot be done."""
    wide = answer.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not (lengths > 0).all():
        bad = int((~(np.isfinite(lengths) & (lengths > 0))).sum())
        raise ModelBroken(model=model_id, detail=f"{bad} of {len(wide)} vectors are not numbers")
    unit: VectorArray = (wide / lengths).astype(np.float32)
    return unit
