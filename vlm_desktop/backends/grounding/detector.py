"""Grounding DINO, MM Grounding DINO, OWL-ViT and OWLv2: boxes with scores in one pass.

What sets them apart is in `families`. Grounding DINO (Liu et al. 2023) looks at a picture with
the phrase in mind, so every phrase is a whole pass. OWL-ViT (Minderer et al. 2022) and OWLv2 look
once and compare what they saw with the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from vlm_desktop.backends.grounding.coordinates import boxes_within, from_centres
from vlm_desktop.backends.grounding.network import MOST_REGIONS, PhraseNetwork
from vlm_desktop.backends.grounding.thinning import thinned
from vlm_desktop.backends.grounding.windows import shown
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.grounding import FoundRegion
from vlm_desktop.base.types import Size


@dataclass(frozen=True, slots=True)
class _Seen:
    """`inputs` of a picture on the device, or the `features` and boxes of each of its cells."""

    size: Size
    inputs: Mapping[str, Any]
    features: torch.Tensor | None = None
    boxes: torch.Tensor | None = None


class TransformersDetector(PhraseNetwork):
    """A `PhraseModel`; its scores are the sigmoid of the best match with any word of a phrase."""

    def _look_at(self, image: PixelArray) -> _Seen:
        pixels, size = shown(image)
        reader = self._reading().image_processor
        inputs = self._placed(reader(images=Image.fromarray(pixels), return_tensors="pt"))
        if not self._family.pictures_apart:
            return _Seen(size, inputs)
        grid = self._model.image_embedder(**inputs)[0]
        cells = grid.flatten(1, 2)
        return _Seen(size, {}, cells, self._model.box_predictor(cells, grid))

    def _answer(self, seen: _Seen, words: str, size: Size) -> tuple[FoundRegion, ...]:
        if seen.features is None:
            logits, centres = self._together(seen, words)
        else:
            logits, centres = self._apart(seen, words)
        scores = torch.nan_to_num(logits.float().sigmoid()).amax(-1).cpu().numpy()
        places = centres.float().cpu().numpy()
        return self._regions(scores, places, seen.size, size)

    def _together(self, seen: _Seen, words: str) -> tuple[torch.Tensor, torch.Tensor]:
        """One pass of picture and phrase -> logits [boxes, words], boxes [boxes, 4]."""
        config = self._model.config
        text = self._reading().tokenizer(
            words, return_tensors="pt", truncation=True, max_length=config.max_text_len
        )
        said = self._model(**seen.inputs, **self._placed(text))
        return said.logits[0], said.pred_boxes[0]

    def _apart(self, seen: _Seen, words: str) -> tuple[torch.Tensor, torch.Tensor]:
        """What was seen, compared with the words -> logits [boxes, 1], boxes [boxes, 4]."""
        config = self._model.config.text_config
        text = self._placed(
            self._reading().tokenizer(
                words, return_tensors="pt", padding="max_length", truncation=True,
                max_length=config.max_position_embeddings,
            )
        )  # fmt: skip
        tower = getattr(self._model, self._family.model_type)
        asked = tower.get_text_features(**text).pooler_output
        asked = asked / torch.linalg.norm(asked, ord=2, dim=-1, keepdim=True)
        logits, _ = self._model.class_predictor(seen.features, asked[None])
        assert seen.boxes is not None
        return logits[0], seen.boxes[0]

    def _regions(
        self, scores: NDArray[np.float32], centres: NDArray[np.float32], given: Size, size: Size
    ) -> tuple[FoundRegion, ...]:
        """The boxes that count, best first."""
        corners = from_centres(centres, given, square=self._family.square)
        found = [
            FoundRegion(box, float(score))
            for box, score in zip(boxes_within(corners, size), scores, strict=True)
            if box is not None
        ]
        found.sort(key=lambda region: -region.confidence)
        counting = [one for one in found if one.confidence > self._family.floor] or found[:1]
        return thinned(counting, MOST_REGIONS)
