"""CLIPSeg: the heat of transformers' own pass, and regions made of it."""

import numpy as np
import pytest
import torch
import transformers
from PIL import Image

from vlm_desktop.backends.grounding.segmenter import regions_of
from vlm_desktop.backends.grounding.windows import cut, windows
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.types import Box, Size


@torch.inference_mode()
def reference(folder, image, phrase):
    processor = transformers.AutoProcessor.from_pretrained(folder)
    network = transformers.CLIPSegForImageSegmentation.from_pretrained(folder).eval()
    inputs = processor(text=[phrase], images=[Image.fromarray(image)], return_tensors="pt")
    return network(**inputs).logits.reshape(32, 32).sigmoid().numpy()


@pytest.mark.parametrize("shape", ["landscape", "portrait"])
def test_heat_is_that_of_transformers(shape, lend_tiny, tiny_folder, pictures):
    image = pictures[shape]
    heat = lend_tiny("clipseg").heat(image, "red dog", CancelToken())
    assert heat.dtype == np.float32
    assert heat == pytest.approx(reference(tiny_folder("clipseg"), image, "red dog"), abs=1e-5)
    assert lend_tiny("clipseg").heat(image, " ", CancelToken()) is None


@pytest.mark.parametrize("shape", ["strip", "tower"])
def test_the_heat_of_a_long_picture_is_put_together(shape, lend_tiny, tiny_folder, pictures):
    image = pictures[shape]
    heat = lend_tiny("clipseg").heat(image, "red dog", CancelToken())
    parts = windows(Size(image.shape[1], image.shape[0]))
    first, last = (
        reference(tiny_folder("clipseg"), cut(image, part), "red dog")
        for part in (parts[0], parts[-1])
    )
    long = np.ascontiguousarray(heat.T) if shape == "tower" else heat
    first, last = (one.T if shape == "tower" else one for one in (first, last))
    assert long.shape[0] == 32
    assert long.shape[1] == pytest.approx(32 * (1 + 0.75 * (len(parts) - 1)), abs=2)
    assert long[:, :20] == pytest.approx(first[:, :20], abs=1e-5)
    assert long[:, -20:] == pytest.approx(last[:, -20:], abs=1e-5)


@pytest.mark.parametrize("shape", ["landscape", "portrait", "strip", "tower"])
def test_regions_are_masks_of_the_picture_with_boxes_around_them(shape, lend_tiny, pictures):
    image = pictures[shape]
    (found,) = lend_tiny("clipseg").find(image, ["red dog"], CancelToken())
    assert found
    height, width = image.shape[:2]
    for one in found:
        assert (one.mask.size.width, one.mask.size.height) == (width, height)
        assert one.mask.box == one.box
        assert 0 < one.confidence < 1


def test_phrases_are_answered_differently_from_one_look(open_tiny, pictures):
    model = open_tiny("clipseg")
    model.find(pictures["landscape"], ["cat"], CancelToken())
    looks = []
    model._model.clip.vision_model.register_forward_hook(lambda *_: looks.append(1))
    model.find(pictures["landscape"], ["dog", "boat"], CancelToken())
    one, other = (
        model.heat(pictures["landscape"], phrase, CancelToken()) for phrase in ("dog", "boat")
    )
    assert not looks
    assert np.abs(one - other).max() > 1e-4


def test_pixels_that_hang_together_are_one_region():
    probabilities = np.full((100, 200), 0.05, np.float32)
    probabilities[10:30, 20:60] = 0.7
    probabilities[12, 22] = 0.9
    probabilities[50:90, 150:200] = 0.6
    probabilities[99, 0] = 0.99  # a speck
    first, second = regions_of(probabilities)
    assert (first.box, second.box) == (Box(20, 10, 60, 30), Box(150, 50, 200, 90))
    assert (first.confidence, second.confidence) == pytest.approx((0.9, 0.6))
    assert first.mask.area == 20 * 40


def test_weak_answers_are_cut_at_half_their_peak():
    probabilities = np.full((60, 60), 0.01, np.float32)
    probabilities[5:20, 5:20] = 0.2
    (found,) = regions_of(probabilities)
    assert found.box == Box(5, 5, 20, 20)
    assert found.confidence == pytest.approx(0.2)


def test_a_flat_picture_is_one_region_and_an_empty_one_none():
    (whole,) = regions_of(np.full((4, 3), 0.3, np.float32))
    assert whole.box == Box(0, 0, 3, 4)
    assert regions_of(np.zeros((4, 3), np.float32)) == ()
