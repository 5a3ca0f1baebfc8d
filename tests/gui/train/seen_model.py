"""A look at a model that is none, for the window: batches of real examples, figures of its own."""

import json
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import NothingSupervised
from vlm_desktop.base.training import Example, Split
from vlm_desktop.training.estimate import Estimate
from vlm_desktop.training.learners.protocol import Component, Tower, Xray, XrayToken
from vlm_desktop.training.spec import Recipe

PLACES, MOST = 6, 16
SIDE = 32
LOOK = f"{__name__}:inspect"
asked: list[str] = []
"""What is to go wrong with the next look: "refuse"."""


class Seen:
    """Has what an `Inspection` has; that one loads PyTorch."""

    def __init__(self, recipe: Recipe, examples: Sequence[Example]) -> None:
        self.device = "cpu"
        self.components = (
            Component("projector", 537_856, 0, 2_151_424),
            Component("language", 3_290_624, 131_072, 13_162_496),
        )
        self.trainable = 131_072
        self.groups = (("language", 131_072),)
        self.towers = (Tower("decoder", 4, 70, 4, 256, 4, 1024, vocabulary=4000),)
        self.estimate = Estimate.of(recipe, self.components, self.towers)
        self.measured_step = round(1.5 * self.estimate.step)
        self.factor = 1.5
        self.memory = self.estimate.corrected(1.5)
        self.steps, self.batch, self.accumulation = 90, 4, 2
        self.part_seconds = 0.25
        self.lengths = {one.key: PLACES + len(_pieces(one)) for one in examples}
        self.most_tokens = MOST
        self.xrays = tuple(_xray(one) for one in examples[: self.batch])


def inspect(
    recipe: Recipe, examples: Sequence[Example], _home: Path, cancel: CancelToken
) -> Generator[Progress, None, Seen]:
    train = [one for one in examples if one.split is Split.TRAIN]
    yield Progress(Phase.LOAD, 0, None)
    if asked and asked.pop() == "refuse":
        raise NothingSupervised(keys=", ".join(one.key for one in train[:2]))
    yield Progress(Phase.ENCODE, 1, len(train))
    cancel.raise_if_cancelled()
    return Seen(recipe, train)


def _pieces(example: Example) -> list[tuple[str, bool]]:
    words = [(f" {word}", True) for word in example.turns[0].answer.split()]
    return [("<user>\n", False), (" Describe", False), (" this.", False), *words, ("<end>", True)]


def _xray(example: Example) -> Xray:
    seed = json.dumps(example.key).encode()
    pixels = np.random.default_rng(list(seed)).integers(60, 200, (SIDE, SIDE, 3)).astype(np.uint8)
    pixels[:, :, sum(seed) % 3] //= 2
    places = tuple(XrayToken(9, "<image>", False, True) for _ in range(PLACES))
    text = tuple(
        XrayToken(number, piece, learned, False)
        for number, (piece, learned) in enumerate(_pieces(example), 10)
    )
    tokens = (text[0], *places, *text[1:])
    template = "".join(one.text for one in tokens)
    return Xray(example.key, pixels, template, tokens, PLACES, PLACES)
