"""Photos as points on a plane: near on it when near in the space of their vectors.

Up to `plane.LANDMARKS` photos are laid out together by t-SNE (van der Maaten and Hinton 2008)
with the interpolation of Linderman et al. 2019, from their principal axes (Kobak and Berens
2019). All others are put among them by `engine.plane`.

Loads openTSNE and with it scikit-learn: engine modules name it by string (`backends.late`).
"""

import os
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from openTSNE import TSNEEmbedding
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.nearest_neighbors import PrecomputedNeighbors

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.plane import Plane, nearest

_AXES = 50
_PERPLEXITY = 30
_EARLY, _LATE, _STEP = 250, 500, 50
_THREADS = max(1, min(4, os.cpu_count() or 1))
_MANY = 2_000
"""From here on several threads are quicker than one."""


def lay_out(vectors: VectorArray, cancel: CancelToken) -> Generator[Event, None, Plane]:
    """Landmarks [n, d] -> positions [n, 2] within 0..1. The same for the same vectors.

    n >= 1. Yields Progress. Raises Cancelled within about a tenth of a second.
    """
    mean, axes = _principal(vectors)
    space = np.asarray((vectors - mean) @ axes, dtype=np.float32)
    if len(vectors) < 5:
        return Plane(_squared(_on_a_circle(len(vectors))), mean, axes)
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    yield Progress(Phase.MAP, 0, _EARLY + _LATE)
    asked = min(int(3 * perplexity), len(vectors) - 1)
    neighbours, distances = nearest(space, space, asked, cancel, itself=False)
    affinities = PerplexityBasedNN(
        perplexity=perplexity,
        knn_index=PrecomputedNeighbors(neighbours, distances),
        n_jobs=_THREADS,
    )
    threads = _THREADS if len(space) >= _MANY else 1
    start = np.zeros((len(space), 2))
    start[:, : min(2, space.shape[1])] = space[:, :2]
    start *= 1e-4 / max(float(start[:, 0].std()), 1e-12)
    points = TSNEEmbedding(start, affinities, n_jobs=threads, random_state=0)
    done = 0
    while done < _EARLY + _LATE:
        early = done < _EARLY
        points = points.optimize(
            _STEP,
            exaggeration=12 if early else None,
            momentum=0.5 if early else 0.8,
            callbacks=lambda *_: cancel.is_cancelled,
            callbacks_every_iters=5,
        )
        cancel.raise_if_cancelled()
        done += _STEP
        yield Progress(Phase.MAP, done, _EARLY + _LATE)
    return Plane(_squared(np.asarray(points)), mean, axes)


def _principal(vectors: VectorArray) -> tuple[VectorArray, VectorArray]:
    """(mean [d], the axes of the largest variance [d, k]), each axis with a settled sign."""
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :_AXES]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], 0)
    return mean.astype(np.float32), (axes * np.sign(largest)).astype(np.float32)


def _on_a_circle(count: int) -> NDArray[np.float64]:
    """Too few photos for neighbourhoods: side by side."""
    turns = 2 * np.pi * np.arange(count) / max(count, 1)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1)


def _squared(points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Moved and scaled into 0..1 with a margin, keeping its shape."""
    centre = (points.max(axis=0) + points.min(axis=0)) / 2
    widest = max(float(np.ptp(points, axis=0).max()), 1e-9)
    result: NDArray[np.float32] = (0.5 + 0.94 * (points - centre) / widest).astype(np.float32)
    return result
