"""Proposed boxes, and the scores that a heatmap gives them."""

import numpy as np
import pytest

from vlm_desktop.engine.ground.boxscores import BoxCells, scaled
from vlm_desktop.engine.ground.cellmaps import FINE
from vlm_desktop.engine.ground.phraseheat import weights
from vlm_desktop.engine.ground.regionproposals import SIDE, kept_whole, net, propose, reduced
from vlm_desktop.engine.ground.starterfinding import chances_of, distinct, shared

SQUARE = np.array([0.2, 0.3, 0.6, 0.8])


def squares() -> np.ndarray:
    """A red field with some grain on green."""
    random = np.random.default_rng(0)
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[...] = (30, 120, 40)
    pixels[90:240, 80:240] = (200, 40, 30)
    return np.clip(pixels + random.integers(-8, 9, pixels.shape), 0, 255).astype(np.uint8)


def test_a_plain_thing_is_proposed_closely() -> None:
    found = propose(squares())
    assert found.boxes.shape[0] == found.whole.shape[0]
    assert shared(SQUARE, found.boxes).max() > 0.9
    best = int(shared(SQUARE, found.boxes).argmax())
    assert found.whole[best].min() > 0.9, "its edges cut nothing"
    assert found.boxes.min() >= 0
    assert found.boxes.max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (700, 7)])
def test_odd_pictures_get_boxes(shape: tuple[int, int]) -> None:
    found = propose(np.zeros((*shape, 3), np.uint8))
    assert len(found.boxes) >= len(net())
    assert np.isfinite(found.whole).all()


def test_the_net_overlaps_every_large_box_somewhat() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        width, height = random.uniform(0.25, 1, 2)
        x, y = random.uniform(0, 1 - width), random.uniform(0, 1 - height)
        assert shared(np.array([x, y, x + width, y + height]), net()).max() > 0.4


def test_pictures_are_reduced_once() -> None:
    assert max(reduced(np.zeros((3000, 4000, 3), np.uint8)).shape) == SIDE
    assert reduced(np.zeros((20, 30, 3), np.uint8)).shape == (20, 30, 3)


def test_what_cuts_a_segment_is_not_whole() -> None:
    segments = np.zeros((20, 20), int)
    segments[5:15, 5:15] = 1
    boxes = np.array([[0.25, 0.25, 0.75, 0.75], [0.25, 0.25, 0.5, 0.75]])
    whole = kept_whole(segments, boxes)
    assert whole[0] == 1
    assert whole[1] == 0, "half of the segment is in, half is out"


def hot(box: np.ndarray) -> np.ndarray:
    middle = (np.arange(FINE) + 0.5) / FINE
    x = (middle > box[0]) & (middle < box[2])
    y = (middle > box[1]) & (middle < box[3])
    return np.where(np.outer(y, x), 3.0, -4.0).ravel()


@pytest.mark.parametrize("box", [SQUARE, np.array([0.55, 0.1, 0.9, 0.95])])
def test_the_box_around_the_heat_wins(box: np.ndarray) -> None:
    found = propose(squares())
    scores = BoxCells.of(found).scores(hot(box))
    assert shared(box, found.boxes)[scores.argmax()] > 0.6


def test_expected_overlap_is_the_overlap_of_sure_heat() -> None:
    found = propose(squares())
    signals = BoxCells.of(found).signals(hot(SQUARE) * 20)
    truth = shared(SQUARE, found.boxes)
    np.testing.assert_allclose(signals[:, 0], truth, atol=0.02)


def test_distinct_boxes_lie_apart_best_first() -> None:
    boxes = np.array([[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.55], [0.5, 0.5, 1, 1], [0.6, 0, 1, 0.3]])
    kept = distinct(boxes, np.array([0.5, 0.6, 0.1, 0.4]))
    assert kept.tolist() == [1, 3, 2]
    chances = chances_of(np.array([0.6, -0.4, -1.1]))
    assert (np.diff(chances) < 0).all()
    assert 0 < chances.min() < chances.max() < 1


def test_scaling_keeps_the_middle() -> None:
    grown = scaled(SQUARE[None], 2.0)
    np.testing.assert_allclose(grown[0], [0.0, 0.05, 0.8, 1.05], atol=1e-12)


def test_weights_have_the_shapes_that_are_multiplied() -> None:
    table = weights()
    assert len(table["heat"]["weights"]) == 19
    assert len(table["boxes"]["weights"]) == 29
    assert len(table["present"]["weights"]) == 8
    assert len(table["right"]["weights"]) == 2
    things = table["things"]
    assert {len(things[name]) for name in ("coarse", "fine", "apart")} == {1280}
