"""Fitting the scorer: one softmax over a field's options and "it is not there".

The loss of a field is the negative log of the probability that goes to right options; the penalty
is on weights of features of unit spread. Features whose sense is plain keep their sign.
Deterministic.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from vlm_desktop.training.documents.exampletable import Array, Table

RIDGE = 0.006
MOST_STEPS = 200
FOLDS = 4
_MOST_WEIGHT = 12.0
_REAL = 2.0
"""How much more a real source counts than a made one of its size."""
_FOR = (
    "ocr_", "type_likelihood", "label_inline", "label_right", "label_below", "label_strength",
    "label_recall", "label_precision", "label_full", "label_described",
)  # fmt: skip
_AGAINST = ("row_", "label_rival")
"""Features that may only speak for an option, and only against one, whatever a sample says."""
LEARNED_PLACE = 4.0
"""What lying where a person pointed adds; not fitted: no sample has lessons."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights of one kind of field with their calibration, and how they did out of fold:
    `right` by source, as (share of fields that were right, fields)."""

    weights: Mapping[str, float]
    slope: float
    offset: float
    right: Mapping[str, tuple[float, int]]
    error_before: float
    error_after: float


def fit_kind(table: Table) -> Fitted:
    """Fit one kind on all, and its calibration on folds of documents that were left out."""
    folds = _folds(table)
    log_odds, right, told = (np.zeros(len(table.counts)) for _ in range(3))
    seen = np.zeros(len(table.counts), dtype=bool)
    for fold in range(FOLDS):
        out = folds == fold
        if out.all() or not out.any():
            continue
        log_odds[out], right[out], told[out] = _best(table.only(out), _fit(table.only(~out)))
        seen |= out
    slope, offset = _platt(log_odds[seen], right[seen])
    return Fitted(
        _fit(table),
        slope,
        offset,
        _by_source(table, told, seen),
        _calibration_error(log_odds[seen], right[seen], 1.0, 0.0),
        _calibration_error(log_odds[seen], right[seen], slope, offset),
    )


def _folds(table: Table) -> NDArray[np.int64]:
    """Documents of one fold stay together."""
    names = np.unique(table.document)
    shuffled = np.random.default_rng(0).permutation(len(names))
    fold_of = dict(zip(names[shuffled], np.arange(len(names)) % FOLDS, strict=True))
    return np.array([fold_of[name] for name in table.document])


def _importance(table: Table) -> Array:
    """The weight of a source grows with the root of its examples; a real one counts double."""
    source = np.array([name.partition("/")[0] for name in table.layout])
    weight = table.weight.copy()
    for name in np.unique(source):
        mine = source == name
        share = np.sqrt(mine.sum()) * (_REAL if name.startswith("real-") else 1.0)
        weight[mine] *= share / max(weight[mine].sum(), 1e-9)
    total: float = weight.sum()
    return np.asarray(weight / total)


def _fit(table: Table) -> dict[str, float]:
    spread = np.maximum(table.values.std(axis=0), 0.05)
    if "offset" in table.names:
        spread[table.names.index("offset")] = 1.0
    scaled = table.values / spread
    weight, starts, group = _importance(table), table.starts, table.group

    def loss(at: Array) -> tuple[float, Array]:
        scores = scaled @ at
        ceiling = np.maximum(np.maximum.reduceat(scores, starts), 0.0)
        parts = np.exp(scores - ceiling[group])
        silent = np.exp(-ceiling)
        whole = np.add.reduceat(parts, starts) + silent
        good = np.add.reduceat(parts * table.right, starts) + silent * table.none
        good = np.maximum(good, 1e-12 * whole)
        value = float(weight @ (np.log(whole) - np.log(good)))
        share = (parts / whole[group] - parts * table.right / good[group]) * weight[group]
        return value + RIDGE * float(at @ at), scaled.T @ share + 2 * RIDGE * at

    bounds = [_bounds(name) for name in table.names]
    steps = {"maxiter": MOST_STEPS}
    start = np.zeros(len(table.names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=steps).x
    weights = np.clip(found / spread, -_MOST_WEIGHT, _MOST_WEIGHT)
    return {
        name: round(float(one), 3)
        for name, one in zip(table.names, weights, strict=True)
        if abs(one) >= 0.0005
    }


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name.startswith(_FOR):
        return 0.0, None
    return (None, 0.0) if name.startswith(_AGAINST) else (None, None)


def _best(table: Table, weights: Mapping[str, float]) -> tuple[Array, Array, Array]:
    """Of each example the log odds of its best option against the rest, whether that is right, and
    whether what is told is: the option, or silence where that is likelier."""
    scores = table.values @ np.array([weights.get(name, 0.0) for name in table.names])
    odds: list[float] = []
    right: list[float] = []
    told: list[float] = []
    for number, (start, count) in enumerate(zip(table.starts, table.counts, strict=True)):
        mine = scores[start : start + count]
        good = table.right[start : start + count] > 0.9
        place = int(np.argmax(mine))
        others = mine[~good if good[place] else np.arange(count) != place]
        odds.append(float(mine[place] - np.logaddexp.reduce(np.append(others, 0.0))))
        right.append(float(good[place]))
        told.append(float(good[place] if mine[place] >= 0 else table.none[number] > 0.5))
    return np.array(odds), np.array(right), np.array(told)


def _platt(log_odds: Array, right: Array) -> tuple[float, float]:
    """Slope and offset of a logistic function, drawn towards 1 and 0."""
    if len(log_odds) < 20:
        return 0.8, 0.0
    sign = np.where(right > 0.5, 1.0, -1.0)

    def loss(at: Array) -> float:
        margin = sign * (at[0] * log_odds + at[1])
        pull = 0.5 * ((at[0] - 1.0) ** 2 + at[1] ** 2)
        return float(np.logaddexp(0.0, -margin).sum() + pull)

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, 2.0), (-3, 3)]).x
    return round(float(found[0]), 3), round(float(found[1]), 3)


def _calibration_error(log_odds: Array, right: Array, slope: float, offset: float) -> float:
    """Expected calibration error over ten bins, in percent."""
    if not len(log_odds):
        return 0.0
    chance = 1.0 / (1.0 + np.exp(-np.clip(slope * log_odds + offset, -30, 30)))
    bins = np.minimum(9, (chance * 10).astype(int))
    gap = sum(abs(chance[bins == one].sum() - right[bins == one].sum()) for one in range(10))
    return float(100 * gap / len(log_odds))


def _by_source(table: Table, right: Array, seen: NDArray[np.bool_]) -> dict[str, tuple[float, int]]:
    found = {}
    for layout in np.unique(table.layout):
        mine = seen & (table.layout == layout)
        if mine.any():
            found[str(layout)] = (float(right[mine].mean()), int(mine.sum()))
    return found
