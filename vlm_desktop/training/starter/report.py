"""The figures of one model on the held-back photos, from PyTorch towers or ONNX files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.training.starter.augment import normalise
from vlm_desktop.training.starter.corpus import LENGTH
from vlm_desktop.training.starter.data import Photo, load_pixels
from vlm_desktop.training.starter.evaluate import naming, recall, refusal, unit
from vlm_desktop.training.starter.nonsense import nonsense
from vlm_desktop.training.starter.text_tower import tokenise
from vlm_desktop.training.starter.texts import with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vlm_desktop.training.starter.fit import Towers
    from vlm_desktop.training.starter.image_tower import Classifier

    ImageEncoder = Callable[[torch.Tensor], NDArray[np.float32]]
    TextEncoder = Callable[[Sequence[str]], NDArray[np.float32]]

CHUNK = 128
NULL_SEED = 777


def absent_queries() -> list[str]:
    """The hand-written queries that no photo of the dev set answers."""
    file = Path(__file__).with_name("absent_queries.txt")
    return file.read_text(encoding="utf-8").splitlines()


def torch_encoders(towers: Towers, tokenizer: Tokenizer, device: torch.device
                   ) -> tuple[ImageEncoder, TextEncoder]:
    """Encoders of unit rows from the towers in memory."""
    towers.eval()

    @torch.no_grad()
    def image(pixels: torch.Tensor) -> NDArray[np.float32]:
        parts = [towers.image(normalise(part.to(device))).float().cpu().numpy()
                 for part in pixels.split(CHUNK)]
        return unit(np.concatenate(parts))  # [N,D]

    @torch.no_grad()
    def text(texts: Sequence[str]) -> NDArray[np.float32]:
        ids = tokenise(tokenizer, texts, LENGTH).long().to(device)  # [T,L]
        parts = [towers.text(part, (part > 0).long()).float().cpu().numpy()
                 for part in ids.split(8 * CHUNK)]
        return unit(np.concatenate(parts))  # [T,D]

    return image, text


def onnx_encoders(folder: Path, threads: int = 2) -> tuple[ImageEncoder, TextEncoder]:
    """Encoders of unit rows from the ONNX files in ``folder``."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    made = [onnxruntime.InferenceSession(str(folder / name), options,
                                         providers=["CPUExecutionProvider"])
            for name in ("image.onnx", "text.onnx")]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def image(pixels: torch.Tensor) -> NDArray[np.float32]:
        parts = [made[0].run(None, {"pixel_values": normalise(part).numpy()})[0]
                 for part in pixels.split(32)]
        return unit(np.concatenate(parts))  # [N,D]

    def text(texts: Sequence[str]) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(texts), CHUNK):
            ids = tokenise(tokenizer, texts[start:start + CHUNK], LENGTH).long().numpy()
            ids = ids[:, : int((ids > 0).sum(1).max())]  # [T,L] -> [T,n]
            feed = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64)}
            parts.append(made[1].run(None, feed)[0])
        return unit(np.concatenate(parts))  # [T,D]

    return image, text


def _labelled(photos: Sequence[Photo], image: ImageEncoder, text: TextEncoder,
              names: Sequence[Sequence[str]], size: int) -> dict[str, float]:
    """Naming of held-back labelled photos, among their labels and with the classes added."""
    vectors = image(load_pixels(photos, size))  # [I,D]
    labels = sorted({label for photo in photos for label in photo.labels})
    among = text([f"a photo of {with_article(one)}" for one in labels])  # [C,D]
    truth = [{labels.index(one) for one in photo.labels} for photo in photos]
    result = {f"own_names_{k}": v for k, v in naming(vectors, among, truth).items()}
    extra = [one[0] for one in names if one[0] not in labels]
    if extra:
        wide = np.concatenate([among, text([f"a photo of {with_article(one)}" for one in extra])])
        result |= {f"all_names_{k}": v for k, v in naming(vectors, wide, truth).items()}
    return result | {"photos": len(photos)}


def _captioned(photos: Sequence[Photo], image: ImageEncoder, text: TextEncoder, size: int
               ) -> dict[str, float]:
    vectors = image(load_pixels(photos, size))  # [I,D]
    captions = [caption for photo in photos for caption in photo.captions]
    owner = np.repeat(np.arange(len(photos)), [len(photo.captions) for photo in photos])
    told = text(captions)  # [T,D]
    result = recall(vectors, told, owner)
    null = text(nonsense(400, NULL_SEED))
    return result | refusal(vectors, told, text(absent_queries()), null)


@torch.no_grad()
def _like_classifier(photos: Sequence[Photo], image: ImageEncoder, text: TextEncoder,
                     names: Sequence[Sequence[str]], classifier: Classifier, size: int
                     ) -> dict[str, float]:
    """Agreement with the classifier where it is sure, every class counting the same."""
    pixels = load_pixels(photos, size)
    shares = torch.cat([classifier(normalise(part))[:, 1:].softmax(1)
                        for part in pixels.split(CHUNK)])  # [I,C]
    sure, best = (one.numpy() for one in shares.max(1))
    vectors = image(pixels)  # [I,D]
    told = text([f"a photo of {with_article(one[0])}" for one in names])  # [C,D]
    result: dict[str, float] = {}
    seen = [index for index in range(len(photos)) if sure[index] > 0.5]
    classes = sorted({int(best[index]) for index in seen})
    figures = []
    for chosen in classes:
        rows = [index for index in seen if best[index] == chosen]
        figures.append(naming(vectors[rows], told, [{chosen}] * len(rows)))
    for key in ("top1", "top5"):
        result[key] = float(np.mean([one[key] for one in figures]))
    return result | {"photos": len(seen), "classes": len(classes)}


def measure(photos: Sequence[Photo], image: ImageEncoder, text: TextEncoder,
            names: Sequence[Sequence[str]], size: int, classifier: Classifier | None = None
            ) -> dict[str, dict[str, float]]:
    """Figures for every held-back split.

    Args:
        photos: all photos; those of the split ``train`` are not looked at.
        image: uint8 pixels ``[N,3,S,S]`` to unit rows ``[N,D]``.
        text: texts to unit rows ``[T,D]``.
        names: synonyms of every class of the classifier.
        size: side of the photos in pixels.
        classifier: on the CPU; its sure answers on held-back photos are compared with too.
    """
    result = {}
    for split in ("dev", "tune"):
        captioned = [one for one in photos if one.split == split and one.kind == "caption"]
        labelled = [one for one in photos if one.split == split and one.kind == "label"]
        if captioned:
            result[f"{split}_captions"] = _captioned(captioned, image, text, size)
        if labelled:
            result[f"{split}_labels"] = _labelled(labelled, image, text, names, size)
    held = [one for one in photos if one.split != "train"]
    if classifier is not None and held:
        result["like_classifier"] = _like_classifier(held, image, text, names, classifier, size)
    return result
