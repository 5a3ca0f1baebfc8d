"""What is made smaller when memory runs out, step by step, each said.

The batch comes first because it changes nothing of what is learned: it is halved and accumulated
twice as often. Then what costs time, then what costs quality.
"""

from dataclasses import dataclass, field

import torch
from accelerate.utils.memory import should_reduce_batch_size

from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.training.learners.protocol import Learner, Rung
from vlm_desktop.training.order import Plan

BY_LEARNER = (Rung.CHECKPOINTING, Rung.IMAGE_BUDGET, Rung.QUANTISED, Rung.RANK)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One thing that was made smaller. `rebuild` says whether the optimiser must be made anew."""

    rung: Rung
    before: str
    after: str
    plan: Plan

    @property
    def rebuild(self) -> bool:
        return self.rung is not Rung.BATCH


@dataclass(slots=True)
class Ladder:
    """Remembers what was done, so that a run that goes on does it again before it loads."""

    taken: list[Rung] = field(default_factory=list)

    def climb(self, plan: Plan, learner: Learner) -> Adjustment | None:
        """Make the next thing smaller; None when nothing is left."""
        smaller = plan.halved()
        if smaller is not None:
            return Adjustment(Rung.BATCH, _sizes(plan), _sizes(smaller), smaller)
        for rung in BY_LEARNER:
            shrunk = learner.shrink(rung)
            if shrunk is not None:
                self.taken.append(rung)
                return Adjustment(rung, shrunk.before, shrunk.after, plan)
        return None

    def repeat(self, learner: Learner, taken: list[str]) -> None:
        """Do again what an earlier process of this run did."""
        for name in taken:
            learner.shrink(Rung(name))
            self.taken.append(Rung(name))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or not."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError | ModelOutOfMemory):
        return True
    return isinstance(error, Exception) and should_reduce_batch_size(error)


def _sizes(plan: Plan) -> str:
    return f"{plan.batch} x {plan.accumulation}"
