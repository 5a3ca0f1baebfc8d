"""Between a picture and the square that a network takes: pixels, prompts and masks, both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.encoders.preprocess import resize, value_tables
from vlm_desktop.backends.segmentation.families import PADDED
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.grounding import MaskChoice, MaskLevel, ObjectPrompt
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Size

REMOVES, ADDS, FIRST_CORNER, LAST_CORNER, PADDING = 0, 1, 2, 3, -1
"""Labels of points, as all these networks were trained."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Square:
    """How pictures of one size lie in the square of a model: in its left top `width` x `height`
    pixels of `side` x `side`."""

    folder: MaskFolder
    size: Size
    width: int
    height: int

    @classmethod
    def of(cls, folder: MaskFolder, size: Size) -> "Square":
        side = folder.side
        if folder.family.fit != PADDED:
            return cls(folder, size, side, side)
        scale = side / max(size.width, size.height)
        wide, high = (max(1, int(one * scale + 0.5)) for one in (size.width, size.height))
        return cls(folder, size, wide, high)

    def pixel_values(self, image: PixelArray) -> Floats:
        """uint8 [h, w, 3] -> [1, 3, side, side]; what is padded is zero."""
        side = self.folder.side
        small = resize(image, (self.height, self.width), self.folder.recipe.resample)
        values = np.zeros((1, 3, side, side), np.float32)
        for channel, table in enumerate(value_tables(self.folder.recipe)):
            values[0, channel, : self.height, : self.width] = table[small[:, :, channel]]
        return values

    def prompt(self, prompt: ObjectPrompt) -> tuple[Floats, NDArray[np.int64]]:
        """Points [1, 1, n, 2] in pixels of the square, and what each is [1, 1, n].

        A box is two points of their own kinds. n is at least 2.
        """
        places = [(point.x, point.y) for point in prompt.points]
        labels = [ADDS if point.adds else REMOVES for point in prompt.points]
        box = prompt.box
        if box is not None:
            places += [(box.x0, box.y0), (box.x1, box.y1)]
            labels += [FIRST_CORNER, LAST_CORNER]
        if box is None or self.folder.family.pads_boxes:
            places.append((0.0, 0.0))
            labels.append(PADDING)
        scale = (self.width / self.size.width, self.height / self.size.height)
        points = np.array(places, np.float32) * np.array(scale, np.float32)
        return points[None, None], np.array(labels, np.int64)[None, None]

    def masks(self, logits: Floats) -> tuple[Mask, ...]:
        """[k, h, w] of the square -> masks of the picture's size; what is above 0 belongs."""
        return tuple(Mask.of(self._at_size(one) > 0) for one in logits)

    def _at_size(self, logits: Floats) -> NDArray[np.float32]:
        wanted = (self.size.width, self.size.height)
        if self.folder.family.fit == PADDED:
            side = self.folder.side
            whole = cv2.resize(logits, (side, side), interpolation=cv2.INTER_LINEAR)
            logits = whole[: self.height, : self.width]
        return np.asarray(cv2.resize(logits, wanted, interpolation=cv2.INTER_LINEAR), np.float32)


def is_ambiguous(prompt: ObjectPrompt) -> bool:
    """Whether it is a lone click, which may mean a whole thing or a part of it.

    The networks learnt to answer those with three masks, and all else with one.
    """
    return prompt.box is None and len(prompt.points) == 1


def choices(masks: Sequence[Mask], scores: Floats) -> tuple[MaskChoice, ...]:
    """Answers best first; the largest is the whole, then come part and subpart. Empty ones go."""
    levels = tuple(MaskLevel)
    by_area = sorted(range(len(masks)), key=lambda place: -masks[place].area)
    made = [
        MaskChoice(masks[place], float(np.clip(scores[place], 0, 1)), levels[min(rank, 2)])
        for rank, place in enumerate(by_area)
        if masks[place].area
    ]
    return tuple(sorted(made, key=lambda choice: -choice.score))
