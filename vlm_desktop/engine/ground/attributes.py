"""Whether regions are what adjectives say: measured where pixels or boxes can tell, else compared.

colour    measured in the mask, or in the inner part of the box
size      compared with the other candidates; one alone is neither large nor small
others    the search model is asked which word of a group fits the region best ("wooden",
          "metal", "plastic" ...); it is believed only where one stands out
"""

import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import ClauseKind, FoundRegion, GroundPicture
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.judging import Check
from vlm_desktop.engine.ground.phraseparts import Attribute
from vlm_desktop.engine.ground.phrasewords import phrase_words
from vlm_desktop.engine.ground.regioncolours import region_colours
from vlm_desktop.engine.ground.spatial import area, height, logistic, width

_SIZE_SOFT = 0.3
"""By this logarithm a candidate differs from the middle one so that 73 % call it large or small."""
_DOUBT = 2.0
"""What the softmax over a group's words is flattened by: crops are not what encoders learned. So
the starter denies 9 % of the right materials of 120 TrashNet photos, and grants 1 % of wrong ones.
"""
_MARGIN = 0.1
"""Share of a box's sides that is shown around it: an object is known by where it is, too."""
_MOST_BELIEVED = 0.85


class AttributeChecks:
    """Checks adjectives. `outline` gives the mask of a box where one can be had quickly."""

    def __init__(
        self,
        encoders: Encoders,
        model_id: Callable[[], str],
        outline: Callable[[GroundPicture, Box, CancelToken], Mask | None],
    ) -> None:
        self._encoders = encoders
        self._model_id = model_id
        self._outline = outline

    def check(
        self,
        picture: GroundPicture,
        regions: Sequence[FoundRegion],
        attribute: Attribute,
        noun: str,
        cancel: CancelToken,
    ) -> list[Check]:
        """One check for each region. Raises ModelError, Cancelled."""
        if attribute.group == "size":
            found = _sizes(regions, attribute.meaning)
        elif attribute.group == "colour":
            found = [self._colour(picture, region, attribute, cancel) for region in regions]
        else:
            found = self._compared(picture, regions, attribute, noun, cancel)
        vague = attribute.group == "size"
        checks = [
            Check(ClauseKind.ATTRIBUTE, attribute.text, probability, instead, vague)
            for probability, instead in found
        ]
        return [one.negated() for one in checks] if attribute.negated else checks

    def _colour(
        self,
        picture: GroundPicture,
        region: FoundRegion,
        attribute: Attribute,
        cancel: CancelToken,
    ) -> tuple[float, str]:
        cancel.raise_if_cancelled()
        mask = region.mask or self._outline(picture, region.box, cancel)
        colours = region_colours(picture, region.box, mask)
        return colours.probability(attribute.meaning), colours.instead_of(attribute.meaning)

    def _compared(
        self,
        picture: GroundPicture,
        regions: Sequence[FoundRegion],
        attribute: Attribute,
        noun: str,
        cancel: CancelToken,
    ) -> list[tuple[float, str]]:
        if not regions:
            return []
        meanings = phrase_words().groups[attribute.group]
        crops = [crop_of(picture, region.box) for region in regions]
        cancel.raise_if_cancelled()
        model_id = self._model_id()
        images = self._encoders.images(model_id, crops)
        cancel.raise_if_cancelled()
        texts = self._encoders.queries(model_id, [f"{one} {noun}" for one in meanings])
        scale = self._encoders.spec(model_id).logit_scale / _DOUBT
        logits = scale * (images @ texts.T)  # [regions, meanings]
        place = meanings.index(attribute.meaning)
        found = []
        for row in logits:
            rivals = np.delete(row, place)
            margin = float(row[place] - rivals.max())
            probability = min(_MOST_BELIEVED, max(1 - _MOST_BELIEVED, logistic(margin)))
            best = meanings[int(row.argmax())]
            found.append((probability, best if best != attribute.meaning else ""))
        return found


def _sizes(regions: Sequence[FoundRegion], meaning: str) -> list[tuple[float, str]]:
    if len(regions) < 2:
        return [(0.5, "")] * len(regions)
    measures: dict[str, Callable[[Box], float]] = {
        "large": area,
        "small": area,
        "tall": height,
        "short": height,
        "wide": width,
        "narrow": width,
    }
    logs = [math.log(max(1.0, measures[meaning](region.box))) for region in regions]
    sign = 1 if meaning in {"large", "tall", "wide"} else -1
    found = []
    for index, one in enumerate(logs):
        others = statistics.median(logs[:index] + logs[index + 1 :])
        found.append((logistic(sign * (one - others) / _SIZE_SOFT), ""))
    return found


def crop_of(picture: GroundPicture, box: Box, margin: float = _MARGIN) -> PixelArray:
    """The pixels of a box with some of what is around it; at least one pixel."""
    rows, columns = picture.pixels.shape[:2]
    across, down = columns / max(1, picture.size.width), rows / max(1, picture.size.height)
    more_x, more_y = margin * width(box), margin * height(box)
    left = min(columns - 1, max(0, int((box.x0 - more_x) * across)))
    top = min(rows - 1, max(0, int((box.y0 - more_y) * down)))
    right = max(left + 1, min(columns, math.ceil((box.x1 + more_x) * across)))
    bottom = max(top + 1, min(rows, math.ceil((box.y1 + more_y) * down)))
    return np.ascontiguousarray(picture.pixels[top:bottom, left:right])
