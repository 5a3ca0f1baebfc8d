"""Beam search: several answers side by side, and the likeliest for its length in the end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from vlm_desktop.backends.chat.choosing import Opening, penalise
from vlm_desktop.backends.chat.generating import Decoder, Written
from vlm_desktop.backends.chat.spelling import Speller, StopWatch
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, StopReason


@dataclass(frozen=True, slots=True)
class _Answer:
    """Tokens, the sum of their log probabilities, and whether it has ended."""

    tokens: tuple[int, ...]
    total: float
    ended: bool = False

    @property
    def score(self) -> float:
        return self.total / max(1, len(self.tokens) + self.ended)


def search(
    decoder: Decoder,
    tokenizer: Any,
    options: GenerationOptions,
    *,
    prompt: Sequence[int],
    ends: frozenset[int],
    room: int,
    cancel: CancelToken,
) -> Written:
    """The best answer of `options.beams`; raises `Cancelled` within one step."""
    begun = time.perf_counter()
    cancel.raise_if_cancelled()
    logits = decoder.prefill()
    first = time.perf_counter()
    most = min(options.max_new_tokens, room)
    live = [_Answer((), 0.0)]
    done: list[_Answer] = []
    for length in range(1, most + 1):
        live, parents, ended = _extend(live, logits, tokenizer, options, prompt, ends)
        done = sorted([*done, *ended], key=lambda one: -one.score)[: options.beams]
        # No sum grows, so the best live answer cannot pass the worst that is done any more.
        if not live or (
            len(done) == options.beams and live[0].total / (length + 1) < done[-1].score
        ):
            break
        cancel.raise_if_cancelled()
        if length < most:
            if parents != [0] or len(live) != 1:
                decoder.branch(parents)
            logits = decoder.step([one.tokens[-1] for one in live])
    best = max([*done, *live], key=lambda one: one.score)
    text, stop = _spelled(best, tokenizer, options.stop)
    ended_at = time.perf_counter()
    return Written(text, best.tokens, stop, first - begun, ended_at - first)


def _extend(
    live: Sequence[_Answer],
    logits: torch.Tensor,
    tokenizer: Any,
    options: GenerationOptions,
    prompt: Sequence[int],
    ends: frozenset[int],
) -> tuple[list[_Answer], list[int], list[_Answer]]:
    """The best continuations, the number of the answer each comes from, and those that ended."""
    scores = logits.float().log_softmax(-1).cpu()
    if options.repetition_penalty != 1.0:
        for row, answer in enumerate(live):
            seen = torch.tensor(sorted({*prompt, *answer.tokens}), dtype=torch.long)
            penalise(scores[row], seen, options.repetition_penalty)
    total = scores + torch.tensor([one.total for one in live])[:, None]
    wide = min(total.numel(), (2 + len(options.banned_starts)) * options.beams * 4)
    best = total.flatten().topk(wide)
    openings = [_opening(one, options, tokenizer) for one in live]
    kept: list[_Answer] = []
    parents: list[int] = []
    ended: list[_Answer] = []
    for rank, (value, place) in enumerate(
        zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ):
        row, token = divmod(place, scores.shape[1])
        if token in ends:
            if rank < options.beams:
                ended.append(_Answer(live[row].tokens, value, ended=True))
        elif openings[row].allows(token):
            kept.append(_Answer((*live[row].tokens, token), value))
            parents.append(row)
        if len(kept) == options.beams:
            break
    return kept, parents, ended


def _opening(answer: _Answer, options: GenerationOptions, tokenizer: Any) -> Opening:
    opening = Opening(options.banned_starts, tokenizer)
    for token in answer.tokens:
        opening.accept(token)
    return opening


def _spelled(answer: _Answer, tokenizer: Any, stops: tuple[str, ...]) -> tuple[str, StopReason]:
    speller, watch = Speller(tokenizer), StopWatch(stops)
    text = ""
    for token in answer.tokens:
        text += watch.add(speller.add(token))
        if watch.stopped:
            return text, StopReason.STOP
    return text + watch.rest(), StopReason.END if answer.ended else StopReason.LENGTH
