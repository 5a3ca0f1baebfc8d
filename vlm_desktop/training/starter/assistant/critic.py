"""Stage two: self-critical sequence training on CIDEr-D (Rennie et al. 2017).

Captions are drawn from the network and judged against the human ones; what scored above the mean
of the picture's other draws becomes likelier, what scored below less likely. Questions and human
captions go on beside it by cross entropy, so that neither answers nor grammar are forgotten.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.chat.starter_prompt import CAPTION, END
from vlm_desktop.backends.chat.starter_writing import look_at, write
from vlm_desktop.base.captionscores import CiderD, DocumentFrequencies
from vlm_desktop.base.captiontokens import tokenise
from vlm_desktop.training.starter.assistant.batches import Rows, Text, pack
from vlm_desktop.training.starter.assistant.fit import (
    average_gradients,
    feeder,
    follow,
    new_optimiser,
    rate_at,
    weighted_loss,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vlm_desktop.base.captionscores import WeightedCaption
    from vlm_desktop.training.starter.assistant.batches import Words
    from vlm_desktop.training.starter.assistant.fit import Fitter

log = logging.getLogger(__name__)

STOP = "<end>"
"""Counts as a last word, so that a caption which breaks off ("in a") scores less."""


@dataclass(frozen=True, slots=True)
class CriticConfig:
    """Stage two. `human` weighs the cross entropy, summed with the self-critical loss.

    Drawing is sharpened by `temperature`, in the loss too: after cross entropy with smoothed labels
    a network's plain draws are too wild to learn from.
    """

    steps: int = 600
    captioned: int = 24
    draws: int = 5
    longest: int = 24
    temperature: float = 0.5
    rate: float = 2e-4
    warmup: int = 30
    human: float = 0.6
    average: float = 0.99
    seed: int = 2


class Judge:
    """CIDEr-D of drawn captions against the human ones of a training picture."""

    def __init__(self, captions: dict[int, list[str]]) -> None:
        told = {
            photo: [[*tokenise(one), STOP] for one in several]
            for photo, several in captions.items()
        }
        self._scorer = CiderD(DocumentFrequencies.of(told.values()))
        self._prepared: dict[int, tuple[WeightedCaption, ...]] = {
            photo: self._scorer.prepare(several) for photo, several in told.items()
        }

    def score(self, photo: int, caption: str, ended: bool) -> float:
        said = [*tokenise(caption), *([STOP] if ended else [])]
        return self._scorer.score(said, self._prepared[photo])


class Critic:
    """Goes on training a fitter's network; `average` follows it."""

    def __init__(
        self,
        fitter: Fitter,
        words: Words,
        captions: dict[int, list[str]],
        config: CriticConfig,
    ) -> None:
        self._fitter, self._words, self._config = fitter, words, config
        self.network, self.average = fitter.network, fitter.average
        self._judge = Judge(captions)
        self._draw = random.Random(config.seed)
        self._take = feeder(list(captions), config.captioned, self._draw)
        self._optimiser = new_optimiser(self.network, config.rate, 0.0)
        self._chance = torch.Generator(fitter.device).manual_seed(config.seed)

    def _drawn(self, seen: torch.Tensor, photos: Sequence[int]) -> tuple[Rows, float]:
        """Captions drawn for pictures [B,S,W], weighted by how much better than the picture's
        other draws they are (in standard deviations of the batch), and their mean score."""
        config, words = self._config, self._words
        memory = look_at(self.network, seen).repeated(config.draws, 1 + config.longest)
        head = words.special[CAPTION]
        prompts = torch.full((len(photos) * config.draws, 1), head, device=seen.device)
        written = write(
            self.network, memory, prompts, end=words.special[END], longest=config.longest,
            draw=self._chance, temperature=config.temperature,
        )  # fmt: skip
        scores = torch.tensor(
            [
                self._judge.score(
                    photos[index // config.draws],
                    words.tokenizer.decode(list(one.tokens)),
                    one.ended,
                )
                for index, one in enumerate(written)
            ]
        ).view(len(photos), config.draws)
        others = (scores.sum(1, keepdim=True) - scores) / (config.draws - 1)
        better = scores - others
        better = (better / better.std().clamp(min=1e-3)).flatten().tolist()
        rows: list[list[Text]] = [[] for _ in photos]
        for index, (one, weight) in enumerate(zip(written, better, strict=True)):
            said = (*one.tokens, *([words.special[END]] if one.ended else []))
            if said:
                rows[index // config.draws].append(Text((head,), said, weight))
        return pack(rows), float(scores.mean())

    def step(self, index: int) -> float:
        """One update; the mean CIDEr-D (0..10) of what was drawn."""
        config, fitter = self._config, self._fitter
        for group in self._optimiser.param_groups:
            group["lr"] = config.rate * rate_at(index, config.steps, config.warmup)
        photos = self._take()
        views = [self._draw.randrange(len(fitter.features.cells)) for _ in photos]
        cells, whole = fitter.features.take(views, photos, fitter.device)
        with torch.autocast(fitter.device.type, torch.bfloat16):
            self.network.eval()
            with torch.no_grad():
                rows, score = self._drawn(self.network.see(cells, whole), photos)
            self.network.train()
            seen = self.network.see(cells, whole)
            loss = weighted_loss(self.network, seen, rows, 0.0, config.temperature)
            loss = loss / len(rows.target)
        loss.backward()
        for take in fitter.takes:
            cells, whole, human = fitter.batch(take)
            with torch.autocast(fitter.device.type, torch.bfloat16):
                seen = self.network.see(cells, whole)
                loss = weighted_loss(
                    self.network, seen, human, fitter.config.smoothing, 1.0, whole, fitter.senses
                )
                loss = loss * config.human / float(human.weight.sum())
            loss.backward()
        average_gradients(self.network)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        follow(self.average, self.network, config.average)
        return score

    def run(self, every: int, after: Callable[[int], None]) -> None:
        """All steps; `after` is called every so many, and at the end."""
        started, scores = time.monotonic(), 0.0
        for index in range(self._config.steps):
            scores += self.step(index)
            if (index + 1) % every == 0 or index + 1 == self._config.steps:
                log.info(
                    "critic %d: drawn %.3f, %.0f s", index + 1,
                    scores / (index % every + 1), time.monotonic() - started,
                )  # fmt: skip
                scores = 0.0
                after(index + 1)
