"""A promptable segmenter that needs no model: colour, edges and graph cuts.

It fulfils `MaskModel`. A picture is reduced once; each prompt then works on a small cut-out, so
that a first mask takes a fraction of a second whatever the size of the photo.
"""

import numpy as np

from vlm_desktop.backends.segmentation.clickboxes import box_overlaps
from vlm_desktop.backends.segmentation.clickchoice import likely_boxes
from vlm_desktop.backends.segmentation.clickmaps import PictureMaps, picture_maps
from vlm_desktop.backends.segmentation.cuts import cut_box, picture_size
from vlm_desktop.backends.segmentation.refining import refined
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import (
    CLASSICAL,
    MaskChoice,
    MaskFeatures,
    MaskModelSpec,
    ObjectPrompt,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box

__all__ = ["CLASSICAL", "ClassicalSegmenter"]


class ClassicalSegmenter:
    """See the module. Keeps no state: any thread."""

    @property
    def spec(self) -> MaskModelSpec:
        return MaskModelSpec(CLASSICAL, "1", device="cpu", precision="float32")

    def encode(self, image: PixelArray, cancel: CancelToken) -> MaskFeatures:
        """The picture, reduced, with its edges, main colours and regions; `features.size` is the
        reduced size."""
        cancel.raise_if_cancelled()
        maps = picture_maps(image)
        return MaskFeatures(picture_size(maps.image), maps.arrays())

    def decode(
        self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
    ) -> tuple[MaskChoice, ...]:
        """Masks for one object, the best first: one for a box, up to three for clicks alone."""
        cancel.raise_if_cancelled()
        maps = PictureMaps.of(features.arrays)
        if prompt.box is not None:
            mask = cut_box(maps, prompt.box, prompt.points)
            return (MaskChoice(mask, _reach(mask, prompt.box)),)
        choices = []
        for number, likely in enumerate(likely_boxes(maps, prompt.points)):
            cancel.raise_if_cancelled()
            mask = cut_box(maps, likely.box, prompt.points, is_guess=True, is_quick=number > 0)
            choices.append(MaskChoice(mask, likely.score))
        return tuple(choices)

    def refine(
        self, image: PixelArray, mask: Mask, prompt: ObjectPrompt, cancel: CancelToken
    ) -> Mask:
        """The mask drawn along the pixels of `image`, whose size it and the prompt have."""
        cancel.raise_if_cancelled()
        return refined(image, mask, prompt, cancel)

    def unload(self) -> None:
        """Nothing is held."""


def _reach(mask: Mask, box: Box) -> float:
    """How far the mask goes towards the sides of its box: intersection over union."""
    found = mask.box
    if found is None:
        return 0.0
    pair = (np.array([[one.x0, one.y0, one.x1, one.y1]]) for one in (found, box))
    return float(box_overlaps(*pair)[0, 0])
