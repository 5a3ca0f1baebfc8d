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
from vlm_desktop.training.starter.text_tower import tokenise
from vlm_desktop.training.starter.texts import keyword_table, with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vlm_desktop.training.starter.fit import Towers
    from vlm_desktop.training.starter.image_tower import Classifier

    ImageEncoder = Callable[[torch.Tensor], NDArray[np.float32]]
    TextEncoder = Callable[[Sequence[str]], NDArray[np.float32]]

CHUNK = 128


def absent_queries() -> list[str]:
    """The hand-written queries that no photo of the dev set answers."""
    file = Path(__file__).with_name("absent_queries.txt")
    return file.read_text(encoding="utf-8").splitlines()


def torch_encoders(
    towers: Towers, tokenizer: Tokenizer, device: torch.device
) -> tuple[ImageEncoder, TextEncoder]:
    """Encoders of unit rows from the towers in memory."""
    towers.eval()

    @torch.no_grad()
    def image(pixels: torch.Tensor) -> NDArray[np.float32]:
        parts = [
            towers.image(normalise(part.to(device))).float().cpu().numpy()
            for part in pixels.split(CHUNK)
        ]
        return unit(np.concatenate(parts))  # [N,D]

    @torch.no_grad()
    def text(texts: Sequence[str]) -> NDArray[np.float32]:
        ids = tokenise(tokenizer, texts, LENGTH).long().to(device)  # [T,L]
        parts = [
            towers.text(part, (part > 0).long()).float().cpu().numpy()
            for part in ids.split(8 * CHUNK)
        ]
        return unit(np.concatenate(parts))  # [T,D]

    return image, text


def onnx_encoders(folder: Path, threads: int = 2) -> tuple[ImageEncoder, TextEncoder]:
    """Encoders of unit rows from the ONNX files in ``folder``."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    made = [
        onnxruntime.InferenceSession(
            str(folder / name), options, providers=["CPUExecutionProvider"]
        )
        for name in ("image.onnx", "text.onnx")
    ]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def image(pixels: torch.Tensor) -> NDArray[np.float32]:
        parts = [
            made[0].run(None, {"pixel_values": normalise(part).numpy()})[0]
            for part in pixels.split(32)
        ]
        return unit(np.concatenate(parts))  # [N,D]

    def text(texts: Sequence[str]) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(texts), CHUNK):
            ids = tokenise(tokenizer, texts[start : start + CHUNK], LENGTH).long().numpy()
            ids = ids[:, : int((ids > 0).sum(1).max())]  # [T,L] -> [T,n]
            feed = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64)}
            parts.append(made[1].run(None, feed)[0])
        return unit(np.concatenate(parts))  # [T,D]

    return image, text


def _labelled(
    photos: Sequence[Photo],
    image: ImageEncoder,
    text: TextEncoder,
    names: Sequence[Sequence[str]],
    size: int,
) -> dict[str, float]:
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


def _captioned(
    photos: Sequence[Photo], image: ImageEncoder, text: TextEncoder, size: int
) -> dict[str, float]:
    vectors = image(load_pixels(photos, size))  # [I,D]
    captions = [caption for photo in photos for caption in photo.captions]
    owner = np.repeat(np.arange(len(photos)), [len(photo.captions) for photo in photos])
    told = text(captions)  # [T,D]
    result = recall(vectors, told, owner)
    absent = absent_queries()
    result |= refusal(vectors, told, text(absent[1::2]), text(absent[::2]))
    return result | _search_words(photos, vectors, text, result["cut"])


def _search_words(
    photos: Sequence[Photo],
    images: NDArray[np.float32],
    text: TextEncoder,
    cut: float,
    least: int = 10,
) -> dict[str, float]:
    """Single words of the captions as queries: kept at the cut, and right among the first five."""
    words, counts = keyword_table([one.captions for one in photos], least)
    if not words:
        return {"words": 0}
    cosine = text(words) @ images.T  # [Q,D] @ [D,I] -> [Q,I]
    first = np.argsort(-cosine, axis=1)[:, :5]  # [Q,5]
    right = [word in counts[index] for word in range(len(words)) for index in first[word]]
    kept = cosine.max(1) >= cut
    return {
        "words": len(words),
        "words_kept": 100.0 * float(kept.mean()),
        "words_precision5": 100.0 * float(np.mean(right)),
    }


@torch.no_grad()
def class_shares(classifier: Classifier, pixels: torch.Tensor) -> torch.Tensor:
    """The classifier's probabilities without background: uint8 ``[N,3,S,S]`` to ``[N,C]``."""
    device = classifier.output.weight.device
    return torch.cat(
        [classifier(normalise(part.to(device)))[:, 1:].softmax(1) for part in pixels.split(CHUNK)]
    )


def _like_classifier(
    photos: Sequence[Photo],
    image: ImageEncoder,
    text: TextEncoder,
    names: Sequence[Sequence[str]],
    classifier: Classifier,
    size: int,
    trained: NDArray[np.int64],
) -> dict[str, float]:
    """Agreement with the classifier where it is sure, every class counting the same.

    ``trained [C]`` tells how many training photos the classifier gave to each class; the
    figures called rare are of classes with fewer than three.
    """
    pixels = load_pixels(photos, size)
    sure, best = (one.cpu().numpy() for one in class_shares(classifier, pixels).max(1))
    vectors = image(pixels)  # [I,D]
    told = text([f"a photo of {with_article(one[0])}" for one in names])  # [C,D]
    seen = [index for index in range(len(photos)) if sure[index] > 0.5]
    result: dict[str, float] = {"photos": len(seen)}
    for prefix, least, most in (("", 0, 10**9), ("rare_", 0, 2)):
        classes = [
            one
            for one in sorted({int(best[index]) for index in seen})
            if least <= trained[one] <= most
        ]
        figures = [
            naming(vectors[rows], told, [{chosen}] * len(rows))
            for chosen in classes
            if (rows := [index for index in seen if best[index] == chosen])
        ]
        result[f"{prefix}classes"] = len(classes)
        for key in ("top1", "top5"):
            result[prefix + key] = float(np.mean([one[key] for one in figures] or [np.nan]))
    return result


def measure(
    photos: Sequence[Photo],
    image: ImageEncoder,
    text: TextEncoder,
    names: Sequence[Sequence[str]],
    size: int,
    classifier: Classifier | None = None,
    trained: NDArray[np.int64] | None = None,
) -> dict[str, dict[str, float]]:
    """Figures for every held-back split.

    Args:
        photos: all photos; those of the split ``train`` are not looked at.
        image: uint8 pixels ``[N,3,S,S]`` to unit rows ``[N,D]``.
        text: texts to unit rows ``[T,D]``.
        names: synonyms of every class of the classifier.
        size: side of the photos in pixels.
        classifier: its sure answers on held-back photos are compared with too.
        trained: how many training photos the classifier gave to each class, ``[C]``.
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
    if classifier is not None and trained is not None and held:
        result["like_classifier"] = _like_classifier(
            held, image, text, names, classifier, size, trained
        )
    return result
