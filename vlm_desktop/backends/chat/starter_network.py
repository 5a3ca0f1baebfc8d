"""The network of the starter assistant: a picture's cells in front of words, in LLaVA's manner.

Liu et al. 2023, "Visual Instruction Tuning". The cells of the starter's image tower go through a
small projector and stand in front of the text; a causal decoder reads both. Cells see each other
but no words, so what the decoder makes of a picture (its keys and values) serves every question
about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class StarterConfig:
    """Shape of the network. `positions` is the longest text in tokens, prompt and answer.

    `sense` 1 lets it take a question's embedding by the text tower too, 0 is without.
    """

    vocabulary: int
    width: int = 384
    layers: int = 4
    heads: int = 6
    cells: int = 49
    features: int = 1280
    embedding: int = 512
    positions: int = 64
    sense: int = 0
    dropout: float = 0.1

    @property
    def seen(self) -> int:
        """Tokens that stand for a picture: its cells, and its embedding."""
        return self.cells + 1


class Memory:
    """Keys and values of what was read, [layers, rows, heads, room, d] each; `length` are used."""

    def __init__(self, config: StarterConfig, rows: int, room: int, like: torch.Tensor) -> None:
        shape = (config.layers, rows, config.heads, room, config.width // config.heads)
        self.keys, self.values = like.new_zeros(shape), like.new_zeros(shape)
        self.length = 0

    def add(
        self, layer: int, keys: torch.Tensor, values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write [rows, heads, n, d] behind what is there; all of that layer, with the new."""
        end = self.length + keys.shape[2]
        self.keys[layer, :, :, self.length : end] = keys
        self.values[layer, :, :, self.length : end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def repeated(self, times: int, room: int) -> Memory:
        """A copy whose every row stands `times` times, one after the other, with more room."""
        copy = object.__new__(Memory)
        layers, rows, heads, _, depth = self.keys.shape
        for name in ("keys", "values"):
            old = getattr(self, name)[..., : self.length, :]
            new = old.new_zeros(layers, rows * times, heads, self.length + room, depth)
            new[..., : self.length, :] = old.repeat_interleave(times, dim=1)
            setattr(copy, name, new)
        copy.length = self.length
        return copy

    def choose(self, rows: torch.Tensor) -> None:
        """Go on with these rows: some dropped, some twice."""
        self.keys, self.values = self.keys[:, rows], self.values[:, rows]

    def reorder(self, rows: torch.Tensor, start: int) -> None:
        """Let row i continue row `rows[i]`; what lies before `start` is the same for both."""
        for one in (self.keys, self.values):
            part = one[..., start : self.length, :]
            part.copy_(part[:, rows])


def attend(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    """Attention of queries [B,h,n,d] over [B,h,m,d]; `bias` [..,n,m] is minus infinity where a
    query may not look.

    Plain products: on a processor they take a third of the fused kernel's time for training.
    """
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, bias if bias is None else bias.to(q.dtype))
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))  # [B,h,n,m]
    if bias is not None:
        scores = scores + bias.to(q.dtype)
    return torch.matmul(scores.softmax(-1).to(v.dtype), v)


def attention_of(q: torch.Tensor, k: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """How much of each of [B,h,m,d] goes into what `attend` gives for queries [B,h,n,d]."""
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))  # [B,h,n,m]
    if bias is not None:
        scores = scores + bias.to(q.dtype)
    return scores.softmax(-1)


def bias_of(mask: torch.Tensor) -> torch.Tensor:
    """A bool mask as what is added to scores: float32, minus infinity where it is False."""
    bias = torch.zeros(mask.shape, device=mask.device)
    return bias.masked_fill_(~mask, float("-inf"))


