"""Models of the shelf that find phrases, as `Finder`s: asked, calibrated, led back to full size."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from vlm_desktop.backends.protocols import PhraseModel
from vlm_desktop.backends.segmentation.scaling import resized_mask
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Finds, FoundRegion, GroundPicture
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.detections import (
    NullBand,
    best_score,
    heatmap,
    null_band,
    null_nouns,
)
from vlm_desktop.engine.ground.onemodel import OneModel
from vlm_desktop.engine.residents import Residents

_MOST_REGIONS = 36
_LEAST = 0.02
"""Regions that are less probable are not named."""
_NULLS, _NULLS_SLOW = 8, 3
"""How many null phrases a picture is asked for: fewer where each costs a whole pass."""
_KEPT_PICTURES = 256


class PhraseModels:
    """Finders over models of the shelf; one model at a time lies in memory. Any thread.

    `open_model` opens a model without its weights.
    """

    def __init__(
        self, open_model: Callable[[str], PhraseModel], residents: Callable[[], Residents]
    ) -> None:
        self._memory: OneModel[PhraseModel] = OneModel(open_model, residents)

    def finder(self, model_id: str) -> "ModelFinder":
        """A finder over a model; nothing is opened before it is asked."""
        return ModelFinder(model_id, self._memory)

    def release(self, model_id: str) -> None:
        """Let go of a model that is being removed; waits for its answer."""
        self._memory.release(model_id)

    def renew_later(self) -> None:
        """Open every model anew at its next use."""
        self._memory.renew_later()

    def close(self) -> None:
        """Free the weights."""
        self._memory.close()


class ModelFinder:
    """A `Finder` over a `PhraseModel`.

    The first phrase of a picture costs a few more passes, for null phrases; their scores are
    remembered by the picture's contents.
    """

    def __init__(self, model_id: str, memory: OneModel[PhraseModel]) -> None:
        self._model_id = model_id
        self._memory = memory
        self._lock = threading.Lock()
        self._nulls: OrderedDict[tuple[str, str], dict[str, float]] = OrderedDict()

    @property
    def model_id(self) -> str:
        return self._model_id

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        """See `Finder`. Raises ModelError, Cancelled."""
        return self._memory.asked(
            self._model_id, cancel, lambda model: self._find(model, picture, noun_phrase, cancel)
        )

    def _find(
        self, model: PhraseModel, picture: GroundPicture, phrase: str, cancel: CancelToken
    ) -> Finds:
        (found,) = model.find(picture.pixels, [phrase], cancel)
        band = self._band(model, picture, phrase, cancel)
        even = model.traits.even
        present = band.probability(best_score(found), even)
        height, width = picture.pixels.shape[:2]
        regions = tuple(
            _at_full_size(
                replace(one, confidence=band.probability(one.confidence, even), label=phrase),
                Size(width, height),
                picture.size,
            )
            for one in found[:_MOST_REGIONS]
        )
        likely = tuple(one for one in regions if one.confidence >= _LEAST)
        own = model.heat(picture.pixels, phrase, cancel)
        strength = band.stands_out(best_score(found))
        return Finds(phrase, present, likely, heatmap(own, likely, picture.size, strength))

    def _band(
        self, model: PhraseModel, picture: GroundPicture, phrase: str, cancel: CancelToken
    ) -> NullBand:
        """What the model says of things that are not in this picture; it is asked once."""
        wanted = null_nouns(phrase, _NULLS if model.traits.looks_once else _NULLS_SLOW)
        key = (picture.content_hash, model.spec.revision)
        with self._lock:
            known = dict(self._nulls.get(key, {}))
        missing = [noun for noun in wanted if noun not in known]
        if missing:
            answers = model.find(picture.pixels, missing, cancel)
            known |= {noun: best_score(one) for noun, one in zip(missing, answers, strict=True)}
            self._keep(key, known)
        return null_band([known[noun] for noun in wanted])

    def _keep(self, key: tuple[str, str], scores: dict[str, float]) -> None:
        with self._lock:
            self._nulls[key] = scores
            self._nulls.move_to_end(key)
            while len(self._nulls) > _KEPT_PICTURES:
                self._nulls.popitem(last=False)


def _at_full_size(region: FoundRegion, given: Size, size: Size) -> FoundRegion:
    """A region of the pixels that were looked at, in the picture at its full size."""
    across, down = size.width / given.width, size.height / given.height
    box = region.box
    mask = region.mask
    return replace(
        region,
        box=Box(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down),
        mask=resized_mask(mask, size) if mask is not None else None,
    )
