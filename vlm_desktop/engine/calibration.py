"""From raw cosines to probabilities, per model and per library.

Every encoder has its own score band. So the null prompts (`resources/prompts/null_prompts.txt`:
gibberish, abstractions, absurd and absent scenes) are scored against this very library; their
scores tell how often a photo reaches a score without a reason. For a picture as the query, pairs
of random photos tell the same.

A query's hits are then judged together, by the false discovery rate (Benjamini and Hochberg
1995): if k of n photos reach a score, and chance alone would lift n * P0 of them there, then
about n * P0 / k of these hits are chance. One photo far above the crowd is believed, and so are
three hundred photos of dogs that are each only a little above it; one photo a little above is
not. The probability of a hit is one minus the smallest such rate of a list that includes it.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray

RAREST = 0.01
"""Only photos that chance lifts as high in less than this share of cases can be hits."""

_EXCEEDANCES = np.geomspace(0.5, 0.001, 40)
_TAIL_COUNT = 50
_LEAST_TAIL_SCALE = 0.1
_SAMPLE_ROWS = 20_000
_SMALLEST_SPREAD = 1e-6
_CLOSEST = 0.75
_USUAL_RATE = 0.0756
_CAUTION_QUANTILE = 0.05
_MOST_CAUTION = 4.0
_NORMAL_TAIL_SCALE = 0.29
"""How fast the normal distribution falls off at one in a thousand: density over tail, inverted."""


@dataclass(frozen=True, slots=True)
class NullScores:
    """How null scores are spread: standardised by `mean` and `spread`, then by exceedance.

    `quantiles` are the standardised scores that the shares `_EXCEEDANCES` of null scores exceed,
    ascending; beyond the last the tail is exponential with `tail_scale`. Scores of one query
    rise and fall together, so chance comes in crowds: `caution`, at least 1, is how many times
    more often than single scores tell (see `with_caution`).
    """

    mean: float
    spread: float
    quantiles: tuple[float, ...]
    tail_scale: float
    caution: float = 1.0

    def exceedance(self, standardised: NDArray[np.float32]) -> NDArray[np.float64]:
        """The share of null scores above each standardised score, times the caution."""
        logs = np.log(_EXCEEDANCES)
        inside = np.interp(standardised, self.quantiles, logs)
        beyond = np.maximum(standardised - self.quantiles[-1], 0.0) / self.tail_scale
        shares: NDArray[np.float64] = self.caution * np.exp(inside - beyond)
        return shares

    def standardised_at(self, exceedance: float) -> float:
        """The standardised score that a share (0.001..0.5) of null scores exceeds."""
        return float(np.interp(-exceedance, -_EXCEEDANCES, self.quantiles))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The null scores of one model on one library.

    `text_match` is the share of null prompts that any stored text answers: what a text match
    is worth as evidence. `rows` is the number of vectors it was taken from.
    """

    rows: int
    null_prompts: int
    text: NullScores
    image: NullScores
    text_match: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(payload: str) -> "Calibration":
        """Raises ValueError, KeyError or TypeError when the payload is not one of ours."""
        data = json.loads(payload)
        return Calibration(
            rows=int(data["rows"]),
            null_prompts=int(data["null_prompts"]),
            text=_null_scores(data["text"]),
            image=_null_scores(data["image"]),
            text_match=float(data["text_match"]),
        )

    def fits(self, rows: int) -> bool:
        """Whether a library of `rows` vectors may still use it: within a tenth of its size."""
        return abs(rows - self.rows) <= max(1, self.rows // 10)


def hit_probabilities(
    standardised: NDArray[np.float32], photos: int, nulls: Sequence[NullScores]
) -> NDArray[np.float64]:
    """Probabilities of the best hits of a query over `photos` photos.

    `standardised` [k] holds the k highest scores, descending. `nulls` are those of the query's
    terms; the one that is most lenient with chance counts. -> [k], descending, 0..1.
    """
    if not len(standardised):
        return np.empty(0)
    chance = np.max([null.exceedance(standardised) for null in nulls], axis=0)
    rates = photos * chance / np.arange(1, len(standardised) + 1)
    smallest = np.minimum.accumulate(rates[::-1])[::-1]
    return 1.0 - np.minimum(smallest, 1.0)


def fit_text(matrix: VectorArray, null_vectors: VectorArray) -> NullScores:
    """From the scores of null prompts [p, d] on the photos [n, d], or on 20,000 of them."""
    matrix = _sampled(matrix)
    null = fit_scores((matrix @ null_vectors.T).ravel())
    return with_caution(null, matrix, null_vectors)


def _sampled(matrix: VectorArray) -> VectorArray:
    if len(matrix) > _SAMPLE_ROWS:
        rows = np.random.default_rng(0).choice(len(matrix), _SAMPLE_ROWS, replace=False)
        matrix = matrix[np.sort(rows)]
    return matrix


def with_caution(null: NullScores, matrix: VectorArray, null_vectors: VectorArray) -> NullScores:
    """The same with the caution that is due when each null prompt is itself asked as a query.

    Where the cuts were chosen (1,000 photos of Flickr8k), a twentieth of the null prompts find
    hits at a rate of `_USUAL_RATE` or better. Where they find better ones than that, chance is
    stronger by as much.
    """
    floor = null.standardised_at(RAREST)
    rates = np.ones(len(null_vectors))
    for index, vector in enumerate(null_vectors):
        standardised = (matrix @ vector - np.float32(null.mean)) / np.float32(null.spread)
        best = -np.sort(-standardised[standardised >= floor])
        if len(best):
            rates[index] = 1.0 - hit_probabilities(best, len(matrix), [null])[0]
    seen = max(float(np.quantile(rates, _CAUTION_QUANTILE)), 1e-6)
    return replace(null, caution=min(_MOST_CAUTION, max(1.0, _USUAL_RATE / seen)))


def fit_scores(scores: NDArray[np.float32]) -> NullScores:
    """From pooled null scores, shape [n], n >= 1."""
    mean = float(scores.mean(dtype=np.float64))
    spread = max(float(scores.std(dtype=np.float64)), _SMALLEST_SPREAD)
    standardised = (scores - mean) / spread
    # With few scores the far quantiles would be the maximum itself: measure only to where some
    # still lie beyond, and go on by the exponential law of what lies beyond a tenth.
    shares = np.maximum(_EXCEEDANCES, min(0.1, _TAIL_COUNT / len(scores)))
    quantiles = np.quantile(standardised, 1.0 - shares)
    excess = standardised[standardised > quantiles[-1]] - quantiles[-1]
    tail_scale = max(float(excess.mean()) if len(excess) else 0.0, _LEAST_TAIL_SCALE)
    beyond = tail_scale * np.log(shares / _EXCEEDANCES)
    return NullScores(mean, spread, tuple((quantiles + beyond).tolist()), tail_scale)


def fit_image_pairs(matrix: VectorArray, *, seed: int = 0, pairs: int = 20_000) -> NullScores:
    """The scores of unrelated photos, from random pairs of the library's; normal by assumption.

    Median and median deviation, so that photos of the same scene among the pairs do not count.
    In a small library of very different photos the spread would reach beyond 1, where not even
    the photo itself matched: it is kept so small that three quarters of the way up suffices.
    """
    normal = NormalDist()
    quantiles = tuple(normal.inv_cdf(1.0 - share) for share in _EXCEEDANCES.tolist())
    count = len(matrix)
    if count < 2:
        return NullScores(0.5, 0.1, quantiles, _NORMAL_TAIL_SCALE)
    random = np.random.default_rng(seed)
    left = random.integers(0, count, pairs)
    right = (left + random.integers(1, count, pairs)) % count
    scores = np.einsum("nd,nd->n", matrix[left], matrix[right])
    median = float(np.median(scores))
    spread = 1.4826 * float(np.median(np.abs(scores - median)))
    needed = math.sqrt(2 * math.log(max(count, 3))) + 2.0
    widest = (1.0 - median) * _CLOSEST / needed
    return NullScores(
        median, max(min(spread, widest), _SMALLEST_SPREAD), quantiles, _NORMAL_TAIL_SCALE
    )


def calibrate(
    matrix: VectorArray, null_vectors: VectorArray, *, text_matches: int, text_trials: int
) -> Calibration:
    """Measure the null scores. `text_matches` of `text_trials` null prompts hit a text."""
    return Calibration(
        rows=len(matrix),
        null_prompts=len(null_vectors),
        text=fit_text(matrix, null_vectors),
        image=fit_image_pairs(matrix),
        text_match=(text_matches + 1) / (text_trials + 2),
    )


def read_prompts(path: Path) -> Sequence[str]:
    """One prompt a line; blank lines and lines that begin with # are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _null_scores(data: dict[str, float | list[float]]) -> NullScores:
    quantiles = data["quantiles"]
    if not isinstance(quantiles, list) or len(quantiles) != len(_EXCEEDANCES):
        raise ValueError("quantiles")
    return NullScores(
        mean=float(data["mean"]),  # type: ignore[arg-type]
        spread=float(data["spread"]),  # type: ignore[arg-type]
        quantiles=tuple(float(one) for one in quantiles),
        tail_scale=float(data["tail_scale"]),  # type: ignore[arg-type]
        caution=float(data["caution"]),  # type: ignore[arg-type]
    )
