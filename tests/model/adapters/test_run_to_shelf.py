"""A short real run of the starter assistant, its best checkpoint on the shelf, and compared."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from tests.model.adapters.making import make_adapter
from vlm_desktop.base.adapters import AdapterState
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import RunState
from vlm_desktop.compose import build_services

SHOWN = ("chelsea", "coffee", "astronaut", "rocket")
RECIPE = """
[model]
id = "starter"
kind = "assistant"
[data]
file = "some.jsonl"
[method]
rank = 2
[run]
steps = 3
batch = 2
rate = 0.02
evaluate_every = 1
save_every = 1
threads = 1
device = "cpu"
[guard]
keep = 0.0
"""


def drive(verb):
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    rows = []
    for number, name in enumerate(SHOWN):
        Image.fromarray(np.asarray(getattr(data, name)())).save(tmp_path / f"{name}.png")
        side = "validation" if number % 2 else "train"
        turns = [{"ask": "", "answer": f"shop item , {name}"}]
        rows.append({"image": f"{name}.png", "turns": turns, "split": side})
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return tmp_path / "recipe.toml"


def test_what_a_run_learned_is_worn_and_compared_with_its_checkpoints(recipe: Path, tmp_path: Path):
    services = build_services(tmp_path / "home")
    try:
        training = services.training
        taught = drive(training.teaching.start(training.teaching.read(recipe), CancelToken()))
        ended = drive(training.runs.follow(taught.run.id, CancelToken()))
        assert ended.state is RunState.DONE, ended.detail
        info = training.adapters.from_run(ended.id, "Regal")
        assert info.state is AdapterState.SOUND
        assert info.base_revision
        assert info.licence
        assert info.metric == ended.metric
        assert info.metrics["best"] == pytest.approx(ended.best.value)
        assert (info.data, info.run) == (training.runs.card(ended.id)["data"]["sha256"], ended.id)
        found = drive(training.adapters.compare("regal", CancelToken()))
        assert found.columns[1].mean == pytest.approx(info.metrics["best"], abs=1e-6)
        assert found.columns[0].mean == pytest.approx(info.metrics["base"], abs=1e-6)
        others = [one.name for one in found.columns[2:]]
        assert others
        assert f"step {ended.best_step:06}" not in others, "that is the adapter itself"
        assert {Path(one.image).name for one in found.items} == {"coffee.png", "rocket.png"}
        other = training.adapters.take_in(make_adapter(tmp_path / "far", "assistant", 0.2))
        found = drive(training.adapters.compare("regal", CancelToken(), beside=[other.id]))
        assert [one.name for one in found.columns] == ["base", "Regal", other.name]
        assert any(one.said[2].answer != one.said[0].answer for one in found.items)
        worn = drive(training.adapters.use("regal", CancelToken(), strength=1.5))
        with services.residents.using(worn.model_id, CancelToken()):
            pass
    finally:
        services.close()
