"""What is seen of a picture before anyone clicks: colours, edges, regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.segmentation.regions import Map, merged, superpixels
from vlm_desktop.backends.segmentation.scaling import reduced
from vlm_desktop.base.arrays import PixelArray

Boxes: TypeAlias = NDArray[np.float64]
"""[n, 4]: x0, y0, x1, y1."""

SEEN_PIXELS = 640 * 480
_COARSE_PIXELS = 160 * 120
WORDS = 12
_SAMPLES = 1_500
_ROUNDS = 6
_CHANNELS = np.ones((1, 3), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PictureMaps:
    """Maps of one picture.

    `image` uint8 [H, W, 3] is what was seen; `across` and `down` float32 [H, W] are how much
    colour changes from the left and from above, 1 being the picture's mean. The others cover the
    same picture with [h, w] cells: `colours` float32 [h, w, 4], CIE Lab and the sum of its squares;
    `words` uint8, which of the picture's WORDS colours a cell
    has; `labels` int32 superpixels; and `levels` int32 [levels, n], the regions of those.
    """

    image: PixelArray
    across: Map
    down: Map
    colours: Map
    words: NDArray[np.uint8]
    labels: NDArray[np.int32]
    levels: NDArray[np.int32]

    @property
    def cells_per_pixel(self) -> tuple[float, float]:
        """Across and down."""
        rows, columns = self.labels.shape
        return columns / self.image.shape[1], rows / self.image.shape[0]

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the cell that a place of the picture lies in."""
        rows, columns = self.labels.shape
        across, down = self.cells_per_pixel
        return min(rows - 1, int(y * down)), min(columns - 1, int(x * across))

    def arrays(self) -> dict[str, Map]:
        """As what an encoder gives."""
        return {name: getattr(self, name).astype(np.float32) for name in self.__slots__}

    @classmethod
    def of(cls, arrays: Mapping[str, Map]) -> "PictureMaps":
        """From what `arrays` gave."""
        return cls(
            arrays["image"].astype(np.uint8),
            arrays["across"],
            arrays["down"],
            arrays["colours"],
            arrays["words"].astype(np.uint8),
            arrays["labels"].astype(np.int32),
            arrays["levels"].astype(np.int32),
        )


def picture_maps(picture: PixelArray) -> PictureMaps:
    """All maps of a picture of any size."""
    image = reduced(picture, SEEN_PIXELS)
    across, down = _edges(image)
    coarse = reduced(image, _COARSE_PIXELS)
    height, width = coarse.shape[:2]
    lab = cv2.cvtColor(coarse, cv2.COLOR_RGB2LAB).astype(np.float32)
    strong = cv2.resize(across + down, (width, height), interpolation=cv2.INTER_AREA)
    labels = superpixels(coarse, strong)
    mean = float(np.mean(lab.std(axis=(0, 1)))) / 3 + 1.0
    levels = merged(labels, lab, strong * mean)
    colours = np.concatenate([lab, (lab**2).sum(axis=2, keepdims=True)], axis=2)
    return PictureMaps(image, across, down, colours, _words(lab), labels, levels)


def _edges(image: PixelArray) -> tuple[Map, Map]:
    """How far apart neighbours are in CIE Lab, from the left and from above."""
    lab = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
    across = np.zeros(lab.shape[:2], np.float32)
    down = np.zeros(lab.shape[:2], np.float32)
    height, width = lab.shape[:2]
    if width > 1:
        across[:, 1:] = cv2.transform(cv2.absdiff(lab[:, 1:], lab[:, :-1]), _CHANNELS)
    if height > 1:
        down[1:] = cv2.transform(cv2.absdiff(lab[1:], lab[:-1]), _CHANNELS)
    mean = float(across.mean() + down.mean()) + 0.5
    return across / mean, down / mean


def _words(lab: Map) -> NDArray[np.uint8]:
    """Which of the picture's own main colours each cell has."""
    flat = np.ascontiguousarray(lab.reshape(-1, 3))
    samples = np.ascontiguousarray(flat[:: max(1, len(flat) // _SAMPLES)])
    if len(samples) < 2 * WORDS:
        return np.zeros(lab.shape[:2], np.uint8)
    cv2.setRNGSeed(0)  # of this thread; the first centres are drawn by chance
    criteria = (cv2.TERM_CRITERIA_COUNT, _ROUNDS, 0.0)
    _, _, centres = cv2.kmeans(samples, WORDS, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    far = (centres**2).sum(axis=1) - 2 * flat @ centres.T
    return far.argmin(axis=1).astype(np.uint8).reshape(lab.shape[:2])


class BoxSums:
    """Sums over boxes of maps [h, w] or [h, w, channels], exact to fractions of a cell.

    `scale`: cells per unit of the boxes' coordinates, across and down.
    """

    def __init__(self, values: Map, scale: tuple[float, float] = (1.0, 1.0)) -> None:
        self._height, self._width = values.shape[:2]
        self._scale = scale
        if values.ndim == 2:
            values = values[:, :, None]
        parts = [  # OpenCV takes four channels at a time, and is several times faster than numpy
            cv2.integral(np.ascontiguousarray(values[:, :, first : first + 4]), sdepth=cv2.CV_64F)
            for first in range(0, values.shape[2], 4)
        ]
        self._table = np.concatenate(
            [part.reshape(self._height + 1, self._width + 1, -1) for part in parts], axis=2
        )

    def sums(self, boxes: Boxes) -> NDArray[np.float64]:
        """[n, channels]; boxes must lie within the picture."""
        x0, y0, x1, y1 = (boxes * np.array(self._scale * 2)).T
        found: NDArray[np.float64] = (
            self._at(x1, y1) - self._at(x0, y1) - self._at(x1, y0) + self._at(x0, y0)
        )
        return found

    def cells(self, areas: NDArray[np.float64]) -> NDArray[np.float64]:
        """Areas in cells."""
        return areas * (self._scale[0] * self._scale[1])

    def means(self, boxes: Boxes) -> NDArray[np.float64]:
        """[n, channels]: sums over the boxes' areas in cells."""
        sides = (boxes[:, 2:] - boxes[:, :2]) * np.array(self._scale)
        return self.sums(boxes) / np.maximum(sides.prod(axis=1), 1e-6)[:, None]

    def _at(self, x: NDArray, y: NDArray) -> NDArray[np.float64]:
        """The table between its entries, by bilinear interpolation."""
        left = np.minimum(x.astype(np.int64), self._width - 1)
        top = np.minimum(y.astype(np.int64), self._height - 1)
        right, below = (x - left)[:, None], (y - top)[:, None]
        table = self._table
        upper = table[top, left] * (1 - right) + table[top, left + 1] * right
        lower = table[top + 1, left] * (1 - right) + table[top + 1, left + 1] * right
        found: NDArray[np.float64] = upper * (1 - below) + lower * below
        return found
