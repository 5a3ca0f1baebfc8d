"""What a run will take, by what an earlier one showed."""

from vlm_desktop.base.training import Preparing, RunState, StateChanged, StepDone, TrainEvent
from vlm_desktop.engine.train.costing import Pace, cost_of, pace_of


def _said(steps: int, *begins: float) -> list[TrainEvent]:
    """Began, 10 seconds for 20 pictures, then a step every 2 seconds from second 30 on."""
    said: list[TrainEvent] = [StateChanged(0, at, RunState.RUNNING) for at in begins]
    said += [Preparing(0, 12.0, 0, 20), Preparing(0, 22.0, 20, 20)]
    said += [
        StepDone(step, 28.0 + 2 * step, 1.0, 1.0, 1.0, 1.0, 1000 + step, steps)
        for step in range(1, steps + 1)
    ]
    return said


def test_the_pace_is_told_from_what_a_run_said() -> None:
    pace = pace_of(_said(11, 0.0), examples_a_step=4)
    assert pace == Pace(start=18.0, per_picture=0.5, per_example=0.5, memory=1011)
    cost = cost_of(pace, pictures=100, taken=400, is_ours=True)
    assert (cost.seconds, cost.memory, cost.is_ours) == (18.0 + 50.0 + 200.0, 1011, True)


def test_a_run_that_was_short_or_broken_off_tells_nothing() -> None:
    assert pace_of(_said(3, 0.0), 4) is None
    assert pace_of(_said(11, 0.0, 20.0), 4) is None
    assert pace_of([], 4) is None
