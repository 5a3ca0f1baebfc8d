"""Intervals by bootstrap: how far a mean over held-out examples can be chance."""

from collections.abc import Sequence

import numpy as np

from vlm_desktop.base.training import Interval

RESAMPLES = 2000


def interval_of(scores: Sequence[float], seed: int) -> Interval:
    """The mean with its interval of 95 %, the same for the same seed. One score has no spread."""
    values = np.asarray(scores, np.float64)
    if not len(values):
        raise ValueError("no scores")
    random = np.random.default_rng(seed)
    means = np.array(
        [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))
