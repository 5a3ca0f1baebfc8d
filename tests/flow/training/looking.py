"""What `train check` sees of a model that is none: real numbers of its own."""

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import NothingSupervised
from vlm_desktop.base.training import Example
from vlm_desktop.training.estimate import Estimate
from vlm_desktop.training.learners.protocol import Component, Tower, Xray, XrayToken
from vlm_desktop.training.spec import Recipe


class Seen:
    """Has what an `Inspection` has; that one loads PyTorch."""

    def __init__(self, recipe: Recipe, keys: Sequence[str]) -> None:
        self.device = "cpu"
        self.components = (Component("base", 1000, 0, 4000), Component("adapter", 50, 50, 200))
        self.groups = (("adapter", 50),)
        self.towers = (Tower("base", 2, 3, 1, 8, 1, 8),)
        self.estimate = Estimate.of(recipe, self.components, self.towers)
        self.measured_step = 2 * self.estimate.step
        self.factor = 2.0
        self.memory = self.estimate.corrected(2.0)
        self.steps, self.batch, self.accumulation = 9, 2, 1
        self.part_seconds = 0.5
        self.lengths, self.most_tokens = {keys[0]: 70}, 64
        tokens = (XrayToken(1, "<img>", False, True), XrayToken(2, "red", True, False))
        pixels = np.zeros((4, 6, 3), np.uint8)
        self.xrays = tuple(Xray(key, pixels, "<img>red", tokens, 1, 1) for key in keys)


def inspect(
    recipe: Recipe, examples: Sequence[Example], _home: Path, _cancel: CancelToken
) -> Generator[Progress, None, Seen]:
    yield Progress(Phase.DECODE, 0, 1)
    if any(one.turns[0].answer == "mute" for one in examples):
        raise NothingSupervised(keys="mute")
    return Seen(recipe, [one.key for one in examples[:2]])
