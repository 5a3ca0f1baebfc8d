"""Both halves of a promptable segmenter as plain modules, to be run or traced into a graph.

The first half sees the picture once. The second takes what it saw and points with their labels;
boxes are points of their own kinds, so one form of prompt, of any length, serves all families. It
computes in float32 whatever the first half does: in half precision the places of points would be
off by pixels.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from vlm_desktop.backends.segmentation.families import MaskFamily
from vlm_desktop.backends.segmentation.squares import PADDING

Seen = tuple[torch.Tensor, ...]


@dataclass(frozen=True, slots=True)
class Tower:
    """`look` takes (model, pixels [1, 3, side, side]) and gives what the family's row names;
    `told` makes of that what the decoder is told of the picture."""

    look: Callable[[Any, torch.Tensor], Seen]
    told: Callable[[Seen], dict[str, Any]]


def _look_plain(model: Any, pixels: torch.Tensor) -> Seen:
    return (model.vision_encoder(pixels).last_hidden_state.float(),)


def _look_early(model: Any, pixels: torch.Tensor) -> Seen:
    seen = model.vision_encoder(pixels)
    return seen.last_hidden_state.float(), seen.intermediate_embeddings[0].float()


def _look_levels(model: Any, pixels: torch.Tensor) -> Seen:
    # [1, c, 4n, 4n], [1, c, 2n, 2n], [1, c, n, n]. SAM 3 has a coarser level, which nothing asks
    # for. Its authors add the embedding of "no memory" to the third, and so does transformers'
    # Sam3TrackerVideoModel; Sam3TrackerModel adds it to the coarser one, and then drops that.
    levels = model.vision_encoder(pixels).fpn_hidden_states
    fine, middle, coarse = (one.float() for one in levels[:3])
    decoder = model.mask_decoder
    no_memory = model.no_memory_embedding.reshape(1, -1, 1, 1)
    return decoder.conv_s0(fine), decoder.conv_s1(middle), coarse + no_memory


TOWERS: Mapping[str, Tower] = {
    "plain": Tower(_look_plain, lambda seen: {"image_embeddings": seen[0]}),
    "early": Tower(
        _look_early,
        lambda seen: {
            "image_embeddings": seen[0],
            "intermediate_embeddings": [seen[1]],
            "hq_token_only": False,
        },
    ),
    "levels": Tower(
        _look_levels,
        lambda seen: {"image_embeddings": seen[2], "high_resolution_features": list(seen[:2])},
    ),
}


class PictureTower(torch.nn.Module):
    """Pixels to what was seen of them."""

    def __init__(self, model: Any, family: MaskFamily) -> None:
        super().__init__()
        self.model = model
        self._look = TOWERS[family.tower].look

    def forward(self, pixel_values: torch.Tensor) -> Seen:
        return self._look(self.model, pixel_values)


class Once(torch.nn.Module):
    """What a network gave first, again and again until it is told to forget.

    Both kinds of answers differ only in what comes after the decoder's transformer.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        self._given: Any = None

    def forward(self, **asked: Any) -> Any:
        if self._given is None:
            self._given = self.network(**asked)
        return self._given

    def forget(self) -> None:
        self._given = None


class PromptTower(torch.nn.Module):
    """What was seen and a prompt to masks. Holds nothing of the picture's half."""

    def __init__(self, model: Any, family: MaskFamily) -> None:
        super().__init__()
        prompts = model.prompt_encoder
        self.decoder: Any = model.mask_decoder
        if not isinstance(self.decoder.transformer, Once):
            self.decoder.transformer = Once(self.decoder.transformer)
        self.places: Any = prompts.shared_embedding
        self._told = TOWERS[family.tower].told
        self._side = int(prompts.input_image_size)
        kinds = prompts.point_embed
        table = kinds.weight if hasattr(kinds, "weight") else torch.cat([k.weight for k in kinds])
        cells = prompts.image_embedding_size
        dense = prompts.no_mask_embed.weight.reshape(1, -1, 1, 1).expand(1, -1, *cells)
        self.kinds: torch.Tensor
        self.padding: torch.Tensor
        self.dense: torch.Tensor
        self.grid: torch.Tensor
        self.register_buffer("kinds", table.detach().clone())
        self.register_buffer("padding", prompts.not_a_point_embed.weight.detach().clone())
        self.register_buffer("dense", dense.detach().clone())
        self.register_buffer("grid", model.get_image_wide_positional_embeddings().detach().clone())

    def forward(
        self,
        points: torch.Tensor,
        labels: torch.Tensor,
        first: torch.Tensor,
        second: torch.Tensor | None = None,
        third: torch.Tensor | None = None,
    ) -> Seen:
        """Logits and scores of three masks, then of the one for prompts that leave no choice.

        points [1, 1, n, 2], labels [1, 1, n] -> [3, h, w], [3], [1, h, w], [1].
        """
        seen = tuple(one for one in (first, second, third) if one is not None)
        tokens = self._tokens(points, labels)
        try:
            lone = self._answer(tokens, seen, several=False)
            return (*self._answer(tokens, seen, several=True), *lone)
        finally:
            self.decoder.transformer.forget()

    def ask(self, points: torch.Tensor, labels: torch.Tensor, seen: Seen, *, several: bool) -> Seen:
        """Only one of both answers: logits and scores."""
        try:
            return self._answer(self._tokens(points, labels), seen, several=several)
        finally:
            self.decoder.transformer.forget()

    def _answer(self, tokens: torch.Tensor, seen: Seen, *, several: bool) -> Seen:
        logits, scores, *_ = self.decoder(
            image_positional_embeddings=self.grid,
            sparse_prompt_embeddings=tokens,
            dense_prompt_embeddings=self.dense,
            multimask_output=several,
            **self._told(seen),
        )
        return logits[0, 0], scores[0, 0]

    def _tokens(self, points: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        # [1, 1, n, 2], [1, 1, n] -> [1, 1, n, c]; a place is the middle of its pixel
        placed = self.places(points + 0.5, (self._side, self._side))
        known = placed + self.kinds[labels.clamp(min=0)]
        return torch.where((labels == PADDING)[..., None], self.padding, known)
