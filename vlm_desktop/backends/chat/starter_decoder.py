"""One question's way through the starter's network, behind what it keeps of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.chat.starter_choice import Seen, chances_of, weigh
from vlm_desktop.backends.chat.starter_writing import look_at, next_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.backends.chat.starter_folder import ShortAnswers
    from vlm_desktop.backends.chat.starter_network import Memory, StarterNetwork


class Picture:
    """What the tower saw of a picture, and what the network keeps of it once it was read.

    `views` is what the classifier of short answers sees, once it was asked.
    """

    def __init__(self, cells: torch.Tensor, whole: torch.Tensor) -> None:
        self.cells = cells
        self.whole = whole
        self.views: Seen | None = None
        self.memory: Memory | None = None

    def read_by(self, network: StarterNetwork) -> Memory:
        """Keys and values of its tokens; computed the first time."""
        if self.memory is None:
            self.memory = look_at(network, network.see(self.cells, self.whole))
        return self.memory


@dataclass(frozen=True, slots=True)
class ShortQuestion:
    """A question for the classifier of short answers: its tokens, and whether it names sides."""

    tokens: list[int]
    sides: bool


class StarterDecoder:
    """A `generating.Decoder`: one picture, one prompt, several answers side by side."""

    def __init__(
        self,
        network: StarterNetwork,
        answers: ShortAnswers | None,
        picture: Picture,
        prompt: tuple[int, ...],
        asked: torch.Tensor | None,
    ) -> None:
        self._network, self._answers, self._picture = network, answers, picture
        self.asked_shortly: ShortQuestion | None = None
        self._first = torch.empty(0)
        self._prompt, self._asked = prompt, asked
        self._memory: Memory | None = None
        self._place = len(prompt)
        self._device = picture.whole.device

    def prefill(self) -> torch.Tensor:
        with torch.inference_mode():
            logits = self._read()
        self._first = logits[0]
        return logits

    @torch.inference_mode()
    def candidates(self) -> dict[tuple[int, ...], float]:
        """Answers of the classifier in tokens, as both weigh them; after `prefill`."""
        short, views, answers = self.asked_shortly, self._picture.views, self._answers
        if short is None or views is None or answers is None:
            return {}
        if self._memory is None or self._asked is None:
            raise RuntimeError("the prompt was not read")
        chances = chances_of(
            answers.classifier, views, self._asked, short.tokens, sides=short.sides
        )
        return weigh(
            chances, answers.table, self._network, self._memory, self._first, self._place,
            answers.share,
        )  # fmt: skip

    def _read(self) -> torch.Tensor:
        network = self._network
        memory = self._picture.read_by(network).repeated(1, network.config.positions)
        self._memory = memory
        ids = torch.tensor([self._prompt], device=self._device)
        sense = None
        if self._asked is not None:
            sense = network.understand(self._asked, self._picture.whole)
        return next_logits(network, memory, ids, 0, sense)

    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        if self._memory is None:
            raise RuntimeError("the prompt was not read")
        ids = torch.tensor([[one] for one in tokens], device=self._device)
        with torch.inference_mode():
            logits = next_logits(self._network, self._memory, ids, self._place)
        self._place += 1
        return logits

    @torch.inference_mode()
    def branch(self, parents: Sequence[int]) -> None:
        if self._memory is not None:
            self._memory.choose(torch.tensor(list(parents), device=self._device))
