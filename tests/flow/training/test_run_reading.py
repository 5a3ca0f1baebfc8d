"""What is known of a run without reading all it ever said again."""

from pathlib import Path

import pytest

from vlm_desktop.base.training import (
    Example,
    Exchange,
    Interval,
    RunState,
    StateChanged,
    StepDone,
    Validated,
)
from vlm_desktop.engine.train import runreading
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.eventlog import append_event
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import recipe_of

EXAMPLES = [Example(f"k{number}", f"{number}.png", (Exchange("", "red"),)) for number in range(3)]


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs", lambda _: "r7")


def _frozen(runs: Runs, **data: str) -> RunFolder:
    said = {"model": {"id": "some", "kind": "probe"}, "data": data, "run": {"steps": 90}}
    return RunFolder(runs.freeze(recipe_of(said, Path("here")), EXAMPLES).folder)


def _step(step: int) -> StepDone:
    return StepDone(step, 5.0 + step, 1.0, 1.0, 1.0, 1.0, 1, 90)


def test_only_what_is_new_is_read(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = _frozen(runs, dataset="Cats")
    asked: list[int] = []
    real = runreading.read_events

    def read(path: Path, offset: int = 0) -> object:
        asked.append(offset)
        return real(path, offset)

    monkeypatch.setattr(runreading, "read_events", read)
    append_event(run.events, Validated(0, 5.0, "f1", 1.0, Interval(0.2, 0.1, 0.3), False))
    assert runs.get(run.root.name).step == 0
    append_event(run.events, _step(1))
    append_event(run.events, Validated(1, 6.5, "f1", 0.9, Interval(0.4, 0.3, 0.5), True))
    info = runs.get(run.root.name)
    assert (info.step, info.total_steps, info.data, info.metric) == (1, 90, "Cats", "f1")
    assert info.base == Interval(0.2, 0.1, 0.3)
    assert (info.best, info.best_step) == (Interval(0.4, 0.3, 0.5), 1)
    assert runs.all() == (info,)
    assert len(asked) == 3
    assert 0 < asked[0] < asked[1] < asked[2] == run.events.stat().st_size


def test_another_run_in_the_same_folder_is_read_anew(runs: Runs) -> None:
    run = _frozen(runs)
    append_event(run.events, _step(7))
    assert runs.get(run.root.name).step == 7
    run.events.unlink()
    append_event(run.events, StateChanged(0, 1.0, RunState.STOPPED))
    info = runs.get(run.root.name)
    assert (info.step, info.state, info.started) == (0, RunState.STOPPED, 1.0)


def test_a_long_run_is_read_piece_by_piece(runs: Runs) -> None:
    run = _frozen(runs)
    with run.events.open("a") as file:
        file.write("".join(f'{{"event": "Saved", "step": {n}, "at": 1, "folder": "{"x" * 300}"}}\n'
                           for n in range(8000)))  # fmt: skip
    offset, steps, pieces = 0, [], 0
    while True:
        said, after = runs.events(run.root.name, offset, 1)
        if after == offset:
            break
        steps += [one.step for one in said]
        offset, pieces = after, pieces + 1
    assert steps == [0, *range(8000)]
    assert pieces == 3
    assert runs.events(run.root.name)[1] == offset


def test_checkpoints_are_those_with_weights(runs: Runs) -> None:
    run = _frozen(runs)
    assert runs.checkpoints(run.root.name) == ()
    for step in (100, 50):
        run.weights_at(step).mkdir(parents=True)
    (run.checkpoints / ".writing-150" / "weights").mkdir(parents=True)
    (run.checkpoints / "step-000200").mkdir()
    assert runs.checkpoints(run.root.name) == (50, 100)


def test_examples_and_settings_of_a_run_are_told(runs: Runs) -> None:
    run = _frozen(runs, file="captions/cats.jsonl")
    assert runs.examples(run.root.name) == tuple(EXAMPLES)
    assert runs.get(run.root.name).data == "cats.jsonl"
    assert runs.settings(run.root.name) == {
        "model": {"id": "some", "kind": "probe"}, "run": {"steps": 90},
    }  # fmt: skip
