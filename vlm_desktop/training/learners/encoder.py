"""The starter's encoder learns: new names for things, by low rank on its text tower, and on the
head of its image tower where a recipe asks for that.

The image tower below its head is frozen, so cells of each picture are computed once. What the base
knows is held in place: everyday phrases, and pictures of the general set, keep their vectors
(cosine distance to the base's), and stand among the wrong answers of the contrast, so that a new
name has to outdo what is known instead of drowning it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.training.learners.bases import base_of, model_folder, refuse_unheard
from vlm_desktop.training.learners.contrast import Contrast, distinct, infonce, sigmoid
from vlm_desktop.training.learners.encoderdata import (
    IMAGE_HEAD,
    PARTS,
    TAUGHT,
    TEMPERATURE,
    EncoderPictures,
    Held,
    chosen_of,
    hard_of,
    text_of,
    xray_of,
)
from vlm_desktop.training.learners.encodertowers import EncoderTowers, load_towers
from vlm_desktop.training.learners.general import read_general
from vlm_desktop.training.learners.lowrank import Chosen, Trained
from vlm_desktop.training.learners.protocol import (
    BaseModel,
    Batch,
    Component,
    Group,
    ItemScore,
    LossPart,
    Rung,
    Shrunk,
    Tower,
    Xray,
)
from vlm_desktop.training.learners.recalls import Shelf, recall_at
from vlm_desktop.training.learners.scoring import picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.protocol import Place
    from vlm_desktop.training.spec import Recipe

FAMILY = "onnx-dual"
GENERAL_METRIC = "recall@10"
HELD_PHRASES, HELD_IMAGES, WRONG_TEXTS, WRONG_IMAGES = 32, 16, 256, 256
"""How many are drawn for a step, of each sort."""
_DISTANCE = 5.0
"""Cosine distances are small; this makes the recipe's `guard.keep` of about the same force here as
for a model that writes."""


class EncoderLearner:
    """A `Learner` over a folder of the starter's family."""

    def __init__(self, recipe: Recipe, place: Place) -> None:
        refuse_unheard(recipe)
        self._recipe, self._place = recipe, place
        self._id = recipe.model.id
        self._folder = model_folder(place.home, self._id)
        self._device = torch.device(place.device)
        self._trained: Trained | None = None
        self._chosen = Chosen({})
        self._is_open = False
        self._examples: dict[str, Example] = {}
        self._hard: dict[str, tuple[str, ...]] = {}
        self._general = read_general(place.run, keep=recipe.guard.keep > 0)
        recall_at(self.metric)

    @property
    def module(self) -> EncoderTowers:
        return self._towers

    @property
    def metric(self) -> str:
        return self._recipe.run.metric or "recall@5"

    def base(self) -> BaseModel:
        revision = base_revision(self._folder, self._recipe.model.kind)
        return base_of(self._folder, self._id, revision, FAMILY)

    def open(self) -> None:
        scale = read_pair(self._folder).logit_scale or 100.0
        self._towers = load_towers(self._folder, self._id, scale).to(self._device)
        self._pictures = EncoderPictures(
            self._folder, self._id, self._place.cache, self.base().revision
        )
        self._is_open = True
        self._adapt()
        learned = self._recipe.loss.learn_temperature
        self._towers.log_scale.requires_grad_(learned)
        self._towers.offset.requires_grad_(learned and self._recipe.loss.kind == "sigmoid")
        kept = self._general.kept
        self._held = Held([one.image for one in kept], [one.turns[0].answer for one in kept])

    def _adapt(self) -> None:
        """Put in what learns."""
        self._chosen = chosen_of(self._towers, self._recipe.method, self._id)
        self._trained = Trained(self._towers, self._chosen, self._recipe.method, model=self._id)

    def _learned(self) -> Trained:
        if self._trained is None:
            raise RuntimeError("the learner was not opened")
        return self._trained

    @property
    def targets(self) -> tuple[str, ...]:
        """Of the towers; where these are frozen, none."""
        return TAUGHT if self._trained is not None else ()

    def components(self) -> tuple[Component, ...]:
        return self._learned().components(PARTS)

    def groups(self) -> tuple[Group, ...]:
        own = (("log_scale", self._towers.log_scale), ("offset", self._towers.offset))
        free = tuple((name, one) for name, one in own if one.requires_grad)
        temperature = (Group(TEMPERATURE, free, decays=False),) if free else ()
        return (*self._learned().groups(), *temperature)

    # --- examples ----------------------------------------------------------------------

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        self._examples = {one.key: one for one in examples}
        wanted = [*examples, *self._general.scored, *self._general.kept]
        for done, one in enumerate(wanted):
            cancel.raise_if_cancelled()
            self._pictures.keep(one.image)
            yield Progress(Phase.ENCODE, done + 1, len(wanted))
        self._held.learn(self._pictures)
        self._free = self._held.without(sorted({text_of(one) for one in examples}))
        if self._recipe.loss.hard_negatives:
            self._hard = hard_of(self._pictures, examples, self._recipe.loss.hard_negatives)

    def batch(self, keys: Sequence[str], draw: int) -> Batch:
        hard = (other for key in keys for other in self._hard.get(key, ()))
        named = list(dict.fromkeys((*keys, *hard)))
        examples = [self._examples[key] for key in named]
        once, positive = distinct([text_of(one) for one in examples])
        rng = random.Random(f"{draw} {keys[0]}")
        held = _some(len(self._held.texts), HELD_PHRASES, rng)
        data = {
            "cells": self._pictures.cells([one.image for one in examples]),
            "texts": self._name_tokens(once),
            "positive": positive,
            "more_texts": self._held.text_rows[_drawn(self._free, WRONG_TEXTS, rng)],
            "more_images": self._held.image_rows[
                _some(len(self._held.image_rows), WRONG_IMAGES, rng)
            ],
            "held_texts": self._pictures.tokens([self._held.texts[at] for at in held]),
            "held_text_rows": self._held.text_rows[held],
        }
        if IMAGE_HEAD in self._chosen.modules and self._held.images:
            images = _some(len(self._held.images), HELD_IMAGES, rng)
            data["held_cells"] = self._pictures.cells([self._held.images[at] for at in images])
            data["held_image_rows"] = self._held.image_rows[images]
        return Batch(tuple(keys), data, len(named))

    # --- learning ----------------------------------------------------------------------

    def loss(self, batch: Batch) -> LossPart:
        self._towers.train()
        data, device = batch.data, self._device
        part = Contrast(
            self._towers.see(data["cells"].to(device)),
            self._names(data["texts"]),
            data["positive"].to(device),
            data["more_images"].to(device),
            data["more_texts"].to(device),
        )
        scale = self._towers.log_scale.exp().clamp(max=100.0)
        if self._recipe.loss.kind == "sigmoid":
            total = sigmoid(part, scale, self._towers.offset)
        else:
            total = infonce(part, scale)
        keep = self._recipe.guard.keep
        if keep:
            total = total + keep * _DISTANCE * self._moved(batch)
        return LossPart(total, batch.supervised)

    def _name_tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """What stands for texts that are learned, as `_names` takes it."""
        return self._pictures.tokens(texts)

    def _names(self, tokens: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Unit rows of texts that are learned [T,D]."""
        return self._towers.read(*(one.to(self._device) for one in tokens))

    def _moved(self, batch: Batch) -> torch.Tensor:
        """How far what is held lies from the base: mean cosine distance. Without dropout, whose
        noise would count as distance and drive the weights away even from the base's own."""
        self._towers.eval()
        data, device = batch.data, self._device
        read = self._towers.read(*(one.to(device) for one in data["held_texts"]))
        moved: torch.Tensor = (1 - (read * data["held_text_rows"].to(device)).sum(1)).mean()
        if "held_cells" in data:
            seen = self._towers.see(data["held_cells"].to(device))
            moved = moved + (1 - (seen * data["held_image_rows"].to(device)).sum(1)).mean()
        return moved

    # --- measuring ---------------------------------------------------------------------

    @torch.no_grad()
    def _read(self, texts: Sequence[str], cancel: CancelToken) -> torch.Tensor:
        rows = []
        for start in range(0, len(texts), 64):
            cancel.raise_if_cancelled()
            rows.append(self._names(self._name_tokens(texts[start : start + 64])).cpu())
        return torch.cat(rows)

    @torch.no_grad()
    def _see(
        self, images: Sequence[str], cancel: CancelToken, *, blank: bool = False
    ) -> torch.Tensor:
        """What is the base's own where the image tower does not learn."""
        if IMAGE_HEAD not in self._chosen.modules:
            return self._pictures.vectors(images, blank=blank)
        rows = []
        for start in range(0, len(images), 64):
            cancel.raise_if_cancelled()
            cells = self._pictures.cells(images[start : start + 64], blank=blank)
            rows.append(self._towers.see(cells.to(self._device)).cpu())
        return torch.cat(rows)

    def evaluate(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool = False
    ) -> tuple[ItemScore, ...]:
        """Each held-out picture is looked for by its text, among the other held-out pictures and
        those of the general set; others of the same text do not count."""
        self._towers.eval()
        distractors = [one for one in self._general.scored if text_of(one)]
        most = recall_at(self.metric)
        return self._scored(examples, distractors, most, cancel, self._read, blank=blank)

    def general(self, cancel: CancelToken) -> tuple[ItemScore, ...]:
        scored = self._general.scored
        if not scored:
            return ()
        self._towers.eval()
        read = self._read_general
        return self._scored(scored, (), recall_at(GENERAL_METRIC), cancel, read, blank=False)

    def _read_general(self, texts: Sequence[str], cancel: CancelToken) -> torch.Tensor:
        """Texts of the general set."""
        return self._read(texts, cancel)

    def _scored(
        self,
        examples: Sequence[Example],
        others: Sequence[Example],
        most: int,
        cancel: CancelToken,
        read: Callable[[Sequence[str], CancelToken], torch.Tensor],
        *,
        blank: bool,
    ) -> tuple[ItemScore, ...]:
        mine = list({picture_of(one): one.image for one in examples}.items())
        more = list({picture_of(one): one.image for one in others}.items())
        texts = list(dict.fromkeys(text_of(one) for one in examples))
        rows = [self._see([image for _, image in mine], cancel, blank=blank)]
        if more:
            rows.append(self._see([image for _, image in more], cancel))
        shelf = Shelf(
            tuple(name for name, _ in (*mine, *more)),
            torch.cat(rows),
            tuple(texts),
            read(texts, cancel),
            float(self._towers.log_scale.detach().exp()),
        )
        return shelf.scores(examples, most)

    # --- looking -----------------------------------------------------------------------

    def xray(self, batch: Batch) -> tuple[Xray, ...]:
        return tuple(xray_of(self._pictures, self._examples[key]) for key in batch.keys)

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        config = self._towers.text.config
        rows = [batch.data[name][0].shape for name in ("texts", "held_texts")]
        return tuple(
            Tower(
                name, count, length, config.layers, config.width, config.heads, config.inner
            )
            for name, (count, length) in zip(("texts", "held phrases"), rows, strict=True)
        )  # fmt: skip

    # --- keeping -----------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        temperature = {
            name: getattr(self._towers, name).detach().cpu() for name in ("log_scale", "offset")
        }
        self._learned().save(folder, temperature)

    def load(self, folder: Path) -> None:
        own = self._learned().load(folder, ("log_scale", "offset"))
        with torch.no_grad():
            for name, value in own.items():
                getattr(self._towers, name).copy_(value)

    def shrink(self, rung: Rung) -> Shrunk | None:
        """Nothing but the batch is worth making smaller."""
        return None

    def close(self) -> None:
        if self._is_open:
            self._pictures.close()
        self._is_open, self._trained = False, None


def _some(count: int, most: int, rng: random.Random) -> list[int]:
    return rng.sample(range(count), min(count, most))


def _drawn(rows: torch.Tensor, most: int, rng: random.Random) -> torch.Tensor:
    return rows[_some(len(rows), most, rng)]


def build(recipe: Recipe, place: Place) -> EncoderLearner:
    """A `LearnerFactory`."""
    if recipe.run.metric == "loss":
        raise RecipeWrong(key="[run] metric", detail='must be such as "recall@5"')
    return EncoderLearner(recipe, place)
