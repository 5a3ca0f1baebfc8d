"""How the starter's network is taught and asked, many pictures at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F  # noqa: N812

from vlm_desktop.backends.chat.starter_prompt import CAPTION, END
from vlm_desktop.backends.chat.starter_writing import look_at, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vlm_desktop.backends.chat.starter_network import StarterNetwork
    from vlm_desktop.training.starter.assistant.batches import Rows, Words

AT_ONCE = 50
LONGEST = 30
"""Tokens of an answer."""


def logits_of(
    network: StarterNetwork, data: Mapping[str, Any], device: torch.device
) -> torch.Tensor:
    """Logits at every token that is to be said [M,V], of `cells`, `whole`, `rows` and `senses`.

    Each row holds one text; the sense of a question is added to its last token.
    """
    rows: Rows = data["rows"]
    whole = data["whole"].to(device)
    seen = network.see(data["cells"].to(device), whole)
    text = network.read(rows.tokens.to(device), rows.positions.to(device))
    if network.config.sense and len(rows.asked):
        asked = rows.asked.to(device)
        mine = asked // rows.tokens.shape[1]
        sense = network.understand(data["senses"].to(device)[mine], whole[mine])
        flat = text.flatten(0, 1)
        text = flat.index_add(0, asked, sense.to(text.dtype)).view_as(text)
    hidden = network(seen, text, rows.mask().to(device)).flatten(0, 1)[rows.at.to(device)]
    return network.logits(hidden).float()


def losses_of(
    network: StarterNetwork, data: Mapping[str, Any], device: torch.device
) -> torch.Tensor:
    """The loss of every token that is to be said [M], those of the first row first."""
    logits = logits_of(network, data, device)
    return F.cross_entropy(logits, data["rows"].target.to(device), reduction="none")


@torch.no_grad()
def answers_of(
    network: StarterNetwork,
    words: Words,
    seen: tuple[torch.Tensor, torch.Tensor],
    asked: Sequence[str] = (),
    senses: torch.Tensor | None = None,
) -> list[str]:
    """What it writes, greedily, of pictures: captions, or answers to one question each."""
    device = next(network.parameters()).device
    cells, whole = (one.to(device) for one in seen)
    said = [""] * len(cells)
    prompts = [words.question(one) for one in asked] or [(words.special[CAPTION],)] * len(cells)
    tokens = network.see(cells, whole)
    for length in {len(one) for one in prompts}:  # prompts of one batch are as long as each other
        rows = [row for row, one in enumerate(prompts) if len(one) == length]
        room = length + LONGEST
        memory = look_at(network, tokens[rows], room)
        sense = None
        if senses is not None and network.config.sense:
            sense = network.understand(senses[rows].to(device), whole[rows])
        longest = min(LONGEST, network.config.positions - length)
        found = write(
            network, memory, torch.tensor([prompts[row] for row in rows], device=device),
            end=words.special[END], longest=longest, sense=sense,
        )  # fmt: skip
        for row, one in zip(rows, found, strict=True):
            said[row] = words.tokenizer.decode(list(one.tokens)).strip()
    return said


@dataclass(frozen=True, slots=True)
class Kept:
    """Pictures that the network must say the base's own words of."""

    data: Mapping[str, Any]
    teacher: torch.Tensor

    def distance(self, network: StarterNetwork, device: torch.device) -> torch.Tensor:
        """Mean divergence of a token's distribution from the base's."""
        said = logits_of(network, self.data, device).log_softmax(-1)
        teacher = self.teacher.to(device).float()
        return F.kl_div(said, teacher, log_target=True, reduction="batchmean")
