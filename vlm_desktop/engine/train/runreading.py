"""What is known of a run, read from its folder."""

import threading
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.errors import AppError
from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.base.training import (
    RunInfo,
    RunState,
    StateChanged,
    StepDone,
    TrainEvent,
    Validated,
)
from vlm_desktop.training.eventlog import read_events
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import Recipe, read_recipe

_LIVING = (RunState.QUEUED, RunState.RUNNING)
_NAMES = ("dataset", "file", "folder")
"""Keys of [data] that name where examples come from."""


class RunReading:
    """Reads runs, of one that was read before only what it said since. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Path, _Told] = {}

    def info(self, run: RunFolder) -> RunInfo:
        """A run as it is now. Raises RunDamaged when its recipe does not read."""
        is_alive = run.living_process() is not None  # before reading, so that last words are heard
        with self._lock:
            told = self._known.get(run.root)
            if told is None or not told.is_of(run):
                told = self._known[run.root] = _Told(run)
            told.read_on()
            return told.info(is_alive=is_alive)


class _Told:
    """What one run said so far."""

    def __init__(self, run: RunFolder) -> None:
        try:
            recipe = read_recipe(run.recipe)
        except AppError as error:
            raise RunDamaged(path=run.recipe, detail=str(error)) from error
        self._run = run
        self._written = run.recipe.stat().st_mtime_ns
        self._offset = self._step = 0
        self._has_begun = False
        self._state: RunState | None = None
        self._detail = ""
        self._info = RunInfo(
            id=run.root.name,
            folder=run.root,
            state=RunState.INTERRUPTED,
            detail="",
            model=recipe.model.id,
            kind=recipe.model.kind,
            started=run.recipe.stat().st_mtime,
            step=0,
            total_steps=recipe.run.steps,
            metric=recipe.run.metric,
            base=None,
            best=None,
            best_step=None,
            data=_data_name(recipe),
        )

    def is_of(self, run: RunFolder) -> bool:
        """Whether the folder still holds the run that was read."""
        try:
            size = run.events.stat().st_size if run.events.exists() else 0
            return run.recipe.stat().st_mtime_ns == self._written and size >= self._offset
        except OSError:
            return False

    def read_on(self) -> None:
        said, self._offset = read_events(self._run.events, self._offset)
        for one in said:
            self._take(one)

    def _take(self, said: TrainEvent) -> None:
        info = self._info
        if not self._has_begun:
            self._has_begun = True
            info = replace(info, started=said.at)
        match said:
            case StepDone():
                if said.total_steps != info.total_steps:
                    info = replace(info, total_steps=said.total_steps)
            case Validated():
                info = replace(info, metric=said.metric)
                if said.step == 0 and info.base is None:
                    info = replace(info, base=said.score)
                if said.is_best:
                    info = replace(info, best=said.score, best_step=said.step)
            case StateChanged():
                self._state, self._detail = said.state, said.detail
        self._info, self._step = info, said.step

    def info(self, *, is_alive: bool) -> RunInfo:
        """The last state it named; one that needs a process and has none was interrupted."""
        state, detail = self._state, self._detail
        if state is None:
            state, detail = (RunState.QUEUED if is_alive else RunState.INTERRUPTED), ""
        elif state in _LIVING and not is_alive:
            state, detail = RunState.INTERRUPTED, ""
        return replace(self._info, state=state, detail=detail, step=self._step)


def _data_name(recipe: Recipe) -> str:
    said = next((recipe.data[key] for key in _NAMES if recipe.data.get(key)), "")
    return Path(str(said)).name if said else ""
