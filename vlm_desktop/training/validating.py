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
    """One evaluation. `blind` and `general` are None where they were not taken."""

    step: int
    metric: str
    loss: float
    score: Interval
    items: tuple[ItemScore, ...]
    blind: Interval | None = None
    general: Interval | None = None


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
        return Examination(
            step,
            self.metric,
            sum(one.loss for one in items) / len(items),
            self._interval(items, self.metric),
            items,
            self._interval(blind, self.metric) if blind else None,
            self._interval(general, self.metric) if general else None,
        )

    def is_better(self, score: float, than: float | None) -> bool:
        """Whether a score beats another."""
        if than is None:
            return True
        return score < than if self.metric == LOSS_METRIC else score > than

    def sees_not(self, found: Examination) -> bool:
        """Whether the pictures do not show in the score: it is no better than without them."""
        if found.blind is None:
            return False
        if self.metric == LOSS_METRIC:
            return found.blind.value <= found.score.high
        return found.blind.value >= found.score.low

    def _interval(self, items: Sequence[ItemScore], metric: str) -> Interval:
        values = [one.loss if metric == LOSS_METRIC else one.score for one in items]
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
