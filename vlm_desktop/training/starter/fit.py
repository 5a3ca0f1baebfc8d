"""The training loop."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.training.starter import losses
from vlm_desktop.training.starter.sampler import FitConfig, Sampler, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vlm_desktop.training.starter.corpus import Corpus
    from vlm_desktop.training.starter.image_tower import Classifier, ImageTower
    from vlm_desktop.training.starter.text_tower import Encoder, TextTower

log = logging.getLogger(__name__)


class Towers(nn.Module):
    """Both towers and the learned numbers of the losses."""

    def __init__(self, image: ImageTower, text: TextTower, config: FitConfig | None = None) -> None:
        super().__init__()
        start = config or FitConfig()
        self.image, self.text = image, text
        self.log_scale = nn.Parameter(torch.tensor(math.log(start.scale)))
        self.log_name_scale = nn.Parameter(torch.tensor(math.log(start.name_scale)))
        self.null = nn.Parameter(torch.tensor(start.null), requires_grad=False)

    def scales(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Logit scales of the contrastive and of the class-name loss, at most 60."""
        top = math.log(60.0)
        return self.log_scale.clamp(max=top).exp(), self.log_name_scale.clamp(max=top).exp()


def _groups(towers: Towers, config: FitConfig) -> list[dict[str, object]]:
    """Parameter groups with their own peak rate; lower layers move more slowly."""
    groups: list[dict[str, object]] = []

    def add(module: nn.Module, rate: float, frozen: bool) -> None:
        for decays in (True, False):
            chosen = [p for p in module.parameters() if (p.ndim > 1) == decays]
            if chosen:
                groups.append(
                    {
                        "params": chosen,
                        "peak": rate,
                        "frozen": frozen,
                        "lr": 0.0,
                        "weight_decay": config.weight_decay if decays else 0.0,
                    }
                )

    layers = list(towers.image.backbone.layers)
    for depth, layer in enumerate(reversed(layers)):
        add(layer, config.lr_image * config.layer_decay**depth, True)
    add(towers.text.encoder, config.lr_text, True)
    add(towers.image.head, config.lr_head, False)
    for part in (towers.text.norm, towers.text.project, towers.text.residual):
        add(part, config.lr_head, False)
    groups.append(
        {
            "params": [towers.log_scale, towers.log_name_scale],
            "peak": config.lr_head,
            "frozen": False,
            "lr": 0.0,
            "weight_decay": 0.0,
        }
    )
    return groups


def _set_rates(groups: Sequence[dict[str, object]], done: float, config: FitConfig) -> None:
    """Warm-up, then a cosine to zero; the pretrained parts join after ``frozen_share``."""
    for group in groups:
        start = config.frozen_share if group["frozen"] else 0.0
        along = (done - start) / (1.0 - start)
        warm = min(1.0, max(along, 0.0) / 0.08)
        group["lr"] = float(group["peak"]) * warm * 0.5 * (1.0 + math.cos(math.pi * max(along, 0)))


def _shares(classifier: Classifier, grid: torch.Tensor) -> torch.Tensor:
    """The classifier's probabilities without its background class: ``[B,F,h,w]`` to ``[B,C]``."""
    logits = classifier.output(grid.mean((2, 3), keepdim=True)).flatten(1)  # [B,C+1]
    return logits.float()[:, 1:].softmax(1)


