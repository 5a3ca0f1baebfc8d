"""From raw cosines to probabilities, per model and per library.

Every encoder has its own score band, and the best score of a query that matches nothing grows
with the size of the library. So the null prompts (`resources/prompts/null_prompts.txt`:
gibberish, abstractions, absurd and absent scenes) are scored against the very library, and the
*best* score of each is kept. The probability of a hit is the chance that a null prompt's best
score in this library stays below it.

Only the upper tail of the null scores decides, and gibberish lies far below absurd scenes. So
the tail alone is modelled: what exceeds a high quantile is exponential ("peaks over threshold",
Pickands 1975, Balkema and de Haan 1974, in the Gumbel domain), with the quantile and the median
excess as its two numbers, which a few null prompts that do match something here cannot move far.

For a picture as the query the null distribution is that of scores between random pairs of
photos: the best of n normal draws is Gumbel (Cramér 1946), whose tail is exponential too.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import VectorArray, Verdict

LIKELY = 0.99
POSSIBLE = 0.93

_TAIL = 0.1
"""Share of null scores above the threshold from which the tail is modelled."""

_ROWS_AT_ONCE = 65_536
_SMALLEST_SCALE = 1e-6
_CLOSEST = 0.25
"""The picture cut stays below this share of the way from equal (1) to the median pair."""


@dataclass(frozen=True, slots=True)
class NullTail:
    """Null scores above `location` (their 90 % quantile) fall off exponentially by `scale`."""

    location: float
    scale: float

    def standardise(self, score: float) -> float:
        """How many scales a score lies above the location; see `probability_of`."""
        return (score - self.location) / self.scale

    def score_at(self, probability: float) -> float:
        """The score whose probability is `probability` (0..1, exclusive)."""
        return self.location + self.scale * standard_at(probability)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The null distributions of one model on one library.

    `text_match` is the share of null prompts that any stored text answers: what a text match
    is worth as evidence. `rows` is the number of vectors it was taken from.
    """

    rows: int
    null_prompts: int
    text: NullTail
    image: NullTail
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
            text=NullTail(**data["text"]),
            image=NullTail(**data["image"]),
            text_match=float(data["text_match"]),
        )

    def fits(self, rows: int) -> bool:
        """Whether a library of `rows` vectors may still use it: within a tenth of its size."""
        return abs(rows - self.rows) <= max(1, self.rows // 10)


def standard_at(probability: float) -> float:
    """The standardised score of a probability; the inverse of `probability_of`."""
    body = 1 - _TAIL
    if probability >= body:
        return -math.log((1 - probability) / _TAIL)
    return body / _TAIL * math.log(probability / body)


def probability_of(standardised: float) -> float:
    """The chance that a null prompt stays below: exponential tail above 0, and below 0 an
    exponential body that meets it with the same slope."""
    body = 1 - _TAIL
    if standardised >= 0:
        return 1 - _TAIL * math.exp(-standardised)
    return body * math.exp(standardised * _TAIL / body)


def verdict_of(probability: float) -> Verdict:
    if probability >= LIKELY:
        return Verdict.LIKELY
    return Verdict.POSSIBLE if probability >= POSSIBLE else Verdict.NONE


def fit_tail(best_scores: NDArray[np.float32]) -> NullTail:
    """Fit to the best scores of null prompts, shape [n], n >= 1."""
    location = float(np.quantile(best_scores, 1 - _TAIL))
    excess = best_scores[best_scores > location] - location
    # The median of an exponential distribution is its scale times ln 2.
    scale = float(np.median(excess)) / math.log(2) if len(excess) else 0.0
    return NullTail(location, max(scale, _SMALLEST_SCALE))


def best_null_scores(matrix: VectorArray, null_vectors: VectorArray) -> NDArray[np.float32]:
    """Best cosine of each null prompt over all rows.

    matrix [n, d], null_vectors [k, d] -> [k]; n >= 1. Memory: k x 65,536 floats at a time.
    """
    best = np.full(len(null_vectors), -np.inf, dtype=np.float32)
    for start in range(0, len(matrix), _ROWS_AT_ONCE):
        scores = matrix[start : start + _ROWS_AT_ONCE] @ null_vectors.T  # [rows, k]
        np.maximum(best, scores.max(axis=0), out=best)
    return best


def fit_image_pairs(matrix: VectorArray, *, seed: int = 0, pairs: int = 20_000) -> NullTail:
    """The null tail of the best image-image score in a library of n photos."""
    count = len(matrix)
    if count < 2:
        return NullTail(location=0.5, scale=0.05)
    random = np.random.default_rng(seed)
    left = random.integers(0, count, pairs)
    right = (left + random.integers(1, count, pairs)) % count
    scores = np.einsum("nd,nd->n", matrix[left], matrix[right])
    median = float(np.median(scores))
    # Robust spread: near-duplicates among random pairs must not widen it.
    spread = max(1.4826 * float(np.median(np.abs(scores - median))), _SMALLEST_SCALE)
    growth = math.sqrt(2 * math.log(max(count, 3)))
    scale = spread / growth
    mode = median + spread * (
        growth - (math.log(math.log(max(count, 3))) + math.log(4 * math.pi)) / (2 * growth)
    )
    location = mode - scale * math.log(-math.log(1 - _TAIL))
    # In a small library of very different photos the tail of the pairs reaches beyond 1, where
    # not even the photo itself would match.
    highest = 1 - (1 - median) * _CLOSEST - scale * standard_at(POSSIBLE)
    return NullTail(location=min(location, highest), scale=scale)


def calibrate(
    matrix: VectorArray, null_vectors: VectorArray, *, text_matches: int, text_trials: int
) -> Calibration:
    """Measure the null distributions. `text_matches` of `text_trials` null prompts hit a text."""
    return Calibration(
        rows=len(matrix),
        null_prompts=len(null_vectors),
        text=fit_tail(best_null_scores(matrix, null_vectors)),
        image=fit_image_pairs(matrix),
        text_match=(text_matches + 1) / (text_trials + 2),
    )


def read_prompts(path: Path) -> Sequence[str]:
    """One prompt a line; blank lines and lines that begin with # are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
