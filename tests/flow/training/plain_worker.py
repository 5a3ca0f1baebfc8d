"""A worker that counts instead of learning: queue, locks and commands are the real ones.

Run as `python -m tests.flow.training.plain_worker RUN`. STEP_SECONDS is how long a step takes.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from vlm_desktop.base.errors import ModelNotInstalled
from vlm_desktop.base.training import RunState, Saved, StepDone
from vlm_desktop.strings import last_words
from vlm_desktop.training import worker
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.eventlog import Teller
from vlm_desktop.training.runfolder import Command, RunFolder
from vlm_desktop.training.spec import read_recipe


def work(
    run: RunFolder, tell: Teller, asked: Asked, _learners: Mapping[str, str]
) -> SimpleNamespace:
    """Count the recipe's steps; a checkpoint is a file with a number."""
    recipe = read_recipe(run.recipe)
    if recipe.model.id == "gone":
        raise ModelNotInstalled(model="gone")
    kept = run.root / "count"
    tell.step = int(kept.read_text()) if kept.exists() else 0
    state = RunState.DONE
    while tell.step < recipe.run.steps:
        command = asked.command()
        if command in (Command.PAUSE, Command.STOP):
            state = RunState.PAUSED if command is Command.PAUSE else RunState.STOPPED
            break
        if os.environ.get("DEAF"):
            asked.command = lambda: None  # type: ignore[method-assign]
        time.sleep(float(os.environ.get("STEP_SECONDS", "0.01")))
        tell.step += 1
        tell(
            StepDone, loss=1.0, gradient_norm=1.0, rate=1.0, tokens_per_second=1.0,
            memory_bytes=1, total_steps=recipe.run.steps,
        )  # fmt: skip
        kept.write_text(str(tell.step))
    tell(Saved, folder="count")
    return SimpleNamespace(state=state, error=None)


if __name__ == "__main__":
    worker.WORK = "tests.flow.training.plain_worker:work"
    sys.exit(worker.main(Path(sys.argv[1]), last_words))
