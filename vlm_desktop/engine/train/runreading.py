"""What is known of a run, read from its folder."""

from vlm_desktop.base.errors import AppError
from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.base.training import (
    Interval,
    RunInfo,
    RunState,
    StateChanged,
    StepDone,
    TrainEvent,
    Validated,
)
from vlm_desktop.training.eventlog import read_events
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import read_recipe

_LIVING = (RunState.QUEUED, RunState.RUNNING)


def info_of(run: RunFolder) -> RunInfo:
    """A run as it is now. Raises RunDamaged when its recipe does not read."""
    try:
        recipe = read_recipe(run.recipe)
    except AppError as error:
        raise RunDamaged(path=run.recipe, detail=str(error)) from error
    is_alive = run.living_process() is not None  # before reading, so that last words are heard
    said, _ = read_events(run.events)
    state, detail = _state(said, is_alive=is_alive)
    step = next((one for one in reversed(said) if isinstance(one, StepDone)), None)
    evaluated = [one for one in said if isinstance(one, Validated)]
    best = next((one for one in reversed(evaluated) if one.is_best), None)
    return RunInfo(
        id=run.root.name,
        folder=run.root,
        state=state,
        detail=detail,
        model=recipe.model.id,
        kind=recipe.model.kind,
        started=said[0].at if said else run.recipe.stat().st_mtime,
        step=said[-1].step if said else 0,
        total_steps=step.total_steps if step else recipe.run.steps,
        metric=evaluated[-1].metric if evaluated else recipe.run.metric,
        base=_score(next((one for one in evaluated if one.step == 0), None)),
        best=_score(best),
        best_step=best.step if best else None,
    )


def _state(said: tuple[TrainEvent, ...], *, is_alive: bool) -> tuple[RunState, str]:
    """The last state it named; one that needs a process and has none was interrupted."""
    last = next((one for one in reversed(said) if isinstance(one, StateChanged)), None)
    if last is None:
        return (RunState.QUEUED if is_alive else RunState.INTERRUPTED), ""
    if last.state in _LIVING and not is_alive:
        return RunState.INTERRUPTED, ""
    return last.state, last.detail


def _score(found: Validated | None) -> Interval | None:
    return None if found is None else found.score
