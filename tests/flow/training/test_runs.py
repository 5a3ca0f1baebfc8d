"""Runs as folders and processes: starting, waiting for a turn, following, ending, recovering."""

import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelNotInstalled
from vlm_desktop.base.trainerrors import (
    NothingToTrain,
    RunFinished,
    RunIsLive,
    RunNotLive,
    RunUnknown,
)
from vlm_desktop.base.training import (
    Example,
    Exchange,
    RunInfo,
    RunState,
    StateChanged,
    StepDone,
    TrainEvent,
)
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import Recipe, read_recipe, recipe_of

EXAMPLES = [Example(f"k{number}", f"{number}.png", (Exchange("", "red"),)) for number in range(4)]


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.flow.training.plain_worker", str(folder)]


def _recipe(steps: int, model: str = "some") -> Recipe:
    return recipe_of(
        {"model": {"id": model, "kind": "probe"}, "run": {"steps": steps}}, Path("anywhere")
    )


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "training" / "runs", lambda _: "r7", _command)


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)


def _end(runs: Runs, info: RunInfo) -> RunInfo:
    return _driven(runs.follow(info.id, CancelToken()))


def _driven(verb: Generator[TrainEvent, None, RunInfo]) -> RunInfo:
    try:
        while True:
            next(verb)
    except StopIteration as end:
        result: RunInfo = end.value
        return result


def _states(runs: Runs, info: RunInfo) -> list[RunState]:
    return [one.state for one in runs.events(info.id)[0] if isinstance(one, StateChanged)]


def test_a_run_is_frozen_followed_and_done(runs: Runs) -> None:
    started = runs.start(_recipe(5), EXAMPLES, EXAMPLES[:1])
    assert started.is_live
    said = list(runs.follow(started.id, CancelToken()))
    assert [one.step for one in said if isinstance(one, StepDone)] == [1, 2, 3, 4, 5]
    assert runs.get(started.id).state is RunState.DONE
    folder = RunFolder(started.folder)
    assert folder.read_examples(folder.data) == tuple(EXAMPLES)
    assert folder.read_examples(folder.general) == tuple(EXAMPLES[:1])
    recipe = read_recipe(folder.recipe)
    assert recipe.model.revision == "r7"
    assert recipe.run.threads >= 1
    assert not folder.ticket.exists()
    # From any place on: a window that comes back shows only what is new.
    events, offset = runs.events(started.id)
    assert list(runs.follow(started.id, CancelToken(), offset)) == []
    assert runs.events(started.id, offset) == ((), offset)
    assert len(events) == len(said)


