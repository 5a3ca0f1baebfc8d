"""How long a run takes and how much memory: by what an earlier run showed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vlm_desktop.base.training import Preparing, RunState, StateChanged, StepDone, TrainEvent


@dataclass(frozen=True, slots=True)
class Pace:
    """What one run showed. `start` are seconds before the first step, without `per_picture` for
    each example that is made ready; `per_example` those of taking one example once, evaluations
    included; `memory` bytes at most."""

    start: float
    per_picture: float
    per_example: float
    memory: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run will take, about. `is_ours` says that a run on this computer showed it; else it is
    what the starter took on two slow processor cores."""

    seconds: float
    memory: int
    is_ours: bool


ELSEWHERE: Mapping[str, Pace] = {
    "assistant": Pace(18.0, 0.016, 0.042, 1_120_000_000),
    "encoder": Pace(43.0, 0.09, 0.018, 1_180_000_000),
    "probe": Pace(43.0, 0.09, 0.006, 1_130_000_000),
    "prompts": Pace(43.0, 0.09, 0.014, 1_100_000_000),
}
"""By kind: the starter on 300 captions, and on 50 photos of five things, with two slow cores that
had other work to do."""
_LEAST_STEPS = 5


def pace_of(said: Sequence[TrainEvent], examples_a_step: int) -> Pace | None:
    """The pace of a run by what it said; None where it was too short or broken off and resumed."""
    steps = [one for one in said if isinstance(one, StepDone)]
    begun = [one for one in said if isinstance(one, StateChanged) and one.state is RunState.RUNNING]
    if len(begun) != 1 or not steps or steps[-1].step - steps[0].step < _LEAST_STEPS:
        return None
    ready = [one for one in said if isinstance(one, Preparing) and one.total]
    preparing = ready[-1].at - ready[0].at if ready else 0.0
    pictures = ready[-1].total or 1 if ready else 1
    first, last = steps[0], steps[-1]
    each = (last.at - first.at) / (last.step - first.step)
    return Pace(
        start=max(0.0, first.at - begun[0].at - each - preparing),
        per_picture=preparing / pictures,
        per_example=each / max(examples_a_step, 1),
        memory=max(one.memory_bytes for one in steps),
    )


def cost_of(pace: Pace, pictures: int, taken: int, *, is_ours: bool) -> Cost:
    """What making so many pictures ready and taking so many examples will cost; an example counts
    as often as it is taken."""
    seconds = pace.start + pace.per_picture * pictures + pace.per_example * taken
    return Cost(seconds, pace.memory, is_ours)
