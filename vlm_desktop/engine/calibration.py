"""From raw cosines to probabilities, per model and per library.

Every encoder has its own score band, and the best score of a query that matches nothing grows
with the size of the library. So the null prompts (`resources/prompts/null_prompts.txt`:
gibberish, abstractions, absurd and absent scenes) are scored against the very library, and the
*best* score of each is kept. Best scores of many draws follow a Gumbel distribution (extreme
value theory, Fisher and Tippett 1928); its location and scale are fitted by probability-weighted
moments (Landwehr, Matalas and Wallis 1979). The probability of a hit is then the chance that a
null prompt's best score in this library stays below it.

For a picture as the query the null distribution is that of scores between random pairs of
photos: their best of n is Gumbel too, with the location and scale of the maximum of n normal
draws (Cramér 1946).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import VectorArray, Verdict

LIKELY = 0.995
POSSIBLE = 0.965

_EULER_GAMMA = 0.5772156649015329
_ROWS_AT_ONCE = 65_536
_SMALLEST_SCALE = 1e-6
_CLOSEST = 0.25
"""The picture cut stays below this share of the way from equal (1) to the median pair."""


@dataclass(frozen=True, slots=True)
class GumbelFit:
    """P(best null score < s) = exp(-exp(-(s - location) / scale))."""

    location: float
    scale: float

    def standardise(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores -> how many scales above the location they lie, same shape."""
        return ((scores - self.location) / self.scale).astype(np.float32)

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
    text: GumbelFit
    image: GumbelFit
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
            text=GumbelFit(**data["text"]),
            image=GumbelFit(**data["image"]),
            text_match=float(data["text_match"]),
        )

    def fits(self, rows: int) -> bool:
        """Whether a library of `rows` vectors may still use it: within a tenth of its size."""
        return abs(rows - self.rows) <= max(1, self.rows // 10)


def standard_at(probability: float) -> float:
    """The standard Gumbel quantile."""
    return -math.log(-math.log(probability))


def probability_of(standardised: float) -> float:
    """The standard Gumbel distribution function."""
    return math.exp(-math.exp(-max(standardised, -30.0)))


def verdict_of(probability: float) -> Verdict:
    if probability >= LIKELY:
        return Verdict.LIKELY
    return Verdict.POSSIBLE if probability >= POSSIBLE else Verdict.NONE


def fit_gumbel(best_scores: NDArray[np.float32]) -> GumbelFit:
    """Fit to the best scores of null prompts, shape [n], n >= 2.

    The highest hundredth is left out: a null prompt that does match something in this library
    must not lift the cut.
    """
    ordered = np.sort(best_scores.astype(np.float64))
    kept = ordered[: max(2, math.floor(len(ordered) * 0.99))]
    count = len(kept)
    b0 = kept.mean()
    b1 = float((np.arange(count) / max(1, count - 1) * kept).mean())
    scale = max((2 * b1 - b0) / math.log(2), _SMALLEST_SCALE)
    return GumbelFit(location=float(b0 - _EULER_GAMMA * scale), scale=float(scale))


def best_null_scores(matrix: VectorArray, null_vectors: VectorArray) -> NDArray[np.float32]:
    """Best cosine of each null prompt over all rows.

    matrix [n, d], null_vectors [k, d] -> [k]; n >= 1. Memory: k x 65,536 floats at a time.
    """
    best = np.full(len(null_vectors), -np.inf, dtype=np.float32)
    for start in range(0, len(matrix), _ROWS_AT_ONCE):
        scores = matrix[start : start + _ROWS_AT_ONCE] @ null_vectors.T  # [rows, k]
        np.maximum(best, scores.max(axis=0), out=best)
    return best


def fit_image_pairs(matrix: VectorArray, *, seed: int = 0, pairs: int = 20_000) -> GumbelFit:
    """The null distribution of the best image-image score in a library of n photos."""
    count = len(matrix)
    if count < 2:
        return GumbelFit(location=0.5, scale=0.05)
    random = np.random.default_rng(seed)
    left = random.integers(0, count, pairs)
    right = (left + random.integers(1, count, pairs)) % count
    scores = np.einsum("nd,nd->n", matrix[left], matrix[right])
    median = float(np.median(scores))
    # Robust spread: near-duplicates among random pairs must not widen it.
    spread = max(1.4826 * float(np.median(np.abs(scores - median))), _SMALLEST_SCALE)
    growth = math.sqrt(2 * math.log(max(count, 3)))
    location = median + spread * (
        growth - (math.log(math.log(max(count, 3))) + math.log(4 * math.pi)) / (2 * growth)
    )
    fit = GumbelFit(location=location, scale=spread / growth)
    # In a small library of very different photos the tail of the pairs reaches beyond 1, where
    # not even the photo itself would match.
    excess = fit.score_at(POSSIBLE) - (1 - (1 - median) * _CLOSEST)
    return GumbelFit(location=location - max(0.0, excess), scale=fit.scale)


def calibrate(
    matrix: VectorArray, null_vectors: VectorArray, *, text_matches: int, text_trials: int
) -> Calibration:
    """Measure the null distributions. `text_matches` of `text_trials` null prompts hit a text."""
    return Calibration(
        rows=len(matrix),
        null_prompts=len(null_vectors),
        text=fit_gumbel(best_null_scores(matrix, null_vectors)),
        image=fit_image_pairs(matrix),
        text_match=(text_matches + 1) / (text_trials + 2),
    )


def read_prompts(path: Path) -> Sequence[str]:
    """One prompt a line; blank lines and lines that begin with # are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
