"""How well each of many boxes would fit what a heatmap shows.

If every cell is part of the object with its own probability, a box's overlap (intersection over
union) with it can be expected: the probability within, by the box's area and the probability
without. These expectations at several sharpnesses, how the heat changes from the inside to the
outside and at each edge, how far the box keeps segments whole, and its size, shape and place are
weighed in a logistic sum: how probable it is that the box overlaps the object by half. Its weights
are fitted on boxes of COCO photos (`engine.ground.fitting`); the overlap itself as what is fitted
gave five points less (31 beside 35 % of phrases).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from vlm_desktop.engine.ground.cellmaps import FINE, coverage
from vlm_desktop.engine.ground.phraseheat import Linear, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vlm_desktop.engine.ground.regionproposals import Proposals

_SHARPNESS = ((1.0, 0.0), (1.0, -1.0), (2.0, 0.0), (1.0, -2.0), (2.0, 2.0))
"""What log odds are multiplied with, and what is added, before they are probabilities again."""
_RING, _CORE, _BAND = 1.5, 0.6, 0.2
_LEAST, _LITTLE = 1e-6, 1e-3
_EDGE = 0.01
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class BoxCells:
    """Boxes of one picture over the cells of its fine map: what lies inside each box [n, 400], in
    a ring around it, in its core, and in a band inside and one outside of each of its edges; and
    what needs no heat, [n, 15]."""

    inside: NDArray[np.float32]
    ring: NDArray[np.float32]
    core: NDArray[np.float32]
    bands: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    plain: NDArray[np.float64]

    @staticmethod
    def of(proposals: Proposals) -> BoxCells:
        boxes = proposals.boxes
        inside = coverage(boxes, FINE)
        around = coverage(np.clip(scaled(boxes, _RING), 0, 1), FINE)
        return BoxCells(
            inside,
            np.maximum(around - inside, 0),
            coverage(scaled(boxes, _CORE), FINE),
            tuple(
                (coverage(inner, FINE), coverage(outer, FINE))
                for inner, outer in (_edge_bands(boxes, edge) for edge in range(4))
            ),
            np.concatenate([proposals.whole, shapes(boxes)], axis=1),
        )

    def signals(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """What speaks for each box, [n, 29], given the heat [400]."""
        columns = []
        area = self.inside.sum(axis=1) + _LEAST
        for factor, shift in _SHARPNESS:
            probability = expit(log_odds * factor + shift)
            held = self.inside @ probability
            columns.append(held / (area + probability.sum() - held))
        spread = log_odds.std() + _LEAST_SPREAD
        own = (log_odds - log_odds.mean()) / spread
        for heat in (log_odds, own):
            inner = self.inside @ heat / area
            ring = self.ring @ heat / (self.ring.sum(axis=1) + _LITTLE)
            core = self.core @ heat / (self.core.sum(axis=1) + _LEAST)
            columns += [inner, inner - ring, core - inner]
        within = np.stack([_mean(inner, own, _LEAST) for inner, _ in self.bands], axis=1)
        beyond = np.stack([_mean(outer, own, _LITTLE) for _, outer in self.bands], axis=1)
        columns += [within.min(axis=1), beyond.max(axis=1), (within - beyond).min(axis=1)]
        return np.concatenate([np.stack(columns, axis=1), self.plain], axis=1)

    def scores(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log odds of each box to be right, [n], given the heat [400]."""
        return _box_weights().of(self.signals(log_odds))


@cache
def _box_weights() -> Linear:
    return Linear.read(weights()["boxes"])


def _mean(
    shares: NDArray[np.float32], heat: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = shares @ heat / (shares.sum(axis=1) + least)
    return found


def scaled(boxes: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """The same boxes, larger or smaller around their middles."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * factor
    return np.concatenate([middle - half, middle + half], axis=1)


def _edge_bands(
    boxes: NDArray[np.float64], edge: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bands a fifth of the box deep, inside and outside of its left, top, right or bottom edge."""
    axis, last = edge % 2, edge >= 2
    depth = (boxes[:, axis + 2] - boxes[:, axis]) * _BAND
    inner, outer = boxes.copy(), boxes.copy()
    at = boxes[:, edge]
    if last:
        inner[:, axis], outer[:, axis], outer[:, axis + 2] = at - depth, at, at + depth
    else:
        inner[:, axis + 2], outer[:, axis + 2], outer[:, axis] = at + depth, at, at - depth
    return inner, np.clip(outer, 0, 1)


def shapes(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Size, shape, place and which edges of the picture each box touches: [n, 13]."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    x = (boxes[:, 0] + boxes[:, 2]) / 2 - 0.5
    y = (boxes[:, 1] + boxes[:, 3]) / 2 - 0.5
    left, right = boxes[:, 0] < _EDGE, boxes[:, 2] > 1 - _EDGE
    top, bottom = boxes[:, 1] < _EDGE, boxes[:, 3] > 1 - _EDGE
    size = np.log(width * height + 1e-4)
    shape = np.log(width / height)
    return np.stack(
        [
            size, size**2, np.abs(shape), shape, np.abs(x), y, np.abs(y),
            left.astype(float) + right, top, bottom, left & right, top & bottom,
            left & right & top & bottom,
        ],
        axis=1,
    ).astype(np.float64)  # fmt: skip
