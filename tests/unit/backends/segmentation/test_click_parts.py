"""What the classical segmenter is made of."""

import numpy as np
import pytest

from tests.unit.backends.segmentation.things import ball, ellipse
from vlm_desktop.backends.segmentation.clickboxes import box_overlaps, centred, region_boxes, within
from vlm_desktop.backends.segmentation.clickchoice import click_weights, likely_boxes
from vlm_desktop.backends.segmentation.clickfeatures import BoxFeatures
from vlm_desktop.backends.segmentation.clickmaps import BoxSums, PictureMaps, picture_maps
from vlm_desktop.backends.segmentation.regions import LEVELS
from vlm_desktop.backends.segmentation.scaling import reduced, resized_mask
from vlm_desktop.base.grounding import PromptPoint
from vlm_desktop.base.masks import Mask, overlap
from vlm_desktop.base.types import Size


@pytest.fixture(scope="module")
def maps() -> PictureMaps:
    return picture_maps(ball(480, 640)[0])


def test_every_pixel_is_in_a_superpixel_and_every_number_is_used(maps: PictureMaps) -> None:
    assert np.array_equal(np.unique(maps.labels), np.arange(maps.levels.shape[1]))


def test_regions_of_a_level_are_made_of_those_below(maps: PictureMaps) -> None:
    for finer, coarser in zip(maps.levels, maps.levels[1:], strict=False):
        for region in np.unique(finer):
            assert len(np.unique(coarser[finer == region])) == 1
    counts = [len(np.unique(level)) for level in maps.levels]
    assert all(count <= most for count, most in zip(counts, LEVELS, strict=True))
    assert counts[-1] > 1


def test_a_thing_of_its_own_colour_becomes_a_region(maps: PictureMaps) -> None:
    scale = maps.image.shape[1] / 640
    found = region_boxes(maps, 200 * scale, 110 * scale)
    truth = np.array([[140, 70, 260, 150]]) * scale
    assert box_overlaps(found, truth).max() > 0.85


def test_maps_survive_being_kept_as_numbers(maps: PictureMaps) -> None:
    again = PictureMaps.of(maps.arrays())
    for name in maps.__slots__:
        assert np.array_equal(getattr(maps, name), getattr(again, name))


def test_sums_over_boxes_are_exact_to_fractions_of_a_cell() -> None:
    values = np.random.default_rng(0).random((6, 9, 5)).astype(np.float32)
    fine = np.repeat(np.repeat(values, 10, axis=0), 10, axis=1)
    boxes = np.array([[0.0, 0.0, 9.0, 6.0], [1.3, 2.1, 4.7, 5.9], [8.2, 0.0, 9.0, 0.4]])
    sums, means = BoxSums(values).sums(boxes), BoxSums(values).means(boxes)
    for box, found, mean in zip(boxes, sums, means, strict=True):
        x0, y0, x1, y1 = np.rint(box * 10).astype(int)
        part = fine[y0:y1, x0:x1]
        assert found == pytest.approx(part.sum(axis=(0, 1)) / 100, rel=1e-4)
        assert mean == pytest.approx(part.mean(axis=(0, 1)), rel=1e-4)


def test_each_weight_is_one_of_a_feature_and_none_is_missing(maps: PictureMaps) -> None:
    found = within(maps, centred(maps, 300, 200), 300, 200)
    values = BoxFeatures(maps, 300, 200).of(found)
    assert set(values) == set(click_weights())
    assert all(np.isfinite(value).all() and len(value) == len(found.boxes)
               for value in values.values())  # fmt: skip


def test_boxes_stay_in_the_picture(maps: PictureMaps) -> None:
    found = within(maps, centred(maps, 3, 470), 3, 470)
    assert len(found.boxes)
    assert found.boxes.min() >= 0
    assert found.boxes[:, 2].max() <= 640
    assert found.boxes[:, 3].max() <= 480


def test_boxes_leave_out_no_place_that_belongs(maps: PictureMaps) -> None:
    places = [PromptPoint(200, 110), PromptPoint(420, 300)]
    best = likely_boxes(maps, places)[0].box
    assert best.x0 <= 200
    assert best.x1 >= 420
    assert best.y0 <= 110
    assert best.y1 >= 300


def test_masks_keep_their_shape_at_another_size() -> None:
    small = Mask.of(ellipse(60, 80, (30, 25), (20, 15)))
    large = resized_mask(small, Size(800, 600))
    truth = Mask.of(ellipse(600, 800, (300, 250), (200, 150)))
    assert large.size == Size(800, 600)
    assert overlap(large, truth) > 0.97
    assert overlap(resized_mask(large, Size(80, 60)), small) > 0.95


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_what_reaches_the_edge_still_does_when_enlarged(share: float) -> None:
    """The small and the large way of enlarging."""
    bits = np.zeros((30, 40), bool)
    bits[:, : int(40 * share)] = True
    large = resized_mask(Mask.of(bits), Size(410, 293))
    assert large.box is not None
    assert (large.box.x0, large.box.y0, large.box.y1) == (0, 0, 293)
    assert large.box.x1 == pytest.approx(410 * share, abs=3)
    assert large.area == large.box.x1 * 293


def test_a_single_pixel_does_not_vanish_when_enlarged() -> None:
    bits = np.zeros((20, 30), bool)
    bits[7, 11] = True
    large = resized_mask(Mask.of(bits), Size(300, 200))
    assert large.holds(115, 75)
    assert large.area > 40


def test_an_empty_mask_stays_empty() -> None:
    empty = resized_mask(Mask.of(np.zeros((4, 4), bool)), Size(100, 50))
    assert (empty.size, empty.area, empty.box) == (Size(100, 50), 0, None)


def test_pictures_are_never_enlarged() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    assert reduced(picture, 10_000).shape == (10, 20, 3)
    assert reduced(picture, 50).shape == (5, 10, 3)
