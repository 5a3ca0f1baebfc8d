"""Stage three: the classifier of short answers, by binary cross entropy on how right each is.

Teney et al. 2018, "Tips and Tricks for Visual Question Answering". The tower's cells are reduced
to their principal directions and pooled once; what is trained are a few small networks over them,
each from another beginning, minutes each on one processor core.
"""

from __future__ import annotations

import copy
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.backends.chat.starter_answers import (
    AnswerClassifier,
    AnswerMember,
    AnswersConfig,
)
from vlm_desktop.backends.chat.starter_views import CORNERS
from vlm_desktop.training.starter.assistant.answers import (
    HINTED,
    MADE,
    NAMED,
    Example,
    common_answers,
    examples_of,
    spellings,
    targets,
)
from vlm_desktop.training.starter.assistant.features import TOP
from vlm_desktop.training.starter.assistant.fit import rate_at
from vlm_desktop.training.starter.assistant.vectors import answer_meanings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from vlm_desktop.training.starter.assistant.batches import Words
    from vlm_desktop.training.starter.assistant.corpus import Picture
    from vlm_desktop.training.starter.assistant.features import Features

log = logging.getLogger(__name__)

_SAMPLE = 1200
_POOLED_AT_ONCE = 256
_MEANING = 0.05
"""How much an answer's embedding counts beside weights of its own."""


@dataclass(frozen=True, slots=True)
class ChooseConfig:
    """Stage three. `made`, `named` and `hinted` are examples an epoch of questions made by rule, of
    captions' words and of questions' words; those people asked come all. The first `readers` of the
    `members` take what the text tower reads. `share` is how much the decoder's probability counts
    beside the classifier's."""

    known: int = 1200
    members: int = 4
    readers: int = 2
    width: int = 384
    directions: int = 384
    epochs: float = 9.0
    batch: int = 192
    rate: float = 1.5e-3
    warmup: int = 50
    decay: float = 0.05
    average: float = 0.99
    made: int = 8000
    named: int = 3000
    hinted: int = 3000
    made_weight: float = 0.5
    named_weight: float = 0.3
    hinted_weight: float = 0.3
    share: float = 1.0
    seed: int = 3


def find_directions(
    classifier: AnswerClassifier, features: Features, photos: Sequence[int], seed: int
) -> None:
    """Set the directions to the principal ones of a sample's cells, scaled so that what `pool`
    gives has about unit size."""
    chosen = sorted(random.Random(seed).sample(list(photos), min(_SAMPLE, len(photos))))
    cells = features.cells[0][np.array(chosen)].reshape(-1, features.cells.shape[-1])
    values = cells.astype(np.float32) * (TOP / 255)  # [C,1280]
    middle = values.mean(0)
    values -= middle
    sizes, vectors = np.linalg.eigh(values.T @ values / len(values))
    best = np.argsort(-sizes)[: classifier.config.directions]
    classifier.middle.copy_(torch.from_numpy(middle))
    classifier.directions.copy_(torch.from_numpy(np.ascontiguousarray(vectors[:, best])))
    cells, _ = features.take([0] * 200, (chosen * 200)[:200], classifier.middle.device)
    classifier.directions /= max(float(classifier.pool(cells).std()), 1e-6)


@torch.no_grad()
def pool_all(
    classifier: AnswerClassifier, features: Features, photos: Sequence[int], views: int
) -> torch.Tensor:
    """What the classifier sees of photos, float16 [views,P,4*D]; all views share the corners."""
    device = classifier.middle.device
    found = []
    for start in range(0, len(photos), _POOLED_AT_ONCE):
        part = list(photos[start : start + _POOLED_AT_ONCE])
        near = classifier.pool(features.near(part, device).flatten(1, 2))
        cells = (features.take([view] * len(part), part, device)[0] for view in range(views))
        found.append(torch.stack([torch.cat([classifier.pool(one), near], -1) for one in cells]))
    return torch.cat(found, 1).half()


class Speaking(nn.Linear):
    """A member's last layer in training: besides weights of their own, answers have those of what
    they mean, so that rare ones learn from others that mean alike. `merged` is both in one."""

    meanings: torch.Tensor

    def __init__(self, own: nn.Linear, meanings: torch.Tensor) -> None:
        super().__init__(own.in_features, own.out_features)
        self.load_state_dict(own.state_dict())
        self.register_buffer("meanings", meanings * _MEANING, persistent=False)
        self.say = nn.Linear(own.in_features, meanings.shape[1])
        nn.init.normal_(self.say.weight, std=0.02)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return super().forward(hidden) + self.say(hidden) @ self.meanings.t()

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """The plain layer that gives the same."""
        plain = nn.Linear(self.in_features, self.out_features)
        plain.weight.copy_(self.weight + self.meanings @ self.say.weight)
        plain.bias.copy_(self.bias + self.meanings @ self.say.bias)
        return plain.to(self.weight.device)


