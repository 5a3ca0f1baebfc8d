"""A promptable segmenter that needs no model: colour, edges and graph cuts.

It fulfils `MaskModel`. A picture is reduced once; each prompt then works on a small cut-out, so
that a first mask takes a fraction of a second whatever the size of the photo.
"""

import numpy as np

from vlm_desktop.backends.segmentation.cuts import cut_box
from vlm_desktop.backends.segmentation.scaling import reduced
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import (
    MaskChoice,
    MaskFeatures,
    MaskModelSpec,
    ObjectPrompt,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size

CLASSICAL = "classical"
_SEEN_PIXELS = 640 * 480


class ClassicalSegmenter:
    """See the module. Keeps no state: any thread."""

    @property
    def spec(self) -> MaskModelSpec:
        return MaskModelSpec(CLASSICAL, "1", device="cpu", precision="float32")

    def encode(self, image: PixelArray, cancel: CancelToken) -> MaskFeatures:
        """The picture, reduced; `features.size` is the reduced size."""
        cancel.raise_if_cancelled()
        small = reduced(image, _SEEN_PIXELS)
        height, width = small.shape[:2]
        return MaskFeatures(Size(width, height), {"image": small.astype(np.float32)})

    def decode(
        self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
    ) -> tuple[MaskChoice, ...]:
        """Masks for one object, the best first."""
        cancel.raise_if_cancelled()
        image = features.arrays["image"].astype(np.uint8)
        if prompt.box is not None:
            return (MaskChoice(cut_box(image, prompt.box, prompt.points), 0.8),)
        choices = []
        adding = [point for point in prompt.points if point.adds]
        side = max(features.size.width, features.size.height)
        for factor, score in ((1.0, 0.4), (2.0, 0.3), (0.5, 0.2)):
            reach = 0.05 * side * factor
            box = Box(
                max(0.0, min(point.x for point in adding) - reach),
                max(0.0, min(point.y for point in adding) - reach),
                min(features.size.width, max(point.x for point in adding) + reach),
                min(features.size.height, max(point.y for point in adding) + reach),
            )
            choices.append(MaskChoice(cut_box(image, box, prompt.points, strict=False), score))
        return tuple(choices)

    def refine(
        self, image: PixelArray, mask: Mask, prompt: ObjectPrompt, cancel: CancelToken
    ) -> Mask:
        """The mask drawn along the pixels of `image`, whose size it has."""
        cancel.raise_if_cancelled()
        return mask

    def unload(self) -> None:
        """Nothing is held."""
