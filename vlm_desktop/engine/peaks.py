"""What words find: first whether anything, then how far the hits reach.

Whether (a test of the best photos): null prompts are asked of this very library, and how high
each gets is kept: its peaks, the means of its 1, 3 and 6 best scores. One photo far above all
others counts, and so do six that are a little lower. Of a query's peaks the rarest among null
prompts' is taken; it finds something if at most `FALSE_ALARMS` of the null prompts, judged in the
same way, have one as rare. Photos differ in what null prompts score on them: a shelf of goods lies
close to many of them, a dog on a lawn to none. So a score is read in units of what null prompts
score on that photo (test normalisation, T-norm, of Auckenthaler, Carey and Lloyd-Thomas 2000,
"Score normalization for text-independent speaker verification"); a photo's own spread is shrunk
half-way to all photos', since a few hundred prompts tell it roughly.

How far (a curve fitted as Platt 1999 fits his, "Probabilistic outputs for support vector
machines"): what a query is about decides how high its hits score, a word lower than a sentence.
The best photo tells that height, so the others are read as shares of its score; the standardised
score 0 is the mean of null prompts. The smaller the chance that the best one is there by luck,
the farther the hits reach. A library's size plays no part, so a small one is cut as a large one.

Both numbers that the curve reads are pure: scores in units of the same model's null scores on the
same library, and a share of null prompts. Nothing else is carried from one model to another.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.nullscores import NullScores, fit_scores, read_null_scores

FALSE_ALARMS = 0.014
"""The share of null prompts that may find something."""

BEST = 16
"""Photos of a query that are looked at for its peaks."""

FARTHEST = 0.5
"""Photos below this share of the best score are no hits, whatever else speaks for them."""

_PER_SHARE, _PER_LOG_CHANCE, _OFFSET = 9.1, 0.44, -9.8
"""The curve's log odds, fitted on 90 words in 34 libraries of 50 to 1,000 photos from the train
part of Flickr8k, half of COCO and half of what the six labelled sets hold back. In 26
libraries of other photos, those with a probability of 0.16, 0.30, 0.42, 0.57, 0.70 and 0.82 on
average were right in 16, 34, 43, 60, 75 and 81 % of cases."""

_REFUSED = 0.1
"""What is left of the probability where a query finds nothing: so little that not even votes lift
a photo that nobody voted on over the cut (their shift is bounded, see `feedback`)."""

_SMALLEST_CHANCE = 0.0005
"""A few hundred null prompts tell no smaller one."""

_RANK = 16
_CROWDS = (1, 3, 6)


@dataclass(frozen=True, slots=True)
class Standing:
    """How words stand with a library: their `best` standardised score, and the chance of it."""

    best: float
    chance: float


@dataclass(frozen=True, slots=True)
class Peaks:
    """The peaks of null prompts on a library of `rows` photos, and what they score on any photo.

    Null prompts score `photo @ mean` [d] on a photo, with a spread of about
    `norm(photo @ factor)` [d, r]; `usual` is the mean of its square over the library. `crowds`
    are the null prompts' peaks by size of crowd, `rarest` how rare the rarest of each is (the
    negative log of a share).
    """

    rows: int
    mean: VectorArray
    factor: VectorArray
    usual: float
    crowds: tuple[NullScores, ...]
    rarest: NullScores

    def chance(self, scores: NDArray[np.floating[Any]], photos: VectorArray, among: int) -> float:
        """The share of null prompts that find as much among `among` photos as a query does.

        `scores` [k] are the cosines of a query with its best `photos` [k, d].
        """
        peaks = _peaks(scores, photos, self.mean, self.factor, self.usual)
        one = min(float(_shares_above(self.rarest, _rarity(self.crowds, peaks[None]))[0]), 1.0)
        # Of fewer photos fewer are lucky: as if they were lucky one by one.
        return float(1.0 - (1.0 - min(one, 1.0 - 1e-9)) ** (among / self.rows))

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "mean": _packed(self.mean),
            "factor": _packed(self.factor),
            "usual": self.usual,
            "crowds": [asdict(one) for one in self.crowds],
            "rarest": asdict(self.rarest),
        }


def read_peaks(data: Mapping[str, Any]) -> Peaks:
    """From `as_json`. Raises ValueError, KeyError or TypeError when it is not that."""
    mean = _unpacked(data["mean"])
    factor = _unpacked(data["factor"]).reshape(len(mean), -1)
    crowds = tuple(read_null_scores(one) for one in data["crowds"])
    if len(crowds) != len(_CROWDS):
        raise ValueError("crowds")
    rarest = read_null_scores(data["rarest"])
    return Peaks(int(data["rows"]), mean, factor, float(data["usual"]), crowds, rarest)


def fit_peaks(matrix: VectorArray, null_vectors: VectorArray) -> Peaks:
    """From null prompts [p, d] on the photos [n, d]."""
    # As they will be read again: an answer must not depend on who measured.
    mean = _unpacked(_packed(null_vectors.mean(axis=0)))
    away = (null_vectors - mean) / np.sqrt(np.float32(len(null_vectors)))
    _, sizes, directions = np.linalg.svd(away, full_matrices=False)
    factor = (sizes[:_RANK, None] * directions[:_RANK]).T
    factor = _unpacked(_packed(factor)).reshape(factor.shape)
    usual = max(float(np.square(matrix @ factor).sum(axis=1).mean()), 1e-12)
    peaks = np.empty((len(null_vectors), len(_CROWDS)))
    for index, vector in enumerate(null_vectors):
        scores = matrix @ vector
        rows = np.argpartition(scores, max(0, len(scores) - BEST))[-BEST:]
        peaks[index] = _peaks(scores[rows], matrix[rows], mean, factor, usual)
    crowds = tuple(fit_scores(column) for column in peaks.T)
    return Peaks(len(matrix), mean, factor, usual, crowds, fit_scores(_rarity(crowds, peaks)))


def reach(standardised: NDArray[np.floating[Any]], standing: Standing) -> NDArray[np.float64]:
    """Probabilities [k] of photos with these scores [k], 0..1."""
    shares = np.clip(standardised / max(standing.best, 1e-6), 0.0, 1.0).astype(np.float64)
    chance = max(standing.chance, _SMALLEST_CHANCE)
    odds = _PER_SHARE * shares - _PER_LOG_CHANCE * np.log(chance) + _OFFSET
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    found[shares < FARTHEST] = 0.0
    return found if standing.chance <= FALSE_ALARMS else _REFUSED * found


def _peaks(
    scores: NDArray[np.floating[Any]],
    photos: VectorArray,
    mean: VectorArray,
    factor: VectorArray,
    usual: float,
) -> NDArray[np.float64]:
    """Means of the highest scores [k] in units of the photos' [k, d] own null scores."""
    spread = np.sqrt((np.square(photos @ factor).sum(axis=1) + usual) / 2)
    highest = -np.sort(-(scores - photos @ mean) / spread)
    return np.array([highest[:size].mean() for size in _CROWDS], dtype=np.float64)


def _rarity(crowds: Sequence[NullScores], peaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the peaks [p, crowds] how rare the rarest is: negative log shares [p]."""
    shares = [_shares_above(null, column) for null, column in zip(crowds, peaks.T, strict=True)]
    rarities: NDArray[np.float64] = -np.log(np.min(shares, axis=0))
    return rarities


def _shares_above(null: NullScores, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return null.exceedance((values - null.mean) / null.spread)


def _packed(numbers: VectorArray) -> str:
    return base64.b64encode(numbers.astype("<f2").tobytes()).decode("ascii")


def _unpacked(text: str) -> VectorArray:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f2").astype(np.float32)
