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

from vlm_desktop.training.starter.augment import normalise
from vlm_desktop.training.starter.corpus import LENGTH, Corpus
from vlm_desktop.training.starter.nonsense import nonsense
from vlm_desktop.training.starter.text_tower import tokenise
from vlm_desktop.training.starter.texts import (
    keyword_table,
    vocabulary_sentences,
    with_article,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from vlm_desktop.training.starter.data import Photo
    from vlm_desktop.training.starter.fit import Towers
    from vlm_desktop.training.starter.image_tower import Classifier
    from vlm_desktop.training.starter.text_tower import TextTower

log = logging.getLogger(__name__)

CHUNK = 256


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
    former: float = 0.75,
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
        loss = moved + 8.0 * stayed
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


@torch.no_grad()
def pooled_texts(text: TextTower, tokenizer: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Pooled encoder vectors of ``texts``, on the CPU: ``[T,W]``."""
    device = next(text.parameters()).device
    parts = []
    for start in range(0, len(texts), CHUNK):
        ids = tokenise(tokenizer, texts[start : start + CHUNK], LENGTH).long().to(device)
        ids = ids[:, : int((ids > 0).sum(1).max())]  # [T,L] -> [T,n]
        parts.append(text.encoder(ids, (ids > 0).long()).float().cpu())
    return torch.cat(parts)


def imprint(
    towers: Towers,
    corpus: Corpus,
    photos: Sequence[Photo],
    tokenizer: Tokenizer,
    names: Sequence[Sequence[str]],
    classifier: Classifier,
    *,
    sample: int = 4800,
    steps: int = 400,
    seed: int = 0,
) -> list[float]:
    """Run the whole step on a sample of the training photos (which ``corpus`` holds).

    Returns:
        The loss of every step.
    """
    draw = torch.Generator().manual_seed(seed)
    device = corpus.pixels.device
    chosen = torch.randperm(len(corpus.pixels), generator=draw)[:sample].to(device)
    images, logits = [], []
    with torch.no_grad():
        for rows in chosen.split(CHUNK):
            views = normalise(corpus.pixels[rows])  # [B,3,S,S]
            images.append(F.normalize(towers.image(views).float(), dim=1).cpu())
            logits.append(classifier(views).float()[:, 1:].log_softmax(1).cpu())
    directions = class_directions(torch.cat(images), torch.cat(logits))
    told, classes = [], []
    for index, synonyms in enumerate(names):
        forms = [f"a photo of {with_article(synonyms[0])}", synonyms[0]]
        forms += [f"a photo of {with_article(one)}" for one in synonyms[1:2]]
        told += forms
        classes += [index] * len(forms)
    words, _ = keyword_table([one.captions for one in photos], 8)
    others = [text for one in photos for text in (one.captions + one.statements)[:1]]
    others += [form for word in words for form in (word, f"a photo of {with_article(word)}")]
    others += nonsense(4000, seed + 5, [one[0] for one in names])
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    others += vocabulary_sentences([word for word, _ in vocabulary])[::6]
    said = set(told)
    others = [text for text in others if text not in said]
    labels = sorted({label for one in photos for label in one.labels})
    others += [f"a photo of {with_article(label)}" for label in labels]
    vectors = [pooled_texts(towers.text, tokenizer, texts) for texts in (told, others)]
    text = towers.text.cpu()
    losses = fit_text_head(
        text, vectors[0], torch.tensor(classes), directions, vectors[1], steps=steps, seed=seed
    )
    towers.text.to(device)
    return losses
