"""Runs as their workers would have left them: folders with recipe, examples and what was said."""

import math
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from vlm_desktop.base.training import (
    Adjusted,
    Alarm,
    Example,
    Exchange,
    Interval,
    MemoryMeasured,
    Preparing,
    Probed,
    RunInfo,
    RunState,
    Saved,
    Split,
    StateChanged,
    StepDone,
    TrainEvent,
    Validated,
)
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.eventlog import EventLog
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import recipe_of

ANSWERS = (
    ("", "a red apple on a wooden table", "a table", "a red apple on a table"),
    ("What is sold here?", "fresh oranges", "people in a street", "fresh oranges and lemons"),
    ("", "two bananas in a white bowl", "a bowl of fruit in a kitchen", "a white bowl"),
)
"""Question, right answer, the base's, the taught model's."""


def examples_of(pictures: Sequence[Path]) -> list[Example]:
    """Held-out examples and as many to learn from, over these pictures."""
    found = []
    for number, (ask, answer, _, _) in enumerate(ANSWERS):
        image = str(pictures[number % len(pictures)]) if pictures else f"{number}.png"
        turns = (Exchange(ask, answer),)
        found.append(Example(f"t{number}", image, turns))
        found.append(Example(f"v{number}", image, turns, split=Split.VALIDATION))
    return found


def frozen(
    runs: Runs, pictures: Sequence[Path] = (), *, data: str = "Fruit", model: str = "starter"
) -> RunFolder:
    """A run that nobody started."""
    said = {
        "model": {"id": model, "kind": "assistant"},
        "data": {"dataset": data},
        "run": {"steps": 400, "rate": 0.002},
    }
    info: RunInfo = runs.freeze(recipe_of(said, Path("anywhere")), examples_of(pictures))
    return RunFolder(info.folder)


def say(run: RunFolder, *said: TrainEvent) -> None:
    with EventLog(run.events) as log:
        for one in said:
            log.say(one)


def state(state: RunState, step: int = 0, detail: str = "") -> StateChanged:
    return StateChanged(step, time.time(), state, detail)


def step(number: int, *, total: int = 400, loss: float | None = None) -> StepDone:
    """A step of a run that learns, with some noise."""
    value = 0.8 + 2.4 * math.exp(-number / 120) + 0.15 * math.sin(number * 2.7)
    left = (total - number) * 0.8
    return StepDone(
        number, time.time(), value if loss is None else loss, 1.5 + math.sin(number) / 3,
        0.002 * (1 - number / (total + 1)), 1480.0 + 90 * math.cos(number), 912_000_000, total,
        (left, left * 1.5),
    )  # fmt: skip


def evaluation(
    number: int, *, is_best: bool = True, blind: float | None = None, general: float | None = None
) -> list[TrainEvent]:
    """The held-out examples answered at a step."""
    score = 0.9 - 0.6 * math.exp(-number / 150)
    at = time.time()
    ranges = [None if one is None else (one - 0.04, one + 0.05) for one in (blind, general)]
    said: list[TrainEvent] = [
        Validated(number, at, "cider", 2.6 - score, Interval(score, score - 0.07, score + 0.08),
                  is_best and number > 0, blind, general, *ranges),
    ]  # fmt: skip
    for place, (_, _, base, taught) in enumerate(ANSWERS):
        answer = taught if number >= 100 else base
        said.append(Probed(number, at, f"v{place}", answer, score * (0.5 + 0.2 * place)))
    return said


def learning(upto: int, *, total: int = 400) -> Iterable[TrainEvent]:
    """All that is said up to a step."""
    yield state(RunState.RUNNING)
    yield Preparing(0, time.time(), 6, 6)
    yield from evaluation(0, blind=0.24, general=0.62)
    yield Saved(0, time.time(), "checkpoints/step-000000")
    for number in range(1, upto + 1):
        yield step(number, total=total)
        if number == 1:
            yield MemoryMeasured(1, time.time(), 840_000_000, 912_000_000, 1.1)
        if number % 50 == 0:
            yield from evaluation(number)
            yield Saved(number, time.time(), f"checkpoints/step-{number:06}")


def alive(run: RunFolder) -> None:
    """As if a worker lived: this process stands for it."""
    run.name_process(os.getpid())


def dead(run: RunFolder) -> None:
    run.process.unlink(missing_ok=True)


def running(runs: Runs, pictures: Sequence[Path] = (), *, upto: int = 120) -> RunFolder:
    """A run in the middle of its way."""
    run = frozen(runs, pictures)
    alive(run)
    say(run, *learning(upto))
    return run


def finished(
    runs: Runs, pictures: Sequence[Path] = (), *, alarms: bool = False, data: str = "Fruit"
) -> RunFolder:
    """A run that is done, with a card; with `alarms` one that went ill."""
    run = frozen(runs, pictures, data=data)
    general = 0.41 if alarms else 0.61
    blind = 0.80 if alarms else 0.27
    say(run, *learning(400))
    if alarms:
        say(run, Adjusted(400, time.time(), "batch", "16 x 1", "8 x 2"))
    say(run, *evaluation(400, blind=blind, general=general))
    if alarms:
        say(run, Alarm(400, time.time(), "train-blind", "cider 0.858, 0.800"),
            Alarm(400, time.time(), "train-forgot", "0.620, 0.410"))  # fmt: skip
    say(run, state(RunState.DONE, 400))
    run.card_text.write_text(CARD.replace("RUN", run.root.name), encoding="utf-8")
    return run


CARD = """# Run RUN

starter (revision r1, licence Apache-2.0) was taught as assistant on 3 examples, with 3 held out.

400 steps in 312 seconds on cpu (2 cores), at most 912 MB. 41,472 numbers were trained. State: done.

| | step | metric | score (95 %) | blind | general | loss |
|---|---|---|---|---|---|---|
| base | 0 | cider | 0.300 (0.230 to 0.380) | 0.240 | 0.620 | 2.300 |
| best | 400 | cider | 0.858 (0.788 to 0.938) | 0.270 | 0.610 | 1.742 |

Weights:

- `adapter.safetensors`, 165,984 bytes, `9f2c…`

`reproduce.py` trains it again; `recipe.toml` and `data.jsonl` are what it goes by.
"""
