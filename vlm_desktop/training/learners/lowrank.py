"""Adapters of low rank on a network, by peft: put in, counted, written and read again.

Hu et al. 2021 (LoRA); Kalajdzievski 2023 (rsLoRA); Liu et al. 2024 (DoRA). Names in the files are
peft's own, so that what was learned here opens wherever peft is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from peft import (
    LoraConfig,
    get_peft_model_state_dict,
    inject_adapter_in_model,
    set_peft_model_state_dict,
)
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vlm_desktop.backends.adapters.folder import WEIGHTS, write_config
from vlm_desktop.base.trainerrors import NothingTrainable, RunDamaged
from vlm_desktop.training.learners.protocol import Component, Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from torch import nn

    from vlm_desktop.training.spec import MethodPart

ADAPTER = "default"
_A, _B = ".lora_A.weight", ".lora_B.weight"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is trained of a network: names of its modules, by the component they are of."""

    modules: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for part in self.modules.values() for name in part)


class Trained:
    """A network of which some modules learn: by low rank beside them, or (`full`) themselves.

    Making one freezes the rest and puts the adapters in; without a word `full` is the recipe's.
    Raises NothingTrainable.
    """

    def __init__(
        self,
        network: nn.Module,
        chosen: Chosen,
        method: MethodPart,
        *,
        model: str,
        full: bool | None = None,
    ) -> None:
        self.network, self._chosen, self._method = network, chosen, method
        self._full = method.full if full is None else full
        names = chosen.names
        if not names:
            raise NothingTrainable(model=model, targets=", ".join(method.targets))
        network.requires_grad_(False)
        if self._full:
            for name in names:
                network.get_submodule(name).requires_grad_(True)
        else:
            inject_adapter_in_model(self._config(names), network, adapter_name=ADAPTER)
            hit = {name for name, one in network.named_modules() if isinstance(one, BaseTunerLayer)}
            if hit != set(names):  # peft compares ends of names
                wrong = ", ".join(sorted(hit ^ set(names))[:3])
                raise RuntimeError(f"adapters went elsewhere: {wrong}")

    def _config(self, names: Sequence[str]) -> LoraConfig:
        method = self._method
        return LoraConfig(
            r=method.rank,
            lora_alpha=method.alpha,  # type: ignore[arg-type]  # peft only divides it
            lora_dropout=method.dropout,
            target_modules=list(names),
            use_dora=method.dora,
            use_rslora=method.rslora,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the modules that learn."""
        return self._chosen.names

    def parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Those that learn, by name."""
        names = self._chosen.names
        return (
            (name, one)
            for name, one in self.network.named_parameters()
            if one.requires_grad and _is_of(name, names)
        )

    def groups(self) -> tuple[Group, ...]:
        """One a component, and what has to keep its size apart from the rest."""
        found = []
        for part, modules in self._chosen.modules.items():
            mine = [(n, p) for n, p in self.parameters() if _is_of(n, modules)]
            held = tuple((n, p) for n, p in mine if p.ndim > 1)
            free = tuple((n, p) for n, p in mine if p.ndim <= 1)
            found += [Group(part, held)] if held else []
            found += [Group(part, free, decays=False)] if free else []
        return tuple(found)

    def components(self, parts: Mapping[str, Sequence[str]]) -> tuple[Component, ...]:
        """Counts by component; `parts` holds the beginnings of their parameters' names."""
        counted = {part: [0, 0, 0] for part in parts}
        for name, one in self.network.named_parameters():
            part = next(p for p, starts in parts.items() if name.startswith(tuple(starts)))
            row = counted[part]
            packed = getattr(one, "quant_state", None)  # bitsandbytes puts two into a byte
            row[0] += one.numel() if packed is None else packed.shape.numel()
            row[1] += one.numel() if one.requires_grad else 0
            row[2] += one.numel() * one.element_size()
        return tuple(Component(part, *row) for part, row in counted.items())

    def state(self) -> dict[str, torch.Tensor]:
        """What was learned, by the names of the files."""
        if self._full:
            return {n: p.detach().cpu().contiguous() for n, p in self.parameters()}
        state = get_peft_model_state_dict(  # never the base's own embeddings beside them
            self.network, adapter_name=ADAPTER, save_embedding_layers=False
        )
        return {name: one.detach().cpu().contiguous() for name, one in state.items()}

    def save(self, folder: Path, extra: Mapping[str, torch.Tensor] | None = None) -> None:
        """Write what was learned, with tensors of the learner's own beside it."""
        save_file({**self.state(), **(extra or {})}, folder / WEIGHTS)
        write_config(folder, self.config())

    def config(self) -> dict[str, Any]:
        """What adapter_config.json says: peft's own, or that whole modules were trained."""
        if self._full:
            return {"peft_type": "FULL", "target_modules": sorted(self._chosen.names)}
        said: dict[str, Any] = self._config(self._chosen.names).to_dict()  # type: ignore[no-untyped-call]
        said["target_modules"] = sorted(said["target_modules"])
        return {k: getattr(v, "value", v) for k, v in said.items() if v is not None}

    def load(self, folder: Path, extra: Sequence[str] = ()) -> dict[str, torch.Tensor]:
        """Take what `save` wrote, bit for bit; gives back the tensors named `extra`. Raises
        RunDamaged."""
        path = folder / WEIGHTS
        try:
            state = load_file(path)
        except (OSError, SafetensorError) as error:
            raise RunDamaged(path=path, detail=str(error)) from error
        own = {name: state.pop(name) for name in extra if name in state}
        wanted = set(self.state())
        if wanted != set(state):
            detail = f"other tensors than this recipe trains, such as {min(wanted ^ set(state))}"
            raise RunDamaged(path=path, detail=detail)
        self.take(state)
        return own

    def take(self, state: dict[str, torch.Tensor]) -> None:
        """Have learned what `state` gave."""
        if self._full:
            mine = dict(self.parameters())
            with torch.no_grad():
                for name, one in state.items():
                    mine[name].copy_(one)
        else:
            set_peft_model_state_dict(self.network, state, adapter_name=ADAPTER)


def truncated(
    state: Mapping[str, torch.Tensor], rank: int, factor: float
) -> dict[str, torch.Tensor]:
    """Adapters of another, smaller rank that add as nearly the same as it allows, once what they
    add is scaled by `factor` less. What adds nothing yet goes on adding nothing, and can learn."""
    found = {}
    for name, a in state.items():
        if not name.endswith(_A):
            continue
        other = name.removesuffix(_A) + _B
        left, inner = torch.linalg.qr(state[other].float())  # B = left inner
        right, outer = torch.linalg.qr(a.float().T)  # A^T = right outer
        u, sizes, v = torch.linalg.svd(inner @ outer.T)
        root = (sizes[:rank] * factor).sqrt()
        made = root[:, None] * (v[:rank] @ right.T) if root.any() else a[:rank]
        found[name] = made.contiguous()
        found[other] = (left @ u[:, :rank] * root).contiguous()
    return found


def _is_of(name: str, modules: Sequence[str]) -> bool:
    return any(name.startswith(f"{module}.") for module in modules)


def linear_modules(network: nn.Module, starts: Sequence[str]) -> tuple[str, ...]:
    """Names of the real linear layers below any of these beginnings, in their order."""
    return tuple(
        name
        for name, one in network.named_modules()
        if isinstance(one, torch.nn.Linear) and f"{name}.".startswith(tuple(starts))
    )
