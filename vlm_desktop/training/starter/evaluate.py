"""Measuring a dual encoder: retrieval, naming, and refusing what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows divided by their length: ``[R,D]``."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def recall(
    images: NDArray[np.float32], texts: NDArray[np.float32], owner: NDArray[np.int64]
) -> dict[str, float]:
    """Recall at 1, 5 and 10 in both directions, in percent.

    Args:
        images: unit rows ``[I,D]``.
        texts: unit rows ``[T,D]``.
        owner: index of the photo each text belongs to, ``[T]``.
    """
    cosine = texts @ images.T  # [T,D] @ [D,I] -> [T,I]
    own = cosine[np.arange(len(owner)), owner]  # [T]
    rank = (cosine > own[:, None]).sum(1)  # [T,I] -> [T]
    result = {f"text_to_image_r{k}": 100.0 * float((rank < k).mean()) for k in (1, 5, 10)}
    best = np.full(len(images), len(texts))
    for image in range(len(images)):
        mine = cosine[owner == image, image]
        best[image] = (cosine[:, image] > mine.max()).sum() if len(mine) else len(texts)
    result |= {f"image_to_text_r{k}": 100.0 * float((best < k).mean()) for k in (1, 5, 10)}
    return result


def naming(
    images: NDArray[np.float32], names: NDArray[np.float32], truth: Sequence[set[int]]
) -> dict[str, float]:
    """Zero-shot accuracy: is a true name first, or among the five nearest, in percent.

    Args:
        images: unit rows ``[I,D]``.
        names: unit rows ``[C,D]``.
        truth: for each image the indices of its right names.
    """
    order = np.argsort(-(images @ names.T), axis=1)[:, :5]  # [I,C] -> [I,5]
    first = [order[row, 0] in right for row, right in enumerate(truth)]
    five = [bool(right & set(order[row].tolist())) for row, right in enumerate(truth)]
    return {"top1": 100.0 * float(np.mean(first)), "top5": 100.0 * float(np.mean(five))}


def refusal(
    images: NDArray[np.float32],
    captions: NDArray[np.float32],
    absent: NDArray[np.float32],
    null: NDArray[np.float32],
    null_share: float = 0.97,
) -> dict[str, float]:
    """How well the best cosine over a library tells captions from absent queries.

    Args:
        images: unit rows of the library ``[I,D]``.
        captions: unit rows of texts that have a photo ``[T,D]``.
        absent: unit rows of texts that have none ``[A,D]``.
        null: unit rows of the prompts the cut is taken from ``[N,D]``.
        null_share: the cut is this quantile of the null prompts' best cosines.

    Returns:
        The cut and, in percent, what is kept and refused there; and what would be refused
        at the cut that keeps 94 % and 95 % of the captions.
    """
    best_true = (captions @ images.T).max(1)  # [T,I] -> [T]
    best_absent = (absent @ images.T).max(1)  # [A,I] -> [A]
    cut = float(np.quantile((null @ images.T).max(1), null_share))
    result = {
        "cut": cut,
        "kept": 100.0 * float((best_true >= cut).mean()),
        "refused": 100.0 * float((best_absent < cut).mean()),
    }
    for keep in (94, 95):
        at = np.quantile(best_true, 1.0 - keep / 100.0)
        result[f"refused_keeping_{keep}"] = 100.0 * float((best_absent < at).mean())
    return result
