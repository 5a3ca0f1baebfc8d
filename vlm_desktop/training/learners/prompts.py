"""Learned prompts: a few vectors in place of words before every name (CoOp, Zhou et al. 2022).

"[v1] [v2] ... [vM] brumaline" goes through the frozen text tower; the vectors are the same for all
names and lie where vectors of words lie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from vlm_desktop.training.learners.names import NameLearner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.training.learners.protocol import Place
    from vlm_desktop.training.spec import Recipe

_PLACE = "x"
"""A word of one token; what stands for it is replaced."""
_START = "a photo of my"
"""What the vectors are at first, as far as it goes; the rest are drawn."""
_SPREAD = 0.02


class PromptLearner(NameLearner):
    """A `Learner` of the vectors before names."""

    PART = "context"

    def open(self) -> None:
        super().open()
        self._is_on = False
        self._towers.text.encoder.words.register_forward_hook(self._put_in)

    @property
    def _count(self) -> int:
        return self._recipe.method.prompt_tokens

    def _first(self) -> torch.nn.Parameter:
        words = self._towers.text.encoder.words
        rows = torch.randn(self._count, words.embedding_dim, device=self._device) * _SPREAD
        ids, _ = self._pictures.tokens([_START])
        known = ids[0, 1:-1][: self._count].to(self._device)
        with torch.no_grad():
            rows[: len(known)] = words(known)
        return torch.nn.Parameter(rows)

    def _put_in(self, module: Any, given: Any, found: torch.Tensor) -> torch.Tensor | None:
        if not self._is_on:
            return None
        rows = self._tensor.expand(len(found), -1, -1).to(found.dtype)
        return torch.cat([found[:, :1], rows, found[:, 1 + self._count :]], 1)

    def _name_tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        before = f"{_PLACE} " * self._count
        return self._pictures.tokens([before + text for text in texts])

    def _names(self, tokens: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        self._is_on = True
        try:
            return super()._names(tokens)
        finally:
            self._is_on = False


def build(recipe: Recipe, place: Place) -> PromptLearner:
    """A `LearnerFactory`."""
    return PromptLearner(recipe, place)
