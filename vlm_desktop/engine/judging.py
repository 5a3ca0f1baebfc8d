"""How probable each hit of a query is, by whatever its parts are judged by."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.calibration import RAREST, hit_probabilities
from vlm_desktop.engine.peaks import BEST, FARTHEST, Standing, reach
from vlm_desktop.engine.ranking import CombinedQuery, score_rows

_RAREST_OF_WORDS = 0.02
"""Null prompts lift fewer photos than this as high as any hit. Words that find nothing have a low
best score, and half of it would be many photos to put in order for nothing."""


def floor_of(scores: NDArray[np.float32], query: CombinedQuery) -> float:
    """Below this standardised score no photo can be a hit. `scores` [n] are all photos'."""
    if query.peaks is None:
        return max(null.standardised_at(RAREST) for null in query.nulls)
    best = query.standing.best if query.standing else float(scores.max(initial=0.0))
    return max(FARTHEST * best, query.nulls[0].standardised_at(_RAREST_OF_WORDS))


def settled(query: CombinedQuery, best: VectorArray, among: int) -> CombinedQuery:
    """The query with its standing, if it is words and finds any photo.

    `best` [b, d] are the vectors of its best photos among `among`, the best first: `peaks.BEST`
    or all there are.
    """
    if query.peaks is None or not len(best):
        return query
    null = query.nulls[0]
    scores = best @ query.vector - query.offset
    chance = query.peaks.chance(scores * null.spread + null.mean, best, among)
    return replace(query, standing=Standing(float(scores[0]), chance))


def judged(
    standardised: NDArray[np.floating[Any]], best: VectorArray, among: int, query: CombinedQuery
) -> NDArray[np.float64]:
    """Probabilities [k] of a query's hits, 0..1, descending as their scores are.

    `standardised` [k] are the highest scores over `among` photos; `best` as in `settled`.
    """
    standing = query.standing or settled(query, best, among).standing
    if standing is None:
        return hit_probabilities(standardised, among, query.nulls)
    return reach(standardised, standing)


def ranked(
    vectors: VectorArray, query: CombinedQuery
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """All photos [n, d] as one query ranks them: their positions, best first, and probabilities."""
    scores = score_rows(vectors, None, query)
    order = np.argsort(-scores, kind="stable")
    return order, judged(scores[order], vectors[order[:BEST]], len(scores), query)
