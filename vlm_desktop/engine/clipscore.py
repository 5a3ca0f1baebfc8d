"""CLIPScore: how well a caption fits the picture, by the encoder that searches.

Hessel et al. 2021, "CLIPScore: A Reference-free Evaluation Metric for Image Captioning",
arXiv:2104.08718. The paper's numbers are those of CLIP ViT-B/32. Another encoder has cosines of
another range, so a number may only be compared with others of the same encoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.encoding import Encoders

_WEIGHT = 2.5
_PREFIX = "A photo depicts "


@dataclass(frozen=True, slots=True)
class ClipScores:
    """Means over the pictures, times 100, and the encoder they are true of.

    `with_references` (RefCLIPScore) is None where no picture has human captions.
    """

    encoder_id: str
    score: float
    with_references: float | None


def clip_scores(
    pictures: VectorArray,
    candidates: Sequence[str],
    references: Sequence[Sequence[str]],
    encoder_id: str,
    encoders: Encoders,
) -> ClipScores | None:
    """Embeddings of pictures [n, dimension], a caption and human captions of each.

    None without a picture. Raises ModelError.
    """
    if not candidates:
        return None
    texts = encoders.texts(encoder_id, [_PREFIX + caption for caption in candidates])
    scores = _WEIGHT * np.maximum((texts * pictures).sum(axis=1, dtype=np.float64), 0.0)
    with_references = []
    for score, text, human in zip(scores, texts, references, strict=True):
        if human:
            others = encoders.texts(encoder_id, [_PREFIX + caption for caption in human])
            nearest = max(float((others @ text).max()), 0.0)
            both = float(score) + nearest
            with_references.append(2 * float(score) * nearest / both if both else 0.0)
    return ClipScores(
        encoder_id=encoder_id,
        score=100.0 * float(scores.mean()),
        with_references=100.0 * float(np.mean(with_references)) if with_references else None,
    )
