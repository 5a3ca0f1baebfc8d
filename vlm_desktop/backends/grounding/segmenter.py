"""CLIPSeg (Lueddecke and Ecker 2022): how much every pixel of a picture answers a phrase.

Pixels above a threshold that hang together are one region; its box is around them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vlm_desktop.backends.grounding.families import said
from vlm_desktop.backends.grounding.network import MOST_REGIONS, PhraseNetwork
from vlm_desktop.backends.grounding.windows import joined, shown
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import FoundRegion
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Size

_SURE = 0.4
"""Pixels above it belong; the authors evaluate at it. Weak answers are cut at half their peak."""
_SMALLEST = 0.0005
"""Smaller regions are specks, in parts of the picture."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the layers that the decoder reads saw."""

    activations: tuple[torch.Tensor, ...]


class TransformersSegmenter(PhraseNetwork):
    """A `PhraseModel` that gives masks; the score of a region is its highest probability."""

    def heat(
        self, image: PixelArray, phrase: str, cancel: CancelToken
    ) -> NDArray[np.float32] | None:
        """Probabilities [rows, columns] over the whole picture, as fine as the network gives."""
        words = said(self._family, phrase)
        if not words:
            return None
        size = Size(image.shape[1], image.shape[0])
        with self._translated(), self._looking(image, cancel) as seen:
            heats = [(part, self._logits(one, words).sigmoid().cpu().numpy()) for part, one in seen]
            return joined(heats, size)

    def _look_at(self, image: PixelArray) -> _Seen:
        pixels, _ = shown(image)
        reader = self._reading().image_processor
        inputs = self._placed(reader(images=Image.fromarray(pixels), return_tensors="pt"))
        layers = self._model.clip.vision_model(**inputs, output_hidden_states=True).hidden_states
        return _Seen(tuple(layers[layer + 1] for layer in self._model.extract_layers))

    def _logits(self, seen: _Seen, words: str) -> torch.Tensor:
        config = self._model.config.text_config
        text = self._placed(
            self._reading().tokenizer(
                words, return_tensors="pt", truncation=True,
                max_length=config.max_position_embeddings,
            )
        )  # fmt: skip
        asked = self._model.get_conditional_embeddings(batch_size=1, **text)
        logits: torch.Tensor = self._model.decoder(seen.activations, asked).logits.float()
        return torch.nan_to_num(logits.reshape(logits.shape[-2:]), nan=-100.0)

    def _answer(self, seen: Any, words: str, size: Size) -> tuple[FoundRegion, ...]:
        logits = self._logits(seen, words)
        whole = torch.nn.functional.interpolate(
            logits[None, None], (size.height, size.width), mode="bilinear", align_corners=False
        )
        return regions_of(whole[0, 0].sigmoid().cpu().numpy())


def regions_of(probabilities: NDArray[np.float32]) -> tuple[FoundRegion, ...]:
    """Regions of a picture's pixels [height, width], the surest first; nothing of a flat one."""
    height, width = probabilities.shape
    peak = float(probabilities.max(initial=0.0))
    bits = probabilities > min(_SURE, peak / 2)
    labels, _ = ndimage.label(bits)
    found = []
    for number, window in enumerate(ndimage.find_objects(labels), start=1):
        part = labels[window] == number
        if part.sum() < _SMALLEST * height * width:
            continue
        rows, columns = window
        mask = Mask(Size(width, height), columns.start, rows.start, part)
        box = mask.box
        if box is not None:
            found.append(FoundRegion(box, float(probabilities[window][part].max()), mask))
    return tuple(sorted(found, key=lambda one: -one.confidence)[:MOST_REGIONS])
