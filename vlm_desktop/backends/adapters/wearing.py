"""Putting adapters on a network and taking them off, without loading its base again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.adapters.deltas import Deltas, deltas_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from vlm_desktop.backends.adapters.folder import Worn


class Wardrobe:
    """Holds a network's own weights and what each adapter adds to them.

    Several adapters add up, each times its strength. Taking them off gives the base's weights
    back bit for bit. Not thread-safe; whoever uses the network has the turn.
    """

    def __init__(self, network: nn.Module) -> None:
        self._weights = dict(network.named_parameters())
        self._own: Deltas = {}
        self._known: dict[Path, Deltas] = {}

    @torch.no_grad()
    def wear(self, worn: Sequence[Worn]) -> None:
        """Have the network as if only these were on. Raises BadInputFile, and then what was on
        stays on."""
        for one in worn:
            if one.folder not in self._known:
                self._known[one.folder] = self._read(one.folder)
        for name, own in self._own.items():
            self._weights[name].copy_(own)
        for one in worn:
            for name, delta in self._known[one.folder].items():
                weight = self._weights[name]
                weight.add_(delta.to(weight.device, weight.dtype), alpha=one.strength)

    def forget(self, folder: Path) -> None:
        """Read an adapter anew when it is worn next: it was changed on the disk."""
        self._known.pop(folder, None)

    def _read(self, folder: Path) -> Deltas:
        found = deltas_of(folder, self._base)
        for name in found:
            self._own.setdefault(name, self._weights[name].detach().clone())
        return found

    def _base(self, name: str) -> torch.Tensor:
        return self._own.get(name, self._weights[name].detach()).float().cpu()
