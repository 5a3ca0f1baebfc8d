"""How long a run takes and how much memory: by what an earlier run showed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vlm_desktop.base.training import RunState, StateChanged, StepDone, TrainEvent


@dataclass(frozen=True, slots=True)
class Pace:
    """What one run showed. `start` are seconds before the first step, `per_example` those of taking
    one example once, evaluations included; `memory` bytes at most."""

    start: float
    per_example: float
    memory: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run will take, about. `is_ours` says that a run on this computer showed it; else it is
    what the starter took on two slow processor cores."""

    seconds: float
    memory: int
    is_ours: bool


ELSEWHERE: Mapping[str, Pace] = {}
"""By kind, the starter."""
_LEAST_STEPS = 5


def pace_of(said: Sequence[TrainEvent], examples_a_step: int) -> Pace | None:
    """The pace of a run by what it said; None where it was too short or broken off and resumed."""
    steps = [one for one in said if isinstance(one, StepDone)]
    begun = [one for one in said if isinstance(one, StateChanged) and one.state is RunState.RUNNING]
    if len(begun) != 1 or not steps or steps[-1].step - steps[0].step < _LEAST_STEPS:
        return None
    first, last = steps[0], steps[-1]
    each = (last.at - first.at) / (last.step - first.step)
    return Pace(
        start=max(0.0, first.at - begun[0].at - each),
        per_example=each / max(examples_a_step, 1),
        memory=max(one.memory_bytes for one in steps),
    )


def cost_of(pace: Pace, examples: int, *, is_ours: bool) -> Cost:
    """What taking so many examples, each as often as it is taken, will cost."""
    return Cost(pace.start + pace.per_example * examples, pace.memory, is_ours)
