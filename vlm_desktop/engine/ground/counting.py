"""How many of something there are: `services.ground.counting`. For the lane "ground"."""

import math
import time
from collections.abc import Sequence

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Counted, CountedPoint, FoundRegion, GroundPicture
from vlm_desktop.engine.ground import spatial
from vlm_desktop.engine.ground.clauses import parsed
from vlm_desktop.engine.ground.phrases import Phrases
from vlm_desktop.engine.ground.verdicts import ABSENT

_SAME_OVERLAP = 0.5
_WITHIN = 0.85
"""Two boxes are of one thing where they overlap by the first, or the smaller lies in the larger by
the second and is nearly as large."""
_NEARLY = 0.6


class Counting:
    """Counts what a phrase names. What a person adds or removes afterwards is not its business."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def count(
        self, picture: GroundPicture, phrase: str, cancel: CancelToken, *, model_id: str = ""
    ) -> Counted:
        """A dot for each region of which every clause holds; none where it is not here.

        How many the phrase itself speaks of ("two cups") does not matter. Raises PhraseEmpty,
        ModelUnknown, FindsNoPhrases, ModelError, Cancelled.
        """
        began = time.monotonic()
        read = parsed(phrase)
        look = self._phrases.look(picture, cancel, model_id)
        weighed = look.weigh(read.thing)
        holding = weighed.that_hold() if weighed.present >= ABSENT else []
        regions = _apart([one.surest() for one in holding])
        sure = [one.confidence for one in regions]
        return Counted(
            phrase=read.text,
            points=tuple(_point(region) for region in regions),
            present=weighed.present,
            expected=sum(sure),
            spread=math.sqrt(sum(one * (1 - one) for one in sure)),
            model=look.finder.model_id,
            seconds=time.monotonic() - began,
        )


def _apart(regions: Sequence[FoundRegion]) -> list[FoundRegion]:
    """The surest of every group of regions that are one thing; the surest first."""
    kept: list[FoundRegion] = []
    for region in sorted(regions, key=lambda one: -one.confidence):
        if not any(_is_same(region, other) for other in kept):
            kept.append(region)
    return kept


def _is_same(one: FoundRegion, other: FoundRegion) -> bool:
    if spatial.overlap(one.box, other.box) >= _SAME_OVERLAP:
        return True
    small, large = sorted((spatial.area(one.box), spatial.area(other.box)))
    within = spatial.common(one.box, other.box) >= _WITHIN * small
    return within and small >= _NEARLY * large


def _point(region: FoundRegion) -> CountedPoint:
    """The middle of the box, or of a mask that has nothing there, its pixel next to it."""
    x, y = spatial.centre(region.box)
    mask = region.mask
    if mask is not None and not mask.holds(x, y) and mask.bits.any():
        rows, columns = np.nonzero(mask.bits)
        away = (columns + mask.left + 0.5 - x) ** 2 + (rows + mask.top + 0.5 - y) ** 2
        nearest = int(away.argmin())
        x = float(columns[nearest]) + mask.left + 0.5
        y = float(rows[nearest]) + mask.top + 0.5
    return CountedPoint(x, y, region.box, region.confidence)
