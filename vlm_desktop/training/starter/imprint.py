"""A last step: put the class-name texts where the image tower says the classes are.

Most of a classifier's classes are rare in the training photos, so contrastive training hardly
moves their names. But what the classifier thinks of all its classes can be read linearly from
the image vectors. Ridge regression from image vectors to the classifier's logits gives a
direction for every class, seen or not; the head of the text tower is then fitted to those
directions for the names, and to its own former answers for all other texts (weight imprinting,
Qi, Brown, Lowe 2018, with regression for the class means).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from vlm_desktop.training.starter.text_tower import TextTower

log = logging.getLogger(__name__)


def class_directions(
    images: torch.Tensor, logits: torch.Tensor, ridge: float = 3.0
) -> torch.Tensor:
    """Directions in the image space along which each class' logit grows.

    Args:
        images: unit rows ``[N,D]`` of the image tower.
        logits: the classifier's logits of the same photos ``[N,C]``.
        ridge: weight of the squared size of the solution.

    Returns:
        Unit rows ``[C,D]``.
    """
    centred = images - images.mean(0)  # [N,D]
    wanted = logits - logits.mean(1, keepdim=True)  # [N,C]
    wanted = wanted - wanted.mean(0)
    square = centred.T @ centred + ridge * torch.eye(images.shape[1])  # [D,D]
    return F.normalize(torch.linalg.solve(square, centred.T @ wanted).T, dim=1)  # [C,D]


def fit_text_head(
    text: TextTower,
    names: torch.Tensor,
    classes: torch.Tensor,
    directions: torch.Tensor,
    others: torch.Tensor,
    *,
    former: float = 0.5,
    steps: int = 400,
    rate: float = 1e-3,
    seed: int = 0,
) -> list[float]:
    """Fit the head of the text tower, the encoder below it staying as it is.

    Args:
        text: the tower; changed in place.
        names: pooled vectors of class-name texts ``[M,W]``.
        classes: class of each of them ``[M]``.
        directions: unit rows ``[C,D]``.
        others: pooled vectors of all other texts ``[T,W]``; their embeddings stay.
        former: share of the former embedding in a name's target, beside one of the direction.
        steps: optimisation steps.
        rate: peak learning rate.
        seed: of the order.

    Returns:
        The loss of every step.
    """
    draw = torch.Generator().manual_seed(seed)
    text.eval()
    with torch.no_grad():
        before = F.normalize(text.head(names), dim=1)  # [M,D]
        target = F.normalize(directions[classes] + former * before, dim=1)  # [M,D]
        kept = F.normalize(text.head(others), dim=1)  # [T,D]
    parts = [*text.norm.parameters(), *text.project.parameters(), *text.residual.parameters()]
    optimiser = torch.optim.AdamW(parts, lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    told: list[float] = []
    for step in range(steps):
        some = torch.randint(len(names), (min(768, len(names)),), generator=draw)
        more = torch.randint(len(others), (min(1536, len(others)),), generator=draw)
        found = F.normalize(text.head(torch.cat([names[some], others[more]])), dim=1)
        moved = 1.0 - (found[: len(some)] * target[some]).sum(1).mean()
        stayed = 1.0 - (found[len(some) :] * kept[more]).sum(1).mean()
        loss = moved + 4.0 * stayed
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        told.append(loss.item())
        if step % 50 == 0 or step == steps - 1:
            log.info(
                "names %d/%d moved %.4f stayed %.4f", step + 1, steps, moved.item(), stayed.item()
            )
    return told
