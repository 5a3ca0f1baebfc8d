"""`services.training.choosing`: what can be taught, and what a recipe comes to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.flow.training.conftest import counting
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.events import Event
from vlm_desktop.base.trainerrors import DataSetUnknown, RecipeWrong
from vlm_desktop.base.training import Example, Exchange, RunState, Split, StateChanged, StepDone
from vlm_desktop.base.trainingdata import ExamplesRead, TrainSource
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.choosing import Choosing
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.suiting import Reason
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.training.eventlog import append_event

MODEL = {"id": "starter", "kind": "assistant"}


@pytest.fixture
def training(open_services: Callable[..., AppServices]) -> Training:
    training = open_services().training
    training.runs = Runs(training.paths.runs, lambda _: "r1", counting)
    training.teaching = Teaching(
        training.paths.home, training.data, training.doctor, training.runs,
        "tests.flow.training.looking:inspect",
    )  # fmt: skip
    return training


@pytest.fixture
def choosing(training: Training) -> Choosing:
    return training.choosing


def _fill(training: Training, folder: Path, texts: list[str]) -> int:
    examples = []
    for at, text in enumerate(texts):
        path = folder / f"{at}.png"
        Image.new("RGB", (8, 8), (at * 20 % 256, 0, 90)).save(path)
        split = Split.VALIDATION if at % 4 == 3 else Split.TRAIN
        examples.append(Example("", str(path), (Exchange("", text),), split=split))
    made = training.datasets.create("Things")
    read = ExamplesRead(TrainSource.JSONL, None, tuple(examples), ())
    for _ in training.datasets.add(made.id, read, CancelToken()):
        pass
    return made.id


def _result(verb: Iterator[Event]) -> object:
    try:
        while True:
            next(verb)
    except StopIteration as end:
        return end.value


def test_kinds_are_offered_with_models_of_this_disk(
    training: Training, choosing: Choosing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [
        ModelCard("starter", "Starter", (), "onnx-dual", state="bundled",
                  chat_family="starter-assistant"),
        ModelCard("far", "Far", (), "onnx-dual", state="available"),
        ModelCard("blip", "BLIP", (), "x", state="installed",
                  chat_family="transformers-captioner"),
        ModelCard("clip", "CLIP", (), "open-clip", state="installed"),
    ]  # fmt: skip
    monkeypatch.setattr(training.registry, "cards", lambda: cards)
    found = choosing.offers(_fill(training, tmp_path, ["Rocky", "Mia's mug"] * 4))
    assert (found.suggested, found.reason) == ("probe", Reason.FEW_NAMES)
    kinds = {one.kind: one for one in found.offers}
    assert {"assistant", "encoder", "probe", "prompts"} <= set(kinds)
    for kind in ("assistant", "probe"):
        assert [card.id for card in kinds[kind].models] == ["starter"]
    assert [card.id for card in kinds["chat"].models] == ["blip"]
    assert kinds["assistant"].doubt is Reason.ONLY_NAMES
    assert kinds["probe"].doubt is None
    with pytest.raises(DataSetUnknown):
        choosing.offers(999)


def test_what_is_said_is_told_beside_the_usual(choosing: Choosing) -> None:
    look = choosing.look({"model": MODEL, "run": {"rate": 0.5}}, 100)
    assert (look.recipe.run.rate, look.usual.run.rate) == (0.5, 1e-3)
    assert look.wrong == ()
    assert "rate = 0.5" in look.text
    assert look.lengths["quick"].steps < look.lengths["usual"].steps == look.steps
    assert look.lengths["thorough"].epochs == 3 * look.lengths["usual"].epochs
    assert look.curve[0] < max(look.curve) > look.curve[-1]


def test_every_wrong_value_is_told_and_left_out(choosing: Choosing) -> None:
    said = {
        "model": MODEL,
        "run": {"batch": "many", "rates": {"language": -1}, "rate": 0.5},
        "method": {"rank": 0, "unheard": 1},
    }
    look = choosing.look(said, 10)
    wrong = {(one.part, one.key) for one in look.wrong}
    assert wrong == {
        ("run", "batch"), ("run", "rates"), ("method", "rank"), ("method", "unheard"),
    }  # fmt: skip
    assert (look.recipe.run.batch, look.recipe.run.rate, look.recipe.method.rank) == (16, 0.5, 8)
    assert said["run"]["batch"] == "many"


def test_steps_and_rounds_at_once_are_wrong_at_one_place(choosing: Choosing) -> None:
    look = choosing.look({"model": MODEL, "run": {"steps": 5, "epochs": 2}}, 10)
    assert [(one.part, one.key) for one in look.wrong] == [("run", "steps")]
    assert look.recipe.run.epochs == 2


def test_a_model_that_cannot_be_is_refused(choosing: Choosing) -> None:
    with pytest.raises(RecipeWrong):
        choosing.look({"model": {"id": "starter", "kind": "magic"}}, 10)
    with pytest.raises(RecipeWrong):
        choosing.look({"model": {"kind": "assistant"}}, 10)


def test_a_recipe_is_saved_whole_and_opened_as_it_was_said(
    choosing: Choosing, tmp_path: Path
) -> None:
    general = tmp_path / "general.jsonl"
    said = {"model": MODEL, "run": {"steps": 7}, "guard": {"file": str(general)}}
    path = tmp_path / "mine.toml"
    choosing.save({**said, "data": {"dataset": "Things"}}, path)
    assert 'dataset = "Things"' in path.read_text(encoding="utf-8")
    assert choosing.open(path) == said
    path.write_text(path.read_text("utf-8").replace(str(general), "general.jsonl"), "utf-8")
    assert choosing.open(path) == said, "a path counts from the file's folder"
    path.write_text("[model", encoding="utf-8")
    with pytest.raises(BadInputFile):
        choosing.open(path)


def test_an_earlier_run_tells_what_another_takes(
    training: Training, choosing: Choosing, tmp_path: Path
) -> None:
    said = {"model": MODEL, "data": {"dataset": "Things"}, "run": {"steps": 4}}
    before = choosing.look(said, 6).cost
    assert before is not None
    assert not before.is_ours, "the starter's figures are known"
    set_id = _fill(training, tmp_path, ["A red cup", "A blue cup", "A dog", "A cat", "A tree"])
    recipe = training.teaching.recipe(said)
    examples = training.datasets.examples(set_id)
    run = training.runs.freeze(recipe, examples)
    events = run.folder / "events.jsonl"
    append_event(events, StateChanged(0, 100.0, RunState.RUNNING))
    for step in range(1, 12):
        done = StepDone(step, 110.0 + 16 * step, 1.0, 1.0, 1.0, 1.0, 5_000_000, 11)
        append_event(events, done)
    cost = choosing.look({**said, "run": {"steps": 20, "batch": 4}}, 6).cost
    assert cost is not None
    assert cost.is_ours
    assert cost.memory == 5_000_000
    assert cost.seconds == pytest.approx(10.0 + 20 * 4 * 1.0)


def test_one_step_is_measured(training: Training, choosing: Choosing, tmp_path: Path) -> None:
    _fill(training, tmp_path, ["A red cup", "A blue cup", "A dog", "A cat", "A tree"])
    said = {"model": MODEL, "data": {"dataset": "Things"}}
    found = _result(choosing.measure(said, CancelToken()))
    assert found.memory > 0
    assert found.refusal is None
    assert found.fits


def test_what_would_be_refused_is_told_by_measuring(
    training: Training, choosing: Choosing, tmp_path: Path
) -> None:
    _fill(training, tmp_path, ["mute", "A blue cup", "A dog", "A cat"])
    said = {"model": MODEL, "data": {"dataset": "Things"}}
    found = _result(choosing.measure(said, CancelToken()))
    assert found.refusal is not None
    assert found.memory == 0
