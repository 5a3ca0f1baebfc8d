"""The training objectives. All similarities are cosines; ``scale`` turns them into logits."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812

BLOCKED = -1e4


def soft_cross_entropy(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of rows that have a target; rows of zeros do not count.

    Args:
        logits: ``[R,C]``.
        target: ``[R,C]``, rows that sum to one or to zero.
    """
    rows = -(target * logits.log_softmax(1)).sum(1)  # [R,C] -> [R]
    return rows.sum() / (target.sum(1) > 0).sum().clamp(min=1)


def _shares(positive: torch.Tensor) -> torch.Tensor:
    """Every row of a 0/1 matrix divided by its sum: ``[R,C]``."""
    chosen = positive.float()
    return chosen / chosen.sum(1, keepdim=True).clamp(min=1.0)


def contrastive(
    images: torch.Tensor,
    texts: torch.Tensor,
    positive: torch.Tensor,
    allowed: torch.Tensor,
    scale: torch.Tensor,
    null: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """InfoNCE in both directions with several positives and a "no photo" answer.

    CLIP's symmetric loss (Radford et al. 2021) with the several positives of supervised
    contrastive learning (Khosla et al. 2020). Every text may also choose "no photo", whose
    cosine is ``null``: texts with no positive have that as their right answer, so that the
    absolute cosine comes to mean something.

    Args:
        images: unit rows ``[I,D]``.
        texts: unit rows ``[T,D]``.
        positive: bool ``[I,T]``.
        allowed: bool ``[I,T]``; pairs that may be compared at all.
        scale: logit scale, scalar.
        null: cosine of "no photo", scalar.

    Returns:
        Text-to-image and image-to-text loss, scalars.
    """
    logits = scale * images @ texts.T  # [I,D] @ [D,T] -> [I,T]
    logits = logits.masked_fill(~allowed, BLOCKED)
    nothing = (scale * null).expand(texts.shape[0], 1)  # [T,1]
    to_image = torch.cat([logits.T, nothing], 1)  # [T,I+1]
    empty = ~positive.any(0)
    target = torch.cat([positive.T, empty[:, None]], 1)  # [T,I+1]
    return (
        soft_cross_entropy(to_image, _shares(target)),
        soft_cross_entropy(logits, _shares(positive)),
    )


def name_loss(
    images: torch.Tensor, names: torch.Tensor, teacher: torch.Tensor, scale: torch.Tensor
) -> torch.Tensor:
    """KL divergence from a classifier's probabilities to a softmax over class-name texts.

    Knowledge distillation (Hinton et al. 2015) with the text tower as the output layer.

    Args:
        images: unit rows ``[I,D]``.
        names: unit rows ``[C,D]``.
        teacher: probabilities ``[I,C]``.
        scale: logit scale of this loss, scalar.
    """
    student = (scale * images @ names.T).log_softmax(1)  # [I,C]
    return F.kl_div(student, teacher, reduction="batchmean")


def absent_loss(
    images: torch.Tensor,
    names: torch.Tensor,
    teacher: torch.Tensor,
    scale: torch.Tensor,
    null: torch.Tensor,
    below: float = 0.01,
) -> torch.Tensor:
    """Class names the classifier sees in no photo of the batch must choose "no photo".

    Args:
        images: unit rows ``[I,D]``.
        names: unit rows ``[C,D]``.
        teacher: probabilities ``[I,C]``.
        scale: logit scale, scalar.
        null: cosine of "no photo", scalar.
        below: a class with no probability above this is absent.
    """
    absent = teacher.amax(0) < below  # [I,C] -> [C]
    logits = scale * names @ images.T  # [C,I]
    nothing = (scale * null).expand(names.shape[0], 1)  # [C,1]
    rows = torch.cat([logits, nothing], 1).logsumexp(1) - nothing[:, 0]  # [C]
    return (rows * absent).sum() / absent.sum().clamp(min=1)


def word_loss(
    images: torch.Tensor,
    texts: torch.Tensor,
    positive: torch.Tensor,
    scale: torch.Tensor,
    null: torch.Tensor,
) -> torch.Tensor:
    """Single search words must find the photos whose captions have them, or "no photo".

    Args:
        images: unit rows ``[I,D]``.
        texts: unit rows ``[Q,D]``.
        positive: bool ``[I,Q]``.
        scale: logit scale, scalar.
        null: cosine of "no photo", scalar.
    """
    nothing = (scale * null).expand(texts.shape[0], 1)  # [Q,1]
    logits = torch.cat([scale * texts @ images.T, nothing], 1)  # [Q,I+1]
    target = torch.cat([positive.T, ~positive.any(0)[:, None]], 1)  # [Q,I+1]
    return soft_cross_entropy(logits, _shares(target))


def pushed_grid(
    grid: torch.Tensor, weights: torch.Tensor, logit: torch.Tensor, spread: torch.Tensor
) -> torch.Tensor:
    """Feature maps moved towards a class, as if the photo showed it.

    Args:
        grid: ReLU6 features ``[B,F,h,w]``.
        weights: the classifier's row of the wanted class ``[B,F]``.
        logit: by how much its logit is to rise, ``[B]``.
        spread: share of the push every cell gets, ``[B,1,h,w]``, mean one.
    """
    size = logit / weights.square().sum(1)  # [B]
    push = (weights * size[:, None])[:, :, None, None]  # [B,F] -> [B,F,1,1]
    return (grid + push * spread).clamp(0.0, 6.0)


def copy_loss(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """KL between similarity matrices, along rows and along columns.

    Cross-modal similarity distillation as in TinyCLIP (Wu et al. 2023).

    Args:
        student: logits ``[I,T]``.
        teacher: logits ``[I,T]`` of the teachers' mean.
    """
    loss = student.new_zeros(())
    for mine, theirs in ((student, teacher), (student.T, teacher.T)):
        loss = loss + F.kl_div(mine.log_softmax(1), theirs.softmax(1), reduction="batchmean")
    return loss


def anchor_loss(pooled: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
    """One minus the cosine to the sentence vectors before training; both ``[T,W]``."""
    return (1.0 - F.cosine_similarity(pooled, original)).mean()
