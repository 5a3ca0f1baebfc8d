"""The text tower: a small BERT encoder (MiniLM) with mean pooling and a head.

Devlin et al. 2019 (BERT); Wang et al. 2020 (MiniLM); Reimers and Gurevych 2019
(mean-pooled sentence vectors). The starting weights are all-MiniLM-L6-v2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Tokenizer


@dataclass(frozen=True)
class TextConfig:
    """Shape of the text tower. The defaults are MiniLM-L6."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    dimension: int = 512
    dropout: float = 0.1
    head_dropout: float = 0.3


class EncoderLayer(nn.Module):
    """One post-norm BERT layer."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.width
        self.heads, self.each = config.heads, width // config.heads
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.output = nn.Linear(width, width), nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.up, self.down = nn.Linear(width, config.inner), nn.Linear(config.inner, width)
        self.output_norm = nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(config.dropout)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.heads, self.each)).transpose(1, 2)  # [B,N,W] -> [B,h,N,d]

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """``x [B,N,W]``, ``bias [B,1,1,N]`` (0 or a large negative) to ``[B,N,W]``."""
        q, k, v = self._split(self.query(x)), self._split(self.key(x)), self._split(self.value(x))
        scores = q @ k.transpose(-1, -2) * self.each**-0.5 + bias  # [B,h,N,N]
        mixed = self.drop(scores.softmax(-1)) @ v  # [B,h,N,N] @ [B,h,N,d] -> [B,h,N,d]
        mixed = mixed.transpose(1, 2).flatten(2)  # [B,h,N,d] -> [B,N,W]
        x = self.attention_norm(x + self.drop(self.output(mixed)))
        inner = self.down(F.gelu(self.up(x)))  # [B,N,W] -> [B,N,I] -> [B,N,W]
        result: torch.Tensor = self.output_norm(x + self.drop(inner))
        return result


class Encoder(nn.Module):
    """Token ids to one mean-pooled vector."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.places = nn.Embedding(config.positions, config.width)
        self.segment = nn.Parameter(torch.zeros(config.width))
        self.norm = nn.LayerNorm(config.width, eps=1e-12)
        self.drop = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """``ids``, ``mask`` int64 ``[B,N]`` to ``[B,W]``."""
        places = self.places.weight[: ids.shape[1]]  # [positions,W] -> [N,W]
        x = self.words(ids) + places + self.segment  # [B,N] -> [B,N,W]
        x = self.drop(self.norm(x))
        kept = mask.to(x.dtype)
        bias = (1.0 - kept)[:, None, None, :] * -1e4  # [B,N] -> [B,1,1,N]
        for layer in self.layers:
            x = layer(x, bias)
        kept = kept.unsqueeze(-1)  # [B,N] -> [B,N,1]
        return (x * kept).sum(1) / kept.sum(1).clamp(min=1e-6)  # [B,N,W] -> [B,W]


class TextTower(nn.Module):
    """Token ids to an embedding."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        width = config.dimension
        self.norm = nn.LayerNorm(config.width)
        self.drop = nn.Dropout(config.head_dropout)
        self.project = nn.Linear(config.width, width)
        self.residual = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            nn.Dropout(config.head_dropout),
            nn.Linear(2 * width, width),
        )

    def head(self, pooled: torch.Tensor) -> torch.Tensor:
        """``[B,W]`` to ``[B,dimension]``."""
        out = self.project(self.drop(self.norm(pooled)))  # [B,W] -> [B,D]
        result: torch.Tensor = out + self.residual(out)
        return result

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """``input_ids``, ``attention_mask`` int64 ``[B,N]`` to ``[B,dimension]``."""
        return self.head(self.encoder(input_ids, attention_mask))


def load_encoder(folder: Path, encoder: Encoder) -> None:
    """Copy the weights of a BERT ``model.safetensors`` into ``encoder``."""
    from safetensors.torch import load_file

    stored = {
        key.removeprefix("bert."): value
        for key, value in load_file(folder / "model.safetensors").items()
    }
    names = {
        "words.weight": "embeddings.word_embeddings.weight",
        "places.weight": "embeddings.position_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    parts = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "output": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "output_norm": "output.LayerNorm",
    }
    for layer in range(len(encoder.layers)):
        for mine, theirs in parts.items():
            for kind in ("weight", "bias"):
                names[f"layers.{layer}.{mine}.{kind}"] = f"encoder.layer.{layer}.{theirs}.{kind}"
    state = {mine: stored[theirs] for mine, theirs in names.items()}
    state["segment"] = stored["embeddings.token_type_embeddings.weight"][0]  # [2,W] -> [W]
    encoder.load_state_dict(state)


def tokenise(tokenizer: Tokenizer, texts: Sequence[str], length: int) -> torch.Tensor:
    """Token ids of ``texts``, cut at ``length`` and padded with 0: int32 ``[T,length]``."""
    ids = torch.zeros(len(texts), length, dtype=torch.int32)
    for row, coded in enumerate(tokenizer.encode_batch(list(texts))):
        kept = coded.ids if len(coded.ids) <= length else [*coded.ids[: length - 1], coded.ids[-1]]
        ids[row, : len(kept)] = torch.tensor(kept, dtype=torch.int32)
    return ids
