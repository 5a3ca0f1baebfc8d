"""The contrast of pictures and texts: softmax over many (InfoNCE) or a sigmoid a pair.

Van den Oord et al. 2018 and Radford et al. 2021 (InfoNCE, CLIP); Zhai et al. 2023 (SigLIP). Texts
that are the same are one text, so that two pictures of one thing never push each other away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Unit rows of pictures [B,D] and distinct texts [U,D]; which belong together, bool [B,U].

    `more_images` [P,D] and `more_texts` [W,D] belong to none of these: wrong answers only.
    """

    images: torch.Tensor
    texts: torch.Tensor
    positive: torch.Tensor
    more_images: torch.Tensor
    more_texts: torch.Tensor


def distinct(texts: Sequence[str]) -> tuple[list[str], torch.Tensor]:
    """Each text once, in order, and which text is whose, bool [B,U]."""
    once = list(dict.fromkeys(texts))
    places = torch.tensor([once.index(one) for one in texts])
    return once, F.one_hot(places, len(once)).bool()


def infonce(part: Contrast, scale: torch.Tensor) -> torch.Tensor:
    """Half picture to text, half text to picture. Other pictures of a text are not wrong."""
    wrong_texts = torch.cat([part.texts, part.more_texts])
    to_text = scale * part.images @ wrong_texts.T  # [B,U+W]
    labels = part.positive.float().argmax(1)
    first = F.cross_entropy(to_text, labels)
    inside = scale * part.texts @ part.images.T  # [U,B]
    outside = scale * part.texts @ part.more_images.T  # [U,P]
    mine = part.positive.T  # [U,B]
    wrong = torch.cat([inside.masked_fill(mine, float("-inf")), outside], 1)
    rest = wrong.logsumexp(1) if wrong.shape[1] else inside.new_full((len(inside),), float("-inf"))
    each = torch.logaddexp(inside, rest[:, None]) - inside  # [U,B]
    second = each[mine].mean()
    return (first + second) / 2


def sigmoid(part: Contrast, scale: torch.Tensor, offset: torch.Tensor) -> torch.Tensor:
    """Every pair is a question of yes or no; summed over a picture's pairs."""
    texts = torch.cat([part.texts, part.more_texts])
    logits = scale * part.images @ texts.T + offset  # [B,U+W]
    right = F.pad(part.positive.float(), (0, len(part.more_texts)))
    loss = F.binary_cross_entropy_with_logits(logits, right, reduction="sum")
    if len(part.more_images):
        more = scale * part.texts @ part.more_images.T + offset  # [U,P]
        loss = loss + F.softplus(more).sum()
    return loss / len(part.images)


def hardest(
    texts: torch.Tensor, images: torch.Tensor, same: torch.Tensor, count: int
) -> torch.Tensor:
    """For each example the others whose pictures fit its text best by the base, [N,count].

    `texts` and `images` are unit rows [N,D], `same` bool [N,N] marks those that say the same.
    """
    scores = (texts @ images.T).masked_fill(same, float("-inf"))
    found = scores.topk(min(count, scores.shape[1]), dim=1)
    return found.indices.masked_fill(found.values.isinf(), -1)


def ranks(
    texts: torch.Tensor, images: torch.Tensor, own: torch.Tensor, ignored: torch.Tensor
) -> torch.Tensor:
    """How many pictures come before a text's own [T]; `own` are its rows in `images` [I,D],
    `ignored` bool [T,I] those that do not count. A tie counts as lost."""
    scores = texts @ images.T  # [T,I]
    mine = scores.gather(1, own[:, None])  # [T,1]
    before = (scores >= mine) & ~ignored
    before.scatter_(1, own[:, None], value=False)
    return before.sum(1)
