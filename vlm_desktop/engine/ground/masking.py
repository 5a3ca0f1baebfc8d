"""`services.ground.masks`: an outline for every way of pointing at an object.

The classical segmenter answers at once and needs no model. Promptable models of the shelf answer
when one is asked for by its id, and where none is named once one is installed (`automatic`): a
front shows the classical outline first and puts the model's in its place. Both are told and give
places in pixels of `picture.size`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from vlm_desktop.backends.segmentation.classical import ClassicalSegmenter
from vlm_desktop.backends.segmentation.scaling import resized_mask
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelError, ModelUnknown
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import (
    AUTOMATIC,
    CLASSICAL,
    GroundPicture,
    MaskChoice,
    MaskFeatures,
    MaskLevel,
    ObjectPrompt,
)
from vlm_desktop.base.masks import Mask, overlap
from vlm_desktop.base.types import Size
from vlm_desktop.engine.destinations import writing_to
from vlm_desktop.engine.ground.exportfiles import put_data
from vlm_desktop.engine.ground.pointing import checked_prompt, scaled_prompt
from vlm_desktop.media.maskpictures import mask_png

_KEPT = 4
_SAME = 0.9


@dataclass(frozen=True, slots=True)
class MaskCard:
    """A promptable model on the disk, as a list shows it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """Masks for one object at the size of the picture.

    `choices` go from the largest to the smallest, and `best` is the index of the one to show
    first; there may be one or two where others would be the same, and none where nothing is left
    of a mask. `is_rough`: `refine` can follow the picture's own pixels better. `seconds` is what
    answering took, looking at the picture included.
    """

    choices: tuple[MaskChoice, ...]
    best: int
    model: str
    seconds: float
    is_rough: bool


