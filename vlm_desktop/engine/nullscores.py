"""How scores are spread that mean nothing: what later scores are judged against."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXCEEDANCES = np.geomspace(0.5, 0.001, 40)
_TAIL_COUNT = 50
_LEAST_TAIL_SCALE = 0.1
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class NullScores:
    """How null scores are spread: standardised by `mean` and `spread`, then by exceedance.

    `quantiles` are the standardised scores that the shares `EXCEEDANCES` of null scores exceed,
    ascending; beyond the last the tail is exponential with `tail_scale`. Scores of one query
    rise and fall together, so chance comes in crowds: `caution`, at least 1, is how many times
    more often than single scores tell (see `calibration.with_caution`).
    """

    mean: float
    spread: float
    quantiles: tuple[float, ...]
    tail_scale: float
    caution: float = 1.0

    def exceedance(self, standardised: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The share of null scores above each standardised score, times the caution."""
        logs = np.log(EXCEEDANCES)
        inside = np.interp(standardised, self.quantiles, logs)
        beyond = np.maximum(standardised - self.quantiles[-1], 0.0) / self.tail_scale
        shares: NDArray[np.float64] = self.caution * np.exp(inside - beyond)
        return shares

    def standardised_at(self, exceedance: float) -> float:
        """The standardised score that a share (0.001..0.5) of null scores exceeds."""
        return float(np.interp(-exceedance, -EXCEEDANCES, self.quantiles))


def fit_scores(scores: NDArray[np.floating[Any]]) -> NullScores:
    """From pooled null scores, shape [n], n >= 1."""
    mean = float(scores.mean(dtype=np.float64))
    spread = max(float(scores.std(dtype=np.float64)), _SMALLEST_SPREAD)
    standardised = (scores - mean) / spread
    # With few scores the far quantiles would be the maximum itself: measure only to where some
    # still lie beyond, and go on by the exponential law of what lies beyond a tenth.
    shares = np.maximum(EXCEEDANCES, min(0.1, _TAIL_COUNT / len(scores)))
    quantiles = np.quantile(standardised, 1.0 - shares)
    excess = standardised[standardised > quantiles[-1]] - quantiles[-1]
    tail_scale = max(float(excess.mean()) if len(excess) else 0.0, _LEAST_TAIL_SCALE)
    beyond = tail_scale * np.log(shares / EXCEEDANCES)
    return NullScores(mean, spread, tuple((quantiles + beyond).tolist()), tail_scale)


def read_null_scores(data: Mapping[str, Any]) -> NullScores:
    """From what `dataclasses.asdict` gave. Raises ValueError, KeyError or TypeError."""
    quantiles = data["quantiles"]
    if not isinstance(quantiles, list) or len(quantiles) != len(EXCEEDANCES):
        raise ValueError("quantiles")
    return NullScores(
        mean=float(data["mean"]),
        spread=float(data["spread"]),
        quantiles=tuple(float(one) for one in quantiles),
        tail_scale=float(data["tail_scale"]),
        caution=float(data["caution"]),
    )
