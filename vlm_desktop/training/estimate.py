"""How much memory a run will take: counted from the module tree and the shapes of a batch, then
corrected by one step that was measured.

The counts of a layer's kept values follow Korthikanti et al., "Reducing Activation Recomputation in
Large Transformer Models" (2022), without the square of the tokens, which fused attention does not
keep. What they leave out (buffers of kernels, fragments, copies) is in the measured factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.training.learners.protocol import Component, Tower
    from vlm_desktop.training.spec import Recipe

_FLOAT = 4
_MOMENTS = 2
_WIDTHS_PER_LAYER = 8
"""Two norms, the input of attention, query, key, value, its output, the input of the rest."""
_INNERS_PER_LAYER = 2
_LOGIT_COPIES = 3
"""Logits, their softmax, its gradient; in full precision."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes by what takes them. `adapters` are the trained weights, and part of no other."""

    weights: int
    adapters: int
    gradients: int
    optimiser: int
    activations: int
    logits: int

    @staticmethod
    def of(recipe: Recipe, components: Sequence[Component], towers: Sequence[Tower]) -> Estimate:
        """What one process will hold at once."""
        trained = sum(one.trainable for one in components)
        width = _FLOAT if recipe.run.precision == "fp32" else _FLOAT // 2
        return Estimate(
            weights=max(0, sum(one.bytes for one in components) - trained * _FLOAT),
            adapters=trained * _FLOAT,
            gradients=trained * _FLOAT,
            optimiser=trained * _FLOAT * _MOMENTS,
            activations=sum(_activations(one, recipe.run.checkpointing) for one in towers) * width,
            logits=sum(one.rows * one.tokens * one.vocabulary for one in towers)
            * _FLOAT
            * _LOGIT_COPIES,
        )

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.adapters + self.optimiser + self.step

    @property
    def step(self) -> int:
        """What comes and goes with each step."""
        return self.gradients + self.activations + self.logits

    def factor(self, measured: int) -> float:
        """What a step took, by what was thought; `measured` are bytes beyond those at rest."""
        return max(measured, 0) / max(self.step, 1)

    def corrected(self, factor: float) -> int:
        """All of it, with what a step takes as it was measured."""
        return self.weights + self.adapters + self.optimiser + round(self.step * factor)


def _activations(tower: Tower, checkpointing: bool) -> int:
    """Numbers that are kept for the way back, or while one layer works where none are."""
    layer = tower.width * _WIDTHS_PER_LAYER + tower.inner * _INNERS_PER_LAYER
    if not tower.keeps:
        each = layer
    elif checkpointing:
        each = layer + tower.width * tower.layers
    else:
        each = layer * tower.layers
    return each * tower.rows * tower.tokens
