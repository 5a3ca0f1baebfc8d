"""Putting photos among others that lie on the map already, by whom they are most like.

So a large library takes little longer to draw than a small one, and a photo that is added later
moves none that is there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken

LANDMARKS = 10_000
"""How many photos are laid out together."""

_ROWS_AT_ONCE = 1_024
_ASKED = 8
_NEAR = 0.04
_SHARPNESS = 12.0


@dataclass(frozen=True, slots=True)
class Plane:
    """Where landmarks lie, and how a vector [d] leads to their space: `(v - mean) @ axes`."""

    positions: NDArray[np.float32]
    mean: VectorArray
    axes: VectorArray


def place(
    vectors: VectorArray,
    landmarks: VectorArray,
    plane: Plane,
    cancel: CancelToken,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Vectors [n, d] among landmarks -> (positions [n, 2], the nearest landmark of each [n]).

    A photo lies between those of its nearest landmarks that lie together themselves.
    """
    known = np.asarray((landmarks - plane.mean) @ plane.axes, dtype=np.float32)
    asked = min(_ASKED, len(known))
    spots = np.empty((len(vectors), 2), dtype=np.float32)
    likest = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        space = np.asarray((vectors[some] - plane.mean) @ plane.axes, dtype=np.float32)
        found, distances = nearest(space, known, asked, cancel)
        around = plane.positions[found]  # [rows, asked, 2]
        together = np.hypot(*np.moveaxis(around - around[:, :1], 2, 0)) <= _NEAR
        scale = np.maximum(distances[:, :1], 1e-6)
        weights = np.exp(_SHARPNESS * (1.0 - distances / scale)) * together
        weights /= weights.sum(axis=1, keepdims=True)
        spots[some] = np.einsum("nk,nkx->nx", weights, around)
        likest[some] = found[:, 0]
    return np.clip(spots, 0.0, 1.0), likest


def nearest(
    asked: VectorArray,
    known: VectorArray,
    count: int,
    cancel: CancelToken,
    *,
    itself: bool = True,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(rows of `known` [n, count], Euclidean distances [n, count]), the nearest first.

    With `itself` False `asked` is `known`, and a row is not its own neighbour.
    """
    rows = np.empty((len(asked), count), dtype=np.int64)
    distances = np.empty((len(asked), count), dtype=np.float32)
    lengths = np.einsum("nd,nd->n", known, known)
    for start in range(0, len(asked), _ROWS_AT_ONCE):
        cancel.raise_if_cancelled()
        block = asked[start : start + _ROWS_AT_ONCE]
        squares = np.einsum("nd,nd->n", block, block)[:, None] + lengths - 2.0 * (block @ known.T)
        if not itself:
            own = np.arange(len(block))
            squares[own, start + own] = np.inf
        best = np.argpartition(squares, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(squares, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        rows[start : start + len(block)] = best
        found = np.sqrt(np.maximum(np.take_along_axis(squares, best, 1), 0.0))
        distances[start : start + len(block)] = found
    return rows, distances
