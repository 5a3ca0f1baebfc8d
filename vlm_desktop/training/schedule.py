"""The learning rate as a pure function of the step, so that nothing of it needs to be kept."""

import math

from vlm_desktop.training.spec import RunPart


def warmup_steps(run: RunPart, total: int) -> int:
    """Steps until the rate is whole."""
    return min(round(run.warmup * total), max(total - 1, 0))


def rate_factor(run: RunPart, step: int, total: int) -> float:
    """What the rate is multiplied by for update `step` (from 0) of `total`: rises in a line, then
    falls as the schedule says. It never is 0, so that no step is in vain."""
    rising = warmup_steps(run, total)
    if step < rising:
        return (step + 1) / (rising + 1)
    done = (step - rising) / max(total - rising, 1)
    if run.schedule == "linear":
        return 1 - done
    if run.schedule == "cosine":
        return (1 + math.cos(math.pi * done)) / 2
    return 1.0
