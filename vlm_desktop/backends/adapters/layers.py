"""Adapters worn as layers of peft beside those of a network, whose own weights stay as they are.

For networks too large to hold what an adapter adds as whole matrices, or to hold their own weights
twice (`wearing.Wardrobe` does both). A strength is a factor on the adapter's scaling, several are
active at once, and with none the network runs past them: its base, bit for bit.

Adapters that are no sum of low rank (DoRA, whole modules) are left to a `Wardrobe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from peft import LoraConfig, set_peft_model_state_dict
from peft.tuners.lora import LoraLayer, LoraModel

from vlm_desktop.backends.adapters.deltas import Deltas, read_tensors
from vlm_desktop.backends.adapters.folder import CARD, WEIGHTS, check_weights, read_config
from vlm_desktop.backends.adapters.wearing import Wardrobe
from vlm_desktop.base.errors import BadInputFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import nn

    from vlm_desktop.backends.adapters.folder import Worn

KEPT = 4
"""Adapters that stay beside the network although they are not worn, for going back and forth."""
_A, _B = ".lora_A.weight", ".lora_B.weight"


class LayerWardrobe:
    """Puts adapters on one network. Not thread-safe; whoever uses the network has the turn."""

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._whole = Wardrobe(network)  # knows the weights by the names they have now
        self._known: dict[Path, str] = {}
        self._modules: dict[Path, frozenset[str]] = {}
        self._tuner: Any = None
        self._made = 0

    def wear(self, worn: Sequence[Worn]) -> None:
        """Have the network as if only these were on. Raises BadInputFile, and then what was on
        stays on."""
        summed = [one for one in worn if is_sum(one.folder)]
        for one in summed:
            self._take_in(one.folder)
        rest = [one for one in worn if one not in summed]
        for one in rest:
            self._modules.setdefault(one.folder, modules_of(read_tensors(one.folder)))
        self._whole.wear(rest)
        names = {self._known[one.folder]: one.strength for one in summed}
        for layer in self._layers():
            for name, strength in names.items():
                layer.set_scale(name, strength)
            if names:
                layer.set_adapter(list(names), inference_mode=True)
            layer.enable_adapters(bool(names))
        self._drop_oldest([one.folder for one in summed])

    def modules(self, worn: Sequence[Worn]) -> frozenset[str]:
        """Names of the modules that these change, once they were worn."""
        return frozenset().union(*(self._modules.get(one.folder, frozenset()) for one in worn))

    def _take_in(self, folder: Path) -> None:
        """Put an adapter's layers beside the network's, or find them there."""
        if folder in self._known:
            self._known[folder] = self._known.pop(folder)  # the latest last
            return
        if (folder / CARD).exists():
            check_weights(folder)
        config, state = read_config(folder), read_tensors(folder)
        rank = check_shapes(folder, state, dict(self._network.named_modules()))
        name = f"worn{self._made}"
        self._made += 1
        modules = modules_of(state)
        try:
            made = LoraConfig(
                r=rank,
                lora_alpha=config["lora_alpha"],
                use_rslora=bool(config.get("use_rslora")),
                target_modules=sorted(modules),
                inference_mode=True,
            )
            self._inject(made, name)
            for layer in (one for one in self._layers() if name in one.lora_A):
                layer.lora_A[name].float()  # as it was learned, whatever its base is in
                layer.lora_B[name].float()
            set_peft_model_state_dict(self._network, state, adapter_name=name)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            self._delete(name)
            raise _wrong(folder, f"it does not fit the model: {error}") from error
        self._known[folder], self._modules[folder] = name, modules

    def _inject(self, config: LoraConfig, name: str) -> None:
        if self._tuner is None:
            self._tuner = LoraModel(self._network, config, name)
            return
        self._tuner.peft_config[name] = config
        self._tuner.inject_adapter(self._network, name)

    def _layers(self) -> Iterator[Any]:
        return (one for one in self._network.modules() if isinstance(one, LoraLayer))

    def _drop_oldest(self, used: Sequence[Path]) -> None:
        for folder in [one for one in self._known if one not in used][: -KEPT or None]:
            self._delete(self._known.pop(folder))

    def _delete(self, name: str) -> None:
        if self._tuner is not None and name in self._tuner.peft_config:
            self._tuner.delete_adapter(name)


def is_sum(folder: Path) -> bool:
    """Whether what an adapter adds is a plain product of low rank. Raises BadInputFile."""
    config = read_config(folder)
    return config["peft_type"] == "LORA" and not config.get("use_dora")


def modules_of(state: Deltas) -> frozenset[str]:
    """Names of the modules that an adapter changes."""
    changed = (name.removesuffix(_A) for name in state if name.endswith(_A))
    found = frozenset(changed)
    return found or frozenset(name.rpartition(".")[0] for name in state)


def check_shapes(folder: Path, state: Deltas, modules: dict[str, Any]) -> int:
    """The rank of an adapter whose matrices fit these modules. Raises BadInputFile.

    Looked at before anything is made: a stranger's file could ask for any size.
    """
    named = modules_of(state)
    wanted = {name + ending for name in named for ending in (_A, _B)}
    if not named or wanted != set(state):
        raise _wrong(folder, "its weights are no pairs of low rank")
    ranks = {state[name + _A].shape[0] for name in named}
    for name in named:
        module = modules.get(name)
        if isinstance(module, LoraLayer):
            module = module.get_base_layer()
        if not isinstance(module, torch.nn.Linear):
            raise _wrong(folder, f"the model has no layer {name}")
        made = (state[name + _B].shape[0], state[name + _A].shape[1])
        if made != (module.out_features, module.in_features):
            raise _wrong(folder, f"{name} is {module.out_features} x {module.in_features}")
    if len(ranks) != 1 or any(state[name + _B].shape[1] not in ranks for name in named):
        raise _wrong(folder, "its matrices are of several ranks")
    if any(not torch.isfinite(one.float()).all() for one in state.values()):
        raise _wrong(folder, "its weights are no finite numbers")
    return ranks.pop()


def _wrong(folder: Path, detail: str) -> BadInputFile:
    return BadInputFile(path=folder / WEIGHTS, line=None, detail=detail)
