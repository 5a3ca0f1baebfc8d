"""A small real learner for tests of the loop: a network that names the colour of a picture.

Its pictures are files, its weights learn, its dropout draws random numbers. What a test wants to go
wrong is in the environment, so that it reaches a child process:

    SMALL_SLOW     seconds that a step takes longer
    SMALL_NAN      the loss is no number once an example whose key starts so is in a batch
    SMALL_MOST     examples at once that fit into memory; more is out of memory
    SMALL_FORGETS  the general score falls by a tenth each time it is asked for
    SMALL_DROPOUT  share, 0.2 without it
"""

import os
import random
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.training.learners.protocol import (
    BaseModel,
    Batch,
    Component,
    Group,
    ItemScore,
    LossPart,
    Place,
    Rung,
    Shrunk,
    Tower,
    Xray,
    XrayToken,
)
from vlm_desktop.training.spec import Recipe

COLOURS = {"red": (200, 30, 40), "green": (40, 180, 60), "blue": (30, 60, 210)}
NAMES = list(COLOURS)
SIDE = 8
WEIGHTS = "adapter.safetensors"


def make_examples(folder: Path, count: int, held_out: int = 6) -> list[Example]:
    """Pictures of three colours with noise, on the disk, and what they are called."""
    folder.mkdir(parents=True, exist_ok=True)
    random_numbers = np.random.default_rng(5)
    found = []
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        noise = random_numbers.normal(0, 40, (SIDE, SIDE, 3))
        pixels = np.clip(np.array(COLOURS[name]) + noise, 0, 255).astype(np.uint8)
        path = folder / f"{number:03}.png"
        Image.fromarray(pixels).save(path)
        split = Split.VALIDATION if number < held_out else Split.TRAIN
        turns = (Exchange("", name),)
        found.append(Example(f"key{number:03}", str(path), turns, split=split, label=name))
    return found


class SmallLearner:
    """A `Learner`."""

    def __init__(self, recipe: Recipe, place: Place) -> None:
        self._recipe = recipe
        self._place = place
        self._pixels: dict[str, torch.Tensor] = {}
        self._names: dict[str, int] = {}
        self._general: list[Example] = []
        self._is_checkpointing = False
        self._general_score = 1.0
        self.metric = "accuracy"

    def base(self) -> BaseModel:
        return BaseModel("small", "1", "MIT", "small")

    def open(self) -> None:
        dropout = float(os.environ.get("SMALL_DROPOUT", "0.2"))
        width = self._recipe.method.rank
        self.module = torch.nn.Sequential(
            torch.nn.Linear(SIDE * SIDE * 3, 16),
            torch.nn.Tanh(),
            torch.nn.Linear(16, width),
            torch.nn.Dropout(dropout),
            torch.nn.Tanh(),
            torch.nn.Linear(width, len(NAMES)),
        )
        self.module[0].requires_grad_(False)

    def components(self) -> tuple[Component, ...]:
        frozen, trained = (
            sum(one.numel() for one in self.module.parameters() if one.requires_grad is wanted)
            for wanted in (False, True)
        )
        return (
            Component("tower", frozen, 0, frozen * 4),
            Component("head", trained, trained, trained * 4),
        )

    def groups(self) -> tuple[Group, ...]:
        named = [pair for pair in self.module.named_parameters() if pair[1].requires_grad]
        weights = tuple(pair for pair in named if pair[0].endswith("weight"))
        biases = tuple(pair for pair in named if pair[0].endswith("bias"))
        return (Group("weights", weights), Group("biases", biases, factor=2.0, decays=False))

    most_tokens = 4

    def tokens_of(self, example: Example) -> int:
        return len(example.turns[0].answer)

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        for number, one in enumerate(examples):
            cancel.raise_if_cancelled()
            with Image.open(one.image) as picture:
                pixels = np.asarray(picture, np.float32) / 127.5 - 1
            self._pixels[one.key] = torch.from_numpy(pixels.reshape(-1))
            self._names[one.key] = NAMES.index(one.turns[0].answer)
            yield Progress(Phase.DECODE, number + 1, len(examples))
        self._general = [one for one in examples if one.split is Split.VALIDATION]

    def batch(self, keys: Sequence[str], draw: int) -> Batch:
        shifts = [random.Random(f"{draw}:{key}").uniform(-0.1, 0.1) for key in keys]
        pixels = torch.stack([self._pixels[key] for key in keys])
        data = {
            "pixels": pixels + torch.tensor(shifts)[:, None],
            "names": torch.tensor([self._names[key] for key in keys]),
        }
        return Batch(tuple(keys), data, supervised=len(keys), placeholders=1, features=1)

    def loss(self, batch: Batch) -> LossPart:
        most = int(os.environ.get("SMALL_MOST", "1000")) * (2 if self._is_checkpointing else 1)
        if len(batch.keys) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        time.sleep(float(os.environ.get("SMALL_SLOW", "0")))
        self.module.train()
        scores = self.module(batch.data["pixels"])
        loss = torch.nn.functional.cross_entropy(scores, batch.data["names"])
        bad = os.environ.get("SMALL_NAN")
        if bad and any(key.startswith(bad) for key in batch.keys):
            loss = loss * float("nan")
        return LossPart(loss, len(batch.keys))

    def xray(self, batch: Batch) -> tuple[Xray, ...]:
        return tuple(
            Xray(
                key,
                ((pixels.reshape(SIDE, SIDE, 3) + 1) * 127.5).clamp(0, 255).to(torch.uint8).numpy(),
                NAMES[name],
                (XrayToken(int(name), NAMES[name], True, False),),
                1,
                1,
            )
            for key, pixels, name in zip(
                batch.keys, batch.data["pixels"], batch.data["names"], strict=True
            )
        )

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        return (Tower("head", len(batch.keys), 1, 2, 16, 1, 16, vocabulary=len(NAMES)),)

    def evaluate(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool = False
    ) -> tuple[ItemScore, ...]:
        cancel.raise_if_cancelled()
        torch.rand(3)  # a careless learner; the loop puts the generators back
        self.module.eval()
        found = []
        for one in examples:
            pixels = self._pixels[one.key] * (0 if blank else 1)
            with torch.no_grad():
                scores = self.module(pixels[None])
            wanted = torch.tensor([self._names[one.key]])
            loss = torch.nn.functional.cross_entropy(scores, wanted)
            answer = NAMES[int(scores.argmax())]
            found.append(
                ItemScore(one.key, answer, float(answer == one.turns[0].answer), float(loss))
            )
        return tuple(found)

    def general(self, cancel: CancelToken) -> tuple[ItemScore, ...]:
        if "SMALL_FORGETS" not in os.environ:
            return self.evaluate(self._general, cancel)
        self._general_score *= 0.9
        return (ItemScore("general", "", self._general_score, 0.0),)

    def save(self, folder: Path) -> None:
        kept = {name: one.detach() for name, one in self.module.named_parameters()}
        trained = {name for group in self.groups() for name, _ in group.parameters}
        save_file({name: kept[name].contiguous() for name in trained}, folder / WEIGHTS)

    def load(self, folder: Path) -> None:
        self.module.load_state_dict(load_file(folder / WEIGHTS), strict=False)

    def shrink(self, rung: Rung) -> Shrunk | None:
        if rung is not Rung.CHECKPOINTING or self._is_checkpointing:
            return None
        self._is_checkpointing = True
        return Shrunk("no", "yes")

    def close(self) -> None:
        self._pixels.clear()


def build(recipe: Recipe, place: Place) -> SmallLearner:
    return SmallLearner(recipe, place)
