"""Sentences to token ids through a `tokenizers` file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from vlm_desktop.backends.encoders.cleaning import cleaner
from vlm_desktop.backends.encoders.recipe import TextRecipe


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """input_ids int64 [n, length] and attention_mask int64 [n, length], 1 on real tokens."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


class TextTokens:
    """A tokeniser file and the recipe's cutting and padding.

    Raises OSError when the file is missing, ValueError when it does not read.
    """

    def __init__(self, path: Path, recipe: TextRecipe) -> None:
        self._recipe = recipe
        self._clean = cleaner(recipe.clean)
        try:
            self._tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - `tokenizers` raises bare Exception only
            raise ValueError(f"{path.name}: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=recipe.context_length)

    def encode(self, texts: Sequence[str], *, full_length: bool = False) -> TokenBatch:
        """Cut at the context length and pad; `full_length` pads to it whatever the recipe says."""
        cleaned = [self._clean(encodable(text)) for text in texts]
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(cleaned)]
        longest = max((len(row) for row in rows), default=1)
        fixed = full_length or self._recipe.padding == "max_length"
        length = self._recipe.context_length if fixed else max(1, longest)
        return pad_rows(rows, length, self._recipe.pad_id, self._recipe.padding_side)


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
