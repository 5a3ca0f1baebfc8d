"""Stacks: photos that are one to a person. A RAW file and its JPEG, and the shots of a burst.

Both are found in one pass over the catalogue's arrays, so quickly that nothing is stored: what
was found can never be out of date. Shots of a burst come from one camera at most `BURST_SECONDS`
after one another and look alike: by difference hash, which tells a tripod's shots, or else by
their vectors, which tell a running child's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import MediaKind
from vlm_desktop.store.browsing import KINDS, Catalogue

BURST_SECONDS = 2
MOST_BITS = 10
LEAST_COSINE = 0.85

Cosines = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]
"""Content ids left [n] and right [n] -> cosine of each pair [n]; NaN where it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Stacks:
    """Per row of the catalogue: `keys` (smallest content id of the stack, 0 for none), and why."""

    keys: NDArray[np.int64]
    paired: NDArray[np.bool_]
    in_burst: NDArray[np.bool_]


def find_stacks(catalogue: Catalogue, cosines: Cosines) -> Stacks:
    """All stacks of the library. `cosines` is asked once, about the doubtful neighbours only."""
    raws, others = _true_pairs(catalogue)
    numbers = np.arange(len(catalogue), dtype=np.int64)
    alone = np.ones(len(catalogue), dtype=bool)
    alone[raws] = False
    shots = np.flatnonzero(alone & catalogue.dated & (catalogue.cameras > 0))
    order = np.lexsort((shots, catalogue.moments[shots], catalogue.cameras[shots]))
    shots = shots[order]
    joined = _neighbours(catalogue, shots, cosines)
    # A shot that does not continue its neighbour's burst begins a number of its own.
    begins = np.concatenate(([True], ~joined)) if len(shots) else np.empty(0, bool)
    numbers[shots] = shots[begins][np.cumsum(begins) - 1] if len(shots) else shots
    in_burst = np.zeros(len(catalogue), dtype=bool)
    in_burst[shots[1:][joined]] = True
    in_burst[shots[:-1][joined]] = True
    numbers[raws] = numbers[others]
    in_burst[raws] = in_burst[others]
    paired = np.zeros(len(catalogue), dtype=bool)
    paired[raws] = paired[others] = True
    return Stacks(_keys(catalogue.content_ids, numbers), paired, in_burst)


def _true_pairs(catalogue: Catalogue) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of (raw, other) that were taken at the same time, as far as both say one."""
    raws = catalogue.rows_of(catalogue.pairs[:, 0])
    others = catalogue.rows_of(catalogue.pairs[:, 1])
    known = (raws >= 0) & (others >= 0)
    raws, others = raws[known], others[known]
    apart = np.abs(catalogue.moments[raws] - catalogue.moments[others]) > BURST_SECONDS
    differ = apart & catalogue.dated[raws] & catalogue.dated[others]
    return raws[~differ], others[~differ]


def _neighbours(
    catalogue: Catalogue, shots: NDArray[np.int64], cosines: Cosines
) -> NDArray[np.bool_]:
    """Whether each shot and the next are of one burst; [len(shots) - 1]."""
    left, right = shots[:-1], shots[1:]
    close = (catalogue.cameras[left] == catalogue.cameras[right]) & (
        catalogue.moments[right] - catalogue.moments[left] <= BURST_SECONDS
    )
    bits = np.bitwise_count(catalogue.hashes[left] ^ catalogue.hashes[right])
    alike = catalogue.hashed[left] & catalogue.hashed[right] & (bits <= MOST_BITS)
    doubtful = np.flatnonzero(close & ~alike)
    if len(doubtful):
        ids = catalogue.content_ids
        found = cosines(ids[left[doubtful]], ids[right[doubtful]])
        alike[doubtful] = np.nan_to_num(found, nan=-1.0) >= LEAST_COSINE
    joined: NDArray[np.bool_] = close & alike
    return joined


def _keys(ids: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers shared by two rows or more -> the smallest content id among them; else 0."""
    counts = np.bincount(numbers, minlength=len(ids))
    smallest = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(smallest, numbers, ids)
    keys: NDArray[np.int64] = np.where(counts[numbers] > 1, smallest[numbers], 0)
    return keys


def is_raw(catalogue: Catalogue) -> NDArray[np.bool_]:
    raw: NDArray[np.bool_] = catalogue.kinds == KINDS.index(MediaKind.RAW)
    return raw
