"""Sentences to token ids, through a `tokenizers` file or a SentencePiece model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from vlm_desktop.backends.encoders.cleaning import cleaner
from vlm_desktop.backends.encoders.recipe import TextRecipe
from vlm_desktop.backends.late import resolve

SENTENCEPIECE = "vlm_desktop.backends.encoders.pieces:SiglipPieces"
"""What reads a tokenizer whose name ends in .model."""


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """input_ids int64 [n, length] and attention_mask int64 [n, length], 1 on real tokens."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


class TokenSource(Protocol):
    """Rows of ids with special tokens, cut at a length, not padded."""

    def rows(self, texts: Sequence[str], length: int) -> list[list[int]]: ...


class TextTokens:
    """A tokeniser and the recipe's cleaning, cutting and padding.

    Raises OSError when the file is missing, ValueError when it does not read.
    """

    def __init__(self, path: Path, recipe: TextRecipe) -> None:
        self._recipe = recipe
        self._clean = cleaner(recipe.clean)
        self._source: TokenSource
        if path.suffix == ".model":
            self._source = resolve(SENTENCEPIECE, "reading the words of this model")(path)
        else:
            self._source = _TokenizerFile(path)

    def encode(self, texts: Sequence[str], *, full_length: bool = False) -> TokenBatch:
        """Cut at the context length and pad; `full_length` pads to it whatever the recipe says."""
        recipe = self._recipe
        cleaned = [self._clean(encodable(text)) for text in texts]
        rows = self._source.rows(cleaned, recipe.context_length)
        longest = max((len(row) for row in rows), default=1)
        fixed = full_length or recipe.padding == "max_length"
        length = recipe.context_length if fixed else max(1, longest)
        return pad_rows(rows, length, recipe.pad_id, recipe.padding_side)


class _TokenizerFile:
    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        try:
            self._tokenizer = Tokenizer.from_str(text)
        except Exception as error:  # noqa: BLE001 - `tokenizers` raises bare Exception only
            raise ValueError(f"{path.name}: {error}") from error
        self._tokenizer.no_padding()
        self._length = 0

    def rows(self, texts: Sequence[str], length: int) -> list[list[int]]:
        if length != self._length:
            self._tokenizer.enable_truncation(max_length=length)
            self._length = length
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]


def pad_rows(rows: Sequence[Sequence[int]], length: int, pad_id: int, side: str) -> TokenBatch:
    """Rows of ids to one rectangle. A row without any token attends to one pad."""
    ids = np.full((len(rows), length), pad_id, dtype=np.int64)
    mask = np.zeros((len(rows), length), dtype=np.int64)
    for index, row in enumerate(rows):
        start = length - len(row) if side == "left" else 0
        ids[index, start : start + len(row)] = row
        mask[index, start : start + len(row)] = 1
        if not len(row):
            mask[index, -1 if side == "left" else 0] = 1
    return TokenBatch(ids, mask)


def encodable(text: str) -> str:
    """`text` with lone surrogates (from odd file names) replaced; tokenisers refuse them."""
    return text.encode("utf-8", "replace").decode("utf-8")