class Trainer:
    """Holds what stays the same from step to step."""

    def __init__(
        self,
        corpus: Corpus,
        towers: Towers,
        config: FitConfig,
        classifier: Classifier | None = None,
        teachers: Sequence[Towers] = (),
    ) -> None:
        self.corpus, self.towers, self.config = corpus, towers, config
        self.classifier, self.teachers = classifier, teachers
        self.sampler = Sampler(corpus, config)
        self.device = corpus.pixels.device
        self.originals = self._original_words(towers.text.encoder)
        self.average = {name: value.detach().clone() for name, value in towers.named_parameters()}
        self.optimiser = torch.optim.AdamW(_groups(towers, config), betas=(0.9, 0.98))

    @torch.no_grad()
    def _original_words(self, encoder: Encoder) -> torch.Tensor:
        """Vectors of the vocabulary sentences before training: ``[W,width]``."""
        encoder.eval()
        parts = [encoder(*self._tokens(rows)) for rows in self.corpus.words.split(1024)]
        return torch.cat(parts)

    def _tokens(self, rows: torch.Tensor, drop: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and mask of text rows, cut to the longest: both int64 ``[T,n]``."""
        ids = self.corpus.tokens[rows].long()  # [T] -> [T,L]
        ids = ids[:, : int((ids > 0).sum(1).max())]  # [T,L] -> [T,n]
        mask = (ids > 0).long()
        if drop:
            lost = torch.rand(ids.shape, device=self.device, generator=self.sampler.draw) < drop
            lost[:, 0] = False
            mask = mask * (~lost).long()
        return ids, mask

    def _encode_texts(self, towers: Towers, rows: torch.Tensor, drop: float) -> torch.Tensor:
        return F.normalize(towers.text(*self._tokens(rows, drop)).float(), dim=1)  # [T,D]

    @torch.no_grad()
    def _teacher_logits(self, step: Step) -> torch.Tensor:
        """Mean of the teachers' logits for the compared photos and all texts: ``[I,T]``."""
        total = torch.zeros(step.compared, len(step.texts), device=self.device)
        for teacher in self.teachers:
            images = teacher.image(step.views[: step.compared]).float()  # [I,D]
            images = F.normalize(images, dim=1)
            texts = self._encode_texts(teacher, step.texts, 0.0)
            total += teacher.scales()[0] * images @ texts.T
        return total / len(self.teachers)

    def _name_losses(
        self, step: Step, images: torch.Tensor, grid: torch.Tensor, classifier: Classifier
    ) -> dict[str, torch.Tensor]:
        """Terms taught by the classifier; ``grid [I,F,h,w]`` is the student's feature map."""
        variants = self.corpus.names
        column = torch.randint(
            variants.shape[1], (len(variants), 1), device=self.device, generator=self.sampler.draw
        )
        names = self._encode_texts(self.towers, variants.gather(1, column)[:, 0], 0.0)  # [C,D]
        scale, name_scale = self.towers.scales()
        with torch.no_grad():
            teacher_grid = classifier.backbone(step.views)  # [I,F,h,w]
            shares = _shares(classifier, teacher_grid)  # [I,C]
        seen = step.compared
        terms = {
            "name": self.config.name_weight * losses.name_loss(images, names, shares, name_scale),
            "absent": self.config.absent_weight
            * losses.absent_loss(images[:seen], names, shares[:seen], scale, self.towers.null),
        }
        if self.config.keep_weight:
            read = classifier.output(grid.mean((2, 3), keepdim=True)).flatten(1)  # [I,C+1]
            terms["keep"] = self.config.keep_weight * F.kl_div(
                read.float()[:, 1:].log_softmax(1), shares, reduction="batchmean"
            )
        if self.config.push_weight:
            pushed, wanted = self._pushed(grid, teacher_grid, classifier)
            terms["push"] = self.config.push_weight * losses.name_loss(
                pushed, names, wanted, name_scale
            )
        return terms

    def _pushed(
        self, grid: torch.Tensor, teacher_grid: torch.Tensor, classifier: Classifier
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors of feature maps pushed towards random classes, and what the classifier says.

        This reaches the classes that no training photo shows. Only the head and the texts
        learn from it.

        Returns:
            Unit rows ``[M,D]`` and probabilities ``[M,C]``.
        """
        draw, count = self.sampler.draw, min(self.config.mixed or 64, len(grid))
        with torch.no_grad():
            rows = torch.randint(len(grid), (count,), device=self.device, generator=draw)
            matrix = classifier.output.weight.flatten(1)[1:]  # [C+1,F,1,1] -> [C,F]
            chosen = torch.randint(len(matrix), (count,), device=self.device, generator=draw)
            logit = torch.empty(count, device=self.device).uniform_(4.0, 16.0, generator=draw)
            cells = torch.rand(count, 1, *grid.shape[2:], device=self.device, generator=draw)
            cells = cells.square()
            cells = cells / cells.mean((2, 3), keepdim=True)  # [M,1,h,w], mean one
            mine = losses.pushed_grid(grid[rows].float(), matrix[chosen], logit, cells)
            theirs = losses.pushed_grid(teacher_grid[rows].float(), matrix[chosen], logit, cells)
            wanted = _shares(classifier, theirs)
        return F.normalize(self.towers.image.head(mine).float(), dim=1), wanted

    def _anchor(self) -> torch.Tensor:
        count = len(self.corpus.words)
        chosen = torch.randint(
            count, (self.config.words,), device=self.device, generator=self.sampler.draw
        )
        pooled = self.towers.text.encoder(*self._tokens(self.corpus.words[chosen]))
        return losses.anchor_loss(pooled.float(), self.originals[chosen].float())

    def losses(self, step: Step) -> dict[str, torch.Tensor]:
        """All weighted terms of one step."""
        config, towers = self.config, self.towers
        grid = towers.image.backbone(step.views)  # [I,3,S,S] -> [I,F,h,w]
        images = F.normalize(towers.image.head(grid).float(), dim=1)  # [I,D]
        texts = self._encode_texts(towers, step.texts, config.word_drop)
        scale, _ = towers.scales()
        seen = images[: step.compared]
        to_image, to_text = losses.contrastive(
            seen, texts, step.positive, step.allowed, scale, towers.null
        )
        terms = {"to_image": config.hard_weight * to_image, "to_text": config.hard_weight * to_text}
        if self.teachers:
            terms["copy"] = config.copy_weight * losses.copy_loss(
                scale * seen @ texts.T, self._teacher_logits(step)
            )
        if self.classifier is not None and len(self.corpus.names):
            terms |= self._name_losses(step, images, grid, self.classifier)
        if config.keyword_weight and len(step.keywords):
            asked = self._encode_texts(towers, step.keywords, 0.0)  # [Q,D]
            terms["keyword"] = config.keyword_weight * losses.word_loss(
                seen[: step.captioned], asked, step.has_keyword, scale, towers.null
            )
        if config.anchor_weight and len(self.corpus.words):
            terms["anchor"] = config.anchor_weight * self._anchor()
        return terms

    def _follow(self, index: int) -> None:
        """Move the running average of the weights towards the weights."""
        keep = min(self.config.ema, (1 + index) / (10 + index))
        with torch.no_grad():
            for name, value in self.towers.named_parameters():
                self.average[name].lerp_(value.detach(), 1.0 - keep)

    def run(self) -> Iterator[dict[str, float]]:
        """Train; yields the terms of every step. Afterwards the towers hold the average."""
        half = torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda")
        steps, started = self.sampler.steps, time.monotonic()
        self.towers.train()
        for index in range(steps):
            _set_rates(self.optimiser.param_groups, index / steps, self.config)
            step = self.sampler.step()
            with half:
                terms = self.losses(step)
            total = torch.stack([term.float() for term in terms.values()]).sum()
            self.optimiser.zero_grad(set_to_none=True)
            total.backward()
            nn.utils.clip_grad_norm_(self.towers.parameters(), 5.0)
            self.optimiser.step()
            self._follow(index)
            if index % 50 == 0 or index == steps - 1:
                log.info(
                    "step %d/%d %.0f s %s",
                    index + 1,
                    steps,
                    time.monotonic() - started,
                    {name: round(term.item(), 3) for name, term in terms.items()},
                )
            yield {name: term.item() for name, term in terms.items()} if steps < 50 else {}
        with torch.no_grad():
            for name, value in self.towers.named_parameters():
                value.copy_(self.average[name])
        self.towers.eval()


def fit(
    corpus: Corpus,
    towers: Towers,
    config: FitConfig,
    *,
    classifier: Classifier | None = None,
    teachers: Sequence[Towers] = (),
) -> list[dict[str, float]]:
    """Train ``towers`` in place and leave the averaged weights in them.

    Args:
        corpus: training photos and texts.
        towers: both towers, on the corpus' device.
        config: numbers of the run.
        classifier: teacher for class names, or none.
        teachers: trained towers whose similarities are to be copied, or none.

    Returns:
        The loss terms of every step of a short run (empty dicts in a long one).
    """
    torch.manual_seed(config.seed)
    return list(Trainer(corpus, towers, config, classifier, teachers).run())