class ModelMasks(Protocol):
    """Promptable models of the shelf, as `Masking` needs them. Any thread."""

    def models(self) -> tuple[MaskCard, ...]:
        """Those on the disk."""
        ...

    def automatic(self) -> str:
        """The id of the one that answers where none is named; "" where none is able to."""
        ...

    def refuse(self, model_id: str, error: ModelError) -> None:
        """It failed though nobody named it: another one is the automatic one from now on."""
        ...

    def is_ready(self, content_hash: str, model_id: str) -> bool:
        """Whether a click needs the decoder alone."""
        ...

    def prepare(
        self, picture: GroundPicture, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Look at the picture and keep what was seen. Raises ModelError, Cancelled."""
        ...

    def segment(
        self, picture: GroundPicture, prompt: ObjectPrompt, cancel: CancelToken, model_id: str
    ) -> tuple[MaskChoice, ...]:
        """Masks for a prompt in pixels of `picture.size`, of that size, in any order.

        Raises ModelUnknown, ModelError, Cancelled.
        """
        ...


class Masking:
    """Masks for prompts. A pure function of picture and prompt; what was seen of the last
    pictures stays at hand, so a further click costs less. Any thread."""

    def __init__(self, shelf: ModelMasks | None = None) -> None:
        self._shelf = shelf
        self._classical = ClassicalSegmenter()
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Size], MaskFeatures] = OrderedDict()

    def models(self) -> tuple[MaskCard, ...]:
        """Promptable models that can be asked for; the classical segmenter is not among them."""
        return self._shelf.models() if self._shelf else ()

    def automatic(self) -> str:
        """Who is asked where AUTOMATIC is: a promptable model's id, CLASSICAL where none is
        installed that fits into memory and did not fail. Quick; an answer of seconds ago."""
        return (self._shelf.automatic() if self._shelf else "") or CLASSICAL

    def is_ready(self, content_hash: str, model_id: str = AUTOMATIC) -> bool:
        """Whether the next click is answered without looking at the picture anew."""
        asked = model_id or self.automatic()
        if self._shelf and asked != CLASSICAL:
            return self._shelf.is_ready(content_hash, asked)
        with self._lock:
            return any(kept == content_hash for kept, _ in self._kept)

    def prepare(
        self, picture: GroundPicture, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Look at a picture before anyone clicks.

        Raises Cancelled, and ModelError for a model that was named.
        """
        asked = model_id or self.automatic()
        if asked == CLASSICAL:
            self._seen(picture, cancel)
            return
        shelf = self._models(asked)
        try:
            yield from shelf.prepare(picture, asked, cancel)
        except ModelError as error:
            if model_id != AUTOMATIC:
                raise
            shelf.refuse(asked, error)
            yield from self.prepare(picture, AUTOMATIC, cancel)

    def segment(
        self,
        picture: GroundPicture,
        prompt: ObjectPrompt,
        cancel: CancelToken,
        *,
        model_id: str = AUTOMATIC,
    ) -> Segmented:
        """Masks of what `prompt` points at; CLASSICAL asks the segmenter that needs no model.

        AUTOMATIC asks whom `automatic` names, and where that one fails the next; `Segmented.model`
        says who answered. A box that reaches beyond the picture is cut off. Raises PromptEmpty,
        PromptOutside, Cancelled, and ModelUnknown, ModelError for a model that was named.
        """
        began = time.monotonic()
        prompt = checked_prompt(prompt, picture.size)
        asked = model_id or self.automatic()
        try:
            choices, best = _ordered(self._masks(picture, prompt, cancel, asked))
        except ModelError as error:
            if model_id != AUTOMATIC or asked == CLASSICAL:
                raise
            self._models(asked).refuse(asked, error)
            return self.segment(picture, prompt, cancel)
        seconds = time.monotonic() - began
        return Segmented(choices, best, asked, seconds, is_rough=asked == CLASSICAL)

    def refine(
        self, picture: GroundPicture, prompt: ObjectPrompt, mask: Mask, cancel: CancelToken
    ) -> Mask:
        """The mask with its outline drawn along the picture's own pixels. For idle moments.

        What the prompt says stays true: points that add are in it, those that remove are not.
        Raises Cancelled.
        """
        height, width = picture.pixels.shape[:2]
        size = Size(width, height)
        asked = scaled_prompt(checked_prompt(prompt, picture.size), picture.size, size)
        coarse = resized_mask(mask, size)
        fine = self._classical.refine(picture.pixels, coarse, asked, cancel)
        return resized_mask(fine, picture.size)

    def save(self, mask: Mask, target: Path) -> None:
        """Write a mask as a PNG of the picture's size, white where a pixel belongs.

        Raises DestinationNotWritable, DiskFull.
        """
        data = mask_png(mask.full())
        with writing_to(target):
            put_data(target, data)

    def _masks(
        self, picture: GroundPicture, prompt: ObjectPrompt, cancel: CancelToken, model: str
    ) -> tuple[MaskChoice, ...]:
        """What one model, or none, answers; at the size of the picture."""
        if model != CLASSICAL:
            return self._models(model).segment(picture, prompt, cancel, model)
        features = self._seen(picture, cancel)
        asked = scaled_prompt(prompt, picture.size, features.size)
        return tuple(
            replace(choice, mask=resized_mask(choice.mask, picture.size))
            for choice in self._classical.decode(features, asked, cancel)
        )

    def _models(self, model_id: str) -> ModelMasks:
        if self._shelf is None:
            raise ModelUnknown(model=model_id, known=CLASSICAL)
        return self._shelf

    def _seen(self, picture: GroundPicture, cancel: CancelToken) -> MaskFeatures:
        height, width = picture.pixels.shape[:2]
        key = picture.content_hash, Size(width, height)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        seen = self._classical.encode(picture.pixels, cancel)
        with self._lock:
            self._kept[key] = seen
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return seen


def _ordered(choices: tuple[MaskChoice, ...]) -> tuple[tuple[MaskChoice, ...], int]:
    """Those that differ from the largest to the smallest, with levels to match, and the best."""
    kept: list[MaskChoice] = []
    for choice in sorted(choices, key=lambda choice: -choice.score):
        if choice.mask.area and all(overlap(choice.mask, other.mask) < _SAME for other in kept):
            kept.append(choice)
    levels = tuple(MaskLevel)
    best = kept[:1]
    kept = sorted(kept[: len(levels)], key=lambda choice: -choice.mask.area)
    named = tuple(replace(one, level=level) for one, level in zip(kept, levels, strict=False))
    return named, kept.index(best[0]) if best else 0
