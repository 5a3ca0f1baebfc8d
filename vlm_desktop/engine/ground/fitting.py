"""Fitting the weights of the starter's finder: `resources/grounding/starter_finder.json`.

    vlm-desktop evaluate grounding BOXES.jsonl --fit starter_finder.json

What is written takes the place of that file. With `--half 0` it is fitted on one half of the
photos, so that `evaluate grounding PHRASES.jsonl --half 1` then measures it on photos it has not
seen; rows of both files about the same photos are parted alike.

Four small models in a row, each on photos the one before has not seen (two halves, by the name of
the photo), so that a later one does not trust an earlier one more than it deserves: how much a
cell looks like a thing, how probable it shows the phrase, how probable a box is right, and how
probable the best boxes are right and the phrase is here at all. What is written is fitted on all
photos.

The shipped weights come of the boxes of 206 COCO photos. The starter's tower was trained on most
of these photos with their labels, so whether something is there at all is easier to tell on them
than on others: `present` is surer of itself than it should be.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from vlm_desktop.base.grounderrors import TooFewToFit
from vlm_desktop.engine.ground.boxscores import BoxCells
from vlm_desktop.engine.ground.cellmaps import FINE, refinement
from vlm_desktop.engine.ground.phraseheat import Linear, PhraseHeat, ThingWeights, places
from vlm_desktop.engine.ground.starterfinding import Scored, distinct, presence_signals, shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vlm_desktop.engine.ground.cellmaps import CellMaps
    from vlm_desktop.engine.ground.regionproposals import Proposals

LARGE = 0.03
"""Objects that take less of the picture are nothing to learn from for maps of 20x20 cells."""
LEAST = 10
"""Photos with large objects, in each half."""
_DIRECTIONS = 64
_CELLS_DRAWN, _OTHER_BOXES = 150, 60
_HOTTEST = ((1, 250), (0, 100))
"""Signals of a box (expected overlaps), and how many of the best by each are learnt from."""
_RIGHT = 0.5
_STILL = 1e-9
"""Weights that move less by a step of Newton's method are found."""


@dataclass(slots=True, eq=False)
class FitPhoto:
    """A photo to fit on. `signals` by phrase (`CellSight.signals`), `objects` by phrase its boxes
    in shares of the picture [n, 4]; phrases with signals and no objects are absent ones."""

    name: str
    maps: CellMaps
    proposals: Proposals
    signals: dict[str, NDArray[np.float64]]
    objects: dict[str, NDArray[np.float64]]
    heats: dict[str, PhraseHeat] = field(default_factory=dict)

    @property
    def half(self) -> int:
        """0 or 1, from the name alone."""
        return hashlib.sha1(self.name.encode(), usedforsecurity=False).digest()[3] % 2

    @property
    def boxes(self) -> NDArray[np.float64]:
        return self.proposals.boxes

    def large(self, phrase: str) -> NDArray[np.float64]:
        """The objects of a phrase that are large enough."""
        found = self.objects.get(phrase, np.empty((0, 4)))
        sides = found[:, 2:] - found[:, :2]
        return found[sides[:, 0] * sides[:, 1] >= LARGE]


def fit(photos: Sequence[FitPhoto], *, seed: int = 0) -> dict[str, Any]:
    """All weights, as `phraseheat.weights` reads them. The heats that are left in `photos` come of
    the other half of them. Raises TooFewToFit."""
    require_enough(photos)
    random = np.random.default_rng(seed)
    for half in (0, 1):
        things, heat = _heat_model([one for one in photos if one.half != half], random)
        for photo in photos:
            if photo.half == half:
                photo.heats = _heats(photo, things, heat)
    things, heat = _heat_model(photos, random)
    boxes = _box_model(photos, random)
    present, right = _chance_models(photos, boxes)
    return {
        "things": {
            **{
                name: _rounded(getattr(things, name))
                for name in ("coarse", "fine", "apart", "place")
            },
            "offset": round(things.offset, 5),
        },
        "heat": _written(heat),
        "boxes": _written(boxes),
        "present": _written(present),
        "right": _written(right),
    }


def require_enough(photos: Sequence[FitPhoto]) -> None:
    """Raise TooFewToFit where the models would only learn the photos by heart, or nothing."""
    usable = Counter(
        photo.half for photo in photos if any(len(photo.large(one)) for one in photo.signals)
    )
    fewest = min(usable[0], usable[1])
    if fewest < LEAST:
        raise TooFewToFit(least=LEAST, found=fewest)


# --- cells --------------------------------------------------------------------------------


def _heat_model(
    photos: Sequence[FitPhoto], random: np.random.Generator
) -> tuple[ThingWeights, Linear]:
    things = _thing_model(photos)
    rows, truth = [], []
    for photo in photos:
        seen = things.of(photo.maps)
        for phrase, signals in photo.signals.items():
            if not len(photo.large(phrase)):
                continue
            drawn = random.choice(FINE * FINE, _CELLS_DRAWN, replace=False)
            rows.append(_with_things(signals, seen)[drawn])
            truth.append(_cells_in(photo.objects[phrase])[drawn])
    return things, logistic(np.concatenate(rows), np.concatenate(truth), pull=1e-2)


