"""Rows for training: a picture, and behind it all texts drawn for it, none seeing another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends.chat.starter_prompt import CAPTION, END, TOLD, Prompts, plain_question
from vlm_desktop.training.starter.assistant.corpus import (
    Picture,
    answer_shares,
    plain_answer,
    plain_caption,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tokenizers import Tokenizer

_SIDES = re.compile(r"\b(left|right)\b")


@dataclass(frozen=True, slots=True)
class Text:
    """What is given and what is to be said, in tokens, and how much each of these counts.

    `sides`: speaks of left and right, so it does not fit a mirrored picture. A `weight` below 0
    makes the text less likely (self-critical training). `sense` is the row of the question in the
    table of questions' embeddings, -1 for none.
    """

    prompt: tuple[int, ...]
    said: tuple[int, ...]
    weight: float = 1.0
    sides: bool = False
    sense: int = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """One batch. `tokens`, `positions`, `texts` [B,n]; `texts` numbers a row's texts from 0, -1 is
    padding. `at` are the flat places in [B*n] whose next token is `target`, weighted `weight`;
    `asked` those of the last tokens of questions, `senses` these questions' rows."""

    tokens: torch.Tensor
    positions: torch.Tensor
    texts: torch.Tensor
    at: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor
    asked: torch.Tensor
    senses: torch.Tensor

    def mask(self) -> torch.Tensor:
        """bool [B,n,n]: a token sees the earlier ones of its own text, and itself."""
        same = self.texts[:, :, None] == self.texts[:, None, :]
        return same.tril()


class Words:
    """The tokenizer with the prompts' forms."""

    def __init__(
        self, tokenizer: Tokenizer, longest: int, senses: dict[str, int] | None = None
    ) -> None:
        self.senses = senses or {}
        self.tokenizer = tokenizer
        self.longest = longest
        self.prompts = Prompts(tokenizer)
        self.special = {name: self.prompts.special(name) for name in (END, CAPTION, TOLD)}

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def caption(self, text: str, *, told: bool = False, weight: float = 1.0) -> Text:
        said = self.ids(plain_caption(text))[: self.longest - 2]
        head = self.special[TOLD if told else CAPTION]
        return Text((head,), (*said, self.special[END]), weight, bool(_SIDES.search(text)))

    def question(self, question: str) -> tuple[int, ...]:
        """The prompt of a question: no longer than leaves room for a short answer."""
        ids = self.prompts.question(question)
        return (*ids[:-1][: self.longest - 10], ids[-1])

    def answered(self, question: str, answer: str, weight: float) -> Text:
        said = self.ids(plain_answer(answer))[:8]
        sides = bool(_SIDES.search(question.lower()) or _SIDES.search(answer.lower()))
        sense = self.senses.get(plain_question(question), -1)
        return Text(self.question(question), (*said, self.special[END]), weight, sides, sense)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How many texts of each sort a picture brings to a step, and what they weigh."""

    captions: int = 5
    told: int = 1
    asked: int = 5
    made: int = 1
    told_weight: float = 0.5
    asked_weight: float = 2.0
    made_weight: float = 1.0
    longest_row: int = 96


class TextPool:
    """All texts of the training pictures in tokens, drawn from anew for every visit."""

    def __init__(self, pictures: Sequence[Picture], words: Words, recipe: Recipe) -> None:
        self._recipe = recipe
        self._captions = [[words.caption(c) for c in one.captions] for one in pictures]
        self._told = [
            [words.caption(c, told=True, weight=recipe.told_weight) for c in one.told]
            for one in pictures
        ]
        self._asked = [
            [
                self._answers(words, one.question, one.answers, recipe.asked_weight)
                for one in p.asked
            ]
            for p in pictures
        ]
        self._made = [
            [self._answers(words, one.question, one.answers, recipe.made_weight) for one in p.made]
            for p in pictures
        ]

    @staticmethod
    def _answers(
        words: Words, question: str, answers: Sequence[str], weight: float
    ) -> tuple[list[Text], list[float]]:
        shares = answer_shares(answers)
        best = max(shares.values())
        kept = {answer: share for answer, share in shares.items() if share >= 0.6 * best}
        return [words.answered(question, one, weight) for one in kept], list(kept.values())

    def draw(self, picture: int, mirrored: bool, draw: random.Random) -> list[Text]:
        """The texts of one visit of a picture, in the order they stand in its row."""
        recipe = self._recipe

        def some(texts: list[Text], count: int) -> list[Text]:
            return draw.sample(texts, min(count, len(texts)))

        def answered(groups: list[tuple[list[Text], list[float]]], count: int) -> list[Text]:
            chosen = draw.sample(groups, min(count, len(groups)))
            return [draw.choices(texts, shares)[0] for texts, shares in chosen]

        found = some(self._captions[picture], recipe.captions)
        found += some(self._told[picture], recipe.told)
        found += answered(self._asked[picture], recipe.asked)
        found += answered(self._made[picture], recipe.made)
        kept, length = [], 0
        for one in found:
            length += len(one.prompt) + len(one.said) - 1
            if length > recipe.longest_row:
                break
            if not (mirrored and one.sides):
                kept.append(one)
        return kept


def pack(rows: Sequence[Sequence[Text]]) -> Rows:
    """Texts behind each other, one row a picture, padded to the longest row."""
    length = max(1, max(sum(len(t.prompt) + len(t.said) - 1 for t in row) for row in rows))
    tokens = np.zeros((len(rows), length), np.int64)
    positions = np.zeros_like(tokens)
    texts = np.full_like(tokens, -1)
    at: list[int] = []
    target: list[int] = []
    weight: list[float] = []
    asked: list[int] = []
    senses: list[int] = []
    for index, row in enumerate(rows):
        start = 0
        for number, text in enumerate(row):
            ids = text.prompt + text.said[:-1]
            stop = start + len(ids)
            tokens[index, start:stop] = ids
            positions[index, start:stop] = range(len(ids))
            texts[index, start:stop] = number
            first = index * length + start + len(text.prompt) - 1
            at += range(first, first + len(text.said))
            target += text.said
            weight += [text.weight] * len(text.said)
            if text.sense >= 0:
                asked.append(first)
                senses.append(text.sense)
            start = stop
    return Rows(
        torch.from_numpy(tokens),
        torch.from_numpy(positions),
        torch.from_numpy(texts),
        torch.tensor(at, dtype=torch.int64),
        torch.tensor(target, dtype=torch.int64),
        torch.tensor(weight, dtype=torch.float32),
        torch.tensor(asked, dtype=torch.int64),
        torch.tensor(senses, dtype=torch.int64),
    )
