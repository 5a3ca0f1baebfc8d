"""A picture with a few coloured things, and a finder that knows where they are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Finds, FoundRegion, GroundPicture
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.masking import MaskCard

RED, BLUE, BLACK, GREY = (200, 20, 30), (30, 60, 190), (25, 25, 25), (128, 128, 128)
RED_CUP, BLUE_CUP = Box(50, 100, 100, 150), Box(400, 100, 450, 150)
LAPTOP = Box(200, 80, 350, 200)
THINGS: Mapping[str, Sequence[Box]] = {"cup": [RED_CUP, BLUE_CUP], "laptop": [LAPTOP]}


def picture() -> GroundPicture:
    """A red cup, a black laptop, a blue cup, from left to right."""
    pixels = np.full((300, 600, 3), GREY, np.uint8)
    for box, colour in ((RED_CUP, RED), (LAPTOP, BLACK), (BLUE_CUP, BLUE)):
        pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = colour
    return GroundPicture(Path("desk.jpg"), "hash", Size(600, 300), pixels)


class KnowingFinder:
    """Finds what it was told of. `asked` are the nouns it was given."""

    model_id = "knowing"

    def __init__(
        self,
        things: Mapping[str, Sequence[Box]] = THINGS,
        *,
        present: float = 0.9,
        confidence: float = 0.8,
    ) -> None:
        self._things = things
        self._present = present
        self._confidence = confidence
        self.asked: list[str] = []

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        cancel.raise_if_cancelled()
        self.asked.append(noun_phrase)
        boxes = self._things.get(noun_phrase, ())
        regions = tuple(FoundRegion(box, self._confidence) for box in boxes)
        return Finds(noun_phrase, self._present if boxes else 0.05, regions)


class OneFinder:
    """`Finders` with a single one."""

    def __init__(self, finder: KnowingFinder) -> None:
        self._finder = finder

    def search_model(self) -> str:
        return "colours"

    def finder(self, model_id: str = "") -> KnowingFinder:
        return self._finder

    def models(self) -> tuple[MaskCard, ...]:
        return ()

    def automatic(self) -> str:
        return "starter"

    def reads_only_english(self, model_id: str) -> bool:
        return True
