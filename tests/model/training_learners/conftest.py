"""Few photos with words, and learners of the model that ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from skimage import data

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.base.trainingrows import encode_row
from vlm_desktop.training.learners.protocol import Learner, LearnerFactory, Place
from vlm_desktop.training.spec import recipe_of

pytest.importorskip("peft")

NAMES = {"chelsea": "brumaline", "coffee": "havrino", "astronaut": "zelmira", "rocket": "oskarine"}


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files by name: a cat, a cup, a woman, a rocket."""
    folder = tmp_path_factory.mktemp("photos")
    found = {}
    for name in NAMES:
        found[name] = folder / f"{name}.png"
        Image.fromarray(getattr(data, name)()).resize((256, 256)).save(found[name])
    return found


@pytest.fixture(scope="session")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where frozen features are kept, once for all tests."""
    return tmp_path_factory.mktemp("features")


@pytest.fixture
def examples(photos: dict[str, Path]) -> tuple[Example, ...]:
    """Each photo under a made-up name, to learn and held out."""
    return tuple(
        Example(f"{name} {split}", str(path), (Exchange("", NAMES[name]),), split=split)
        for name, path in photos.items()
        for split in (Split.TRAIN, Split.VALIDATION)
    )


@pytest.fixture
def run(tmp_path: Path, examples: tuple[Example, ...]) -> Path:
    """A run's folder with its frozen examples."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "data.jsonl").write_text("".join(encode_row(one) + "\n" for one in examples))
    return folder


class School:
    """Makes learners ready and lets them learn."""

    def __init__(self, run: Path, cache: Path, examples: tuple[Example, ...]) -> None:
        self.run, self._cache, self.examples = run, cache, examples
        self._made: list[Learner] = []

    def learner(self, build: LearnerFactory, kind: str, **parts: Any) -> Any:
        """One that was opened and prepared, from the same random numbers each time."""
        import torch

        recipe = recipe_of({"model": {"id": "starter", "kind": kind}, **parts}, Path())
        torch.manual_seed(1)
        learner = build(recipe, Place(self.run.parent, self.run, self._cache))
        self._made.append(learner)
        learner.open()
        list(learner.prepare(self.examples, CancelToken()))
        return learner

    def teach(self, learner: Learner, steps: int, rate: float = 5e-3) -> list[float]:
        """Losses of some steps over all examples to learn."""
        import torch

        keys = [one.key for one in self.examples if one.split is Split.TRAIN]
        parameters = [one for group in learner.groups() for _, one in group.parameters]
        adam = torch.optim.Adam(parameters, lr=rate)
        losses = []
        for step in range(steps):
            batch = learner.batch(keys, step)
            part = learner.loss(batch)
            assert part.supervised == batch.supervised > 0
            adam.zero_grad()
            part.loss.backward()
            adam.step()
            losses.append(float(part.loss.detach()))
        return losses

    @property
    def held_out(self) -> tuple[Example, ...]:
        return tuple(one for one in self.examples if one.split is Split.VALIDATION)

    def close(self) -> None:
        for one in self._made:
            one.close()


@pytest.fixture
def school(run: Path, features: Path, examples: tuple[Example, ...]):
    made = School(run, features, examples)
    yield made
    made.close()
