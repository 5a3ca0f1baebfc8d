"""Exact scoring of one query over the vector matrix, and rank fusion. Pure numpy."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.nullscores import NullScores
from vlm_desktop.engine.peaks import Peaks, Standing

RRF_CONSTANT = 60
"""k of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""

_GATHER_ROWS = 512
_GATHER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: its embedding [d], the null distribution it is read by, a weight.

    Words also have the peaks of null prompts.
    """

    vector: VectorArray
    null: NullScores
    weight: float
    peaks: Peaks | None = None


@dataclass(frozen=True, slots=True)
class CombinedQuery:
    """Several terms as one vector: `matrix @ vector - offset` is the standardised score.

    The weighted sum of standardised scores (Stouffer's method) is linear in the picture's
    embedding, so text and pictures are combined on calibrated scores in a single pass.
    `peaks` are there if the query is words alone, and `standing` if it is settled already: what
    votes change in a query does not change whether it finds anything.
    """

    vector: VectorArray
    offset: float
    nulls: tuple[NullScores, ...]
    peaks: Peaks | None = None
    standing: Standing | None = None


def combine(terms: Sequence[Term]) -> CombinedQuery:
    """Fold terms into one query. Needs at least one term; weights are positive."""
    total = math.sqrt(sum(term.weight**2 for term in terms))
    vector = np.zeros_like(terms[0].vector, dtype=np.float64)
    offset = 0.0
    for term in terms:
        share = term.weight / (total * term.null.spread)
        vector += share * term.vector
        offset += share * term.null.mean
    nulls = tuple(term.null for term in terms)
    peaks = terms[0].peaks if len(terms) == 1 else None
    return CombinedQuery(vector.astype(np.float32), offset, nulls, peaks)


def score_rows(
    matrix: VectorArray, rows: NDArray[np.int64] | None, query: CombinedQuery
) -> NDArray[np.float32]:
    """Standardised scores of `rows` (None: all), in their order. matrix [n, d] -> [len(rows)].

    Few rows are gathered into one small block after another, which stays in the cache (a fresh
    array for them all would cost ten times as much in page faults); many rows are read in place,
    since one pass over the whole matrix is then cheaper than copying.
    """
    if rows is None:
        scores = matrix @ query.vector
    elif len(rows) > _GATHER_SHARE * len(matrix):
        scores = (matrix @ query.vector)[rows]
    else:
        scores = np.empty(len(rows), dtype=np.float32)
        block = np.empty((_GATHER_ROWS, matrix.shape[1]), dtype=np.float32)
        for start in range(0, len(rows), _GATHER_ROWS):
            some = rows[start : start + _GATHER_ROWS]
            # "clip" spares a copy: rows come from the matrix itself, none is out of bounds.
            # vecdot stays on one thread: on small blocks the threads of a matrix product wait
            # for each other longer than they work, a hundred times longer on a busy machine.
            np.take(matrix, some, axis=0, out=block[: len(some)], mode="clip")
            scores[start : start + len(some)] = np.vecdot(block[: len(some)], query.vector)
    scores -= np.float32(query.offset)
    return scores


def best_first(
    scores: NDArray[np.float32], tie_break: NDArray[np.int64], limit: int
) -> NDArray[np.int64]:
    """Positions of the `limit` highest scores, best first; equal scores by lower `tie_break`.

    argpartition finds the cut, and everything equal to the cut is kept until the ties are
    broken, so that the answer does not depend on the order of rows.
    """
    if limit <= 0 or not len(scores):
        return np.empty(0, dtype=np.int64)
    if limit < len(scores):
        cut = scores[np.argpartition(scores, len(scores) - limit)[len(scores) - limit :]].min()
        candidates = np.flatnonzero(scores >= cut)
    else:
        candidates = np.arange(len(scores))
    order = np.lexsort((tie_break[candidates], -scores[candidates]))
    return candidates[order[:limit]]


def first_of_each(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the first occurrence of each value, in their order."""
    _, first = np.unique(values, return_index=True)
    return np.sort(first)


def fuse(rankings: Mapping[str, Iterable[int]]) -> dict[int, float]:
    """Reciprocal rank fusion of named rankings of content ids, best first."""
    fused: dict[int, float] = {}
    for ranking in rankings.values():
        for rank, content_id in enumerate(ranking, start=1):
            fused[content_id] = fused.get(content_id, 0.0) + 1.0 / (RRF_CONSTANT + rank)
    return fused
