"""Thumbs up and down: what a person says of a query's hits changes its ranking and its cut.

Ranking (Rocchio 1971, in a whitened space): the query moves towards the photos voted up and, half
as far, away from those voted down. The step is taken in the space of `background`, where what all
photos share does not count, and stays small beside the words, so that four votes do not outweigh
what was asked. The moved query is still one vector; its standardised score is divided by the
spread that the move adds on this very library, so chance is judged as before.

Cut (recalibration of the intercept, Cox 1958): before the votes the calibration gave each voted
photo a probability. A shift of all log odds, with a normal prior around none, is fitted to the
votes by maximum a posteriori: thumbs down on hits that were called likely lower every
probability, thumbs up on photos below the cut raise them. The photos voted on are no longer a
matter of probability: up is 1, down is 0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.types import ImageTerm, Query
from vlm_desktop.engine.background import Background
from vlm_desktop.engine.ranking import CombinedQuery

_TOWARDS = 0.25
_AWAY = 0.12
"""Steps in standard deviations of the library's scores, chosen on 3,000 photos of Flickr8k's
train split; between half and twice as much the gain hardly changes."""

_PRIOR_SPREAD = 0.7
_LEAST, _MOST = 0.05, 0.995
"""Bounds of the probabilities that votes are held against: nothing is surer than that."""


def vote_key(query: Query) -> str:
    """What votes are remembered under: the words, whatever their case, and the pictures.

    Filters, exclusions and phrases only narrow: a vote on "dog" holds for "dog date:2012" too.
    "" for a query that ranks nothing.
    """
    words = " ".join(query.text.split()).casefold()
    return "\n".join([words, *map(_picture_key, query.images)]) if query.images else words


def _picture_key(term: ImageTerm) -> str:
    box = term.box
    region = f"#{term.page}:{box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g}" if box else ""
    return f"{term.path}{region}"


@dataclass(frozen=True, slots=True)
class VotedVectors:
    """The embeddings of the photos voted on: `up` [n, d], `down` [m, d]; either may be empty."""

    up: VectorArray
    down: VectorArray


def voted_vectors(
    votes: Mapping[int, int], stored: Mapping[int, VectorArray], dimension: int
) -> VotedVectors:
    """Sort the stored vectors [pages, d] of the voted photos; the first page speaks for all."""

    def rows(wanted: int) -> VectorArray:
        chosen = [stored[i][0] for i, vote in votes.items() if vote == wanted and i in stored]
        return np.stack(chosen) if chosen else np.empty((0, dimension), np.float32)

    return VotedVectors(rows(1), rows(-1))


def moved(query: CombinedQuery, voted: VotedVectors, background: Background) -> CombinedQuery:
    """The query moved by the votes; scores stay standardised on the library's photos."""
    step = np.zeros(len(background.mean))
    for vectors, size in ((voted.up, _TOWARDS), (voted.down, -_AWAY)):
        if len(vectors):
            step += size * _pull(vectors, background)
    spread = _added_spread(query.vector.astype(np.float64), step, background.covariance)
    return replace(
        query,
        vector=((query.vector + step) / spread).astype(np.float32),
        offset=(query.offset + float(background.mean @ step)) / spread,
    )


def _pull(vectors: VectorArray, background: Background) -> NDArray[np.float64]:
    """The direction [d] in which photos are like the given ones; unit spread for one of them.

    The sum over n photos is divided by the root of n: more votes count more, not n times more.
    """
    whitened = background.whitened(vectors).astype(np.float64)
    whitened /= np.maximum(np.linalg.norm(whitened, axis=1, keepdims=True), 1e-9)
    one = background.whitener.astype(np.float64) @ whitened.T  # [d, n]
    variance = np.einsum("dn,de,en->n", one, background.covariance, one)
    scaled: NDArray[np.float64] = (one / np.sqrt(np.maximum(variance, 1e-12))).sum(axis=1)
    return scaled / math.sqrt(len(vectors))


def _added_spread(
    vector: NDArray[np.float64], step: NDArray[np.float64], covariance: VectorArray
) -> float:
    """By what factor the step widens the scores of the library's photos; at least 1."""
    before = float(vector @ covariance @ vector)
    after = float((vector + step) @ covariance @ (vector + step))
    # Standardised scores have the spread 1 for null prompts; the step's share comes on top.
    return math.sqrt(max(1.0, 1.0 + after - before))


def shift_of(claimed: NDArray[np.float64], votes: NDArray[np.int64]) -> float:
    """By how much the votes shift the log odds. `claimed` [n] 0..1, `votes` [n] of +1 and -1."""
    if not len(votes):
        return 0.0
    odds = _log_odds(np.clip(claimed, _LEAST, _MOST))
    liked = votes > 0
    shift = 0.0
    for _ in range(50):  # Newton's method on a concave function of one number
        expected = 1.0 / (1.0 + np.exp(-(odds + shift)))
        slope = float((liked - expected).sum()) - shift / _PRIOR_SPREAD**2
        curve = float((expected * (1 - expected)).sum()) + 1 / _PRIOR_SPREAD**2
        shift += slope / curve
        if abs(slope) < 1e-9:
            break
    return shift


def shifted(probabilities: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Probabilities with their log odds shifted; 0 and 1 stay."""
    if shift == 0.0:
        return probabilities
    odds = _log_odds(np.clip(probabilities, 1e-12, 1 - 1e-12)) + shift
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    result[probabilities <= 0] = 0.0
    result[probabilities >= 1] = 1.0
    return result


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.log(probabilities) - np.log1p(-probabilities)
    return result
