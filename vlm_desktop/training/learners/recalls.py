"""How well texts find their pictures, one score a held-out example."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.training.learners.contrast import ranks
from vlm_desktop.training.learners.protocol import ItemScore
from vlm_desktop.training.learners.scoring import picture_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.base.training import Example

_RECALL = re.compile(r"recall@([1-9]\d{0,3})")
_LOSS = "loss"
_NAMED = 3


def recall_at(metric: str) -> int:
    """How many first places count. Raises RecipeWrong."""
    if metric == _LOSS:
        return 1
    found = _RECALL.fullmatch(metric)
    if found is None:
        raise RecipeWrong(key="[run] metric", detail='must be such as "recall@5", or "loss"')
    return int(found[1])


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Pictures by name with their unit rows [I,D], and texts with theirs [T,D]."""

    pictures: tuple[str, ...]
    images: torch.Tensor
    texts: tuple[str, ...]
    rows: torch.Tensor
    scale: float

    def scores(self, examples: Sequence[Example], most: int) -> tuple[ItemScore, ...]:
        """1 where an example's picture is among the `most` first for its text, 0 elsewhere.

        Other pictures that have the same text are left out for it. The answer names the texts that
        fit the picture best; the loss is that of the right one among all texts.
        """
        place = {name: at for at, name in enumerate(self.pictures)}
        column = {text: at for at, text in enumerate(self.texts)}
        of_text: dict[str, list[int]] = defaultdict(list)
        for one in examples:
            of_text[one.turns[0].answer].append(place[picture_of(one)])
        own = torch.tensor([place[picture_of(one)] for one in examples])
        which = torch.tensor([column[one.turns[0].answer] for one in examples])
        ignored = torch.zeros(len(examples), len(self.pictures), dtype=torch.bool)
        for row, one in enumerate(examples):
            ignored[row, of_text[one.turns[0].answer]] = True
        before = ranks(self.rows[which], self.images, own, ignored)
        fits = self.scale * self.images[own] @ self.rows.T  # [E,T]
        losses = torch.nn.functional.cross_entropy(fits, which, reduction="none")
        best = fits.topk(min(_NAMED, len(self.texts)), dim=1)
        return tuple(
            ItemScore(one.key, self._named(names, values), float(rank < most), loss)
            for one, names, values, rank, loss in zip(
                examples, best.indices.tolist(), best.values.tolist(), before.tolist(),
                losses.tolist(), strict=True,
            )
        )  # fmt: skip

    def _named(self, names: list[int], values: list[float]) -> str:
        pairs = zip(names, values, strict=True)
        return "; ".join(f"{self.texts[name]} ({value / self.scale:.3f})" for name, value in pairs)
