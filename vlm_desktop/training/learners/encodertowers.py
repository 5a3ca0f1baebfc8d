"""The starter's towers in PyTorch, made from its graphs: the text tower, and the image tower's head
over cells that its frozen part computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.backends.adapters.pairweights import HEAD, TEXT, PairWeights, same_names
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.base.errors import ModelUnsupported
from vlm_desktop.training.starter.image_tower import GridHead, ImageConfig
from vlm_desktop.training.starter.text_tower import TextConfig, TextTower

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_HEADS_OF = 32
"""Numbers a head of MiniLM's attention takes."""
_SIGMOID_BIAS = -10.0
"""Where the sigmoid loss begins: nearly all pairs do not belong together (Zhai et al. 2023)."""


class EncoderTowers(nn.Module):
    """Both towers, and the scale and offset that cosines are taken with."""

    def __init__(self, text: TextTower, head: GridHead, scale: float) -> None:
        super().__init__()
        self.text, self.head = text, head
        self.log_scale = nn.Parameter(torch.tensor(scale).log())
        self.offset = nn.Parameter(torch.tensor(_SIGMOID_BIAS))

    def see(self, cells: torch.Tensor) -> torch.Tensor:
        """Cells [B,N,F] to unit rows [B,D]."""
        side = round(cells.shape[1] ** 0.5)
        grid = cells.transpose(1, 2).reshape(len(cells), -1, side, side)  # [B,N,F] -> [B,F,h,w]
        return F.normalize(self.head(grid).float(), dim=-1)

    def read(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Token ids and mask [T,n] to unit rows [T,D]."""
        return F.normalize(self.text(ids, mask).float(), dim=-1)


def load_towers(folder: Path, model: str, scale: float) -> EncoderTowers:
    """The towers in float32. Raises ModelBroken, and ModelUnsupported for any other pair."""
    weights = PairWeights(folder, model).read()
    text, head = same_names(weights, TEXT), same_names(weights, HEAD)
    towers = EncoderTowers(
        TextTower(_text_shape(text, read_pair(folder).dimension)),
        GridHead(_head_shape(head)),
        scale,
    )
    try:
        _fill(towers.text, text)
        _fill(towers.head, head)
    except (RuntimeError, KeyError) as error:
        raise ModelUnsupported(model=model, family="onnx-dual") from error
    return towers


def _fill(module: nn.Module, weights: dict[str, NDArray[np.float32]]) -> None:
    """What a graph holds besides, such as the readings of the text tower, is no part of ours."""
    mine = module.state_dict()
    state = {name: torch.from_numpy(one.copy()) for name, one in weights.items() if name in mine}
    module.load_state_dict(state)


def _text_shape(weights: dict[str, NDArray[np.float32]], dimension: int) -> TextConfig:
    vocabulary, width = weights["encoder.words.weight"].shape
    layers = {m[1] for name in weights if (m := re.match(r"encoder\.layers\.(\d+)\.", name))}
    return TextConfig(
        vocabulary=vocabulary,
        width=width,
        layers=len(layers),
        heads=width // _HEADS_OF,
        inner=weights["encoder.layers.0.up.weight"].shape[0],
        positions=weights["encoder.places.weight"].shape[0],
        dimension=dimension,
    )


def _head_shape(weights: dict[str, NDArray[np.float32]]) -> ImageConfig:
    width, features = weights["value.weight"].shape
    return ImageConfig(
        features=features,
        dimension=weights["project.weight"].shape[0],
        pool_heads=weights["attend.weight"].shape[0],
        context_width=width,
    )
