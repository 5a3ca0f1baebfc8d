"""A run done again from its frozen folder, and the look at a run before it starts."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.model.training import small
from tests.model.training.runmaking import REPO, events_of, make_run, work_here
from tests.model.training.small_worker import LEARNERS
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.trainerrors import BatchTooLarge, KindNotTaught, NothingSupervised
from vlm_desktop.base.training import RunState
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.checking import Inspection, inspect
from vlm_desktop.training.learners.protocol import Batch
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import Recipe, read_recipe

MODULE = "tests.model.training.small_worker"


def test_a_run_is_reproduced_bit_for_bit_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPO)
    folder = tmp_path / "training" / "runs"
    runs = Runs(folder, lambda _: "1", lambda run: [sys.executable, "-m", MODULE, str(run)])
    first = make_run(tmp_path, "first")
    threads = torch.get_num_threads()
    work_here(first)
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)
    elsewhere = tmp_path / "handed on"
    shutil.copytree(first.root, elsewhere)

    again = runs.start_again(elsewhere)
    list(runs.follow(again.id, CancelToken()))
    assert runs.get(again.id).state is RunState.DONE
    assert runs.same_weights(elsewhere, again.id)
    assert runs.card(again.id)["data"] == runs.card("first")["data"]
    assert runs.card_text(again.id).startswith(f"# Run {again.id}\n")

    other = make_run(tmp_path, "other", seed=1)
    work_here(other)
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)
    assert not runs.same_weights(other.root, again.id)


def test_the_program_itself_is_the_worker_and_says_why_it_fails(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    text = run.recipe.read_text().replace('kind = "probe"', 'kind = "connector"')
    run.recipe.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "vlm_desktop", "train-worker", str(run.root)],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = events_of(run)
    assert [one.state for one in said] == [RunState.RUNNING, RunState.FAILED]  # type: ignore[attr-defined]
    detail = said[-1].detail  # type: ignore[attr-defined]
    assert detail.startswith("In the recipe, [model] kind must be one of")
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["StateChanged"] * 2
    assert "RecipeWrong" in done.stderr, "the log has the rest"


def _inspected(recipe: Recipe, home: Path) -> Inspection:
    examples = small.make_examples(home / "pictures", 12)
    verb = inspect(recipe, examples, home, CancelToken(), LEARNERS)
    try:
        while True:
            next(verb)
    except StopIteration as end:
        seen: Inspection = end.value
        return seen


def test_a_look_trains_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    recipe = read_recipe(make_run(tmp_path).recipe)
    before = torch.get_rng_state()
    seen = _inspected(recipe, tmp_path)
    assert torch.equal(before, torch.get_rng_state())
    assert [one.name for one in (tmp_path / "training" / "runs").iterdir()] == ["one"]
    assert seen.trainable == sum(count for _, count in seen.groups)
    assert len(seen.xrays) == len(seen.keys) == seen.batch == 4
    assert seen.supervised == 4
    assert seen.xrays[0].pixels.shape == (small.SIDE, small.SIDE, 3)
    assert seen.steps == 12
    assert seen.most_tokens == 4
    assert sorted(set(seen.lengths.values())) == [3, 4, 5]
    assert len(seen.lengths) == 12
    assert seen.memory >= seen.estimate.weights + seen.estimate.adapters
    assert seen.measured_step >= 0
    assert seen.part_seconds > 0


def test_a_look_has_the_examples_where_a_run_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learners of names read them there."""
    found: list[int] = []
    opened = small.SmallLearner.open

    def reading(learner: small.SmallLearner) -> None:
        folder = RunFolder(learner._place.run)
        found.append(len(folder.read_examples(folder.data)))
        opened(learner)

    monkeypatch.setattr(small.SmallLearner, "open", reading)
    _inspected(read_recipe(make_run(tmp_path).recipe), tmp_path)
    assert found == [12]


def test_a_batch_that_does_not_fit_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate more")

    monkeypatch.setattr(small.SmallLearner, "loss", full)
    with pytest.raises(BatchTooLarge) as refused:
        _inspected(read_recipe(make_run(tmp_path).recipe), tmp_path)
    assert refused.value.fields == {"batch": 4, "detail": "CUDA out of memory."}


def test_a_look_refuses_what_a_run_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = read_recipe(make_run(tmp_path).recipe)
    with pytest.raises(KindNotTaught):
        list(inspect(recipe, small.make_examples(tmp_path, 8), tmp_path, CancelToken(), {}))
    monkeypatch.setattr(small.SmallLearner, "batch", lambda *_: Batch(("key",), {}, 0))
    with pytest.raises(NothingSupervised):
        _inspected(recipe, tmp_path)