def _thing_model(photos: Sequence[FitPhoto]) -> ThingWeights:
    """Cells of any large object against all others, along the directions in which cells differ
    most; those are then multiplied out, so that a weight a feature remains."""
    middle, directions = _principal([photo.maps.coarse for photo in photos])
    rows, truth = [], []
    for photo in photos:
        coarse = refinement() @ ((photo.maps.coarse - middle) @ directions)
        fine = (photo.maps.fine - middle) @ directions
        half = coarse[:, : _DIRECTIONS // 2]
        rows.append(np.concatenate([coarse, fine, half - half.mean(axis=0), places()], axis=1))
        large = [photo.large(phrase) for phrase in photo.objects]
        truth.append(_cells_in(np.concatenate([*large, np.empty((0, 4))])))
    found = logistic(np.concatenate(rows).astype(np.float64), np.concatenate(truth), pull=3e-2)
    plain = found.weights / found.spread
    ends = np.cumsum([_DIRECTIONS, _DIRECTIONS, _DIRECTIONS // 2])
    coarse, fine, apart, place = np.split(plain, ends)
    offset = found.offset - float(found.mean @ plain)
    offset -= float(middle @ directions @ (coarse + fine))
    return ThingWeights(
        (directions @ coarse).astype(np.float32),
        (directions @ fine).astype(np.float32),
        (directions[:, : _DIRECTIONS // 2] @ apart).astype(np.float32),
        place.astype(np.float32),
        offset,
    )


def _principal(
    maps: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = np.concatenate([one[::3] for one in maps])
    middle = rows.mean(axis=0)
    away = rows - middle
    _, vectors = np.linalg.eigh(away.T @ away)
    return middle, np.ascontiguousarray(vectors[:, ::-1][:, :_DIRECTIONS])


def _heats(photo: FitPhoto, things: ThingWeights, heat: Linear) -> dict[str, PhraseHeat]:
    seen = things.of(photo.maps)
    return {
        phrase: PhraseHeat(heat.of(_with_things(signals, seen)), signals)
        for phrase, signals in photo.signals.items()
    }


def _with_things(signals: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([signals, np.stack([seen, seen - seen.mean()], axis=1)], axis=1)


def _cells_in(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    middle = (np.arange(FINE) + 0.5) / FINE
    y, x = (axis.ravel() for axis in np.meshgrid(middle, middle, indexing="ij"))
    inside = np.zeros(FINE * FINE, bool)
    for x0, y0, x1, y1 in boxes:
        inside |= (x > x0) & (x < x1) & (y > y0) & (y < y1)
    return inside


# --- boxes --------------------------------------------------------------------------------


def _box_model(photos: Sequence[FitPhoto], random: np.random.Generator) -> Linear:
    """Boxes that overlap an object of the phrase by half against others, over the hottest boxes
    and some more."""
    rows, truth = [], []
    for photo in photos:
        cells = BoxCells.of(photo.proposals)
        for phrase, heat in photo.heats.items():
            if not len(photo.large(phrase)):
                continue
            signals = cells.signals(heat.log_odds)
            hottest = [np.argsort(-signals[:, one])[:count] for one, count in _HOTTEST]
            others = random.choice(len(signals), min(_OTHER_BOXES, len(signals)), replace=False)
            drawn = np.concatenate([*hottest, others])
            rows.append(signals[drawn])
            truth.append(best_overlaps(photo.boxes[drawn], photo.objects[phrase]) >= _RIGHT)
    return logistic(np.concatenate(rows), np.concatenate(truth), pull=1e-3)


def best_overlaps(boxes: NDArray[np.float64], objects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each box with the object it overlaps most, 0..1."""
    found = np.zeros(len(boxes))
    for one in objects:
        found = np.maximum(found, shared(one, boxes))
    return found


def _chance_models(photos: Sequence[FitPhoto], boxes: Linear) -> tuple[Linear, Linear]:
    """Whether the phrase is here (absent and present phrases weigh the same), and whether a region
    is right where it is."""
    here, is_here, regions, is_right = [], [], [], []
    for photo in photos:
        cells = BoxCells.of(photo.proposals)
        for phrase, heat in photo.heats.items():
            scored = Scored(heat, boxes.of(cells.signals(heat.log_odds)))
            large = photo.large(phrase)
            if len(large) or phrase not in photo.objects:
                here.append(presence_signals(scored))
                is_here.append(bool(len(large)))
            if len(large):
                kept = distinct(photo.boxes, scored.scores)
                scores = scored.scores[kept]
                regions.append(np.stack([scores, scores - scores.max()], axis=1))
                right = best_overlaps(photo.boxes[kept], photo.objects[phrase]) >= _RIGHT
                is_right.append(right)
    present = logistic(np.stack(here), np.array(is_here), pull=1e-2, even=True)
    right_model = logistic(np.concatenate(regions), np.concatenate(is_right), pull=1e-3)
    return present, right_model


# --- linear models ------------------------------------------------------------------------


def logistic(
    rows: NDArray[np.float64], truth: NDArray[np.bool_], *, pull: float, even: bool = False
) -> Linear:
    """Logistic regression by Newton's method, weights drawn to zero. With `even` both sides weigh
    the same in sum."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    x = np.concatenate([(rows - mean) / spread, np.ones((len(rows), 1))], axis=1)
    counts = Counter(truth.tolist())
    importance = np.array([1 / counts[one] if even else 1.0 for one in truth.tolist()])
    importance /= importance.sum()
    drawn = pull * np.eye(x.shape[1])
    drawn[-1, -1] = 0.0
    found = np.zeros(x.shape[1])
    for _ in range(20):
        chance = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (importance * (chance - truth)) + drawn @ found
        bend = (x * (importance * chance * (1 - chance))[:, None]).T @ x + drawn
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < _STILL:
            break
    return Linear(mean, spread, found[:-1], float(found[-1]))


def _written(model: Linear) -> Mapping[str, Any]:
    return {
        "mean": _rounded(model.mean),
        "spread": _rounded(model.spread),
        "weights": _rounded(model.weights),
        "offset": round(model.offset, 5),
    }


def _rounded(values: NDArray[np.floating[Any]]) -> list[float]:
    return [float(f"{value:.5g}") for value in values.tolist()]