class Chooser:
    """Trains the members of a classifier, one after the other."""

    def __init__(
        self,
        pictures: Sequence[Picture],
        features: Features,
        words: Words,
        senses: torch.Tensor,
        encoder: Path,
        config: ChooseConfig,
        device: torch.device,
    ) -> None:
        self._config, self._device = config, device
        shape = AnswersConfig(0, words.tokenizer.get_vocab_size())
        examples = examples_of(pictures, words, shape.tokens)
        known = common_answers(examples, config.known)
        self.answers = spellings(pictures, known)
        self._meanings = answer_meanings(self.answers, encoder).to(device)
        self._places = {one: place for place, one in enumerate(known)}
        self.classifier = AnswerClassifier(
            AnswersConfig(
                len(known),
                shape.vocabulary,
                width=config.width,
                directions=min(config.directions, features.cells.shape[-1]),
                features=features.cells.shape[-1],
                embedding=features.whole.shape[-1],
                members=config.members,
                corners=CORNERS,
                readings=senses.shape[1] - features.whole.shape[-1],
                readers=config.readers,
            )
        ).to(device)
        photos = sorted({one.photo for one in examples})
        find_directions(self.classifier, features, photos, config.seed)
        views = len(features.cells)
        self._pooled = pool_all(self.classifier, features, photos, views)
        self._whole = torch.from_numpy(features.whole[:, photos]).to(device)
        self._row = {photo: row for row, photo in enumerate(photos)}
        none = torch.zeros(1, senses.shape[1])
        self._senses = torch.cat([senses, none]).to(device)  # row -1 is that of no question
        self._sorts = [[one for one in examples if one.sort == sort] for sort in range(HINTED + 1)]

    def run(self) -> AnswerClassifier:
        """Train all members."""
        for number, member in enumerate(self.classifier.members):
            if not isinstance(member, AnswerMember):
                raise TypeError(type(member).__name__)
            started = time.monotonic()
            loss = self._train(member, self._config.seed + number)
            log.info("member %d: loss %.3f, %.0f s", number, loss, time.monotonic() - started)
        return self.classifier.eval()

    def _epoch(self, draw: random.Random) -> list[Example]:
        config = self._config
        *asked, made, named, hinted = self._sorts
        chosen = [one for sort in asked for one in sort]
        chosen += draw.sample(made, min(config.made, len(made)))
        chosen += draw.sample(named, min(config.named, len(named)))
        chosen += draw.sample(hinted, min(config.hinted, len(hinted)))
        draw.shuffle(chosen)
        return chosen

    def _batches(self, steps: int, draw: random.Random) -> Iterator[list[Example]]:
        waiting: list[Example] = []
        for _ in range(steps):
            while len(waiting) < self._config.batch:
                waiting += self._epoch(draw)
            yield waiting[: self._config.batch]
            waiting = waiting[self._config.batch :]

    def _loss(
        self, member: AnswerMember, batch: list[Example], draw: random.Random
    ) -> torch.Tensor:
        config, device = self._config, self._device
        rows = [self._row[one.photo] for one in batch]
        views = [draw.randrange(len(self._pooled)) for _ in batch]
        tokens = torch.tensor([one.tokens for one in batch], device=device)
        with torch.autocast(device.type, torch.bfloat16):
            logits = member(
                self._pooled[views, rows].float(),
                self._whole[views, rows],
                self._senses[[one.sense for one in batch]],
                tokens,
            )
        right = torch.zeros(logits.shape, device=device)
        at, answers, shares = (
            torch.from_numpy(one).to(device) for one in targets(batch, self._places)
        )
        right[at, answers] = shares
        weigh = {
            MADE: config.made_weight, NAMED: config.named_weight, HINTED: config.hinted_weight
        }  # fmt: skip
        weights = torch.tensor([weigh.get(one.sort, 1.0) for one in batch], device=device)
        loss = F.binary_cross_entropy_with_logits(logits.float(), right, reduction="none")
        return (loss.sum(1) * weights).mean()

    def _train(self, member: AnswerMember, seed: int) -> float:
        """All steps of one member, which ends as the running average of its weights."""
        config = self._config
        torch.manual_seed(seed)
        draw = random.Random(seed)
        fresh = AnswerMember(self.classifier.config, reads=member.reading is not None)
        fresh = fresh.to(self._device)
        fresh.out = Speaking(fresh.out, self._meanings).to(self._device)
        average = copy.deepcopy(fresh).requires_grad_(False)
        optimiser = torch.optim.AdamW(
            fresh.parameters(), lr=config.rate, weight_decay=config.decay, betas=(0.9, 0.98),
            fused=True,
        )  # fmt: skip
        steps = max(1, round(config.epochs * len(self._epoch(copy.deepcopy(draw))) / config.batch))
        told = 0.0
        for step, batch in enumerate(self._batches(steps, draw)):
            for group in optimiser.param_groups:
                group["lr"] = config.rate * rate_at(step, steps, config.warmup)
            loss = self._loss(fresh, batch, draw)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(fresh.parameters(), 2.0)
            optimiser.step()
            told = 0.98 * told + 0.02 * float(loss.detach()) if step else float(loss.detach())
            share = min(config.average, (1 + step) / (10 + step))
            with torch.no_grad():
                for mine, now in zip(average.parameters(), fresh.parameters(), strict=True):
                    mine.lerp_(now, 1.0 - share)
        if isinstance(average.out, Speaking):
            average.out = average.out.merged()
        member.load_state_dict(average.state_dict())
        return told
