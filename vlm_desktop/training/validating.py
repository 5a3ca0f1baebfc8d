"""Held-out examples: the score, the same without seeing, and what must not be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, Interval
from vlm_desktop.training.bootstrap import interval_of
from vlm_desktop.training.learners.protocol import ItemScore, Learner
from vlm_desktop.training.randomness import untouched
from vlm_desktop.training.spec import LOSS_METRIC, RELATIVE, GuardPart, Recipe


@dataclass(frozen=True, slots=True)
class Examination:
    """One evaluation. `blind` and `general` are None where they were not taken; `sight` is what
    seeing adds to the score, example by example."""

    step: int
    metric: str
    loss: float
    score: Interval
    items: tuple[ItemScore, ...]
    blind: Interval | None = None
    general: Interval | None = None
    sight: Interval | None = None


class Examiner:
    """Asks a learner about the held-out examples. Random numbers of training stay untouched."""

    def __init__(self, recipe: Recipe, learner: Learner, held_out: Sequence[Example]) -> None:
        self._recipe = recipe
        self._learner = learner
        self._held_out = tuple(held_out)
        self.metric = recipe.run.metric or learner.metric
        # Keys are hashes, so the first of them are any.
        self.probes = frozenset(sorted(one.key for one in held_out)[: recipe.run.probes])

    @property
    def is_possible(self) -> bool:
        return bool(self._held_out)

    def examine(
        self, step: int, cancel: CancelToken, *, with_blind: bool, with_general: bool
    ) -> Examination:
        """Score the held-out examples. Raises Cancelled."""
        with untouched():
            items = self._learner.evaluate(self._held_out, cancel)
            blind = self._learner.evaluate(self._held_out, cancel, blank=True) if with_blind else ()
            general = self._learner.general(cancel) if with_general else ()
        seen = self._values(items)
        gained = [a - b for a, b in zip(seen, self._values(blind), strict=True)] if blind else ()
        return Examination(
            step,
            self.metric,
            sum(one.loss for one in items) / len(items),
            self._interval(seen),
            items,
            blind=self._interval(self._values(blind)) if blind else None,
            general=self._interval(self._values(general)) if general else None,
            sight=self._interval(gained) if gained else None,
        )

    def is_better(self, score: float, than: float | None) -> bool:
        """Whether a score beats another."""
        if than is None:
            return True
        return score < than if self._is_lower_better else score > than

    def sees_not(self, found: Examination) -> bool:
        """Whether the score is not surely better than the one without pictures."""
        if found.sight is None:
            return False
        return found.sight.high >= 0 if self._is_lower_better else found.sight.low <= 0

    @property
    def _is_lower_better(self) -> bool:
        return self.metric == LOSS_METRIC

    def _values(self, items: Sequence[ItemScore]) -> list[float]:
        return [one.loss if self._is_lower_better else one.score for one in items]

    def _interval(self, values: Sequence[float]) -> Interval:
        return interval_of(values, self._recipe.run.seed)


def has_forgotten(
    guard: GuardPart, before: float | None, after: float | None, *, lower_is_better: bool
) -> bool:
    """Whether the general score became worse by more than the recipe allows."""
    if before is None or after is None:
        return False
    lost = after - before if lower_is_better else before - after
    allowed = guard.fall * abs(before) if guard.measure == RELATIVE else guard.fall
    return lost > allowed


def as_plain(found: Examination) -> dict[str, Any]:
    """What the run card and checkpoints keep of an evaluation."""

    def interval(one: Interval | None) -> list[float] | None:
        return None if one is None else [one.value, one.low, one.high]

    return {
        "step": found.step,
        "metric": found.metric,
        "loss": found.loss,
        "score": interval(found.score),
        "blind": interval(found.blind),
        "general": interval(found.general),
        "items": len(found.items),
    }
