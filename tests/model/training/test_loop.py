"""The loop in this process: what it learns, what it says, what it does when things go wrong."""

import errno
import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.model.training import small
from tests.model.training.runmaking import events_of, make_run, work_here
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DiskFull
from vlm_desktop.base.trainerrors import (
    GroupUnknown,
    LossNotFinite,
    NothingSupervised,
    NothingToTrain,
    PlacesDiffer,
    RecipeWrong,
    TrainOutOfMemory,
)
from vlm_desktop.base.training import (
    Adjusted,
    Alarm,
    MemoryMeasured,
    Probed,
    RunState,
    Saved,
    StepDone,
    Validated,
)
from vlm_desktop.training import checkpoints
from vlm_desktop.training.learners.protocol import Batch
from vlm_desktop.training.runfolder import Command, RunFolder

pytestmark = pytest.mark.usefixtures("quiet_accelerate")


@pytest.fixture
def quiet_accelerate() -> Any:
    """Each test its own accelerator; what the loop set of PyTorch is put back."""
    threads = torch.get_num_threads()
    yield
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)


def _said(run: RunFolder, kind: type) -> list[Any]:
    return [one for one in events_of(run) if isinstance(one, kind)]


def test_it_learns_and_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path, steps=60, evaluate_every=20, save_every=20, rate=0.02)
    ending = work_here(run)

    assert ending.state is RunState.DONE
    steps = _said(run, StepDone)
    assert [one.step for one in steps] == list(range(1, 61))
    assert steps[-1].loss < steps[0].loss / 2
    assert steps[0].rate < max(one.rate for one in steps) > steps[-1].rate > 0
    assert steps[0].seconds_left == (0.0, 0.0)
    assert 0 < steps[40].seconds_left[0] <= steps[40].seconds_left[1]
    assert len(_said(run, MemoryMeasured)) == 1
    validated = _said(run, Validated)
    assert [one.step for one in validated[:-1]] == [0, 20, 40, 60]
    assert validated[0].score.value < 0.7
    assert validated[-1].is_best
    assert validated[-1].score.value == 1.0
    assert validated[-1].blind < validated[-1].score.value
    assert validated[0].blind is not None
    assert validated[1].blind is None
    for one in validated:
        assert one.score.low <= one.score.value <= one.score.high
    probes = _said(run, Probed)
    assert {one.step for one in probes} == {0, 20, 40, 60} | {validated[-1].step}
    assert len({one.key for one in probes}) == 6
    card = json.loads(run.card.read_text())
    assert card["metrics"]["base"]["score"][0] == validated[0].score.value
    assert card["metrics"]["best"]["blind"][0] == validated[-1].blind
    assert card["data"]["train"] == 24
    assert card["recipe"]["run"]["rate"] == 0.02
    assert "small (revision 1, licence MIT)" in run.card_text.read_text()
    compile(run.script.read_text(), "reproduce.py", "exec")


def test_best_holds_the_weights_of_the_best_step(tmp_path: Path) -> None:
    run = make_run(
        tmp_path, steps=16, evaluate_every=4, save_every=16, rate=0.02, schedule="constant"
    )
    ending = work_here(run)
    best = ending.standing.best_step
    assert best is not None
    kept = {one.name for one in run.checkpoints.iterdir()}
    first = load_file(run.best / small.WEIGHTS)
    second = load_file(run.checkpoints / f"step-{best:06d}" / "weights" / small.WEIGHTS)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert len(kept) <= checkpoints.KEPT + 1


def test_patience_ends_a_run_that_grows_no_better(tmp_path: Path) -> None:
    run = make_run(tmp_path, steps=400, evaluate_every=4, rate=1e-9, patience=2)
    assert work_here(run).state is RunState.DONE
    # The first evaluation is the best so far; the next two are no better.
    assert _said(run, StepDone)[-1].step == 12


