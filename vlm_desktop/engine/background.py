"""What a library's photos have in common: the mean and covariance of their embeddings.

Embeddings of photos share much (light, format, people in general); two photos of one thing agree
beyond it. Whitening by the library's own covariance leaves that part, so a handful of examples
tells more (Hariharan, Malik and Ramanan 2012, "Discriminative decorrelation for clustering and
classification"). The covariance is shrunk towards a multiple of the identity, as Ledoit and Wolf
(2004) do, since a library may hold fewer photos than a vector has numbers.
"""

import threading
from dataclasses import dataclass

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.store.vectors import VectorMatrix

_SAMPLE = 8_000
_LEAST_SHRINKAGE = 0.3
_SMALLEST_VARIANCE = 1e-8


@dataclass(frozen=True, slots=True)
class Background:
    """`(x - mean) @ whitener` has about unit covariance over the library.

    `mean` [d], `covariance` [d, d] (not shrunk), `whitener` [d, d]; taken from `rows` vectors in
    all, of which a sample was measured.
    """

    rows: int
    mean: VectorArray
    covariance: VectorArray
    whitener: VectorArray

    def whitened(self, vectors: VectorArray) -> VectorArray:
        """[n, d] -> [n, d]."""
        centred: VectorArray = vectors - self.mean
        result: VectorArray = np.matmul(centred, self.whitener)
        return result

    def direction(self, whitened: VectorArray) -> VectorArray:
        """The vector v [d] with `(x - mean) @ v == whitened(x) @ given` for every x."""
        result: VectorArray = self.whitener @ whitened
        return result


def measure_background(matrix: VectorArray) -> Background:
    """From the embeddings [n, d] of a library, or 8,000 of them; n >= 1. Same answer each time."""
    sample: VectorArray = np.asarray(sampled_rows(matrix, _SAMPLE))
    mean: VectorArray = sample.mean(axis=0)
    centred = sample - mean
    covariance = centred.T @ centred / len(sample)
    level = max(float(np.trace(covariance)) / len(mean), _SMALLEST_VARIANCE)
    # Few photos tell little of how they vary, least of all when they show what is looked for.
    shrinkage = max(_LEAST_SHRINKAGE, len(mean) / (len(mean) + len(sample)))
    shrunk = (1 - shrinkage) * covariance
    shrunk[np.diag_indices_from(shrunk)] += shrinkage * level
    whitener = np.linalg.inv(np.linalg.cholesky(shrunk.astype(np.float64))).T
    return Background(
        len(matrix), mean, covariance.astype(np.float32, copy=False), whitener.astype(np.float32)
    )


def sampled_rows(matrix: VectorArray, most: int, *, seed: int = 0) -> VectorArray:
    """At most `most` rows, in order; always the same ones for the same `seed`."""
    if len(matrix) <= most:
        return matrix
    rows = np.random.default_rng(seed).choice(len(matrix), most, replace=False)
    return matrix[np.sort(rows)]


class Backgrounds:
    """The backgrounds in use, one a model, measured anew when a library has outgrown them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measured: dict[str, Background] = {}

    def of(self, model_id: str, matrix: VectorMatrix) -> Background:
        """Safe from any thread; the first call for a model takes a fraction of a second."""
        with self._lock:
            known = self._measured.get(model_id)
            rows = len(matrix)
            if known is None or abs(rows - known.rows) > max(1, known.rows // 10):
                known = measure_background(matrix.matrix)
                self._measured[model_id] = known
            return known

    def clear(self) -> None:
        """Measure anew: another library may be of the same size."""
        with self._lock:
            self._measured.clear()
