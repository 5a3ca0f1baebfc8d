"""From raw cosines to probabilities, per model and per library.

Every encoder has its own score band. So the null prompts (`resources/prompts/null_prompts.txt`:
gibberish, abstractions, absurd and absent scenes) are scored against this very library; their
scores tell how often a photo reaches a score without a reason. For a picture as the query, pairs
of random photos tell the same.

Hits of words are judged by what null prompts find as queries (`peaks`). Those of pictures and
taught names, which have no such prompts, and of mixtures with them, are judged together by the
false discovery rate (Benjamini and Hochberg 1995): if k of n photos reach a score, and chance
alone would lift n * P0 of them there, then about n * P0 / k of these hits are chance. One photo
far above the crowd is believed, and so are three hundred that are each only a little above it;
one photo a little above is not.
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
from vlm_desktop.engine.background import sampled_rows
from vlm_desktop.engine.nullscores import EXCEEDANCES, NullScores, fit_scores, read_null_scores
from vlm_desktop.engine.peaks import Peaks, fit_peaks, read_peaks

RAREST = 0.01
"""Only photos that chance lifts as high in less than this share of cases can be hits."""

_SAMPLE_ROWS = 20_000
_SMALLEST_SPREAD = 1e-6
_CLOSEST = 0.75
_USUAL_RATE = 0.0756
_CAUTION_QUANTILE = 0.05
_MOST_CAUTION = 4.0
_NORMAL_TAIL_SCALE = 0.29
"""How fast the normal distribution falls off at one in a thousand: density over tail, inverted."""

_EVEN_RATE, _STEEPNESS = 0.012, 1.355
"""At this rate the last hit of a list is as likely right as wrong, at 0.027 right one time in
four: null scores rise and fall together, so a rate promises more than it holds."""


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
    peaks: Peaks

    def to_json(self) -> str:
        return json.dumps(
            {
                "rows": self.rows,
                "null_prompts": self.null_prompts,
                "text": asdict(self.text),
                "image": asdict(self.image),
                "text_match": self.text_match,
                "peaks": self.peaks.as_json(),
            }
        )

    @staticmethod
    def from_json(payload: str) -> "Calibration":
        """Raises ValueError, KeyError or TypeError when the payload is not one of ours."""
        data = json.loads(payload)
        return Calibration(
            rows=int(data["rows"]),
            null_prompts=int(data["null_prompts"]),
            text=read_null_scores(data["text"]),
            image=read_null_scores(data["image"]),
            text_match=float(data["text_match"]),
            peaks=read_peaks(data["peaks"]),
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
    return believed(_discovery_rates(standardised, photos, nulls))


def believed(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability, 0..1, of what chance alone brings about at these rates, 0..1."""
    shares: NDArray[np.float64] = 1.0 / (1.0 + (rates / _EVEN_RATE) ** _STEEPNESS)
    return shares


def _discovery_rates(
    standardised: NDArray[np.float32], photos: int, nulls: Sequence[NullScores]
) -> NDArray[np.float64]:
    """The smallest false discovery rate of a list that includes the hit; ascending, 0..1."""
    chance = np.max([null.exceedance(standardised) for null in nulls], axis=0)
    rates = photos * chance / np.arange(1, len(standardised) + 1)
    smallest: NDArray[np.float64] = np.minimum.accumulate(rates[::-1])[::-1]
    return np.minimum(smallest, 1.0)


def fit_text(matrix: VectorArray, null_vectors: VectorArray) -> NullScores:
    """From the scores of null prompts [p, d] on the photos [n, d], or on 20,000 of them."""
    matrix = sampled_rows(matrix, _SAMPLE_ROWS)
    null = fit_scores((matrix @ null_vectors.T).ravel())
    return with_caution(null, matrix, null_vectors)


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
            rates[index] = _discovery_rates(best, len(matrix), [null])[0]
    seen = max(float(np.quantile(rates, _CAUTION_QUANTILE)), 1e-6)
    return replace(null, caution=min(_MOST_CAUTION, max(1.0, _USUAL_RATE / seen)))


def fit_image_pairs(matrix: VectorArray, *, seed: int = 0, pairs: int = 20_000) -> NullScores:
    """The scores of unrelated photos, from random pairs of the library's; normal by assumption.

    Median and median deviation, so that photos of the same scene among the pairs do not count.
    In a small library of very different photos the spread would reach beyond 1, where not even
    the photo itself matched: it is kept so small that three quarters of the way up suffices.
    """
    normal = NormalDist()
    quantiles = tuple(normal.inv_cdf(1.0 - share) for share in EXCEEDANCES.tolist())
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
    """Measure the null scores, of words on 20,000 photos at most.

    `text_matches` of `text_trials` null prompts hit a text.
    """
    return Calibration(
        rows=len(matrix),
        null_prompts=len(null_vectors),
        text=fit_text(matrix, null_vectors),
        image=fit_image_pairs(matrix),
        text_match=(text_matches + 1) / (text_trials + 2),
        peaks=fit_peaks(sampled_rows(matrix, _SAMPLE_ROWS), null_vectors),
    )


def read_prompts(path: Path) -> Sequence[str]:
    """One prompt a line; blank lines and lines that begin with # are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
