"""Everything a training step reads, as tensors on the training device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vlm_desktop.training.starter.data import load_pixels
from vlm_desktop.training.starter.nonsense import nonsense
from vlm_desktop.training.starter.text_tower import tokenise
from vlm_desktop.training.starter.texts import (
    SENTENCE_ONLY,
    TEMPLATES,
    keyword_table,
    name_sentences,
    vocabulary_sentences,
    with_article,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from vlm_desktop.training.starter.data import Photo

KINDS = {"caption": 0, "statement": 1, "label": 2, "bare": 3}
NONSENSE = 4
LENGTH = 64


@dataclass
class Corpus:
    """Training photos and texts. ``N`` photos, ``T`` texts, ``L`` tokens, ``C`` class names."""

    pixels: torch.Tensor  # uint8 [N,3,S,S]
    kind: torch.Tensor  # int64 [N]
    may_flip: torch.Tensor  # bool [N]
    photo_texts: torch.Tensor  # int64 [N,K], rows of `tokens`, repeated cyclically
    photo_text_count: torch.Tensor  # int64 [N]
    photo_keys: torch.Tensor  # int64 [N,M], -1 where unused
    tokens: torch.Tensor  # int32 [T,L]
    text_key: torch.Tensor  # int64 [T]; a text belongs to the photos that carry its key
    text_kind: torch.Tensor  # int64 [T]
    names: torch.Tensor  # int64 [C,V], rows of `tokens`
    nonsense: torch.Tensor  # int64 [X], rows of `tokens`
    words: torch.Tensor  # int64 [W], rows of `tokens`
    keywords: torch.Tensor  # int64 [Q,2], rows of `tokens`: the word bare and in a sentence
    photo_keywords: torch.Tensor  # uint8 [N,Q], captions of the photo that have the word

    def of_kind(self, kind: str) -> torch.Tensor:
        """Indices of the photos of one kind, ``[n]``."""
        return (self.kind == KINDS[kind]).nonzero()[:, 0]


class _Texts:
    """Collects texts with their key and kind."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.key: list[int] = []
        self.kind: list[int] = []

    def add(self, texts: Sequence[str], key: int, kind: int) -> list[int]:
        start = len(self.text)
        self.text += texts
        self.key += [key] * len(texts)
        self.kind += [kind] * len(texts)
        return list(range(start, len(self.text)))


def _ragged(rows: list[list[int]], cyclic: bool) -> torch.Tensor:
    """Rows of unequal length as one int64 matrix, filled by repeating or with -1."""
    width = max(1, *(len(row) for row in rows))
    filled = [
        [
            row[i % len(row)] if cyclic and row else (row[i] if i < len(row) else -1)
            for i in range(width)
        ]
        for row in rows
    ]
    return torch.tensor(filled, dtype=torch.int64)


def name_rows(names: Sequence[Sequence[str]]) -> list[list[str]]:
    """For every class its synonyms put through all templates, the first one most often."""
    rows = []
    for synonyms in names:
        row = name_sentences(synonyms[0])
        row += [f"a photo of {with_article(synonyms[0])}", f"a photo of a {synonyms[0]}"]
        row += [t.format(with_article(one), n=one) for one in synonyms[1:4] for t in TEMPLATES[:3]]
        row += [f"a photo of {with_article(', '.join(synonyms[1:]))}"] if synonyms[1:] else []
        rows.append(row)
    return rows


def _photo_rows(photos: Sequence[Photo], texts: _Texts) -> tuple[list[list[int]], list[list[int]]]:
    """Text rows and keys of every photo."""
    label_rows: dict[str, list[int]] = {}
    label_keys: dict[str, int] = {}
    rows, keys = [], []
    for index, photo in enumerate(photos):
        mine = [index]
        if photo.kind in ("caption", "statement"):
            said = photo.captions if photo.kind == "caption" else photo.statements
            rows.append(texts.add(said, index, KINDS[photo.kind]))
        else:
            for label in photo.labels:
                if label not in label_keys:
                    label_keys[label] = len(photos) + len(label_keys)
                    label_rows[label] = texts.add(
                        name_sentences(label), label_keys[label], KINDS["label"]
                    )
                mine.append(label_keys[label])
            rows.append([row for label in photo.labels for row in label_rows[label]])
        keys.append(mine)
    return rows, keys


def _keywords(photos: Sequence[Photo], texts: _Texts) -> tuple[list[list[int]], torch.Tensor]:
    """Rows of each searched word's texts, and how often each photo's captions say it.

    The second is uint8 [photos, words].
    """
    searched, counts = keyword_table([one.captions for one in photos])
    asked = [
        texts.add([word, f"a photo of {with_article(word)}"], -5, KINDS["bare"])
        for word in searched
    ]
    has_word = torch.zeros(len(photos), len(searched), dtype=torch.uint8)
    for index, row in enumerate(counts):
        for word, count in row.items():
            has_word[index, word] = min(count, 255)
    return asked, has_word


def build_corpus(
    photos: Sequence[Photo],
    tokenizer: Tokenizer,
    names: Sequence[Sequence[str]],
    size: int,
    device: torch.device,
    *,
    seed: int = 0,
    nonsense_count: int = 12000,
    word_count: int = 12000,
) -> Corpus:
    """Tensors of the training photos; photos of any other split are refused.

    Args:
        photos: only photos whose split is ``train``.
        tokenizer: of the text tower.
        names: synonyms of every class of the classifier; may be empty.
        size: side of the photos in pixels.
        device: where the tensors go.
        seed: of the made-up texts.
        nonsense_count: number of texts that describe nothing.
        word_count: number of vocabulary words whose vectors are held in place.
    """
    if any(photo.split != "train" for photo in photos):
        raise ValueError("a held-back photo was given for training")
    texts = _Texts()
    rows, keys = _photo_rows(photos, texts)
    name_texts = [texts.add(row, -2, KINDS["bare"]) for row in name_rows(names)]
    plain = [synonyms[0] for synonyms in names]
    made = texts.add(nonsense(nonsense_count, seed, plain), -3, NONSENSE)
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    words = vocabulary_sentences([word for word, _ in vocabulary])[:word_count]
    held = texts.add(words, -4, KINDS["bare"])
    asked, has_word = _keywords(photos, texts)
    flips = [
        not any(SENTENCE_ONLY.search(text) for text in [*one.captions, *one.statements])
        for one in photos
    ]
    return Corpus(
        pixels=load_pixels(photos, size).to(device),
        kind=torch.tensor([KINDS[one.kind] for one in photos], device=device),
        may_flip=torch.tensor(flips, device=device),
        photo_texts=_ragged(rows, cyclic=True).clamp(min=0).to(device),
        photo_text_count=torch.tensor([len(row) for row in rows], device=device),
        photo_keys=_ragged(keys, cyclic=False).to(device),
        tokens=tokenise(tokenizer, texts.text, LENGTH).to(device),
        text_key=torch.tensor(texts.key, device=device),
        text_kind=torch.tensor(texts.kind, device=device),
        names=_ragged(name_texts, cyclic=True).to(device)
        if name_texts
        else torch.zeros(0, 1, dtype=torch.int64, device=device),
        nonsense=torch.tensor(made, device=device),
        words=torch.tensor(held, dtype=torch.int64, device=device),
        keywords=torch.tensor(asked, dtype=torch.int64, device=device).view(-1, 2),
        photo_keywords=has_word.to(device),
    )