def test_a_loss_that_is_no_number_stops_and_names_step_and_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, steps=12, save_every=2, evaluate_every=0)
    examples = run.read_examples(run.data)
    bad = examples[-1].key
    monkeypatch.setenv("SMALL_NAN", bad)
    with pytest.raises(LossNotFinite) as failure:
        work_here(run)
    step = failure.value.fields["step"]
    assert bad in str(failure.value.fields["keys"])
    assert failure.value.fields["what"] == "loss"
    assert _said(run, StepDone) == [] or _said(run, StepDone)[-1].step == step - 1
    for folder in run.checkpoints.iterdir():
        kept = load_file(folder / "weights" / small.WEIGHTS)
        assert all(bool(torch.isfinite(one).all()) for one in kept.values())


def test_out_of_memory_climbs_down_and_takes_the_same_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMALL_DROPOUT", "0")
    whole = make_run(tmp_path, "whole", batch=8, steps=4)
    work_here(whole)
    monkeypatch.setenv("SMALL_MOST", "2")
    tight = make_run(tmp_path, "tight", batch=8, steps=4)
    work_here(tight)

    adjusted = _said(tight, Adjusted)
    assert [(one.what, one.before, one.after) for one in adjusted] == [
        ("batch", "8 x 1", "4 x 2"),
        ("batch", "4 x 2", "2 x 4"),
    ]
    for alone, parts in zip(_said(whole, StepDone), _said(tight, StepDone), strict=True):
        assert parts.loss == pytest.approx(alone.loss, rel=1e-5)


def test_the_learner_is_asked_to_shrink_once_the_batch_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, batch=2, steps=3, save_every=1)
    calls: list[int] = []
    original = small.SmallLearner.loss

    def loss(self: small.SmallLearner, batch: Batch) -> Any:
        calls.append(len(batch.keys))
        if not self._is_checkpointing:
            raise MemoryError("no more")
        return original(self, batch)

    monkeypatch.setattr(small.SmallLearner, "loss", loss)
    work_here(run)
    assert [one.what for one in _said(run, Adjusted)] == ["batch", "checkpointing"]
    assert calls == [2, 1, *[1] * 6]
    kept = json.loads((run.checkpoints / "step-000003" / "state.json").read_text())
    assert (kept["rungs"], kept["batch"], kept["accumulation"]) == (["checkpointing"], 1, 2)


def test_memory_that_never_suffices_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMALL_MOST", "0")
    run = make_run(tmp_path, batch=2)
    with pytest.raises(TrainOutOfMemory):
        work_here(run)


@pytest.mark.parametrize(
    ("supervised", "features", "error"), [(0, 1, NothingSupervised), (2, 3, PlacesDiffer)]
)
def test_a_batch_that_teaches_nothing_or_blindly_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    supervised: int,
    features: int,
    error: type[Exception],
) -> None:
    run = make_run(tmp_path)
    made = Batch(("key010",), {}, supervised, placeholders=1, features=features)
    monkeypatch.setattr(small.SmallLearner, "batch", lambda *_: made)
    with pytest.raises(error):
        work_here(run)
    assert events_of(run) == () or not _said(run, Saved)


def test_a_full_disk_pauses_with_the_old_checkpoint_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, steps=12, save_every=4)
    original = small.SmallLearner.save

    def save(self: small.SmallLearner, folder: Path) -> None:
        original(self, folder)
        if folder.parent.name.endswith("-8"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(small.SmallLearner, "save", save)
    ending = work_here(run)
    assert ending.state is RunState.PAUSED
    assert isinstance(ending.error, DiskFull)
    assert sorted(one.name for one in run.checkpoints.iterdir()) == ["step-000000", "step-000004"]

    monkeypatch.undo()
    assert work_here(run).state is RunState.DONE
    straight = make_run(tmp_path, "straight", steps=12, save_every=4)
    work_here(straight)
    name = "checkpoints/step-000012/weights/adapter.safetensors"
    kept, same = load_file(run.root / name), load_file(straight.root / name)
    assert all(torch.equal(kept[key], same[key]) for key in kept)


def test_a_disk_too_small_for_another_checkpoint_is_seen_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, steps=12, save_every=4)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    ending = work_here(run)
    assert isinstance(ending.error, DiskFull)
    assert [one.name for one in run.checkpoints.iterdir()] == ["step-000000"]


