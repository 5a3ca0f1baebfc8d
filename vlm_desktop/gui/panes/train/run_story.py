"""What a run said so far, as columns that only grow; and a look at them, thin enough to draw.

No Qt: a lane takes the events in and makes the look, the window shows it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.training import (
    Adjusted,
    Alarm,
    MemoryMeasured,
    Preparing,
    Probed,
    Saved,
    StateChanged,
    StepDone,
    TrainEvent,
    Validated,
)

Points: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps and values."""
Probes: TypeAlias = dict[str, dict[int, Probed]]
"""By the key of an example, then by step."""

STEP_CURVES = ("loss", "gradient_norm", "rate", "tokens_per_second", "memory_bytes")
SMOOTH = "smooth"
"""The loss without the noise of single batches."""
MOST_POINTS = 1_200
_SMOOTHING = 0.1
_FALLING, _RISING = 0.99, 1.01
FALLING, LEVEL, RISING = "falling", "level", "rising"


@dataclass(frozen=True, slots=True)
class RunLook:
    """A run at one moment. `curves` are thinned; `trend` is one of FALLING, LEVEL, RISING, or ""
    while it is too early. `saved` is the step of the last checkpoint, None before the first."""

    curves: dict[str, Points] = field(default_factory=dict)
    last: StepDone | None = None
    trend: str = ""
    evaluated: tuple[Validated, ...] = ()
    best: Validated | None = None
    preparing: Preparing | None = None
    memory: MemoryMeasured | None = None
    adjusted: tuple[Adjusted, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    saved: int | None = None
    state: StateChanged | None = None
    probes: Probes = field(default_factory=dict)
    version: int = 0
    """Grows with what was said."""


class RunStory:
    """Takes events in the order they were said. For one thread at a time.

    After a kill steps are said again from the last checkpoint on: what was said of these before
    is forgotten.
    """

    def __init__(self) -> None:
        self._steps = array("d")
        self._columns = {name: array("d") for name in (*STEP_CURVES, SMOOTH)}
        self._evaluated: dict[int, Validated] = {}
        self._best: Validated | None = None
        self._probes: Probes = {}
        self._alarms: dict[tuple[int, str], Alarm] = {}
        self._adjusted: list[Adjusted] = []
        self._last: StepDone | None = None
        self._preparing: Preparing | None = None
        self._memory: MemoryMeasured | None = None
        self._saved: int | None = None
        self._state: StateChanged | None = None
        self._version = 0

    def take(self, said: Iterable[TrainEvent]) -> None:
        """Add what was said since."""
        for one in said:
            self._version += 1
            match one:
                case StepDone():
                    self._take_step(one)
                case Validated():
                    self._evaluated[one.step] = one
                    if one.is_best:
                        self._best = one
                case Probed():
                    self._probes.setdefault(one.key, {})[one.step] = one
                case Alarm():
                    self._alarms[one.step, one.code] = one
                case Adjusted():
                    self._adjusted.append(one)
                case Preparing():
                    self._preparing = one
                case MemoryMeasured():
                    self._memory = one
                case Saved():
                    self._saved = one.step
                case StateChanged():
                    self._state = one

    def _take_step(self, said: StepDone) -> None:
        if self._steps and said.step <= self._steps[-1]:
            self._forget_from(said.step)
        before = self._columns[SMOOTH][-1] if self._steps else said.loss
        # A plain mean while there are few, or the first one would weigh too much.
        weight = max(_SMOOTHING, 1.0 / (len(self._steps) + 1))
        smooth = before + weight * (said.loss - before) if isfinite(said.loss) else before
        self._steps.append(said.step)
        for name in STEP_CURVES:
            self._columns[name].append(getattr(said, name))
        self._columns[SMOOTH].append(smooth)
        self._last = said
        self._preparing = None

    def _forget_from(self, step: int) -> None:
        place = bisect_left(self._steps, step)
        del self._steps[place:]
        for column in self._columns.values():
            del column[place:]
        self._evaluated = {at: one for at, one in self._evaluated.items() if at < step}
        self._alarms = {key: one for key, one in self._alarms.items() if key[0] < step}
        for answers in self._probes.values():
            for at in [one for one in answers if one >= step]:
                del answers[at]
        best = [one for one in self._evaluated.values() if one.is_best]
        self._best = max(best, key=lambda one: one.step, default=None)

    def look(self) -> RunLook:
        """What there is to see now. It shares nothing that changes later."""
        steps = np.array(self._steps)
        return RunLook(
            curves={
                name: thinned(steps, np.array(column)) for name, column in self._columns.items()
            },
            last=self._last,
            trend=self._trend(),
            evaluated=tuple(self._evaluated[step] for step in sorted(self._evaluated)),
            best=self._best,
            preparing=self._preparing,
            memory=self._memory,
            adjusted=tuple(self._adjusted),
            alarms=tuple(self._alarms[key] for key in sorted(self._alarms)),
            saved=self._saved,
            state=self._state,
            probes={key: dict(answers) for key, answers in self._probes.items()},
            version=self._version,
        )

    def _trend(self) -> str:
        smooth = self._columns[SMOOTH]
        back = min(max(len(smooth) // 10, 10), 200)
        if len(smooth) <= back:
            return ""
        ratio = smooth[-1] / smooth[-1 - back] if smooth[-1 - back] > 0 else 1.0
        return FALLING if ratio < _FALLING else RISING if ratio > _RISING else LEVEL


def thinned(steps: NDArray[np.float64], values: NDArray[np.float64]) -> Points:
    """At most MOST_POINTS of them: of each stretch the lowest and the highest, so that no peak is
    lost. Values that are no finite numbers are left out."""
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    if len(values) <= MOST_POINTS:
        return steps, values
    edges = np.linspace(0, len(values), MOST_POINTS // 2 + 1).astype(int)
    kept = {0, len(values) - 1}
    for first, end in zip(edges[:-1], edges[1:], strict=True):
        stretch = values[first:end]
        kept |= {first + int(stretch.argmin()), first + int(stretch.argmax())}
    chosen = np.array(sorted(kept))
    return steps[chosen], values[chosen]
