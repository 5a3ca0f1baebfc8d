"""What the search model sees of a phrase in one picture, and where.

The picture and overlapping windows of it are compared with the phrase. A cosine alone says little:
photos differ in what they score with words about nothing, so a score is read in units of what the
null prompts score on the same window (T-norm; see `engine.peaks`), and beside what everyday words
that nobody claimed score there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.calibration import read_prompts
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.vocabulary import everyday_words

_SHARES = ((1.0, 1), (0.6, 2), (0.4, 3))
"""Windows: their share of each side, and how many of them stand along it."""
_AT_ONCE = 5
_CLEAR = 1.0
"""By so many null spreads a window must stand out from the middle one to be shown as a box."""
_GRID = 24
_COOLING, _WARM = 0.8, 0.6
"""How fast a window cools with its score, in null spreads, and the share of the warmest place's
warmth that is boxed. On 203 single objects of COCO photos the middle of such a box lies within the
object in 6 of 10 cases, the photo's own middle in 4: a hint where to look, no more."""
_NULL_STEP = 3
"""Every third null prompt: two hundred tell mean and spread well enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well a phrase fits: `whole` the picture, `best` its best window, in null spreads.

    `rank` is the share of everyday words that fit no better, 0..1; `box` where it is, in pixels
    of the upright picture, None where no place stands out.
    """

    whole: float
    best: float
    rank: float
    box: Box | None


class Sight:
    """One picture, looked at once, for any number of phrases. For the thread that made it."""

    def __init__(
        self,
        encoders: Encoders,
        model_id: str,
        pixels: PixelArray,
        size: Size,
        cancel: CancelToken,
    ) -> None:
        """Encode the picture and its windows. Raises ModelError, Cancelled."""
        self._encoders = encoders
        self._model_id = model_id
        windows = _windows(pixels.shape[0], pixels.shape[1])
        crops = [pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in windows]
        rows: list[VectorArray] = []
        for start in range(0, len(crops), _AT_ONCE):
            cancel.raise_if_cancelled()
            part = [np.ascontiguousarray(crop) for crop in crops[start : start + _AT_ONCE]]
            rows.append(encoders.images(model_id, part))
        self._vectors = np.concatenate(rows)
        scale_x, scale_y = size.width / pixels.shape[1], size.height / pixels.shape[0]
        self._boxes = [
            Box(x0 * scale_x, y0 * scale_y, x1 * scale_x, y1 * scale_y)
            for x0, y0, x1, y1 in windows
        ]
        cancel.raise_if_cancelled()
        nulls = self._vectors @ encoders.queries(model_id, _null_prompts()).T
        self._mean, self._spread = nulls.mean(axis=1), np.maximum(nulls.std(axis=1), 1e-6)
        everyday = self._standardised(encoders.queries(model_id, everyday_words()))
        self._everyday = np.sort(everyday.max(axis=0))

    def find(self, phrase: str) -> Found:
        """How well the phrase fits, and where."""
        scores = self._standardised(self._encoders.queries(self._model_id, [phrase]))[:, 0]
        best = int(scores.argmax())
        rank = float(np.searchsorted(self._everyday, scores[best])) / len(self._everyday)
        clear = best > 0 and scores[best] - float(np.median(scores)) >= _CLEAR
        return Found(
            whole=float(scores[0]),
            best=float(scores[best]),
            rank=rank,
            box=self._box(scores) if clear else None,
        )

    def _box(self, scores: NDArray[np.float32]) -> Box:
        """Around the warm part of a heatmap: windows laid over each other, each as warm as its
        score is high."""
        whole = self._boxes[0]
        heat = np.zeros((_GRID, _GRID))
        warmth = np.exp((scores - scores.max()) / _COOLING)
        for box, warm in zip(self._boxes, warmth, strict=True):
            x0, x1 = round(box.x0 / whole.x1 * _GRID), round(box.x1 / whole.x1 * _GRID)
            y0, y1 = round(box.y0 / whole.y1 * _GRID), round(box.y1 / whole.y1 * _GRID)
            heat[y0:y1, x0:x1] += warm
        rows, columns = np.nonzero(heat >= _WARM * heat.max())
        width, height = whole.x1 / _GRID, whole.y1 / _GRID
        return Box(
            float(columns.min()) * width,
            float(rows.min()) * height,
            float(columns.max() + 1) * width,
            float(rows.max() + 1) * height,
        )

    def contrast(self, phrase: str, rivals: Sequence[str]) -> float:
        """By how much the phrase fits better than the best of its rivals, in null spreads.

        Compared window by window: "red shirt" and "blue shirt" are about the same place.
        """
        scores = self._standardised(self._encoders.queries(self._model_id, [phrase, *rivals]))
        best = int(scores[:, 0].argmax())
        return float(scores[best, 0] - scores[best, 1:].max()) if rivals else 0.0

    def _standardised(self, texts: VectorArray) -> NDArray[np.float32]:
        """[windows, texts] in null spreads."""
        scores: NDArray[np.float32] = (
            self._vectors @ texts.T - self._mean[:, None]
        ) / self._spread[:, None]
        return scores


@cache
def _null_prompts() -> tuple[str, ...]:
    prompts = read_prompts(bundled("resources") / "prompts" / "null_prompts.txt")
    return tuple(prompts[::_NULL_STEP])


def _windows(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """The whole first, then overlapping parts, all at least a pixel large."""
    found = []
    for share, count in _SHARES:
        wide, high = max(1, round(width * share)), max(1, round(height * share))
        for row in range(count):
            for column in range(count):
                x0 = (width - wide) * column // max(1, count - 1)
                y0 = (height - high) * row // max(1, count - 1)
                found.append((x0, y0, x0 + wide, y0 + high))
    return found
