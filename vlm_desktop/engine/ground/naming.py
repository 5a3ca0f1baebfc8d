"""What a region may be called: nouns of a bundled list that fit its pixels best."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import GroundPicture
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box
from vlm_desktop.engine.calibration import read_prompts
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.attributes import crop_of

_MARGINS = (0.0, 0.2)
"""Shares of the box's sides that are shown around it; the nouns' scores are averaged. Of 200 single
objects of COCO photos the starter names 45 % rightly at once, 65 % among the first three."""
_PEOPLE = frozenset({"person", "man", "woman", "boy", "girl", "child", "baby", "face", "hand"})


@dataclass(frozen=True, slots=True)
class Named:
    """A noun and how probable it is among all of the list."""

    noun: str
    probability: float

    @property
    def has_colour(self) -> bool:
        """Whether one would call it by a colour: of people that is what they wear."""
        return self.noun not in _PEOPLE


class Naming:
    """Names regions with the search model. Any thread."""

    def __init__(self, encoders: Encoders, model_id: Callable[[], str]) -> None:
        self._encoders = encoders
        self._model_id = model_id

    def names(
        self, picture: GroundPicture, box: Box, cancel: CancelToken, limit: int = 3
    ) -> tuple[Named, ...]:
        """The likeliest nouns, best first. Raises ModelError, Cancelled."""
        model_id = self._model_id()
        crops = [crop_of(picture, box, margin) for margin in _MARGINS]
        cancel.raise_if_cancelled()
        images = self._encoders.images(model_id, crops)
        cancel.raise_if_cancelled()
        texts = self._encoders.queries(model_id, nouns())
        logits = self._encoders.spec(model_id).logit_scale * (images @ texts.T).mean(axis=0)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = np.argsort(-shares, kind="stable")[:limit]
        return tuple(Named(nouns()[index], float(shares[index])) for index in best.tolist())


@lru_cache(maxsize=1)
def nouns() -> tuple[str, ...]:
    """The bundled list."""
    return tuple(read_prompts(bundled("resources") / "grounding" / "nouns.txt"))