def test_pause_stop_and_save_are_obeyed_between_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, steps=12, save_every=0, evaluate_every=0)
    wanted = [(3, Command.CHECKPOINT), (5, Command.PAUSE), (8, Command.STOP)]
    steps = 0
    original = small.SmallLearner.loss

    def loss(self: small.SmallLearner, batch: Batch) -> Any:
        nonlocal steps
        steps += 1
        if wanted and steps == wanted[0][0]:
            run.ask(wanted.pop(0)[1])
        return original(self, batch)

    monkeypatch.setattr(small.SmallLearner, "loss", loss)
    assert work_here(run).state is RunState.PAUSED
    assert [one.step for one in _said(run, Saved)] == [0, 3, 5]
    assert not run.card.exists()
    run.take_back()
    assert work_here(run).state is RunState.STOPPED
    assert [one.step for one in _said(run, Saved)] == [0, 3, 5, 8]
    assert json.loads((run.best / "state.json").read_text())["step"] == 8
    assert json.loads(run.card.read_text())["state"] == "stopped"
    run.take_back()
    assert work_here(run).state is RunState.DONE
    assert steps == 12


def test_a_pause_during_an_evaluation_owes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path, steps=8, evaluate_every=4)
    original = small.SmallLearner.evaluate
    calls = 0

    def evaluate(
        self: small.SmallLearner, examples: Any, cancel: CancelToken, *, blank: bool = False
    ) -> Any:
        nonlocal calls
        calls += 1
        if calls == 4:  # after those of step 0: sighted, blind, general
            run.ask(Command.PAUSE)
            time.sleep(0.3)
        return original(self, examples, cancel, blank=blank)

    monkeypatch.setattr(small.SmallLearner, "evaluate", evaluate)
    assert work_here(run).state is RunState.PAUSED
    assert [one.step for one in _said(run, Validated)] == [0]
    assert _said(run, Saved)[-1].step == 4
    run.take_back()
    assert work_here(run).state is RunState.DONE
    assert [one.step for one in _said(run, Validated)][:3] == [0, 4, 8]
    straight = make_run(tmp_path, "straight", steps=8, evaluate_every=4)
    work_here(straight)
    assert [one.loss for one in _said(run, StepDone)] == [
        one.loss for one in _said(straight, StepDone)
    ]


def test_a_fall_of_the_general_score_and_blindness_raise_alarms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMALL_FORGETS", "1")
    original = small.SmallLearner.evaluate

    def evaluate(
        self: small.SmallLearner, examples: Any, cancel: Any, *, blank: bool = False
    ) -> Any:
        return original(self, examples, cancel)

    monkeypatch.setattr(small.SmallLearner, "evaluate", evaluate)
    run = make_run(tmp_path, steps=12, evaluate_every=0, rate=0.02)
    work_here(run)
    assert {one.code for one in _said(run, Alarm)} == {"train-blind", "train-forgot"}


def test_bad_recipes_and_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToTrain):
        work_here(make_run(tmp_path, "none", examples=[]))
    with pytest.raises(RecipeWrong):
        work_here(make_run(tmp_path, "half", precision="fp16"))
    with pytest.raises(GroupUnknown):
        work_here(make_run(tmp_path, "group", rates={"tower": 0.1}))


def test_one_example_and_examples_that_are_all_the_same_are_learned(tmp_path: Path) -> None:
    examples = small.make_examples(tmp_path / "few", 7, held_out=6)
    one = make_run(tmp_path, "one", examples=examples[6:], steps=3)
    assert work_here(one).state is RunState.DONE
    assert _said(one, Validated) == []
    same = [e for e in small.make_examples(tmp_path / "same", 30) if e.label == "red"]
    run = make_run(tmp_path, "same", examples=same, steps=6)
    assert work_here(run).state is RunState.DONE


def test_half_precision_learns_too(tmp_path: Path) -> None:
    run = make_run(tmp_path, steps=20, precision="bf16", rate=0.02)
    assert work_here(run).state is RunState.DONE
    steps = _said(run, StepDone)
    assert steps[-1].loss < steps[0].loss
