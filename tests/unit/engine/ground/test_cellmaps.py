"""Maps of cells: every place of the picture comes of the windows that hold it."""

from collections.abc import Sequence

import numpy as np
import pytest

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.engine.ground.cellmaps import (
    COARSE,
    FINE,
    coverage,
    look,
    merging,
    neighbourhoods,
    refinement,
    windows,
)


class MeanTower:
    """Cells that are the mean colours of 7x7 fields: what a map of them must show is known."""

    def __init__(self) -> None:
        self.calls = 0

    def look(self, images: Sequence[PixelArray]) -> np.ndarray:
        self.calls += 1
        found = []
        for image in images:
            rows = np.array_split(np.arange(image.shape[0]), 7)
            columns = np.array_split(np.arange(image.shape[1]), 7)
            found.append([image[r][:, c].reshape(-1, 3).mean(0) for r in rows for c in columns])
        return np.array(found, np.float32)

    def pool(self, cells: np.ndarray, shares: np.ndarray) -> np.ndarray:
        raise NotImplementedError


def test_windows_cover_the_picture_to_its_edges() -> None:
    boxes = windows(0.3, 4)
    assert boxes.shape == (16, 4)
    assert boxes[:, :2].min() == 0
    assert boxes[:, 2:].max() == pytest.approx(1)
    assert (boxes[1] > boxes[0])[0], "row by row, from left to right"


@pytest.mark.parametrize(("share", "count", "wanted"), [(0.4, 3, COARSE), (0.3, 4, FINE)])
def test_every_cell_of_a_map_is_a_mean(share: float, count: int, wanted: int) -> None:
    weights = merging(share, count, 7, wanted)
    assert weights.shape == (wanted**2, count**2 * 49)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


def test_a_map_shows_what_is_where() -> None:
    ramp = np.zeros((420, 840, 3), np.uint8)
    ramp[..., 0] = np.linspace(0, 255, 840).astype(np.uint8)
    ramp[..., 1] = np.linspace(0, 255, 420).astype(np.uint8)[:, None]
    maps = look(MeanTower(), ramp, CancelToken())
    for cells, side in ((maps.coarse, COARSE), (maps.fine, FINE)):
        middles = (np.arange(side) + 0.5) / side * 255
        y, x = np.meshgrid(middles, middles, indexing="ij")
        np.testing.assert_allclose(cells[:, 0].reshape(side, side), x, atol=6)
        np.testing.assert_allclose(cells[:, 1].reshape(side, side), y, atol=6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (500, 5)])
def test_thin_pictures_have_maps_too(shape: tuple[int, int]) -> None:
    maps = look(MeanTower.__new__(_Plain), np.zeros((*shape, 3), np.uint8), CancelToken())
    assert maps.fine.shape == (FINE * FINE, 3)


class _Plain(MeanTower):
    def look(self, images: Sequence[PixelArray]) -> np.ndarray:
        assert all(image.size for image in images)
        return np.zeros((len(images), 49, 3), np.float32)


def test_a_cancelled_look_stops_before_the_tower() -> None:
    tower, cancel = MeanTower(), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        look(tower, np.zeros((70, 70, 3), np.uint8), cancel)
    assert tower.calls == 0


def test_coverage_is_the_area_within() -> None:
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.35, 0.9], [-0.5, -0.5, 0.025, 0.05]])
    shares = coverage(boxes, FINE)
    areas = shares.sum(axis=1) / FINE**2
    np.testing.assert_allclose(areas, [1, 0.25 * 0.7, 0.025 * 0.05], rtol=1e-4)
    assert shares[2].argmax() == 0


def test_neighbours_are_those_around() -> None:
    near = neighbourhoods(5)
    assert near[12].sum() == 9
    assert near[0].sum() == 4
    np.testing.assert_array_equal(near, near.T)


def test_refining_keeps_planes() -> None:
    middles = (np.arange(COARSE) + 0.5) / COARSE
    plane = np.add.outer(2 * middles, middles).ravel()
    fine = (refinement() @ plane).reshape(FINE, FINE)
    inner = (np.arange(FINE) + 0.5) / FINE
    np.testing.assert_allclose(
        fine[1:-1, 1:-1], np.add.outer(2 * inner, inner)[1:-1, 1:-1], atol=1e-5
    )
