"""The key-value cache of the last prompt, kept as far as the next one begins the same way."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import DynamicCache

from vlm_desktop.backends.chat.families import CROP, NEVER
from vlm_desktop.backends.chat.prompting import Prompt


@dataclass
class Remembered:
    """A cache and the symbols (see `Prompt.symbols`) that were read into it."""

    symbols: list[int | str] = field(default_factory=list)
    cache: Any = None


class PrefixCache:
    """Lends the cache of the last request to the next one, cut to what both begin with.

    `reuse` is the family's way (see `ChatFamily`). A cache is lent to one request at a time:
    `take` hands it out and forgets it, `keep` brings it back, so that a request that fails in
    the middle leaves nothing that could be wrong.
    """

    def __init__(self, config: Any, image_token: int, *, reuse: str, fresh_pictures: bool) -> None:
        self._config = config
        self._token = image_token
        self._reuse = reuse
        self._fresh_pictures = fresh_pictures
        self._last = Remembered()
        self._snapshot = Remembered()

    def take(self, prompt: Prompt) -> tuple[Any, int]:
        """A cache for `prompt`, and how many of its tokens are in it already."""
        last, self._last = self._last, Remembered()
        if self._reuse == NEVER:
            return self.fresh(), 0
        symbols = prompt.symbols(self._token)
        if self._reuse == CROP:
            length = self._usable(prompt, _common(last.symbols, symbols))
            if last.cache is None or length == 0:
                return self.fresh(), 0
            last.cache.crop(length - len(last.symbols))
            return last.cache, length
        for kept in (last, self._snapshot):
            whole = len(kept.symbols)
            if (
                kept.cache is not None
                and self._usable(prompt, _common(kept.symbols, symbols)) == whole
            ):
                return copy.deepcopy(kept.cache) if kept is self._snapshot else kept.cache, whole
        return self.fresh(), 0

    def anchor(self, prompt: Prompt, reused: int) -> int:
        """Where to stop reading for a snapshot: after the last picture; 0 for nowhere."""
        if self._reuse in (CROP, NEVER) or not prompt.spans:
            return 0
        place = prompt.spans[-1].stop
        return place if reused < place < len(prompt.ids) else 0

    def snapshot(self, prompt: Prompt, place: int, cache: Any) -> None:
        """Remember the cache as it is after `place` tokens."""
        self._snapshot = Remembered(prompt.symbols(self._token)[:place], copy.deepcopy(cache))

    def keep(self, prompt: Prompt, written: Sequence[int], cache: Any) -> None:
        """Remember a cache that has read the prompt and these tokens of the answer."""
        if self._reuse == NEVER or any(span.name.startswith("#") for span in prompt.spans):
            return
        self._last = Remembered([*prompt.symbols(self._token), *written], cache)

    def forget(self) -> None:
        self._last = self._snapshot = Remembered()

    def fresh(self) -> Any:
        """An empty cache.

        One that can be cut keeps everything: a sliding window would throw away what a branch
        needs. Layers with states of their own come from the configuration.
        """
        if self._reuse == CROP:
            return DynamicCache()
        return DynamicCache(config=self._config)

    def _usable(self, prompt: Prompt, length: int) -> int:
        """Cut `length` so that no picture is read in part and one token at least is left."""
        length = min(length, len(prompt.ids) - 1)
        for span in prompt.spans:
            if span.start < length < span.stop:
                length = span.start
        if self._fresh_pictures and any(span.start >= length for span in prompt.spans):
            return 0
        return length


def _common(one: Sequence[int | str], other: Sequence[int | str]) -> int:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def cache_bytes(cache: Any) -> int:
    """What a cache takes where it lies."""
    tensors = [getattr(layer, name, None) for layer in cache.layers for name in ("keys", "values")]
    return sum(one.numel() * one.element_size() for one in tensors if isinstance(one, torch.Tensor))
