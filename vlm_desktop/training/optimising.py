"""AdamW over a learner's groups, with its state found by the names of parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from vlm_desktop.base.trainerrors import GroupUnknown, NothingTrainable
from vlm_desktop.training.learners.protocol import Group, Learner
from vlm_desktop.training.schedule import rate_factor
from vlm_desktop.training.spec import Recipe

_MOMENTS = ("exp_avg", "exp_avg_sq")


class Optimiser:
    """The optimiser of one run. Its state is there from the first moment, so that a step that runs
    out of memory does so before anything is changed."""

    def __init__(self, recipe: Recipe, learner: Learner) -> None:
        self._run = recipe.run
        groups = learner.groups()
        _check(recipe, learner, groups)
        self.named = {name: one for group in groups for name, one in group.parameters}
        self.adam = torch.optim.AdamW(
            [
                {
                    "params": [parameter for _, parameter in group.parameters],
                    "weight_decay": recipe.run.decay if group.decays else 0.0,
                    "rate": recipe.run.rates.get(group.name, recipe.run.rate * group.factor),
                }
                for group in groups
            ],
            lr=recipe.run.rate,
        )
        for parameter in self.named.values():
            self.adam.state[parameter] = {
                "step": torch.tensor(0.0),
                **{name: torch.zeros_like(parameter) for name in _MOMENTS},
            }

    def set_rates(self, step: int, total: int) -> float:
        """Set the rates for update `step` (from 0); gives that of the recipe's own rate."""
        factor = rate_factor(self._run, step, total)
        for group in self.adam.param_groups:
            group["lr"] = group["rate"] * factor
        return self._run.rate * factor

    def tensors(self) -> dict[str, torch.Tensor]:
        """The whole state, by the parameters' names."""
        return {
            f"{name}/{key}": value.detach().cpu().contiguous()
            for name, parameter in self.named.items()
            for key, value in self.adam.state[parameter].items()
        }

    def load(self, kept: Mapping[str, torch.Tensor]) -> None:
        """Take a state over, for parameters that have the same name and shape."""
        for name, parameter in self.named.items():
            moments = [kept.get(f"{name}/{key}") for key in _MOMENTS]
            if any(one is None or one.shape != parameter.shape for one in moments):
                continue
            state: dict[str, Any] = self.adam.state[parameter]
            state["step"] = kept[f"{name}/step"].clone()
            for key, value in zip(_MOMENTS, moments, strict=True):
                state[key].copy_(value)


def _check(recipe: Recipe, learner: Learner, groups: Sequence[Group]) -> None:
    if not any(group.parameters for group in groups):
        targets = ", ".join(one.name for one in learner.components())
        raise NothingTrainable(model=recipe.model.id, targets=targets)
    known = [group.name for group in groups]
    for name in recipe.run.rates:
        if name not in known:
            raise GroupUnknown(name=name, known=", ".join(known))
