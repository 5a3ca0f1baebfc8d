"""How the starter assistant's network writes: greedy, drawn, or by beam search; many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.backends.chat.starter_network import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vlm_desktop.backends.chat.starter_network import StarterNetwork

    Filter = Callable[[list[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Written:
    """Tokens without the last one, END, and the logarithm of their probability, END included."""

    tokens: tuple[int, ...]
    logprob: float
    ended: bool


def look_at(network: StarterNetwork, seen: torch.Tensor, room: int = 0) -> Memory:
    """What the network keeps of pictures [B,S,W]; with `room` for tokens behind."""
    memory = Memory(network.config, seen.shape[0], seen.shape[1] + room, seen)
    network.remember(seen, memory, causal=False)
    return memory


def next_logits(
    network: StarterNetwork,
    memory: Memory,
    tokens: torch.Tensor,
    start: int,
    sense: torch.Tensor | None = None,
) -> torch.Tensor:
    """Read tokens [B,n], whose first is number `start` of its text: logits after the last.

    `sense` [B,W] is added to the last (`StarterNetwork.understand`).
    """
    places = torch.arange(start, start + tokens.shape[1], device=tokens.device)
    text = network.read(tokens, places.expand_as(tokens))
    if sense is not None:
        text[:, -1] += sense
    hidden = network.remember(text, memory, causal=True)
    return network.logits(hidden[:, -1]).float()


@torch.no_grad()
def write(
    network: StarterNetwork,
    memory: Memory,
    prompts: torch.Tensor,
    *,
    end: int,
    longest: int,
    draw: torch.Generator | None = None,
    temperature: float = 1.0,
    sense: torch.Tensor | None = None,
) -> list[Written]:
    """An answer to every prompt [B,n] behind its row of `memory`: greedy, or drawn.

    `memory` must have room for the prompts and `longest` tokens; it is used up.
    """
    rows = len(prompts)
    logits = next_logits(network, memory, prompts, 0, sense)  # [B,V]
    place = prompts.shape[1]
    said: list[list[int]] = [[] for _ in range(rows)]
    sums = torch.zeros(rows, device=prompts.device)
    running = torch.ones(rows, dtype=torch.bool, device=prompts.device)
    for count in range(longest):
        logp = (logits / temperature).log_softmax(-1)
        chosen = (
            logp.argmax(-1)
            if draw is None
            else torch.multinomial(logp.exp(), 1, generator=draw)[:, 0]
        )  # [B]
        sums += logp.gather(1, chosen[:, None])[:, 0] * running
        for row, token in enumerate(chosen.tolist()):
            if running[row] and token != end:
                said[row].append(token)
        running &= chosen != end
        if not running.any() or count + 1 == longest:
            break
        logits = next_logits(network, memory, chosen[:, None], place)
        place += 1
    ended = (~running).tolist()
    return [
        Written(tuple(tokens), float(total), done)
        for tokens, total, done in zip(said, sums.tolist(), ended, strict=True)
    ]


@torch.no_grad()
def search(
    network: StarterNetwork,
    memory: Memory,
    prompts: torch.Tensor,
    *,
    end: int,
    longest: int,
    beams: int,
    length_power: float = 1.0,
    banned: Filter | None = None,
) -> list[Written]:
    """Beam search: for every prompt [B,n] the answer with the best logprob / length^power.

    `memory` holds a row for each prompt and is not changed. `banned` tells for the tokens so far
    which may not come next.
    """
    count, device = len(prompts), prompts.device
    shared = memory.length
    memory = memory.repeated(beams, prompts.shape[1] + longest)
    logits = next_logits(network, memory, prompts.repeat_interleave(beams, 0), 0)
    vocabulary = logits.shape[-1]
    scores = torch.full((count, beams), float("-inf"), device=device)
    scores[:, 0] = 0.0  # all beams of a prompt are alike before the first token
    said: list[list[list[int]]] = [[[] for _ in range(beams)] for _ in range(count)]
    done: list[list[tuple[float, Written]]] = [[] for _ in range(count)]
    for place in range(longest):
        logp = F.log_softmax(logits, -1).view(count, beams, vocabulary)
        if banned is not None:
            for index in range(count):
                for beam in range(beams):
                    logp[index, beam, list(banned(said[index][beam]))] = float("-inf")
        total, flat = (scores[..., None] + logp).flatten(1).topk(2 * beams)  # [B,2K]
        origin, token = flat // vocabulary, flat % vocabulary
        rows, tokens, kept = [], [], []
        for index, (values, beam_of, next_of) in enumerate(
            zip(total.tolist(), origin.tolist(), token.tolist(), strict=True)
        ):
            fresh: list[list[int]] = []
            for value, beam, following in zip(values, beam_of, next_of, strict=True):
                if following == end:
                    told = said[index][beam]
                    best = value / (len(told) + 1) ** length_power
                    done[index].append((best, Written(tuple(told), value, True)))
                elif len(fresh) < beams:
                    fresh.append([*said[index][beam], following])
                    rows.append(index * beams + beam)
                    tokens.append(following)
                    kept.append(value)
            said[index] = fresh
        scores = torch.tensor(kept, device=device).view(count, beams)
        if all(len(one) >= beams for one in done) or place + 1 == longest:
            break
        memory.reorder(torch.tensor(rows, device=device), shared)
        following_ids = torch.tensor(tokens, device=device)[:, None]
        logits = next_logits(network, memory, following_ids, prompts.shape[1] + place)
    for index, one in enumerate(done):
        if not one:
            value = float(scores[index, 0])
            one.append((value, Written(tuple(said[index][0]), value, False)))
    return [max(one, key=lambda pair: pair[0])[1] for one in done]
