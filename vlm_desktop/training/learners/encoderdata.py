"""What the starter's encoder learns from: cells of pictures, tokens of texts, and what is held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer

from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.backends.encoders.preprocess import fit
from vlm_desktop.backends.encoders.tokens import TextTokens
from vlm_desktop.base.trainerrors import NothingTrainable
from vlm_desktop.training.learners.contrast import hardest
from vlm_desktop.training.learners.frozen import FeatureStore, grey, kept_rows, pixels_of
from vlm_desktop.training.learners.lowrank import Chosen, linear_modules
from vlm_desktop.training.learners.phrases import everyday_phrases
from vlm_desktop.training.learners.protocol import Xray, XrayToken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import nn

    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.spec import MethodPart

TEXT, TEXT_HEAD, IMAGE_HEAD, WORDS, TEMPERATURE = (
    "text", "text-head", "image-head", "words", "temperature",
)  # fmt: skip
PARTS = {
    TEXT: ("text.encoder.layers.",),
    TEXT_HEAD: ("text.norm.", "text.project.", "text.residual."),
    IMAGE_HEAD: ("head.",),
    WORDS: ("text.encoder.words.", "text.encoder.places.", "text.encoder.segment",
            "text.encoder.norm."),
    TEMPERATURE: ("log_scale", "offset"),
}  # fmt: skip
"""Components of `EncoderTowers` by the beginnings of their parameters' names."""
TAUGHT = (TEXT, TEXT_HEAD, IMAGE_HEAD)
_MAKER = "starter encoder 1"


def chosen_of(towers: nn.Module, method: MethodPart, model: str) -> Chosen:
    """The linear layers of the components asked for; without, those of the text tower. Raises
    NothingTrainable."""
    targets = method.targets or (TEXT, TEXT_HEAD)
    if not set(targets) <= set(TAUGHT):
        raise NothingTrainable(model=model, targets=", ".join(TAUGHT))
    return Chosen({one: linear_modules(towers, PARTS[one]) for one in TAUGHT if one in targets})


class EncoderPictures:
    """Cells of pictures by the frozen part of the image tower, and the base's vectors, on disk."""

    def __init__(self, folder: Path, model: str, cache: Path, revision: str) -> None:
        self.base = OnnxDualEncoder(folder, model_id=model, provider="cpu", threads=1)
        recipe = self.base.recipe
        self._recipe = recipe.image
        self._tokens = TextTokens(folder / recipe.text.tokenizer, recipe.text)
        self._pieces = Tokenizer.from_file(str(folder / recipe.text.tokenizer))
        self._cells = self.base.cells()
        self._cache, self._maker = cache, f"{_MAKER} {model} {revision}"
        self._store = FeatureStore(cache, self._maker, self._look)
        self._names: dict[str, str] = {}

    @property
    def side(self) -> int:
        return min(self._recipe.size)

    def keep(self, image: str) -> None:
        """Look at a picture unless it was looked at before. Raises MediaRefused."""
        if image not in self._names:
            self._names[image] = self._store.keep(Path(image), self.side)

    def cells(self, images: Sequence[str], *, blank: bool = False) -> torch.Tensor:
        """[B,cells,features] of pictures that were kept."""
        return self._stacked("cells", images, blank=blank)

    def vectors(self, images: Sequence[str], *, blank: bool = False) -> torch.Tensor:
        """The base's unit rows [B,D]."""
        return self._stacked("vector", images, blank=blank)

    def _stacked(self, name: str, images: Sequence[str], *, blank: bool) -> torch.Tensor:
        if blank:
            found = [self._look(grey(self.side))[name]] * len(images)
        else:
            found = [self._store.get(self._names[image])[name] for image in images]
        return torch.from_numpy(np.stack(found).astype(np.float32))

    def tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask [T,n]."""
        batch = self._tokens.encode(texts)
        return torch.from_numpy(batch.ids), torch.from_numpy(batch.mask)

    def rows_of(self, texts: Sequence[str]) -> torch.Tensor:
        """The base's unit rows of texts [T,D], from the disk where they were asked for before."""
        rows = kept_rows(self._cache, self._maker, texts, self.base.encode_texts)
        return torch.from_numpy(rows)

    def piece(self, token: int) -> str:
        """What a token stands for."""
        return self._pieces.id_to_token(token) or ""

    def square(self, image: str) -> PixelArray:
        """A picture as the tower is given it."""
        return fit(pixels_of(Path(image), self.side)[0], self._recipe)

    def _look(self, pixels: PixelArray) -> dict[str, NDArray[np.generic]]:
        cells = self._cells.look([pixels])
        everything = np.ones((1, cells.shape[1]), np.float32)
        vector = self._cells.pool(cells[0], everything)
        return {"cells": cells[0].astype(np.float16), "vector": vector[0]}

    def close(self) -> None:
        self.base.close()


class Held:
    """Everyday phrases and pictures of the general kind, with the base's vectors of them."""

    def __init__(self, images: Sequence[str], texts: Sequence[str]) -> None:
        self.images = tuple(dict.fromkeys(images))
        self.texts = tuple(dict.fromkeys((*everyday_phrases(), *texts)))
        self.text_rows = self.image_rows = torch.empty(0)

    def learn(self, pictures: EncoderPictures) -> None:
        """Encode them with the base."""
        self.text_rows = pictures.rows_of(self.texts)
        empty = self.text_rows[:0]
        self.image_rows = pictures.vectors(self.images) if self.images else empty

    def without(self, texts: Sequence[str]) -> torch.Tensor:
        """Rows of phrases that hold none of these texts, and are held in none."""
        said = [one.lower() for one in texts]
        free = [
            row
            for row, phrase in enumerate(self.texts)
            if not any(one in phrase.lower() or phrase.lower() in one for one in said)
        ]
        return torch.tensor(free, dtype=torch.int64)


def text_of(example: Example) -> str:
    """What is learned for its picture: a name, or a caption."""
    return example.turns[0].answer


def hard_of(
    pictures: EncoderPictures, examples: Sequence[Example], count: int
) -> dict[str, tuple[str, ...]]:
    """For each example's key those of the same split that the base takes for it, hardest first."""
    found: dict[str, tuple[str, ...]] = {}
    for split in {one.split for one in examples}:
        mine = [one for one in examples if one.split is split]
        texts = [text_of(one) for one in mine]
        rows = torch.from_numpy(pictures.base.encode_texts(texts))
        images = pictures.vectors([one.image for one in mine])
        same = torch.tensor([[one == other for other in texts] for one in texts])
        places = hardest(rows, images, same, count).tolist()
        for one, row in zip(mine, places, strict=True):
            found[one.key] = tuple(mine[at].key for at in row if at >= 0)
    return found


def xray_of(pictures: EncoderPictures, example: Example) -> Xray:
    """An example as the towers are given it."""
    ids, mask = pictures.tokens([text_of(example)])
    tokens = tuple(
        XrayToken(one, pictures.piece(one), is_supervised=True, is_image=False)
        for one, kept in zip(ids[0].tolist(), mask[0].tolist(), strict=True)
        if kept
    )
    return Xray(example.key, pictures.square(example.image), text_of(example), tokens, 0, 0)
