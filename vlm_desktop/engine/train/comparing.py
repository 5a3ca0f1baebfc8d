"""Models side by side on the same items: who improved, who was harmed, and whether that is chance.

Everything here is a pure function of scores.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from vlm_desktop.base.adapters import Answered, ColumnCompared, ItemCompared, ModelsCompared
from vlm_desktop.base.trainerrors import NothingToCompare
from vlm_desktop.base.training import Interval
from vlm_desktop.training.bootstrap import interval_of
from vlm_desktop.training.spec import LOSS_METRIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.protocol import ItemScore

_EQUAL = 1e-9
"""Scores closer than this are the same: they are sums of floats."""


def sign_test(improved: int, harmed: int) -> float:
    """The exact two-sided probability that chance alone, as likely to improve an item as to harm
    it, parts them at least so unevenly. Items that stayed equal are not counted (Dixon and Mood
    1946); with none left it is 1."""
    total = improved + harmed
    tail: int = sum(comb(total, one) for one in range(min(improved, harmed) + 1))
    return float(min(1.0, 2 * tail / 2**total))


def compared(
    metric: str,
    examples: Sequence[Example],
    names: Sequence[str],
    columns: Sequence[Sequence[ItemScore]],
    seed: int = 0,
) -> ModelsCompared:
    """Columns of scores of the same examples, in their order; the first is what the others are
    held against, the second orders the items. Raises NothingToCompare."""
    if not examples or len(columns) < 2:
        raise NothingToCompare
    scores = [[_score(one, metric) for one in column] for column in columns]
    sign = -1.0 if metric == LOSS_METRIC else 1.0
    changes = [[sign * (b - a) for a, b in zip(scores[0], one, strict=True)] for one in scores]
    items = [
        ItemCompared(
            example.key,
            example.image,
            example.turns[-1].ask,
            example.turns[-1].answer,
            tuple(
                Answered(column[at].answer, score[at])
                for column, score in zip(columns, scores, strict=True)
            ),
            changes[1][at],
        )
        for at, example in enumerate(examples)
    ]
    return ModelsCompared(
        metric,
        tuple(
            _column(name, score, change, seed)
            for name, score, change in zip(names, scores, changes, strict=True)
        ),
        tuple(sorted(items, key=lambda one: (-one.change, one.key))),
    )


def _column(
    name: str, scores: Sequence[float], changes: Sequence[float], seed: int
) -> ColumnCompared:
    improved = sum(one > _EQUAL for one in changes)
    harmed = sum(one < -_EQUAL for one in changes)
    return ColumnCompared(
        name,
        sum(scores) / len(scores),
        improved,
        harmed,
        len(changes) - improved - harmed,
        sign_test(improved, harmed),
        interval_of(changes, seed) if improved or harmed else Interval(0.0, 0.0, 0.0),
    )


def _score(item: ItemScore, metric: str) -> float:
    return item.loss if metric == LOSS_METRIC else item.score
