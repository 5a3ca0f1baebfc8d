"""How probable it is, cell by cell, that a picture shows what a phrase names.

A cell's vector is that of the cells around it, pooled as the tower pools a picture. How well a
phrase fits it is read in null spreads (see `engine.peaks`) and beside everyday words; both with
what is around, with the best place of the picture, and with the picture as a whole. Beside that
stands how much a place looks like a thing at all. A logistic sum makes a probability of it; its
weights are a readable file, fitted on boxes of COCO photos (`engine.ground.fitting`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import expit, logsumexp

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.calibration import read_prompts
from vlm_desktop.engine.ground.cellmaps import COARSE, FINE, neighbourhoods, refinement
from vlm_desktop.engine.vocabulary import everyday_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from vlm_desktop.backends.protocols import CellEncoder
    from vlm_desktop.base.arrays import VectorArray
    from vlm_desktop.engine.encoding import Encoders
    from vlm_desktop.engine.ground.cellmaps import CellMaps

WEIGHTS = "starter_finder.json"
_NULL_STEP = 3
"""Every third null prompt: two hundred tell mean and spread well enough."""
_SMOOTHING = 2.0
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """`(x - mean) / spread @ weights + offset`."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    offset: float

    def of(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """[n, k] to [n]."""
        found: NDArray[np.float64] = (values - self.mean) / self.spread @ self.weights + self.offset
        return found

    @staticmethod
    def read(table: Mapping[str, Any]) -> Linear:
        mean, spread, weights = (
            np.array(table[name], dtype=np.float64) for name in ("mean", "spread", "weights")
        )
        return Linear(mean, spread, weights, float(table["offset"]))


@dataclass(frozen=True, slots=True, eq=False)
class ThingWeights:
    """How much a cell looks like part of a thing, whatever it is: linear in its features on the
    coarse map, the fine map, the coarse map less the picture's mean, and in its place."""

    coarse: NDArray[np.float32]
    fine: NDArray[np.float32]
    apart: NDArray[np.float32]
    place: NDArray[np.float32]
    offset: float

    def of(self, maps: CellMaps) -> NDArray[np.float64]:
        """[400], log odds."""
        coarse = maps.coarse @ self.coarse
        apart = maps.coarse @ self.apart
        upon = refinement() @ (coarse + apart - (refinement() @ apart).mean())
        found: NDArray[np.float64] = (
            upon + maps.fine @ self.fine + places() @ self.place + self.offset
        ).astype(np.float64)
        return found


@cache
def weights() -> dict[str, Any]:
    """The fitted numbers, as `engine.ground.fitting` writes them."""
    path = bundled("resources") / "grounding" / WEIGHTS
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


@cache
def _heat_weights() -> tuple[Linear, ThingWeights]:
    table = weights()
    things = table["things"]
    coarse, fine, apart, place = (
        np.array(things[name], np.float32) for name in ("coarse", "fine", "apart", "place")
    )
    offset = float(things["offset"])
    return Linear.read(table["heat"]), ThingWeights(coarse, fine, apart, place, offset)


@cache
def places() -> NDArray[np.float32]:
    """Of each cell of the fine map: away from the middle, below it, and squares: [400, 5]."""
    middle = (np.arange(FINE) + 0.5) / FINE - 0.5
    y, x = (axis.ravel() for axis in np.meshgrid(middle, middle, indexing="ij"))
    return np.stack([np.abs(x), y, np.abs(y), y * y, x * x], axis=1).astype(np.float32)


class CellSight:
    """One picture as the search model sees its cells; any phrase costs milliseconds then."""

    def __init__(
        self, encoders: Encoders, model_id: str, tower: CellEncoder, maps: CellMaps
    ) -> None:
        """Raises ModelError."""
        self._encoders, self._model_id = encoders, model_id
        count = len(maps.whole)
        self.whole = tower.pool(maps.whole, np.ones((1, count), np.float32))
        self._views = [
            _View(tower.pool(maps.coarse, neighbourhoods(COARSE)), self._nulls(), self._words()),
            _View(tower.pool(maps.fine, neighbourhoods(FINE)), self._nulls(), self._words()),
            _View(self.whole, self._nulls(), self._words()),
        ]
        self._scale = encoders.spec(model_id).logit_scale
        self.things = _heat_weights()[1].of(maps)

    def heat(self, phrase: str) -> PhraseHeat:
        """Where a phrase is, on the fine map."""
        text = self._encoders.queries(self._model_id, [phrase])[0]
        signals = self.signals(text)
        log_odds = _heat_weights()[0].of(np.concatenate([signals, self._thing_signals()], axis=1))
        return PhraseHeat(log_odds, signals)

    def signals(self, text: VectorArray) -> NDArray[np.float64]:
        """What speaks for the phrase, [400, 17]: in null spreads on the coarse and the fine map,
        beside everyday words on both (four numbers each, see `_beside`), in null spreads on the
        picture."""
        coarse, fine, whole = self._views
        upon = refinement()
        maps = [
            upon @ coarse.standardised(text),
            fine.standardised(text),
            upon @ coarse.contrast(text, self._scale),
            fine.contrast(text, self._scale),
        ]
        columns = [column for one in maps for column in _beside(one.astype(np.float64))]
        columns.append(np.full(FINE * FINE, float(whole.standardised(text)[0])))
        return np.stack(columns, axis=1)

    def _thing_signals(self) -> NDArray[np.float64]:
        return np.stack([self.things, self.things - self.things.mean()], axis=1)

    def _nulls(self) -> VectorArray:
        return self._encoders.queries(self._model_id, _null_prompts())

    def _words(self) -> VectorArray:
        return self._encoders.queries(self._model_id, everyday_words())


@dataclass(frozen=True, slots=True, eq=False)
class PhraseHeat:
    """`log_odds` [400] that a cell of the fine map shows the phrase; `signals` what they are made
    of, see `CellSight.signals`."""

    log_odds: NDArray[np.float64]
    signals: NDArray[np.float64]

    @property
    def values(self) -> NDArray[np.float32]:
        """Probabilities [20, 20]."""
        found: NDArray[np.float32] = expit(self.log_odds).reshape(FINE, FINE).astype(np.float32)
        return found

    @property
    def strength(self) -> float:
        """Null spreads by which the best cell stands out."""
        return float(self.signals[:, [0, 4]].max())


class _View:
    """Vectors of places, and what null prompts and everyday words score on them."""

    def __init__(self, vectors: VectorArray, nulls: VectorArray, words: VectorArray) -> None:
        self._vectors = vectors
        scores = vectors @ nulls.T
        self._mean, self._spread = scores.mean(axis=1), np.maximum(scores.std(axis=1), 1e-6)
        self._words = vectors @ words.T

    def standardised(self, text: VectorArray) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (self._vectors @ text - self._mean) / self._spread
        return found

    def contrast(self, text: VectorArray, scale: float) -> NDArray[np.float32]:
        """The log odds of the phrase against all everyday words together."""
        found: NDArray[np.float32] = scale * (self._vectors @ text) - logsumexp(
            scale * self._words, axis=1
        )
        return found


def _beside(scores: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """A map's scores, as they are, in the picture's own spreads, below its best, and smoothed."""
    mean, spread = scores.mean(), scores.std() + _LEAST_SPREAD
    smooth = gaussian_filter(scores.reshape(FINE, FINE), _SMOOTHING).ravel()
    return [scores, (scores - mean) / spread, scores - scores.max(), (smooth - mean) / spread]


@cache
def _null_prompts() -> tuple[str, ...]:
    prompts = read_prompts(bundled("resources") / "prompts" / "null_prompts.txt")
    return tuple(prompts[::_NULL_STEP])
