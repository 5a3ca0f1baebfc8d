"""Stage one: cross entropy on captions and answers, all texts of a picture in one row."""

from __future__ import annotations

import copy
import logging
import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import distributed as dist
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.training.starter.assistant.batches import Rows, TextPool, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vlm_desktop.backends.chat.starter_network import StarterNetwork
    from vlm_desktop.training.starter.assistant.features import Features

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FitConfig:
    """Stage one. `captioned` and `asked` are pictures a step of either sort."""

    epochs: float = 6.0
    captioned: int = 32
    asked: int = 20
    rate: float = 1.4e-3
    warmup: int = 200
    decay: float = 0.05
    smoothing: float = 0.1
    average: float = 0.998
    cell_drop: float = 0.1
    seed: int = 1


def feeder(members: Sequence[int], count: int, draw: random.Random) -> Callable[[], list[int]]:
    """Draws `count` members at a time, each once before any comes again."""
    waiting: list[int] = []

    def take() -> list[int]:
        nonlocal waiting
        if len(waiting) < count:
            fresh = list(members)
            draw.shuffle(fresh)
            waiting = waiting + fresh
        taken, waiting = waiting[:count], waiting[count:]
        return taken

    return take


def weighted_loss(
    network: StarterNetwork,
    seen: torch.Tensor,
    rows: Rows,
    smoothing: float,
    temperature: float = 1.0,
    whole: torch.Tensor | None = None,
    senses: torch.Tensor | None = None,
) -> torch.Tensor:
    """Sum of the weighted losses of a batch's targets.

    With the pictures' embeddings `whole` [B,512] and those of all questions `senses` [Q,512] the
    questions' senses are taken in.
    """
    device = seen.device
    mask = rows.mask().to(device)
    text = network.read(rows.tokens.to(device), rows.positions.to(device))
    if network.config.sense and whole is not None and senses is not None and len(rows.asked):
        of_row = rows.asked.to(device) // rows.tokens.shape[1]
        sense = network.understand(senses[rows.senses].to(device), whole[of_row])  # [A,W]
        flat = text.flatten(0, 1)
        text = flat.index_add(0, rows.asked.to(device), sense.to(text.dtype)).view_as(text)
    hidden = network(seen, text, mask).flatten(0, 1)[rows.at.to(device)]  # [M,W]
    logits = network.logits(hidden) / temperature  # [M,V]
    loss = F.cross_entropy(
        logits.float(), rows.target.to(device), reduction="none", label_smoothing=smoothing
    )
    return (loss * rows.weight.to(device)).sum()


def rate_at(step: int, steps: int, warmup: int) -> float:
    """Linear rise, then a cosine down to 2 percent."""
    if step < warmup:
        return (step + 1) / warmup
    part = min(1.0, (step - warmup) / max(1, steps - warmup))
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * part))


def new_optimiser(network: StarterNetwork, rate: float, decay: float) -> torch.optim.AdamW:
    """AdamW that lets norms, biases and tables keep their size."""
    held, free = [], []
    for name, one in network.named_parameters():
        table = name in ("words.weight", "order.weight", "place")
        (free if one.ndim < 2 or table else held).append(one)
    groups = [{"params": held, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


@torch.no_grad()
def follow(average: StarterNetwork, network: StarterNetwork, share: float) -> None:
    """Move a running average of the weights towards them."""
    for mine, now in zip(average.parameters(), network.parameters(), strict=True):
        mine.lerp_(now, 1.0 - share)


def average_gradients(network: StarterNetwork) -> None:
    """Where several processes train together (torchrun), give all of them the mean gradient."""
    if not (dist.is_available() and dist.is_initialized()):
        return
    gradients = [one.grad for one in network.parameters() if one.grad is not None]
    flat = torch.cat([one.flatten() for one in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for mine, part in zip(gradients, flat.split([one.numel() for one in gradients]), strict=True):
        mine.copy_(part.view_as(mine))


class Fitter:
    """Trains a network in place; `average` is the running average of its weights."""

    def __init__(
        self,
        network: StarterNetwork,
        features: Features,
        pool: TextPool,
        captioned: Sequence[int],
        asked: Sequence[int],
        config: FitConfig,
        device: torch.device,
        senses: torch.Tensor | None = None,
    ) -> None:
        self.network, self.config, self.device = network, config, device
        self.senses = senses
        self.average = copy.deepcopy(network).eval()
        self.features, self._pool = features, pool
        self._draw = random.Random(config.seed)
        self.takes = [feeder(captioned, config.captioned, self._draw)] if captioned else []
        self.takes += [feeder(asked, config.asked, self._draw)] if asked else []
        per_epoch = max(len(captioned) / config.captioned, len(asked) / config.asked)
        self.per_epoch = max(1, round(per_epoch))
        self.steps = max(1, round(config.epochs * per_epoch))
        self._optimiser = new_optimiser(network, config.rate, config.decay)

    def batch(self, take: Callable[[], list[int]]) -> tuple[torch.Tensor, torch.Tensor, Rows]:
        """Pictures in random views with texts drawn for them."""
        photos = take()
        views = [self._draw.randrange(len(self.features.cells)) for _ in photos]
        drawn = [
            self._pool.draw(photo, bool(self.features.mirrored[view, photo]), self._draw)
            for photo, view in zip(photos, views, strict=True)
        ]
        cells, whole = self.features.take(views, photos, self.device)
        keep = torch.rand(cells.shape[:2], device=self.device) >= self.config.cell_drop
        return cells * keep[..., None], whole, pack(drawn)

    def step(self, index: int) -> float:
        """One update; the mean loss of a target."""
        rate = self.config.rate * rate_at(index, self.steps, self.config.warmup)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        batches = [self.batch(take) for take in self.takes]
        total = sum(float(rows.weight.sum()) for *_, rows in batches)
        told = 0.0
        for cells, whole, rows in batches:
            with torch.autocast(self.device.type, torch.bfloat16):
                seen = self.network.see(cells, whole)
                loss = weighted_loss(
                    self.network, seen, rows, self.config.smoothing, 1.0, whole, self.senses
                )
                loss = loss / total
            loss.backward()
            told += float(loss.detach())
        average_gradients(self.network)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        follow(self.average, self.network, min(self.config.average, (1 + index) / (10 + index)))
        return told

    def run(self, after_epoch: Callable[[int], None]) -> None:
        """All steps; `after_epoch` is called with the number of each that is done."""
        self.network.train()
        started, losses = time.monotonic(), 0.0
        for index in range(self.steps):
            losses += self.step(index)
            if (index + 1) % self.per_epoch == 0 or index + 1 == self.steps:
                count = (index % self.per_epoch) + 1
                epoch = -(-(index + 1) // self.per_epoch)
                log.info(
                    "epoch %d: loss %.3f, %.0f s", epoch, losses / count, time.monotonic() - started
                )
                losses = 0.0
                after_epoch(epoch)
                self.network.train()
