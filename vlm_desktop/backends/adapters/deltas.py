"""What an adapter of low rank adds to the weights of its base, worked out without peft.

LoRA adds scaling * B A to a matrix. DoRA sets the length of each row anew after that (Liu et al.
2024), so its change depends on the base's weights; taken as the difference of the whole, a
strength between 0 and 1 goes straight from the base to what was learned. An adapter that trained
whole modules ("FULL") holds their weights as they came to be.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from vlm_desktop.backends.adapters.folder import WEIGHTS, check_weights, read_config
from vlm_desktop.base.errors import BadInputFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_WRAPPED = "base_model.model."
_A, _B, _LENGTHS = ".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector"
_OWN = frozenset({"log_scale", "offset"})
"""What an encoder's adapter holds besides: the scale and offset it was taught with."""

Deltas = dict[str, torch.Tensor]


def read_tensors(folder: Path) -> Deltas:
    """An adapter's tensors by name. Raises BadInputFile."""
    path = folder / WEIGHTS
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    return {name.removeprefix(_WRAPPED): one for name, one in state.items()}


def deltas_of(folder: Path, base: Callable[[str], torch.Tensor]) -> Deltas:
    """What is added at strength 1, by the names of the base's weights; `base` gives one of these
    in float32 [out, in]. Raises BadInputFile where the two do not fit."""
    return dict(each_delta(folder, base))


def each_delta(
    folder: Path, base: Callable[[str], torch.Tensor]
) -> Iterator[tuple[str, torch.Tensor]]:
    """The same, one after the other: together they may be as large as the base."""
    if (folder / "adapter.toml").exists():
        check_weights(folder)
    config, state = read_config(folder), read_tensors(folder)
    try:
        if config["peft_type"] == "FULL":
            for name in (one for one in state if one not in _OWN):
                yield name, state[name].float() - base(name)
            return
        for module in _modules(state):
            name = f"{module}.weight"
            yield name, _low_rank(config, state, module, base(name))
    except (
        KeyError, AttributeError, RuntimeError, TypeError, ValueError, IndexError, ArithmeticError,
    ) as error:  # fmt: skip
        detail = f"it does not fit the model: {error}"
        raise BadInputFile(path=folder / WEIGHTS, line=None, detail=detail) from error


def _modules(state: Iterable[str]) -> list[str]:
    return sorted(name.removesuffix(_A) for name in state if name.endswith(_A))


def _low_rank(
    config: dict[str, Any], state: Deltas, module: str, weight: torch.Tensor
) -> torch.Tensor:
    a, b = state[module + _A].float(), state[module + _B].float()
    rank = a.shape[0]
    made = (b.shape[0], a.shape[1])  # looked at first: a stranger's file could make any size
    if made != tuple(weight.shape):
        raise RuntimeError(f"{module} is {tuple(weight.shape)}, not {made}")
    root = math.sqrt(rank) if config.get("use_rslora") else rank
    added = float(config["lora_alpha"]) / root * (b @ a)  # [out,r] @ [r,in] -> [out,in]
    lengths = state.get(module + _LENGTHS)
    if lengths is None:
        return added
    whole = weight + added
    sized: torch.Tensor = (
        lengths.float()[:, None] * whole / torch.linalg.vector_norm(whole, dim=1, keepdim=True)
    )
    return sized - weight