class Block(nn.Module):
    """A pre-norm transformer layer (Vaswani et al. 2017; Xiong et al. 2020)."""

    def __init__(self, config: StarterConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop = nn.Dropout(config.dropout)

    def project(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """[B,n,W] to queries, keys and values [B,h,n,d]."""
        rows, count, width = x.shape
        qkv = self.qkv(self.norm_1(x)).view(rows, count, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return q, k, v

    def mix(
        self,
        x: torch.Tensor,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> torch.Tensor:
        """What `x` [B,n,W] becomes after attending over [B,h,m,d] as `bias` [..,n,m] allows."""
        found = attend(q, k, v, bias)  # [B,h,n,d]
        found = found.transpose(1, 2).flatten(2)  # [B,h,n,d] -> [B,n,W]
        x = x + self.out(found)
        inner = F.gelu(self.wide(self.norm_2(x)), approximate="tanh")  # [B,n,4W]
        return x + self.drop(self.narrow(inner))


class StarterNetwork(nn.Module):
    """Cells of a picture and tokens to the next token's logits."""

    def __init__(self, config: StarterConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.project = nn.Sequential(
            nn.Linear(config.features, width), nn.GELU(approximate="tanh"), nn.Linear(width, width)
        )
        self.project_whole = nn.Linear(config.embedding, width)
        self.place = nn.Parameter(torch.randn(config.seen, width) * 0.02)
        self.seen_drop = nn.Dropout(config.dropout)
        self.words = nn.Embedding(config.vocabulary, width)
        self.order = nn.Embedding(config.positions, width)
        if config.sense:
            self.sense = nn.Linear(2 * config.embedding, width, bias=False)
            nn.init.zeros_(self.sense.weight)
        self.word_drop = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.normal_(self.order.weight, std=0.02)
        for block in self.blocks:
            for layer in (block.out, block.narrow):
                nn.init.normal_(layer.weight, std=0.02 / (2 * config.layers) ** 0.5)

    def see(self, cells: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
        """Cells [B,49,1280] and embeddings [B,512] to visual tokens [B,50,W]."""
        whole = F.normalize(whole, dim=-1) * whole.shape[-1] ** 0.5
        tokens = torch.cat([self.project(cells), self.project_whole(whole)[:, None]], 1)
        return self.seen_drop(tokens + self.place)

    def read(self, tokens: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Token ids and their places in their text, [B,n] each, to [B,n,W]."""
        return self.word_drop(self.words(tokens) + self.order(positions))

    def understand(self, asked: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
        """Embeddings of questions and of their pictures, [B,512] each, to what is added to the
        last token of the questions [B,W]: their sense, and how far the picture fits it. What
        follows the embeddings of questions, their readings, is not for the decoder."""
        size = whole.shape[-1]
        asked, whole = F.normalize(asked[:, :size], dim=-1), F.normalize(whole, dim=-1)
        both = torch.cat([asked * size**0.5, asked * whole * size], -1)  # [B,2*512]
        out: torch.Tensor = self.sense(both)
        return out

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """[..,W] to [..,vocabulary]; the word table serves both ways (Press, Wolf 2017)."""
        return F.linear(self.norm(hidden), self.words.weight)

    def forward(self, seen: torch.Tensor, text: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """All at once, for training.

        Args:
            seen: visual tokens [B,S,W].
            text: embedded tokens [B,n,W].
            mask: bool [B,n,n], which tokens of the text see which; all see the picture.

        Returns:
            [B,n,W], before the last norm.
        """
        rows, count, _ = seen.shape
        length = text.shape[1]
        full = mask.new_ones(rows, 1, count + length, count + length)
        full[:, :, :count, count:] = False
        full[:, 0, count:, count:] = mask
        bias = bias_of(full)
        x = torch.cat([seen, text], 1)
        for block in self.blocks[:-1]:
            x = block.mix(x, *block.project(x), bias)
        last = self.blocks[-1]
        q, k, v = last.project(x)
        out: torch.Tensor = last.mix(x[:, count:], q[:, :, count:], k, v, bias[:, :, count:])
        return out

    def remember(
        self,
        x: torch.Tensor,
        memory: Memory,
        *,
        causal: bool,
        watch: Callable[[torch.Tensor], None] | None = None,
    ) -> torch.Tensor:
        """Read [B,n,W] behind what `memory` holds and add it there; the same shape comes back.

        With `causal` each sees what stands before it; without, all of `x` see each other. `watch`
        is handed the attention of every layer, [B,h,n,m] over all that is remembered.
        """
        count, before = x.shape[1], memory.length
        bias = None
        if causal and count > 1:
            mask = torch.ones(count, before + count, dtype=torch.bool, device=x.device)
            bias = bias_of(mask.tril(before))
        for index, block in enumerate(self.blocks):
            q, k, v = block.project(x)
            keys, values = memory.add(index, k, v)
            if watch is not None:
                watch(attention_of(q, keys, bias))
            x = block.mix(x, q, keys, values, bias)
        memory.length += count
        return x
