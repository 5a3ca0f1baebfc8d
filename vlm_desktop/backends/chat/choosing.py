"""Which token comes next: the best or a drawn one, within what the options let through."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from vlm_desktop.backends.chat.spelling import Speller
from vlm_desktop.base.chat import GenerationOptions

_NEVER = float("-inf")
_OPENING = " \t\r\n*_#>\"'`“‘"
"""Signs that an answer may begin with and that change nothing about how it opens."""


class Grammar(Protocol):
    """Which tokens may come next. See `schema`."""

    def mask(self, logits: torch.Tensor) -> None:
        """Set the logits [vocabulary] of tokens that may not come to minus infinity."""
        ...

    def accept(self, token: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A token, and the logarithm of its probability before options changed anything."""

    token: int
    logprob: float


class Chooser:
    """Chooses one answer's tokens. `prompt` is what the repetition penalty counts beside them."""

    def __init__(
        self,
        options: GenerationOptions,
        tokenizer: Any,
        prompt: Sequence[int],
        grammar: Grammar | None = None,
    ) -> None:
        self._options = options
        self._opening = Opening(options.banned_starts, tokenizer)
        self._grammar = grammar
        self._generator = torch.Generator().manual_seed(options.seed)
        self._seen = torch.tensor(sorted(set(prompt)), dtype=torch.long)
        self._penalised = options.repetition_penalty != 1.0

    def choose(self, logits: torch.Tensor) -> Choice | None:
        """From the logits [vocabulary] of the last place; None when no token may come."""
        scores = logits.float().cpu()
        total = _logsumexp(scores)
        allowed = scores
        if self._penalised or self._grammar is not None or self._opening.watches:
            allowed = scores.clone()
            if self._penalised:
                penalise(allowed, self._seen, self._options.repetition_penalty)
            if self._grammar is not None:
                self._grammar.mask(allowed)
        draw = self._best if self._options.temperature <= 0 else self._draw
        token = draw(allowed)
        while token is not None and not self._opening.allows(token):
            allowed[token] = _NEVER
            token = draw(allowed)
        if token is None:
            return None
        self._opening.accept(token)
        if self._grammar is not None:
            self._grammar.accept(token)
        if self._penalised:
            self._seen = torch.cat([self._seen, torch.tensor([token])])
        return Choice(token, float(scores[token]) - total)

    def _best(self, scores: torch.Tensor) -> int | None:
        best = int(scores.argmax())
        return None if scores[best] == _NEVER else best

    def _draw(self, scores: torch.Tensor) -> int | None:
        if self._best(scores) is None:
            return None
        chances = narrowed(scores / self._options.temperature, self._options)
        return int(torch.multinomial(chances, 1, generator=self._generator))


def _logsumexp(scores: torch.Tensor) -> float:
    """In numpy: PyTorch wakes its threads for it, which a busy machine makes dearer than a step."""
    values = scores.numpy()
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def narrowed(scores: torch.Tensor, options: GenerationOptions) -> torch.Tensor:
    """Probabilities with everything outside `top_k` and `top_p` at zero; the best always stays."""
    if 0 < options.top_k < scores.numel():
        least = scores.topk(options.top_k).values[-1]
        scores = scores.masked_fill(scores < least, _NEVER)
    chances = scores.softmax(-1)
    if options.top_p < 1.0:
        ordered, order = chances.sort(descending=True)
        beyond = ordered.cumsum(-1) - ordered >= options.top_p
        beyond[0] = False
        chances = chances.index_fill(0, order[beyond], 0.0)
    return chances


def penalise(scores: torch.Tensor, seen: torch.Tensor, penalty: float) -> None:
    """Make what was said before less likely, as Keskar et al. (2019) do. In place."""
    seen = seen[seen < scores.numel()]  # places of pictures may lie beyond what can be said
    own = scores[seen]
    scores[seen] = torch.where(own < 0, own * penalty, own / penalty)


class Opening:
    """Keeps an answer from opening with certain words, however tokens cut them."""

    def __init__(self, banned: Sequence[str], tokenizer: Any) -> None:
        whole = {one.strip().casefold() for one in banned if one.strip()}
        self._banned = tuple(whole | {opened(one) for one in whole if opened(one)})
        self._speller = Speller(tokenizer)
        self._text = ""
        self.watches = bool(self._banned)

    def allows(self, token: int) -> bool:
        """Whether the answer may go on with `token`."""
        if not self.watches:
            return True
        return not any(
            text.startswith(one)
            for text in _readings(self._text + self._speller.preview(token))
            for one in self._banned
        )

    def accept(self, token: int) -> None:
        """Go on; ends watching once no banned opening is possible any more."""
        if not self.watches:
            return
        self._text += self._speller.add(token)
        self.watches = any(
            one.startswith(text) for text in _readings(self._text) for one in self._banned
        )


def _readings(text: str) -> tuple[str, str]:
    """An opening as it is written, and without the marks in front of it."""
    return text.lstrip().casefold(), opened(text)


def opened(text: str) -> str:
    """How an answer opens, without quotes, spaces and marks, in lower case."""
    return text.lstrip(_OPENING).casefold()
