"""A linear probe on the encoder's frozen vectors: one direction for every name.

It begins at the name's own vector, so that a name the encoder knows starts well, and what is
learned is a difference that weight decay keeps small (Radford et al. 2021, section 3.2, with the
start of Gao et al. 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.training.learners.general import taught_names
from vlm_desktop.training.learners.names import NameLearner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.training.learners.protocol import Batch, Place, Tower
    from vlm_desktop.training.spec import Recipe


class ProbeLearner(NameLearner):
    """A `Learner` of one direction a name. How many there are is known once the examples are."""

    PART = "directions"

    def __init__(self, recipe: Recipe, place: Place, names: Sequence[str]) -> None:
        super().__init__(recipe, place)
        self._all = tuple(names)
        self._column = {name: at for at, name in enumerate(self._all)}

    def _first(self) -> torch.nn.Parameter:
        dimension = self._pictures.base.spec.dimension
        return torch.nn.Parameter(torch.zeros(len(self._all), dimension, device=self._device))

    def _name_tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        columns = torch.tensor([self._column.get(text, -1) for text in texts])
        vectors = torch.from_numpy(self._pictures.base.encode_texts(list(texts)))
        return columns, vectors

    def _names(self, tokens: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        columns, vectors = (one.to(self._device) for one in tokens)
        known = (columns >= 0)[:, None]
        added = self._tensor[columns.clamp(min=0)] * known
        return F.normalize(vectors + added, dim=-1)

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        """Nothing runs through a tower."""
        return ()


def build(recipe: Recipe, place: Place) -> ProbeLearner:
    """A `LearnerFactory`. The names are those of the frozen examples."""
    return ProbeLearner(recipe, place, taught_names(place.run))
