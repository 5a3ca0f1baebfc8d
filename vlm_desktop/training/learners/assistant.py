"""The starter assistant learns: its decoder by low rank, behind the frozen image tower.

The tower's cells of each picture are computed once. Besides the examples, every batch holds
pictures of the general set, of which the network has to say what its base says (the distance of
Kullback and Leibler at every token of the base's own caption): without them three hundred captions
of one kind are soon all it can say. The way is that of Li and Hoiem 2016, "Learning without
Forgetting"; nobody has to write anything about those pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.backends.chat.starter_folder import (
    FAMILY,
    load_network,
    load_tokenizer,
    read_table,
)
from vlm_desktop.backends.chat.starter_prompt import wants_caption
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.training.learners.assistantdata import (
    PARTS,
    TAUGHT,
    AssistantPictures,
    Keeping,
    Lesson,
    chosen_of,
    length_of,
)
from vlm_desktop.training.learners.assistantwriting import AT_ONCE, answers_of, losses_of
from vlm_desktop.training.learners.bases import base_of, model_folder, refuse_unheard
from vlm_desktop.training.learners.general import read_general
from vlm_desktop.training.learners.lowrank import Trained
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
    XrayToken,
)
from vlm_desktop.training.learners.scoring import asked_of, metric_for, scores
from vlm_desktop.training.learners.seeds import hash_of
from vlm_desktop.training.starter.assistant.batches import Words, pack

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from vlm_desktop.backends.chat.starter_network import StarterNetwork
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.learners.protocol import Place
    from vlm_desktop.training.spec import Recipe


class AssistantLearner:
    """A `Learner` over a folder of the starter's family."""

    def __init__(self, recipe: Recipe, place: Place) -> None:
        refuse_unheard(recipe)
        self._recipe, self._place = recipe, place
        self._id = recipe.model.id
        self._folder = model_folder(place.home, self._id)
        self._table = read_table(self._folder, self._id)
        self._device = torch.device(place.device)
        self._trained: Trained | None = None
        self._examples: dict[str, Example] = {}
        self._metric = recipe.run.metric
        self._general = read_general(place.run, keep=recipe.guard.keep > 0)

    # --- what it is --------------------------------------------------------------------

    @property
    def module(self) -> StarterNetwork:
        return self._network

    @property
    def metric(self) -> str:
        return self._metric or metric_for("", tuple(self._examples.values()))

    def base(self) -> BaseModel:
        revision = base_revision(self._folder, self._recipe.model.kind)
        return base_of(self._folder, self._id, revision, FAMILY)

    def open(self) -> None:
        self._network = load_network(self._folder, self._table, self._id).to(self._device)
        self._words = Words(
            load_tokenizer(self._folder, self._table, self._id), self._table.config.positions
        )
        self._encoder = OnnxDualEncoder(self._folder, model_id=self._id, provider="cpu", threads=1)
        self._pictures = AssistantPictures(
            self._folder, self._id, self._place.cache, self.base().revision
        )
        chosen = chosen_of(self._network, self._recipe.method, self._id)
        self._trained = Trained(self._network, chosen, self._recipe.method, model=self._id)
        self._keeping = Keeping(self._general.kept, self._recipe.guard.keep)

    def _learned(self) -> Trained:
        if self._trained is None:
            raise RuntimeError("the learner was not opened")
        return self._trained

    @property
    def targets(self) -> tuple[str, ...]:
        return TAUGHT

    def components(self) -> tuple[Component, ...]:
        return self._learned().components(PARTS)

    def groups(self) -> tuple[Group, ...]:
        return self._learned().groups()

    # --- examples ----------------------------------------------------------------------

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        self._examples = {one.key: one for one in examples}
        self._metric = metric_for(self._recipe.run.metric, examples)
        wanted = [*examples, *self._general.scored, *self._general.kept]
        for done, one in enumerate(wanted):
            cancel.raise_if_cancelled()
            self._pictures.keep(one.image)
            yield Progress(Phase.ENCODE, done + 1, len(wanted))
        if self._keeping.images:
            base = load_network(self._folder, self._table, self._id).to(self._device)
            self._keeping.learn(base, self._words, self._pictures)

    def _lesson(self, example: Example, turn: int, sense: int) -> Lesson:
        asked, said = example.turns[turn].ask, example.turns[turn].answer
        return Lesson.of(self._words, asked, said, sense)

    @property
    def most_tokens(self) -> int:
        return self._words.longest

    def tokens_of(self, example: Example) -> int:
        """Of its longest text. An answer to a question has a room of its own."""
        return max(length_of(self._words, one.ask, one.answer) for one in example.turns)

    def batch(self, keys: Sequence[str], draw: int) -> Batch:
        examples = [self._examples[key] for key in keys]
        rng = [torch.Generator().manual_seed(hash_of(draw, key)) for key in keys]
        turns = [
            int(torch.randint(len(one.turns), (1,), generator=g))
            for one, g in zip(examples, rng, strict=True)
        ]
        lessons = [
            self._lesson(one, turn, row)
            for row, (one, turn) in enumerate(zip(examples, turns, strict=True))
        ]
        cells, whole = self._pictures.take([one.image for one in examples])
        data = {
            "cells": cells,
            "whole": whole,
            "rows": pack([[one.text] for one in lessons]),
            "senses": self._senses([one.asked for one in lessons]),
            "keep": self._keeping.draw(rng, self._pictures),
            "lessons": lessons,
        }
        places = len(keys) * self._table.config.seen
        supervised = sum(len(one.text.said) for one in lessons)
        return Batch(tuple(keys), data, supervised, places, cells.shape[0] * (cells.shape[1] + 1))

    def _senses(self, asked: Sequence[str]) -> torch.Tensor:
        """Embeddings of the questions, zeros for captions [B,512+R]."""
        if not any(asked):
            return torch.zeros(len(asked), self._table.config.embedding)
        rows = torch.from_numpy(self._encoder.read_texts([one or "?" for one in asked]))
        return rows * torch.tensor([[float(bool(one))] for one in asked])

    # --- learning ----------------------------------------------------------------------

    def loss(self, batch: Batch) -> LossPart:
        self._network.train()
        losses = losses_of(self._network, batch.data, self._device)
        total = losses.sum() / batch.supervised
        keep = batch.data["keep"]
        if keep is not None:
            self._network.eval()  # dropout's noise would count as distance from the base
            total = total + self._keeping.weight * keep.distance(self._network, self._device)
        return LossPart(total, batch.supervised)

    def evaluate(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool = False
    ) -> tuple[ItemScore, ...]:
        self._network.eval()
        return self._evaluated(examples, cancel, self.metric, blank=blank)

    @torch.no_grad()
    def _evaluated(
        self, examples: Sequence[Example], cancel: CancelToken, metric: str, *, blank: bool
    ) -> tuple[ItemScore, ...]:
        firsts = {asked_of(one): one for one in examples}
        said: dict[tuple[str, str], str] = {}
        for asks in (False, True):
            mine = [one for one in firsts.values() if bool(_question(one)) == asks]
            for start in range(0, len(mine), AT_ONCE):
                cancel.raise_if_cancelled()
                part = mine[start : start + AT_ONCE]
                seen = self._pictures.take([one.image for one in part], blank=blank)
                asked = [_question(one) for one in part] if asks else []
                senses = self._senses(asked) if asks else None
                found = answers_of(self._network, self._words, seen, asked, senses)
                said |= {asked_of(one): text for one, text in zip(part, found, strict=True)}
        answers = [said[asked_of(one)] for one in examples]
        losses = self._losses(examples, cancel, blank=blank)
        return tuple(
            ItemScore(one.key, answer, score, loss)
            for one, answer, score, loss in zip(
                examples, answers, scores(metric, examples, answers), losses, strict=True
            )
        )

    def _losses(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool
    ) -> list[float]:
        """The mean loss of each example's tokens."""
        found: list[float] = []
        for start in range(0, len(examples), AT_ONCE):
            cancel.raise_if_cancelled()
            part = examples[start : start + AT_ONCE]
            lessons = [self._lesson(one, -1, row) for row, one in enumerate(part)]
            cells, whole = self._pictures.take([one.image for one in part], blank=blank)
            data = {
                "cells": cells,
                "whole": whole,
                "rows": pack([[one.text] for one in lessons]),
                "senses": self._senses([one.asked for one in lessons]),
            }
            parts = losses_of(self._network, data, self._device)
            sizes = [len(one.text.said) for one in lessons]
            found += [float(one.mean()) for one in torch.split(parts, sizes)]
        return found

    def general(self, cancel: CancelToken) -> tuple[ItemScore, ...]:
        scored = self._general.scored
        if not scored:
            return ()
        self._network.eval()
        return self._evaluated(scored, cancel, metric_for("", scored), blank=False)

    # --- looking -----------------------------------------------------------------------

    def xray(self, batch: Batch) -> tuple[Xray, ...]:
        tokenizer = self._words.tokenizer
        found = []
        features = batch.data["cells"].shape[1] + 1  # and the picture as a whole
        for key, lesson in zip(batch.keys, batch.data["lessons"], strict=True):
            text = lesson.text
            tokens = tuple(
                XrayToken(
                    one, tokenizer.decode([one], skip_special_tokens=False), learned, is_image=False
                )
                for ids, learned in ((text.prompt, False), (text.said, True))
                for one in ids
            )
            template = tokenizer.decode([*text.prompt, *text.said], skip_special_tokens=False)
            pixels = self._pictures.square(self._examples[key].image)
            places = self._table.config.seen
            found.append(Xray(key, pixels, template, tokens, places, features))
        return tuple(found)

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        config = self._table.config
        rows, words = batch.data["rows"].tokens.shape
        if batch.data["keep"] is not None:
            rows *= 2
        return (
            Tower(
                "decoder", rows, words + config.seen, config.layers, config.width, config.heads,
                4 * config.width, vocabulary=config.vocabulary,
            ),
        )  # fmt: skip

    # --- keeping -----------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        self._learned().save(folder)

    def load(self, folder: Path) -> None:
        self._learned().load(folder)

    def shrink(self, rung: Rung) -> Shrunk | None:
        """Nothing but the batch is worth making smaller of a network of four million weights."""
        return None

    def close(self) -> None:
        if self._trained is not None:
            self._encoder.close()
            self._trained = None


def _question(example: Example) -> str:
    """What is asked, "" where a caption is."""
    asked = example.turns[-1].ask
    return "" if wants_caption(asked) else asked


def build(recipe: Recipe, place: Place) -> AssistantLearner:
    """A `LearnerFactory`."""
    return AssistantLearner(recipe, place)
