"""What fine-tuning is made of: examples, what a recipe asks for, and what a run says.

Importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.types import Box


class Split(StrEnum):
    """What an example is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    """Chooses the best checkpoint and ends a run early; never trained on."""
    LEFT_OUT = "left out"
    """Stays in the data set and is used for nothing."""


class ExampleKind(StrEnum):
    CAPTION = "caption"
    QUESTION = "question"
    FIELDS = "fields"
    """A document; the answer is a JSON object of its fields."""
    BOX = "box"
    """A phrase, and the place it names."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is asked and what is to be said. A caption answers ""."""

    ask: str
    answer: str


@dataclass(frozen=True, slots=True)
class Example:
    """One picture and what a model is to say of it.

    `key` is stable and unique in a data set: a hash of picture and words. `image` is the path as
    it was given; `content` the hash of its bytes, "" where nobody has read it. `box` is in pixels
    of the upright picture. Examples with the same `group` never stand on both sides of a split;
    "" is a group of its own. `label` names a class for the balance of a data set, mostly "".
    `source` says where it comes from, in the words of `TrainSource`, with the place in a file.
    """

    key: str
    image: str
    turns: tuple[Exchange, ...]
    kind: ExampleKind = ExampleKind.CAPTION
    split: Split = Split.TRAIN
    content: str = ""
    group: str = ""
    label: str = ""
    source: str = ""
    box: Box | None = None


class RunState(StrEnum):
    """A run as people see it. QUEUED waits for another run to end."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    """Stopped at a checkpoint, memory freed; it can go on."""
    DONE = "done"
    STOPPED = "stopped"
    """Ended by a person; what it learned so far is kept."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its process vanished; it can go on from its last checkpoint."""


@dataclass(frozen=True, slots=True)
class TrainEvent(Event):
    """Root of what a run says. `step` counts updates of the weights; `at` is seconds since the
    epoch."""

    step: int
    at: float


@dataclass(frozen=True, slots=True)
class Preparing(TrainEvent):
    """Pictures are read and frozen features computed before the first step. `total` is None while
    it is not known."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class MemoryMeasured(TrainEvent):
    """One step was measured against the estimate. `factor` is measured by estimated, of what a
    step adds to the weights."""

    estimated_bytes: int
    measured_bytes: int
    factor: float


@dataclass(frozen=True, slots=True)
class StepDone(TrainEvent):
    """One update. `tokens_per_second` counts supervised tokens, or pairs for an encoder.
    `seconds_left` is a range, (0, 0) while it cannot be told."""

    loss: float
    gradient_norm: float
    rate: float
    tokens_per_second: float
    memory_bytes: int
    total_steps: int
    seconds_left: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Validated(TrainEvent):
    """The held-out examples were answered. `metric` names `score`; `blind` is the same with blank
    pictures, `general` the figure on the fixed general set; None where it was not taken. The ranges
    are their bootstrap intervals of 95 %."""

    metric: str
    loss: float
    score: Interval
    is_best: bool
    blind: float | None = None
    general: float | None = None
    blind_range: tuple[float, float] | None = None
    general_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Probed(TrainEvent):
    """What the model says of one held-out example at this checkpoint. Step 0 is the base."""

    key: str
    answer: str
    score: float


@dataclass(frozen=True, slots=True)
class Saved(TrainEvent):
    """A checkpoint lies in this folder of the run."""

    folder: str


@dataclass(frozen=True, slots=True)
class Adjusted(TrainEvent):
    """Memory ran out, and something was made smaller: `what` is one of the ladder's rungs."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Alarm(TrainEvent):
    """Something a person must know: `code` is of `strings`, `detail` fills it in."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StateChanged(TrainEvent):
    """The run went into another state. `detail` is the sentence of an error."""

    state: RunState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run in the list of runs.

    `detail` is the sentence of the error it ended with, mostly "". `step` counts updates so far.
    `base` and `best` are the metric before the first step and at `best_step`; None where nothing
    was held out or nothing was evaluated yet. `data` names the data set or the file it learns from,
    "" for what was handed over otherwise.
    """

    id: str
    folder: Path
    state: RunState
    detail: str
    model: str
    kind: str
    started: float
    step: int
    total_steps: int
    metric: str
    base: Interval | None
    best: Interval | None
    best_step: int | None
    data: str = ""

    @property
    def is_live(self) -> bool:
        """Whether a process works on it or waits for its turn."""
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def can_go_on(self) -> bool:
        """Whether `resume` may be asked for."""
        return not self.is_live and self.state is not RunState.DONE
