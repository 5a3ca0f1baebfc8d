"""What the starter assistant learns from: pictures as its tower sees them, texts as its tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends import runtime
from vlm_desktop.backends.chat.starter_folder import CELLS, WHOLE
from vlm_desktop.backends.chat.starter_prompt import wants_caption
from vlm_desktop.backends.encoders.preprocess import Preprocessor, fit
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.backends.runtime import SessionRequest
from vlm_desktop.base.trainerrors import NothingTrainable
from vlm_desktop.training.learners.assistantwriting import (
    AT_ONCE,
    Kept,
    answers_of,
    logits_of,
)
from vlm_desktop.training.learners.frozen import FeatureStore, grey, pixels_of
from vlm_desktop.training.learners.lowrank import Chosen, linear_modules
from vlm_desktop.training.starter.assistant.batches import Text, pack
from vlm_desktop.training.starter.assistant.corpus import plain_answer, plain_caption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vlm_desktop.backends.chat.starter_network import StarterNetwork
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.spec import MethodPart
    from vlm_desktop.training.starter.assistant.batches import Words

LANGUAGE, PROJECTOR, WORDS = "language", "projector", "words"
PARTS = {
    PROJECTOR: ("project.", "project_whole.", "place"),
    LANGUAGE: ("blocks.", "norm."),
    WORDS: ("words.", "order.", "sense."),
}
"""Components of the network by the beginnings of their parameters' names."""
TAUGHT = (LANGUAGE, PROJECTOR)
_MAKER = "starter tower 1"


def chosen_of(network: StarterNetwork, method: MethodPart, model: str) -> Chosen:
    """The linear layers of the components asked for; without, those of the decoder. Raises
    NothingTrainable."""
    targets = method.targets or (LANGUAGE,)
    if not set(targets) <= set(TAUGHT):
        raise NothingTrainable(model=model, targets=", ".join(TAUGHT))
    return Chosen({one: linear_modules(network, PARTS[one]) for one in TAUGHT if one in targets})


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text to learn. `asked` is the question, "" for a caption."""

    text: Text
    asked: str = ""

    @classmethod
    def of(cls, words: Words, asked: str, said: str, row: int) -> Lesson:
        """`row` is where the batch holds its picture and its question's embedding."""
        if wants_caption(asked):
            return cls(words.caption(said))
        text = words.answered(asked, said, 1.0)
        return cls(Text(text.prompt, text.said, sense=row), asked)


def length_of(words: Words, asked: str, said: str) -> int:
    """Tokens of a text to learn; more than `words.longest` where some of it is cut off."""
    text = Lesson.of(words, asked, said, 0).text
    if wants_caption(asked):
        missing = len(words.ids(plain_caption(said))) + 1 - len(text.said)
    else:
        missing = len(words.ids(plain_answer(said))) + 1 - len(text.said)
        missing += len(words.prompts.question(asked)) - len(text.prompt)
    return words.longest + missing if missing else len(text.prompt) + len(text.said)


class AssistantPictures:
    """Cells and embeddings of pictures by the frozen tower, on the disk."""

    def __init__(self, folder: Path, model: str, cache: Path, revision: str) -> None:
        pair = read_pair(folder)
        self._recipe = pair.image
        self._tower_file = folder / pair.image_file
        self._preprocessor = Preprocessor(pair.image)
        self._session: runtime.Session | None = None
        maker = f"{_MAKER} {model} {revision}"
        self._store = FeatureStore(cache, maker, self._look)
        self._names: dict[str, str] = {}

    @property
    def _side(self) -> int:
        return min(self._recipe.size)

    def keep(self, image: str) -> None:
        """Look at a picture unless it was looked at before. Raises MediaRefused."""
        if image not in self._names:
            self._names[image] = self._store.keep(Path(image), self._side)

    def take(
        self, images: Sequence[str], *, blank: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Cells [B,cells,features] and embeddings [B,D] of pictures that were kept."""
        if blank:
            one = self._look(grey(self._side))
            found = [one] * len(images)
        else:
            found = [self._store.get(self._names[image]) for image in images]
        cells = np.stack([one["cells"] for one in found]).astype(np.float32)
        whole = np.stack([one["whole"] for one in found]).astype(np.float32)
        return torch.from_numpy(cells), torch.from_numpy(whole)

    def square(self, image: str) -> PixelArray:
        """A picture as the tower is given it."""
        return fit(pixels_of(Path(image), self._side)[0], self._recipe)

    def _look(self, pixels: PixelArray) -> dict[str, NDArray[np.generic]]:
        if self._session is None:
            self._session = runtime.open_session(SessionRequest(self._tower_file, "cpu", 1))
        values = self._preprocessor.batch([pixels])
        cells, whole = self._session.run([CELLS, WHOLE], {"pixel_values": values})
        return {"cells": cells[0].astype(np.float16), "whole": whole[0]}


class Keeping:
    """Holds the network to its base on pictures of the general kind."""

    def __init__(self, examples: Sequence[Example], weight: float) -> None:
        self._images = list(dict.fromkeys(one.image for one in examples))
        self.weight = weight if self._images else 0.0
        self._texts: list[Text] = []
        self._teachers: list[torch.Tensor] = []

    @property
    def images(self) -> tuple[str, ...]:
        return tuple(self._images) if self.weight else ()

    @torch.no_grad()
    def learn(self, base: StarterNetwork, words: Words, pictures: AssistantPictures) -> None:
        """What the base says of each picture, and how likely it held every other word."""
        device = next(base.parameters()).device
        for start in range(0, len(self.images), AT_ONCE):
            cells, whole = pictures.take(self._images[start : start + AT_ONCE])
            texts = [words.caption(one) for one in answers_of(base, words, (cells, whole))]
            data = {"cells": cells, "whole": whole, "rows": pack([[one] for one in texts])}
            logp = logits_of(base, data, device).log_softmax(-1)
            self._teachers += [
                one.half().cpu() for one in torch.split(logp, [len(one.said) for one in texts])
            ]
            self._texts += texts

    def draw(
        self, generators: Sequence[torch.Generator], pictures: AssistantPictures
    ) -> Kept | None:
        """One picture for each generator; None where nothing is held."""
        if not self._texts:
            return None
        rows = [int(torch.randint(len(self._texts), (1,), generator=one)) for one in generators]
        cells, whole = pictures.take([self._images[row] for row in rows])
        data = {
            "cells": cells,
            "whole": whole,
            "rows": pack([[self._texts[row]] for row in rows]),
        }
        return Kept(data, torch.cat([self._teachers[row] for row in rows]))
