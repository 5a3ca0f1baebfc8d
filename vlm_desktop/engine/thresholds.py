"""From a word's scores to a probability a photo, and the cut between yes and no.

Probability (the local false discovery rate, Efron 2007, estimated as Grenander 1956 estimates a
falling density): between two scores chance alone would lift some photos, as the calibration's
null scores tell, and the library has so many there. The share that chance cannot explain is the
probability of a photo with that score; it is made to rise with the score by pooling.

Cut: it starts where the person put it, or at the usual place. Each photo that a person accepted
or rejected pulls at it, as in a logistic regression of one number with a normal prior around the
start, so that a single click moves it a little and twenty that agree move it far.

Correction: a policy's judgements speak about what is in the photos, so they change its
probabilities themselves. A Gaussian process over the vectors (Rasmussen and Williams 2006,
algorithm 3.1, linear kernel) is added to the log odds: with few judgements it hardly leaves what
the sentences said, and it reaches photos like the judged ones first.
"""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.nullscores import NullScores

USUAL = 0.5
"""The cut of a word that nobody has touched."""

_BINS = 400
_RAREST = 0.1
"""Chance comes in crowds, so only photos that it lifts as high less often can show the word."""

_QUARTER_BELOW = 0.6745
"""From the median to the lower quarter of a normal distribution, in spreads."""

_SUREST = 0.999
_PRIOR_SPREAD = 1.0
_STEEPNESS = 2.0
_SLOPE, _SHIFT = 1.0, 1.0
"""How far, in log odds, judgements may move photos like the judged ones, and all photos. Chosen
on nine sentences and 3,000 photos of Flickr8k's train split: with twenty judgements F1 of the
other photos rises from 0.40 to 0.50, with six from 0.42 to 0.44; steeper slopes order worse."""
_SENTENCES_SURE = 0.97
"""Sentences are never surer of a photo than this once a person has said something."""
_NEWTON_STEPS = 20
_GRID = np.linspace(-8.0, 8.0, 641)


def probabilities(scores: NDArray[np.float32], null: NullScores) -> NDArray[np.float64]:
    """Cosines of one word with all photos [n] -> the probability that each shows it [n], 0..1."""
    if not len(scores):
        return np.empty(0)
    standardised = (np.asarray(scores, dtype=np.float64) - null.mean) / null.spread
    standardised -= _lift(standardised, null)
    floor = null.standardised_at(_RAREST)
    edges = np.linspace(floor, max(float(standardised.max()), floor) + 1e-6, _BINS + 1)
    seen = np.histogram(standardised, edges)[0].astype(np.float64)
    tail = np.minimum(null.exceedance(edges.astype(np.float32)), 1.0)
    chance = len(scores) * -np.diff(tail)
    chance[-1] += len(scores) * tail[-1]
    places, shares = _rising((edges[1:] + edges[:-1]) / 2, chance, seen)
    found = np.interp(standardised, places, shares)
    found[standardised < floor] = 0.0
    result: NDArray[np.float64] = np.clip(found, 0.0, _SUREST)
    return result


def _lift(standardised: NDArray[np.float64], null: NullScores) -> float:
    """How much higher than null prompts a word lies with photos that do not show it.

    Common words lie closer to every photo than null prompts do. The lower quarter of the photos
    hardly shows the word, whatever it is, so that is where the two are compared.
    """
    expected = null.quantiles[0] - _QUARTER_BELOW
    return max(0.0, float(np.quantile(standardised, 0.25)) - expected)


def moved(start: float, judged: Sequence[tuple[float, bool]]) -> float:
    """The cut after photos of these (probability, accepted) were judged; 0..1."""
    if not judged:
        return start
    origin = _log_odds(np.array([start]))[0]
    places = _log_odds(np.array([probability for probability, _ in judged]))
    signs = np.array([1.0 if accepted else -1.0 for _, accepted in judged])
    cuts = origin + _GRID
    margins = _STEEPNESS * signs * (places - cuts[:, None])
    loss = np.logaddexp(0.0, -margins).sum(axis=1) + (_GRID / _PRIOR_SPREAD) ** 2 / 2
    return float(1.0 / (1.0 + np.exp(-cuts[int(loss.argmin())])))


