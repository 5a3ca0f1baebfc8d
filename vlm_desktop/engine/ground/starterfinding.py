"""The starter as a finder of noun phrases: no detector, but where its encoder sees what words say.

    cellmaps.py         windows of the picture laid over each other to maps of cells
    phraseheat.py       how probable it is that a cell shows the phrase
    regionproposals.py  boxes where a thing might be
    boxscores.py        how probable it is that a box holds what is hot, and no more

A picture costs a second when it is first asked about and is kept; a phrase costs milliseconds.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from vlm_desktop.base.grounding import Finds, FoundRegion, Heatmap
from vlm_desktop.base.types import Box
from vlm_desktop.engine.ground.boxscores import BoxCells
from vlm_desktop.engine.ground.cellmaps import look
from vlm_desktop.engine.ground.phraseheat import CellSight, Linear, weights
from vlm_desktop.engine.ground.regionproposals import propose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.grounding import GroundPicture
    from vlm_desktop.base.types import Size
    from vlm_desktop.engine.encoding import Encoders
    from vlm_desktop.engine.ground.phraseheat import PhraseHeat

_KEPT = 8
"""Pictures whose maps are kept, some 12 MB each."""
_MOST = 12
_APART = 0.4
"""Of two regions that overlap by more, the better one stays."""
_LOOKED_AT = 300


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All of a picture that no phrase changes."""

    sight: CellSight
    boxes: NDArray[np.float64]
    cells: BoxCells


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A phrase over a prepared picture: its heat, and for every box the log odds to be right."""

    heat: PhraseHeat
    scores: NDArray[np.float64]


class StarterFinder:
    """A `Finder` over the starter's encoder. Any thread, one picture prepared at a time."""

    def __init__(self, encoders: Encoders, model_id: str) -> None:
        """Nothing is loaded yet."""
        self._encoders = encoders
        self._model_id = model_id
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Prepared] = OrderedDict()

    @property
    def model_id(self) -> str:
        return self._model_id

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        """See `Finder`. Raises ModelError, Cancelled."""
        prepared = self.prepared(picture, cancel)
        scored = self.scored(prepared, noun_phrase)
        kept = distinct(prepared.boxes, scored.scores)
        chances = chances_of(scored.scores[kept])
        present = float(expit(_present().of(presence_signals(scored)[None])[0]))
        regions = tuple(
            FoundRegion(_in_pixels(prepared.boxes[index], picture.size), present * float(chance))
            for index, chance in zip(kept, chances, strict=True)
        )
        return Finds(noun_phrase, present, regions, _heatmap(scored.heat))

    def heat(self, picture: GroundPicture, phrase: str, cancel: CancelToken) -> Heatmap:
        """Where a phrase is. Raises ModelError, Cancelled."""
        return _heatmap(self.prepared(picture, cancel).sight.heat(phrase))

    def scored(self, prepared: Prepared, phrase: str) -> Scored:
        heat = prepared.sight.heat(phrase)
        return Scored(heat, prepared.cells.scores(heat.log_odds))

    def prepared(self, picture: GroundPicture, cancel: CancelToken) -> Prepared:
        """Looked at anew only where the picture is not among the last few."""
        with self._lock:
            key = picture.content_hash
            if key and key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            tower = self._encoders.cells(self._model_id)
            maps = look(tower, picture.pixels, cancel)
            cancel.raise_if_cancelled()
            sight = CellSight(self._encoders, self._model_id, tower, maps)
            cancel.raise_if_cancelled()
            proposals = propose(picture.pixels)
            prepared = Prepared(sight, proposals.boxes, BoxCells.of(proposals))
            if key:
                self._kept[key] = prepared
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return prepared


def distinct(boxes: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """The best boxes that lie apart, best first (non-maximum suppression)."""
    order = np.argsort(-scores)[:_LOOKED_AT]
    found: list[np.intp] = []
    while order.size and len(found) < _MOST:
        found.append(order[0])
        order = order[shared(boxes[order[0]], boxes[order]) <= _APART]
    return np.array(found, dtype=np.intp)


def shared(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of a box with each of [n, 4]."""
    wide = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    high = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    both = np.clip(wide, 0, None) * np.clip(high, 0, None)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    found: NDArray[np.float64] = both / ((box[2] - box[0]) * (box[3] - box[1]) + areas - both)
    return found


def chances_of(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How probable it is that each of the distinct regions overlaps an object by half, if the
    phrase is here at all: from its log odds among all boxes, and how far it falls behind the best.
    Best first, [n]."""
    behind = scores - scores.max(initial=-np.inf)
    chances: NDArray[np.float64] = expit(_right().of(np.stack([scores, behind], axis=1)))
    return chances


def presence_signals(scored: Scored) -> NDArray[np.float64]:
    """What speaks for a phrase being in the picture at all, [8]: in null spreads the whole
    picture and its best cells, the best beside everyday words, how far the best cells stand out,
    the highest and the mean heat, and the best box."""
    signals = scored.heat.signals
    return np.array(
        [
            signals[0, 16],
            signals[:, 0].max(),
            signals[:, 4].max(),
            signals[:, 8].max(),
            signals[:, 12].max(),
            scored.heat.log_odds.max(),
            scored.heat.log_odds.mean(),
            scored.scores.max(),
        ]
    )


@cache
def _present() -> Linear:
    return Linear.read(weights()["present"])


@cache
def _right() -> Linear:
    return Linear.read(weights()["right"])


def _heatmap(heat: PhraseHeat) -> Heatmap:
    return Heatmap(heat.values, heat.strength)


def _in_pixels(box: NDArray[np.float64], size: Size) -> Box:
    x0, y0, x1, y1 = (float(side) for side in np.clip(box, 0, 1))
    return Box(x0 * size.width, y0 * size.height, x1 * size.width, y1 * size.height)
