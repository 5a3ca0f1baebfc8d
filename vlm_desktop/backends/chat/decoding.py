"""A transformers decoder reading one prompt and writing one answer, over a key-value cache."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch

from vlm_desktop.backends.chat.families import ChatFamily
from vlm_desktop.backends.chat.prefixcache import PrefixCache
from vlm_desktop.backends.chat.prompting import Prompt
from vlm_desktop.backends.chat.vision import Features, gathered


class CausalDecoder:
    """A `generating.Decoder` over a model with image features put in at its image tokens.

    `features` belong to `prompt.spans`, one each. What of the prompt is in the cache already is
    not read again. `read` are the tokens of the answer that are in the cache.
    """

    def __init__(
        self,
        model: Any,
        family: ChatFamily,
        prompt: Prompt,
        features: Sequence[Features | None],
        cache: Any,
        reused: int,
        store: PrefixCache | None = None,
    ) -> None:
        self._model = model
        self._family = family
        self._prompt = prompt
        self._features = features
        self._store = store
        self._ids = torch.tensor([prompt.ids], device=model.device)
        self._takes = inspect.signature(model.forward).parameters
        self._shared = False
        self._positions, self._shift = rope_positions(model, prompt, self._ids)
        self.cache = cache
        self.reused = reused
        self.read: list[int] = []
        self.sound = False
        """Whether the cache holds exactly what was read, and may be used again."""

    @torch.inference_mode()
    def prefill(self) -> torch.Tensor:
        """Read what of the prompt is not in the cache; logits [1, vocabulary]."""
        place = self.reused
        anchor = self._store.anchor(self._prompt, place) if self._store else 0
        if self._store and anchor:
            self._forward(place, anchor)
            self._store.snapshot(self._prompt, anchor, self.cache)
            place = anchor
        return self._forward(place, len(self._prompt.ids))

    @torch.inference_mode()
    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        ids = torch.tensor([[one] for one in tokens], device=self._ids.device)
        more: dict[str, Any] = {}
        if self._positions is not None:
            here = len(self._prompt.ids) + len(self.read) + self._shift
            more["position_ids"] = torch.full((3, len(tokens), 1), here, device=ids.device)
        logits = self._run(ids, more)
        self.read.append(tokens[0])
        return logits

    @torch.inference_mode()
    def branch(self, parents: Sequence[int]) -> None:
        """Answers share the cache from here on; it is of no use to the next request."""
        self._shared = True
        order = torch.tensor(list(parents), device=self._ids.device)
        self.cache.reorder_cache(order)

    def _forward(self, start: int, stop: int) -> torch.Tensor:
        """Read ids[start:stop]; the pictures that lie in between go with them."""
        more: dict[str, Any] = {}
        spans = self._prompt.spans
        within = [n for n, span in enumerate(spans) if start <= span.start < stop]
        if within:
            seen = [one for one in map(self._features.__getitem__, within) if one is not None]
            more["mm_encoder_outputs"] = {"image": gathered(seen)}
        if self._positions is not None:
            more["position_ids"] = self._positions[..., start:stop]
        if self._family.token_types and spans:
            more["token_type_ids"] = self._types(stop)
        if "logits_to_keep" in self._takes:
            more["logits_to_keep"] = 1
        return self._run(self._ids[:, start:stop], more)

    def _run(self, ids: torch.Tensor, more: dict[str, Any]) -> torch.Tensor:
        self.sound = False
        answer = self._model(input_ids=ids, past_key_values=self.cache, use_cache=True, **more)
        self.sound = not self._shared
        logits: torch.Tensor = answer.logits[:, -1]
        return logits

    def _types(self, stop: int) -> torch.Tensor:
        """From the beginning on, since masks read them by position."""
        types = torch.zeros_like(self._ids[:, :stop])
        if self._family.token_types == "image":
            types[self._ids[:, :stop] == self._model.config.image_token_id] = 1
        return types


def rope_positions(
    model: Any, prompt: Prompt, ids: torch.Tensor
) -> tuple[torch.Tensor | None, int]:
    """Positions [3, 1, n] of models that place pictures in three dimensions, and what is added to
    the position of each token after the prompt. (None, 0) for models that count for themselves.
    """
    base = model.model if hasattr(model, "model") else model
    if not hasattr(base, "get_rope_index"):
        return None, 0
    grids = [span.picture.inputs["image_grid_thw"].reshape(-1, 3) for span in prompt.spans]
    types = (ids == model.config.image_token_id).int()
    grid = torch.cat(grids).to(ids.device) if grids else None
    positions, deltas = base.get_rope_index(ids, mm_token_type_ids=types, image_grid_thw=grid)
    # Kept by the model for callers that leave positions to it; ours must not meet a stale one.
    base.rope_deltas = deltas
    return positions, int(deltas.flatten()[0])
