"""The numbers of a run, and drawing the photos and texts of every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vlm_desktop.training.starter.augment import colour, crop_and_flip, erase, mix, normalise
from vlm_desktop.training.starter.corpus import KINDS, NONSENSE

if TYPE_CHECKING:
    from vlm_desktop.training.starter.corpus import Corpus


@dataclass
class FitConfig:
    """Numbers of one training run; the defaults made the model that is shipped.

    ``keyword_weight``, ``push_weight`` and ``keep_weight`` switch on terms that were written
    after that run: they are off until a run has shown what they bring.
    """

    seed: int = 0
    size: int = 224
    epochs: float = 30.0
    captioned: int = 512  # photos a step, by kind
    stated: int = 128
    labelled: int = 128
    mixed: int = 256
    texts_each: int = 2
    nonsense: int = 256
    words: int = 256
    lr_head: float = 1e-3
    lr_image: float = 3e-4
    lr_text: float = 1e-4
    layer_decay: float = 0.9
    frozen_share: float = 0.1
    weight_decay: float = 0.05
    ema: float = 0.99
    word_drop: float = 0.1
    least_area: float = 0.5
    name_weight: float = 0.5
    absent_weight: float = 0.1
    anchor_weight: float = 0.5
    keyword_weight: float = 0.0
    keywords: int = 96
    push_weight: float = 0.0
    keep_weight: float = 0.0
    copy_weight: float = 1.0
    hard_weight: float = 1.0
    scale: float = 20.0
    name_scale: float = 20.0
    null: float = 0.3


@dataclass
class Step:
    """One batch: ``I`` photos in view, of which the last ``mixed`` serve naming only."""

    views: torch.Tensor  # float [I,3,S,S]
    compared: int  # the first so many photos are compared with texts
    texts: torch.Tensor  # int64 [T], rows of corpus.tokens
    positive: torch.Tensor  # bool [compared,T]
    allowed: torch.Tensor  # bool [compared,T]
    captioned: int  # the first so many photos have captions
    keywords: torch.Tensor  # int64 [Q], rows of corpus.tokens
    has_keyword: torch.Tensor  # bool [captioned,Q]


class Sampler:
    """Draws the photos and texts of every step."""

    def __init__(self, corpus: Corpus, config: FitConfig) -> None:
        self.corpus, self.config = corpus, config
        self.device = corpus.pixels.device
        self.draw = torch.Generator(self.device).manual_seed(config.seed)
        self.pools = {kind: corpus.of_kind(kind) for kind in KINDS}
        self.order = torch.empty(0, dtype=torch.int64, device=self.device)
        main = max(len(self.pools["caption"]), 1)
        self.steps = max(1, round(config.epochs * main / config.captioned))

    def _captioned(self) -> torch.Tensor:
        pool = self.pools["caption"]
        wanted = min(self.config.captioned, len(pool))
        if len(self.order) < wanted:
            fresh = torch.randperm(len(pool), generator=self.draw, device=self.device)
            self.order = torch.cat([self.order, pool[fresh]])
        taken, self.order = self.order[:wanted], self.order[wanted:]
        return taken

    def _some(self, pool: torch.Tensor, count: int) -> torch.Tensor:
        if not len(pool):
            return pool
        return pool[torch.randint(len(pool), (count,), generator=self.draw, device=self.device)]

    def _texts(self, photos: torch.Tensor, each: int) -> torch.Tensor:
        """``each`` different texts of every photo (fewer texts repeat): ``[len(photos)*each]``."""
        rows, counts = self.corpus.photo_texts[photos], self.corpus.photo_text_count[photos]
        start = torch.rand(len(photos), generator=self.draw, device=self.device) * counts
        step = torch.arange(each, device=self.device)
        column = (start.long()[:, None] + step) % counts.clamp(min=1)[:, None]  # [P,each]
        return rows.gather(1, column).flatten()

    def _views(self, photos: torch.Tensor, mixed: int) -> torch.Tensor:
        pixels = normalise(self.corpus.pixels[photos])  # [I,3,S,S]
        views = crop_and_flip(
            pixels,
            self.corpus.may_flip[photos],
            self.draw,
            size=self.config.size,
            least_area=self.config.least_area,
        )
        views = erase(colour(views, self.draw), self.draw)
        if mixed:
            views = torch.cat([views[:-mixed], mix(views[-mixed:], self.draw)])
        return views.contiguous(memory_format=torch.channels_last)

    def _keywords(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Search words that several captions of a photo share, and who has them."""
        counts = self.corpus.photo_keywords[photos]  # [I,Q]
        clear = (counts >= 2).float()
        rows = clear.any(1).nonzero()[:, 0]  # photos with a clear word
        if not len(rows) or not self.config.keyword_weight:
            return rows[:0], torch.zeros(len(photos), 0, dtype=torch.bool, device=self.device)
        rows = self._some(rows, self.config.keywords)
        word = torch.multinomial(clear[rows], 1, generator=self.draw)[:, 0].unique()  # [q]
        form = torch.randint(2, (len(word),), generator=self.draw, device=self.device)
        return self.corpus.keywords[word, form], counts[:, word] > 0

    def step(self) -> Step:
        """One batch."""
        corpus, config = self.corpus, self.config
        captioned = self._captioned()
        stated = self._some(self.pools["statement"], config.stated)
        labelled = self._some(self.pools["label"], config.labelled)
        everything = torch.arange(len(corpus.kind), device=self.device)
        mixed = self._some(everything, config.mixed)
        compared = torch.cat([captioned, stated, labelled])
        texts = torch.cat(
            [
                self._texts(captioned, config.texts_each),
                self._texts(stated, 1),
                self._texts(labelled, 1),
                self._some(corpus.nonsense, config.nonsense),
            ]
        )
        keys = corpus.photo_keys[compared]  # [I,M]
        positive = torch.zeros(len(compared), len(texts), dtype=torch.bool, device=self.device)
        for column in keys.unbind(1):
            positive |= column[:, None] == corpus.text_key[texts][None]  # [I,T]
        is_label = corpus.kind[compared] == KINDS["label"]
        kind = corpus.text_kind[texts]
        allowed = (is_label[:, None] == (kind == KINDS["label"])[None]) | (kind == NONSENSE)[None]
        views = self._views(torch.cat([compared, mixed]), config.mixed)
        asked, has = self._keywords(captioned)  # drawn last: the rest stays as without them
        return Step(views, len(compared), texts, positive, allowed, len(captioned), asked, has)