def test_the_second_run_waits_for_the_first_also_across_windows(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_window = Runs(runs._folder, lambda _: "", _command)
    monkeypatch.setenv("STEP_SECONDS", "0.2")
    first = runs.start(_recipe(1000), EXAMPLES)
    _wait(lambda: runs.get(first.id).step > 0)
    monkeypatch.setenv("STEP_SECONDS", "0.01")
    second = other_window.start(_recipe(3), EXAMPLES)
    _wait(lambda: _states(runs, second).count(RunState.QUEUED) == 2)
    third = runs.start(_recipe(3), EXAMPLES)
    _wait(lambda: _states(runs, third).count(RunState.QUEUED) == 2)
    assert runs.get(second.id).state is RunState.QUEUED
    assert runs.get(second.id).step == 0

    runs.stop(first.id)
    assert _end(runs, first).state is RunState.STOPPED
    assert _end(runs, second).state is RunState.DONE
    assert _end(runs, third).state is RunState.DONE
    times = [
        {one.state: one.at for one in runs.events(info.id)[0] if isinstance(one, StateChanged)}
        for info in (first, second, third)
    ]
    assert times[1][RunState.RUNNING] >= times[0][RunState.STOPPED]
    assert times[2][RunState.RUNNING] >= times[1][RunState.DONE]


def test_a_waiting_run_can_be_paused_and_killed_ones_are_not_waited_for(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "0.2")
    first = runs.start(_recipe(1000), EXAMPLES)
    _wait(lambda: runs.get(first.id).step > 0)
    waiting = runs.start(_recipe(3), EXAMPLES)
    _wait(lambda: _states(runs, waiting).count(RunState.QUEUED) == 2)
    runs.pause(waiting.id)
    assert _end(runs, waiting).state is RunState.PAUSED
    process = RunFolder(first.folder).living_process()
    assert process is not None
    process.kill()
    monkeypatch.setenv("STEP_SECONDS", "0.01")
    runs.resume(waiting.id)
    assert _end(runs, waiting).state is RunState.DONE
    assert runs.get(first.id).state is RunState.INTERRUPTED


def test_pause_ends_the_process_and_resume_goes_on(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "0.05")
    info = runs.start(_recipe(60), EXAMPLES)
    _wait(lambda: runs.get(info.id).step > 2)
    with pytest.raises(RunIsLive):
        runs.resume(info.id)
    with pytest.raises(RunIsLive):
        runs.remove(info.id)
    runs.pause(info.id)
    paused = _end(runs, info)
    assert paused.state is RunState.PAUSED
    assert RunFolder(info.folder).living_process() is None
    with pytest.raises(RunNotLive):
        runs.pause(info.id)
    monkeypatch.setenv("STEP_SECONDS", "0.001")
    runs.resume(info.id)
    assert _end(runs, info).state is RunState.DONE
    steps = [one.step for one in runs.events(info.id)[0] if isinstance(one, StepDone)]
    assert steps == list(range(1, 61))
    with pytest.raises(RunFinished):
        runs.resume(info.id)
    runs.remove(info.id)
    assert runs.all() == ()
    with pytest.raises(RunUnknown):
        runs.get(info.id)


def test_a_killed_run_is_found_out_and_written_down(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "0.05")
    info = runs.start(_recipe(1000), EXAMPLES)
    _wait(lambda: runs.get(info.id).step > 0)
    assert runs.recover() == ()
    process = RunFolder(info.folder).living_process()
    assert process is not None
    process.kill()
    _wait(lambda: RunFolder(info.folder).living_process() is None)
    assert [one.id for one in runs.recover()] == [info.id]
    assert runs.recover() != ()
    assert _states(runs, info)[-2:] == [RunState.RUNNING, RunState.INTERRUPTED]
    assert runs.get(info.id).can_go_on


def test_a_deaf_worker_is_terminated_then_killed(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vlm_desktop.engine.train.runs._TERMINATE_SECONDS", 0.5)
    monkeypatch.setenv("DEAF", "1")
    monkeypatch.setenv("STEP_SECONDS", "0.05")
    info = runs.start(_recipe(100_000), EXAMPLES)
    _wait(lambda: runs.get(info.id).step > 1)
    ended = _driven(runs.end(info.id, CancelToken(), seconds=0.3))
    assert ended.state is RunState.INTERRUPTED
    assert RunFolder(info.folder).living_process() is None


def test_following_can_be_cancelled_and_the_run_goes_on(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEP_SECONDS", "0.05")
    info = runs.start(_recipe(1000), EXAMPLES)
    cancel = CancelToken()
    verb = runs.follow(info.id, cancel)
    while not isinstance(next(verb), StepDone):
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(verb)
    assert runs.get(info.id).is_live
    runs.stop(info.id)
    assert _end(runs, info).state is RunState.STOPPED


def test_a_base_that_is_gone_is_a_sentence_and_not_the_end(runs: Runs) -> None:
    info = runs.start(_recipe(3, "gone"), EXAMPLES)
    failed = _end(runs, info)
    assert failed.state is RunState.FAILED
    assert "gone" in failed.detail
    assert failed.detail.endswith(".")
    assert failed.can_go_on


def test_what_cannot_be_started_is_refused(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(NothingToTrain):
        runs.start(_recipe(3), [])

    def absent(model: str) -> str:
        raise ModelNotInstalled(model=model)

    with pytest.raises(ModelNotInstalled):
        Runs(tmp_path / "runs", absent, _command).start(_recipe(3), EXAMPLES)
    with pytest.raises(RunUnknown):
        runs.get("../outside")
    assert runs.all() == ()
