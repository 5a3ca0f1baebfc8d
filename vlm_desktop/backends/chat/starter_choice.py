"""How the starter answers shortly: its classifier proposes answers, its decoder weighs them.

Each of the classifier's best answers scores the logarithm of how right the classifier holds it,
plus that of its probability to the decoder: a product of both (Hinton 2002). What the loop that
writes answers gets are logits as from any decoder: a token counts as the best answer that begins
with it, anything else follows far behind. So drawing, beams and banned openings work as ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from vlm_desktop.backends.chat.starter_prompt import END, Prompts, plain_question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from vlm_desktop.backends.chat.starter_answers import AnswerClassifier
    from vlm_desktop.backends.chat.starter_network import Memory, StarterNetwork

CANDIDATES = 16
"""Answers of the classifier whose first token the decoder weighs."""
_FINALISTS = 5
"""How many of these it weighs in full: those that may still be best by their first token."""
_SURE = 1e-6
_BEHIND = 60.0
"""How far what is no candidate lies behind those that are."""
_SIDES = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_SHORT = re.compile(
    r"^(what|where|who|which|how many|how much|how old|how tall|how big|is|are|was|were|do|does|did"
    r"|has|have|can|could|will|would|should|in what|on what|at what)\b.*|.*\?$",
    re.IGNORECASE,
)
_LONG = re.compile(r"^(why|how (?!many|much|old|tall|big)|explain|tell)\b", re.IGNORECASE)


def wants_short_answer(words: str) -> bool:
    """Whether a question is one that a word or two answer, as "Is it raining?", not "Why ...?"."""
    text = plain_question(words)
    return bool(_SHORT.match(text)) and not _LONG.match(text)


def tells_sides(words: str) -> bool:
    """Whether a question speaks of left or right, so that a mirrored picture answers it wrong."""
    return bool(_SIDES.search(words))


def question_tokens(tokenizer: Tokenizer, question: str, count: int) -> list[int]:
    """What the classifier reads of a question: its first `count` tokens, 0 behind the end."""
    ids = tokenizer.encode(plain_question(question), add_special_tokens=False).ids[:count]
    return [*ids, *[0] * (count - len(ids))]


class AnswerTable:
    """The classifier's answers in the decoder's tokens, each with END behind."""

    def __init__(self, answers: Sequence[str], tokenizer: Tokenizer) -> None:
        end = Prompts(tokenizer).special(END)
        self.said = [(*tokenizer.encode(one, add_special_tokens=False).ids, end) for one in answers]


@dataclass(frozen=True, slots=True)
class Seen:
    """Views of one picture as the classifier takes them: as it is, then mirrored.

    `pooled` is from the classifier's `see`, `whole` [views,512].
    """

    pooled: torch.Tensor
    whole: torch.Tensor


def chances_of(
    classifier: AnswerClassifier,
    seen: Seen,
    asked: torch.Tensor,
    tokens: Sequence[int],
    *,
    sides: bool,
) -> torch.Tensor:
    """How right each answer is [A], by both views of a picture; with `sides`, as it is only."""
    views = 1 if sides else len(seen.pooled)
    ids = torch.tensor([list(tokens)], device=seen.pooled.device)
    out: torch.Tensor = classifier(seen.pooled[:views], seen.whole[:views], asked, ids)
    return out.mean(0)


def own_logprobs(
    network: StarterNetwork,
    memory: Memory,
    logits: torch.Tensor,
    place: int,
    said: Sequence[tuple[int, ...]],
) -> torch.Tensor:
    """Logarithms of the decoder's probabilities of whole answers [C].

    `memory` holds the picture and a prompt of `place` tokens, `logits` [V] are what follows it.
    """
    device = logits.device
    longest = max(len(one) for one in said) - 1
    first = logits.float().log_softmax(-1)[[one[0] for one in said]]
    if not longest:
        return first
    ids = torch.zeros(len(said), longest, dtype=torch.int64, device=device)
    following = torch.zeros_like(ids)
    real = torch.zeros(ids.shape, device=device)
    for row, one in enumerate(said):
        count = len(one) - 1
        ids[row, :count] = torch.tensor(one[:-1])
        following[row, :count] = torch.tensor(one[1:])
        real[row, :count] = 1.0
    places = torch.arange(place, place + longest, device=device).expand_as(ids)
    rows = memory.repeated(len(said), longest)
    hidden = network.remember(network.read(ids, places), rows, causal=True)
    logp = network.logits(hidden).float().log_softmax(-1)  # [C,L,V]
    return first + (logp.gather(2, following[..., None])[..., 0] * real).sum(1)


def weigh(
    chances: torch.Tensor,
    table: AnswerTable,
    network: StarterNetwork,
    memory: Memory,
    logits: torch.Tensor,
    place: int,
    share: float,
) -> dict[tuple[int, ...], float]:
    """The classifier's best answers in tokens and their scores, the best one's 0.

    `share` is how much the decoder's logarithm counts beside the classifier's.
    """
    best = chances.topk(min(CANDIDATES, len(chances)))
    said = [table.said[index] for index in best.indices.tolist()]
    alone = best.values.clamp(_SURE, 1.0).log()
    first = logits.float().log_softmax(-1)[[one[0] for one in said]]
    bound = alone + share * first  # what follows the first token only takes from it
    kept = bound.topk(min(_FINALISTS, len(said))).indices
    said = [said[index] for index in kept.tolist()]
    scores = alone[kept] + share * own_logprobs(network, memory, logits, place, said)
    return dict(zip(said, (scores - scores.max()).tolist(), strict=True))


class Weighing(Protocol):
    """A `generating.Decoder` that has candidates once it has read its prompt."""

    def prefill(self) -> torch.Tensor: ...

    def step(self, tokens: Sequence[int]) -> torch.Tensor: ...

    def branch(self, parents: Sequence[int]) -> None: ...

    def candidates(self) -> dict[tuple[int, ...], float]:
        """Answers in tokens and their scores, the best one's 0."""
        ...


class ChoosingDecoder:
    """A `generating.Decoder` that lets candidates go before what its own decoder would say."""

    def __init__(self, own: Weighing) -> None:
        self._own = own
        self._scores: dict[tuple[int, ...], float] = {}
        self._said: list[tuple[int, ...]] = [()]

    def prefill(self) -> torch.Tensor:
        logits = self._own.prefill()
        self._scores = self._own.candidates()
        return self._led(logits)

    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        logits = self._own.step(tokens)
        self._said = [(*said, one) for said, one in zip(self._said, tokens, strict=True)]
        return self._led(logits)

    def branch(self, parents: Sequence[int]) -> None:
        self._own.branch(parents)
        self._said = [self._said[one] for one in parents]

    def _led(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [n,V] with those that begin a candidate in front."""
        led = logits.float().log_softmax(-1) - _BEHIND
        for row, said in enumerate(self._said):
            place = len(said)
            for answer, score in sorted(self._scores.items(), key=lambda pair: pair[1]):
                if len(answer) > place and answer[:place] == said:
                    led[row, answer[place]] = score
        return led
