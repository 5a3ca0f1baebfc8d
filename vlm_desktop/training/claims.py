"""Fitting the weights of the claim ledger: `resources/vocabularies/claim_weights.toml`.

    vlm-desktop evaluate claims FIT.jsonl --save signals.jsonl
    python -m vlm_desktop.training.claims signals.jsonl claim_weights.toml

One logistic regression a kind of claim, weights never below zero (a witness may be of no use, not
of negative use) and drawn a little towards zero. True and false claims weigh the same in sum, and
so do the sources of each side, since drafts are fewer than claims of people. The shipped weights
were fitted on 494 photos of Flickr8k's train split that neither the starter's towers nor its
assistant were trained on (those that `training.starter.data.split_for_tuning` takes out, of 500);
nothing of coco_photos, on which the ledger is measured. They belong to that starter: another one
wants them fitted anew.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

SIGNALS = ("region", "rank", "contrast", "yes", "sight", "open", "again")
SUPPORTED, DISPUTED = 0.6, 0.2
"""Probabilities, at even odds beforehand, from and up to which a claim is called so."""
_RIDGE = 0.01
_SEEN = "region"

Row = Mapping[str, Any]


def fit(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Weights by kind of claim, from rows as `evaluate claims --save` writes them."""
    found = {}
    for kind in sorted({row["kind"] for row in rows}):
        some = [row for row in rows if row["kind"] == kind]
        values = np.array([[row["signals"][name] for name in SIGNALS] for row in some])
        truth = np.array([row["truth"] for row in some], dtype=bool)
        if truth.all() or not truth.any():
            continue
        importance = _importance(some)
        offset, weights = _logistic(values, truth, importance)
        seen = values[:, [SIGNALS.index(_SEEN)]]
        single = _logistic(seen, truth, importance)
        even = -single[0] / single[1][0] if single[1][0] > 1e-3 else float(np.median(seen))
        found[kind] = {
            "offset": round(offset, 3),
            **{
                name: round(float(weight), 3)
                for name, weight in zip(SIGNALS, weights, strict=True)
                if weight >= 0.0005
            },
            "supported": SUPPORTED,
            "disputed": DISPUTED,
            "region_even": round(even, 3),
        }
    return found


def _importance(rows: Sequence[Row]) -> NDArray[np.float64]:
    """Weights of rows: each truth the same in sum, each source of a truth the same in sum."""
    counts = Counter((row["truth"], row["source"]) for row in rows)
    sources = Counter(truth for truth, _ in counts)
    return np.array(
        [
            0.5 / sources[row["truth"]] / counts[row["truth"], row["source"]]
            for row in rows
        ]
    )  # fmt: skip


def _logistic(
    values: NDArray[np.float64], truth: NDArray[np.bool_], importance: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Offset and weights; the penalty is on weights of signals of unit spread."""
    spread = np.maximum(values.std(axis=0), 1e-6)
    scaled = values / spread
    sign = np.where(truth, 1.0, -1.0)

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (at[0] + scaled @ at[1:])
        value = float(importance @ np.logaddexp(0.0, -margin)) + _RIDGE * float(at[1:] @ at[1:])
        slope = -importance * sign / (1.0 + np.exp(np.clip(margin, -50, 50)))
        return value, np.concatenate([[slope.sum()], scaled.T @ slope + 2 * _RIDGE * at[1:]])

    bounds = [(None, None), *[(0.0, None)] * values.shape[1]]
    start = np.zeros(values.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), found[1:] / spread


def probability(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    """The same that `engine.alttext.verdicts` computes."""
    total = weights["offset"] + sum(weights.get(name, 0.0) * signals[name] for name in SIGNALS)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def written(weights: Mapping[str, Mapping[str, float]]) -> str:
    """The resource as text."""
    head = (
        "# How much each witness counts for a claim of an alt text, by kind of claim. Made by\n"
        "# vlm_desktop/training/claims.py; what the signals are is told in\n"
        "# vlm_desktop/engine/alttext/verdicts.py. The logistic function of offset + sum of\n"
        "# weight * signal is how likely the claim is true where as many are true as false;\n"
        "# from `supported` on it is called supported, up to `disputed` disputed. From\n"
        "# `region_even` on the search model's score speaks for the claim.\n"
    )
    tables = (
        f"\n[{kind}]\n" + "".join(f"{name} = {value}\n" for name, value in one.items())
        for kind, one in weights.items()
    )
    return head + "".join(tables)


def main(arguments: Sequence[str]) -> None:
    source, target = map(Path, arguments)
    lines = source.read_text(encoding="utf-8").splitlines()
    target.write_text(written(fit([json.loads(line) for line in lines])), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
