"""Which examples each step takes: a pure function of keys, seed and sizes.

An epoch is a shuffle, cut into whole batches; what is left over waits for another epoch, whose
order is different. So no example is twice in a batch, and a run that goes on after a kill needs
nothing but the number of its step. Processes take turns within a batch: two of them with batch 4
see together what one sees with batch 8.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vlm_desktop.training.spec import RunPart


@dataclass(frozen=True, slots=True)
class Plan:
    """`batch` is of one process at once, `accumulation` how many of them make a step."""

    keys: tuple[str, ...]
    seed: int
    batch: int
    accumulation: int
    processes: int = 1

    @property
    def whole(self) -> int:
        """Examples a step, over all processes."""
        return self.batch * self.accumulation * self.processes

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self.keys) // self.whole)

    def epoch(self, step: int) -> int:
        """The epoch that update `step` (from 0) belongs to."""
        return step // self.steps_per_epoch

    def total(self, run: RunPart) -> int:
        """Updates of the whole run."""
        return run.steps or max(1, math.ceil(run.epochs * self.steps_per_epoch))

    def parts(self, step: int, process: int) -> tuple[tuple[str, ...], ...]:
        """What a process takes for update `step` (from 0), one batch after the other."""
        order = self._order(self.epoch(step))
        start = (step % self.steps_per_epoch) * self.whole
        stride = self.batch * self.processes
        return tuple(
            tuple(
                order[(start + part * stride + process * self.batch + place) % len(order)]
                for place in range(self.batch)
            )
            for part in range(self.accumulation)
        )

    def draw(self, step: int) -> int:
        """Where examples draw their randomness from in this step."""
        return self.seed * 1_000_003 + self.epoch(step)

    def halved(self) -> "Plan | None":
        """Smaller batches, more of them, the same examples a step; None at a batch of 1."""
        if self.batch == 1:
            return None
        smaller = max(size for size in range(1, self.batch // 2 + 1) if self.batch % size == 0)
        return replace(
            self, batch=smaller, accumulation=self.accumulation * (self.batch // smaller)
        )

    def _order(self, epoch: int) -> list[str]:
        order = list(self.keys)
        random.Random(f"{self.seed}:{epoch}").shuffle(order)
        return order


def plan_of(run: RunPart, keys: Sequence[str], processes: int = 1) -> Plan:
    """The plan for these examples. Fewer of them than a step takes make a smaller step."""
    batch = min(run.batch, max(1, len(keys) // processes))
    accumulation = max(1, min(run.accumulation, len(keys) // (batch * processes)))
    return Plan(tuple(sorted(keys)), run.seed, batch, accumulation, processes)
