"""The loop that writes an answer: one token a step, in the caller's own thread.

There is no thread to leak and no queue to overflow: cancelling, closing and errors take the way
of any generator. What runs the network is a `Decoder`; the loop knows tokens and text only.
"""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from vlm_desktop.backends.chat.choosing import Chooser
from vlm_desktop.backends.chat.spelling import Speller, StopWatch
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, StopReason, Token


class Decoder(Protocol):
    """A network that has read a prompt and goes on token by token."""

    def prefill(self) -> torch.Tensor:
        """Read the prompt; logits [1, vocabulary] of what comes first."""
        ...

    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        """One token for each answer being written; logits [answers, vocabulary] of the next."""
        ...

    def branch(self, parents: Sequence[int]) -> None:
        """Go on with these answers, by number: some dropped, some twice."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """An answer. Seconds are those to the first token, after `prefill` began, and of the rest."""

    text: str
    tokens: tuple[int, ...]
    stop: StopReason
    prefill: float
    generate: float


def write(
    decoder: Decoder,
    chooser: Chooser,
    tokenizer: Any,
    options: GenerationOptions,
    *,
    ends: frozenset[int],
    room: int,
    cancel: CancelToken,
) -> Generator[Token, None, Written]:
    """Write one answer; yields a piece for each token that completes one.

    `ends` are tokens that end it, `room` how many tokens the context still has. The piece before
    a cancel is the last one: the token is looked at before every step.
    """
    begun = time.perf_counter()
    cancel.raise_if_cancelled()
    logits = decoder.prefill()[0]
    speller, watch = Speller(tokenizer), StopWatch(options.stop)
    tokens: list[int] = []
    pieces: list[str] = []
    pending, logprob, first = 0, 0.0, 0.0
    most = min(options.max_new_tokens, room)
    stop = StopReason.LENGTH
    while len(tokens) < most:
        choice = chooser.choose(logits)
        first = first or time.perf_counter()
        if choice is None or choice.token in ends:
            stop = StopReason.END
            break
        tokens.append(choice.token)
        pending, logprob = pending + 1, logprob + choice.logprob
        piece = watch.add(speller.add(choice.token))
        if piece:
            pieces.append(piece)
            yield Token(piece, pending, logprob)
            pending, logprob = 0, 0.0
        if watch.stopped:
            stop = StopReason.STOP
            break
        cancel.raise_if_cancelled()
        if len(tokens) < most:
            logits = decoder.step([choice.token])[0]
    rest = watch.rest()
    if rest:
        pieces.append(rest)
        yield Token(rest, pending, logprob)
    ended = time.perf_counter()
    first = first or ended
    return Written("".join(pieces), tuple(tokens), stop, first - begun, ended - first)
