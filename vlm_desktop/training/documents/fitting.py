"""Fitting the scorer: one softmax over a field's candidates and "it is not there".

The loss of a field is the negative log of the probability that goes to right candidates; the
penalty is on weights of features of unit spread. Deterministic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize


RIDGE = 0.002
_MOST_WEIGHT = 12.0
_FOR = (
    "ocr_", "learned_", "type_likelihood", "label_inline", "label_right", "label_below",
    "label_strength", "label_recall", "label_precision", "label_full", "label_described",
)  # fmt: skip
_AGAINST = ("row_", "label_rival")
"""Features that may only speak for a candidate, and only against one, whatever a sample says."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One field of one document. `right` are grades of the options, `none` that of silence."""

    layout: str
    kind: str
    features: tuple[Mapping[str, float], ...]
    right: tuple[float, ...]
    none: float
    weight: float


@dataclass(frozen=True)
class _Table:
    """Examples as arrays: rows of options, and where each example's rows begin."""

    values: Array
    right: Array
    starts: NDArray[np.int64]
    none: Array
    weight: Array


def fit(examples: Sequence[Example], ridge: float = RIDGE) -> dict[str, float]:
    """The weights of one kind of field."""
    some = [one for one in examples if one.features]
    names = sorted({name for one in some for features in one.features for name in features})
    table = _table(some, names)
    spread = np.maximum(table.values.std(axis=0), 0.05)
    spread[names.index("offset")] = 1.0
    scaled = table.values / spread
    counts = np.diff(np.append(table.starts, len(scaled)))
    group = np.repeat(np.arange(len(counts)), counts)
    total = float(table.weight.sum())

    def loss(at: Array) -> tuple[float, Array]:
        scores = scaled @ at
        ceiling = np.maximum(np.maximum.reduceat(scores, table.starts), 0.0)
        parts = np.exp(scores - ceiling[group])
        silent = np.exp(-ceiling)
        whole = np.add.reduceat(parts, table.starts) + silent
        good = np.add.reduceat(parts * table.right, table.starts) + silent * table.none
        good = np.maximum(good, 1e-12 * whole)
        value = float(table.weight @ (np.log(whole) - np.log(good))) / total
        share = (parts / whole[group] - parts * table.right / good[group]) * table.weight[group]
        slope = scaled.T @ share / total
        return value + ridge * float(at @ at), slope + 2 * ridge * at

    bounds = [_bounds(name) for name in names]
    start = np.zeros(len(names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / spread
    return {
        name: round(float(np.clip(weight, -_MOST_WEIGHT, _MOST_WEIGHT)), 3)
        for name, weight in zip(names, found, strict=True)
        if abs(weight) >= 0.0005
    }


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name.startswith(_FOR):
        return 0.0, None
    return (None, 0.0) if name.startswith(_AGAINST) else (None, None)


def _table(examples: Sequence[Example], names: Sequence[str]) -> _Table:
    place = {name: number for number, name in enumerate(names)}
    starts = np.cumsum([0, *(len(one.features) for one in examples[:-1])])
    values = np.zeros((sum(len(one.features) for one in examples), len(names)))
    row = 0
    for one in examples:
        for features in one.features:
            for name, value in features.items():
                values[row, place[name]] = value
            row += 1
    return _Table(
        values,
        np.array([grade for one in examples for grade in one.right]),
        starts.astype(np.int64),
        np.array([one.none for one in examples]),
        np.array([one.weight for one in examples]),
    )
