"""The image tower: MobileNetV2 with a pooling head, and the public classifier it starts from.

Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks". The public
weights are read from an ONNX file whose batch normalisations are already folded into the
convolutions, so the network here has plain convolutions with a bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from pathlib import Path

# expansion, output channels, repeats, stride of the first
BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


@dataclass(frozen=True)
class ImageConfig:
    """Shape of the image tower. The defaults are MobileNetV2 1.0."""

    blocks: tuple[tuple[int, int, int, int], ...] = BLOCKS
    stem: int = 32
    features: int = 1280
    dimension: int = 512
    pool_heads: int = 8
    context_layers: int = 0
    context_width: int = 384
    dropout: float = 0.3


class SameConv(nn.Module):
    """Convolution with TensorFlow's SAME padding for even inputs, then optional ReLU6."""

    def __init__(
        self, into: int, out: int, kernel: int, stride: int = 1, groups: int = 1, clip: bool = True
    ) -> None:
        super().__init__()
        self.stride, self.clip, self.kernel = stride, clip, kernel
        padding = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(into, out, kernel, stride, padding, groups=groups)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.stride == 2:
            x = F.pad(x, (0, 1, 0, 1))  # [B,C,H,W] -> [B,C,H+1,W+1]
        x = self.conv(x)  # [B,C,H,W] -> [B,C',H/stride,W/stride]
        return F.relu6(x) if self.clip else x


class InvertedResidual(nn.Module):
    """Widen, filter every channel by itself, narrow; add the input where shapes allow."""

    def __init__(self, into: int, out: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = into * expansion
        layers = [SameConv(into, wide, 1)] if expansion != 1 else []
        layers += [SameConv(wide, wide, 3, stride, groups=wide), SameConv(wide, out, 1, clip=False)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and into == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.layers(x)  # [B,C,H,W] -> [B,C',H/stride,W/stride]
        return x + out if self.residual else out


class Backbone(nn.Module):
    """Pixels to a map of features, 32 times smaller in each direction."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = [SameConv(3, config.stem, 3, 2)]
        width = config.stem
        for expansion, out, repeats, stride in config.blocks:
            for index in range(repeats):
                layers.append(InvertedResidual(width, out, stride if index == 0 else 1, expansion))
                width = out
        layers.append(SameConv(width, config.features, 1))
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """``[B,3,H,W]`` in -1..1 to ``[B,features,H/32,W/32]``."""
        out: torch.Tensor = self.layers(pixels)
        return out


class ContextLayer(nn.Module):
    """One pre-norm transformer layer over the cells of the map (Vaswani et al. 2017)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )
        self.drop = nn.Dropout(dropout)

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        batch, count, width = cells.shape
        qkv = self.qkv(self.norm_1(cells))  # [B,N,W] -> [B,N,3W]
        qkv = qkv.view(batch, count, 3, self.heads, width // self.heads)  # [B,N,3,h,d]
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each [B,h,N,d]
        mixed = F.scaled_dot_product_attention(q, k, v)  # [B,h,N,d]
        mixed = mixed.transpose(1, 2).reshape(batch, count, width)  # [B,h,N,d] -> [B,N,W]
        cells = cells + self.drop(self.out(mixed))
        return cells + self.drop(self.mlp(self.norm_2(cells)))


class GridHead(nn.Module):
    """Mean, maximum and learned attention over the cells, then a small residual network."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        width = config.context_width
        self.heads = config.pool_heads
        self.cells_norm = nn.LayerNorm(config.features)
        self.value = nn.Linear(config.features, width)
        self.context = nn.ModuleList(
            ContextLayer(width, 6, config.dropout / 2) for _ in range(config.context_layers)
        )
        self.attend = nn.Linear(width, self.heads)
        pooled = 2 * config.features + width
        self.norm = nn.LayerNorm(pooled)
        self.drop = nn.Dropout(config.dropout)
        self.project = nn.Linear(pooled, config.dimension)
        self.residual = nn.Sequential(
            nn.LayerNorm(config.dimension),
            nn.Linear(config.dimension, 2 * config.dimension),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(2 * config.dimension, config.dimension),
        )

    def forward(self, grid: torch.Tensor) -> torch.Tensor:
        """``[B,features,h,w]`` to ``[B,dimension]``, not normalised."""
        cells = grid.flatten(2).transpose(1, 2)  # [B,F,h,w] -> [B,N,F]
        values = self.value(self.cells_norm(cells))  # [B,N,F] -> [B,N,W]
        for layer in self.context:
            values = layer(values)
        weights = self.attend(values).softmax(1)  # [B,N,W] -> [B,N,H]
        batch, count, width = values.shape
        split = values.view(batch, count, self.heads, width // self.heads)  # [B,N,H,W/H]
        attended = (weights.unsqueeze(-1) * split).sum(1).flatten(1)  # -> [B,W]
        pooled = torch.cat([cells.mean(1), cells.amax(1), attended], dim=1)  # [B,2F+W]
        out = self.project(self.drop(self.norm(pooled)))  # [B,2F+W] -> [B,D]
        result: torch.Tensor = out + self.residual(out)
        return result


class ImageTower(nn.Module):
    """Pixels to an embedding."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.head = GridHead(config)

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """``[B,3,H,W]`` in -1..1 to ``[B,dimension]``, not normalised."""
        out: torch.Tensor = self.head(self.backbone(pixel_values))
        return out


class Classifier(nn.Module):
    """The public ImageNet classifier as it came, used as a teacher only."""

    def __init__(self, config: ImageConfig, classes: int = 1001) -> None:
        super().__init__()
        self.backbone = Backbone(config)
        self.output = nn.Conv2d(config.features, classes, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """``[B,3,H,W]`` in -1..1 to logits ``[B,classes]``."""
        grid = self.backbone(pixels)  # [B,3,H,W] -> [B,F,h,w]
        pooled = grid.mean((2, 3), keepdim=True)  # [B,F,h,w] -> [B,F,1,1]
        out: torch.Tensor = self.output(pooled).flatten(1)  # [B,F,1,1] -> [B,classes]
        return out


def load_classifier(
    path: Path, config: ImageConfig | None = None, classes: int = 1001
) -> Classifier:
    """Read the ONNX classifier's convolutions, in graph order, into :class:`Classifier`."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {one.name: one for one in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    model = Classifier(config or ImageConfig(), classes)
    convs = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    if len(convs) != len(nodes):
        raise ValueError(f"{path.name} has {len(nodes)} convolutions, expected {len(convs)}")
    with torch.no_grad():
        for conv, node in zip(convs, nodes, strict=True):
            weight = numpy_helper.to_array(stored[node.input[1]])
            bias = numpy_helper.to_array(stored[node.input[2]])
            conv.weight.copy_(torch.from_numpy(weight.copy()))
            if conv.bias is not None:
                conv.bias.copy_(torch.from_numpy(bias.copy()))
    return model.eval()
