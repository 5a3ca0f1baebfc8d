"""Thumbs up and down: what a person says of a query's hits changes its ranking and its cut.

Ranking (Rocchio 1971, in a whitened space): the query moves towards the photos voted up and, half
as far, away from those voted down. The step is taken in the space of `background`, where what all
photos share does not count, and stays small beside the words, so that four votes do not outweigh
what was asked. The moved query is still one vector; its standardised score is divided by the
spread that the move adds over this very library, so chance is judged as before.

Cut (recalibration of the intercept, Cox 1958): at the cut a photo should be as likely to be voted
up as down. A shift of all log odds, with a normal prior around none and a bound, is fitted to the
votes by maximum a posteriori: thumbs down on hits above the cut raise it, thumbs up on photos
below lower it. The photos voted on are no longer a matter of probability: up is 1, down is 0.

On 14 words over the 1,000 photos of Flickr8k's dev split, 4 / 8 / 16 votes on the best hits bring
the precision of the *other* hits from 39 / 37 / 33 % to 40 / 41 / 46 % and their recall from 51 /
47 / 38 % to 51 / 42 / 33 %; `tests/model/test_feedback.py` holds it to its floors.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.types import ImageTerm, Query
from vlm_desktop.engine.background import Background
from vlm_desktop.engine.cuts import POSSIBLE
from vlm_desktop.engine.ranking import CombinedQuery

_TOWARDS = 0.25
_AWAY = 0.12
"""Steps in standard deviations of the library's scores, chosen on 3,000 photos of Flickr8k's
train split; between half and twice as much the gain hardly changes."""

_PRIOR_SPREAD = 0.5
_MOST_SHIFT = 1.0
_FARTHEST = 4.0
"""How far from the cut, in log odds, a vote is taken to lie: nothing is surer than that."""


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


def moved(
    query: CombinedQuery, voted: VotedVectors, background: Background, sample: VectorArray
) -> CombinedQuery:
    """The query moved by the votes; scores stay standardised. `sample` [n, d]: library photos."""
    step = np.zeros(len(background.mean))
    for vectors, size in ((voted.up, _TOWARDS), (voted.down, -_AWAY)):
        if len(vectors):
            step += size * _pull(vectors, background)
    vector = query.vector + step
    # By the median deviation: the photos that were asked for spread wider, and should.
    widened = _spread(sample @ vector) / _spread(sample @ query.vector)
    spread = max(1.0, widened)
    return replace(
        query,
        vector=(vector / spread).astype(np.float32),
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


def _spread(scores: NDArray[np.floating[Any]]) -> float:
    """The median deviation."""
    return max(float(np.median(np.abs(scores - np.median(scores)))), 1e-9)


def shift_of(claimed: NDArray[np.float64], votes: NDArray[np.int64]) -> float:
    """By how much the votes shift the log odds. `claimed` [n] 0..1, `votes` [n] of +1 and -1."""
    if not len(votes):
        return 0.0
    beyond = _log_odds(np.clip(claimed, 1e-9, 1 - 1e-9)) - math.log(POSSIBLE / (1 - POSSIBLE))
    beyond = np.clip(beyond, -_FARTHEST, _FARTHEST)
    liked = votes > 0
    shift = 0.0
    for _ in range(50):  # Newton's method on a concave function of one number
        expected = 1.0 / (1.0 + np.exp(-(beyond + shift)))
        slope = float((liked - expected).sum()) - shift / _PRIOR_SPREAD**2
        curve = float((expected * (1 - expected)).sum()) + 1 / _PRIOR_SPREAD**2
        shift += slope / curve
        if abs(slope) < 1e-9:
            break
    return min(max(shift, -_MOST_SHIFT), _MOST_SHIFT)


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