def corrected(
    shares: NDArray[np.float64],
    scores: NDArray[np.float32],
    judged: NDArray[np.int64],
    said: NDArray[np.bool_],
    space: "Space",
) -> NDArray[np.float64]:
    """Probabilities [n] after the photos `judged` [m] of `space` were `said` to be so [m].

    `scores` [n] are what the probabilities `shares` [n] were made of.
    """
    if not len(judged):
        return shares
    odds = _log_odds(np.clip(shares, 1.0 - _SENTENCES_SURE, _SENTENCES_SURE))
    # Photos that the sentences were equally sure of, or not at all, keep their order.
    standardised = (scores - scores.mean()) / max(float(scores.std()), 1e-9)
    even = standardised[shares >= 0.5]
    odds += standardised - (even.min() if len(even) else standardised.max())
    known = space.directions(judged)  # [m, d]
    kernel = (_SLOPE**2 * (known @ known.T) + _SHIFT**2).astype(np.float64)
    # From where all judged photos are even: there Newton's steps are never too long.
    shift = weights = -odds[judged]
    for _ in range(_NEWTON_STEPS):
        now = 1.0 / (1.0 + np.exp(-(odds[judged] + shift)))
        spread = np.sqrt(now * (1.0 - now))
        aim = spread**2 * shift + (said - now)
        inner = np.eye(len(judged)) + spread[:, None] * kernel * spread
        weights = aim - spread * np.linalg.solve(inner, spread * (kernel @ aim))
        shift = kernel @ weights
    slope = (_SLOPE**2 * (known.T @ weights)).astype(np.float32)  # [d]
    moved_by = space.along(slope) + _SHIFT**2 * weights.sum()
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(odds + moved_by)))
    return result


class Space:
    """The photos of a library as directions away from their mean, never copied as a whole.

    `vectors` [all, d] are unit rows, of which `rows` [n] are the photos; None for all of them.
    """

    def __init__(self, vectors: VectorArray, rows: NDArray[np.int64] | None = None) -> None:
        self._vectors = vectors
        self._rows = rows

    @functools.cached_property
    def _mean(self) -> VectorArray:
        mean: VectorArray = self._vectors.mean(axis=0, dtype=np.float32)
        return mean

    def scores(self, words: VectorArray) -> NDArray[np.float32]:
        """Cosines with word vectors [k, d] -> [n, k]."""
        found: NDArray[np.float32] = self._vectors @ words.T
        return found if self._rows is None else found[self._rows]

    def directions(self, photos: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of a few photos [m] -> unit rows [m, d]."""
        rows = photos if self._rows is None else self._rows[photos]
        centred = np.asarray(self._vectors[rows]) - self._mean
        lengths = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
        result: NDArray[np.float32] = centred / lengths
        return result

    def along(self, slope: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far the direction of every photo goes along `slope` [d] -> [n]."""
        both = self.scores(np.stack([slope, self._mean]))
        squares = 1.0 - 2.0 * both[:, 1] + float(self._mean @ self._mean)
        result: NDArray[np.float32] = (both[:, 0] - float(self._mean @ slope)) / np.sqrt(
            np.maximum(squares, 1e-6)
        )
        return result


def _log_odds(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(shares, 1e-3, 1.0 - 1e-3)
    result: NDArray[np.float64] = np.log(bounded / (1.0 - bounded))
    return result


def _rising(
    places: NDArray[np.float64], chance: NDArray[np.float64], seen: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(middles of pools, the share of what was seen there that chance cannot explain), rising.

    Adjacent violators are pooled; where nothing was seen chance still counts.
    """
    pools: list[tuple[float, float, float]] = []
    for pool in zip(places.tolist(), chance.tolist(), seen.tolist(), strict=True):
        pools.append(pool)
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] <= pools[-1][1] * pools[-2][2]:
            (x, lucky, found), (other_x, more, other) = pools.pop(), pools.pop()
            weight, other_weight = lucky + found + 1e-12, more + other + 1e-12
            middle = (x * weight + other_x * other_weight) / (weight + other_weight)
            pools.append((middle, lucky + more, found + other))
    shares = [1.0 - min(1.0, lucky / found) if found else 0.0 for _, lucky, found in pools]
    return np.array([x for x, _, _ in pools]), np.array(shares)
