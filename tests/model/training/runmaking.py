"""Folders of runs with the small learner, and child processes that work on them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from accelerate.state import AcceleratorState

from tests.model.training.small import make_examples
from tests.model.training.small_worker import LEARNERS
from vlm_desktop.base.training import Example, TrainEvent
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.eventlog import EventLog, Teller, read_events
from vlm_desktop.training.loop import Ending
from vlm_desktop.training.runfolder import RunFolder, write_whole
from vlm_desktop.training.spec import recipe_of, recipe_text
from vlm_desktop.training.working import work

REPO = Path(__file__).parents[3]
MODULE = "tests.model.training.small_worker"


def make_run(
    home: Path, name: str = "one", examples: Sequence[Example] | None = None, **run: Any
) -> RunFolder:
    """A frozen run; `run` is what [run] says beyond what suits tests."""
    said = {"steps": 12, "batch": 4, "evaluate_every": 4, "save_every": 4, "rate": 0.01}
    guard = run.pop("guard", {})
    recipe = recipe_of(
        {
            "model": {"id": "small", "kind": "probe"},
            "run": {**said, "threads": 1, "device": "cpu", **run},
            "guard": guard,
        },
        home,
    )
    folder = RunFolder(home / "training" / "runs" / name)
    folder.root.mkdir(parents=True)
    write_whole(folder.recipe, recipe_text(recipe))
    made = make_examples(home / "pictures", 30) if examples is None else examples
    folder.write_examples(folder.data, made)
    return folder


def start(run: RunFolder, *before: str, **environment: str) -> "subprocess.Popen[str]":
    """A worker of its own process; `before` are words before its module, as of `accelerate`."""
    return subprocess.Popen(
        [sys.executable, *before, "-m", MODULE, str(run.root)],
        cwd=REPO,
        env=_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(run: RunFolder, **environment: str) -> tuple[TrainEvent, ...]:
    """Work on a run to its end in a child process; what it said in all its life."""
    with start(run, **environment) as process:
        _, said = process.communicate(timeout=240)
    assert process.returncode in (0, 1), said
    return events_of(run)


def work_here(run: RunFolder) -> Ending:
    """Work on a run in this process, without queue and signals."""
    AcceleratorState._reset_state(reset_partial_state=True)
    with EventLog(run.events) as log:
        return work(run, Teller(log), Asked(run), LEARNERS)


def events_of(run: RunFolder) -> tuple[TrainEvent, ...]:
    return read_events(run.events)[0]


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPO), **extra}
