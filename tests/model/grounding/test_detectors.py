"""Grounding DINO and OWL, compared with what transformers itself makes of the same networks."""

import json
import shutil
from functools import cache

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from torchvision.ops import nms

from vlm_desktop.backends.grounding.families import PHRASE_FAMILIES, said
from vlm_desktop.backends.grounding.network import MOST_REGIONS
from vlm_desktop.backends.grounding.opening import open_phrases
from vlm_desktop.backends.grounding.thinning import SAME
from vlm_desktop.backends.grounding.windows import cut, windows
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelBroken, ModelOutOfMemory
from vlm_desktop.base.types import Box, Size

DETECTORS = ("grounding-dino", "mm-grounding-dino", "owlvit", "owlv2")


def rows(regions):
    """[n, 5]: corners and scores, in an order of their own."""
    made = [(one.box.x0, one.box.y0, one.box.x1, one.box.y1, one.confidence) for one in regions]
    return np.array(sorted(made, key=lambda row: (-round(row[4], 4), *row[:4])))


@cache
def own(folder):
    """A folder's family, processor and network as transformers opens them."""
    family = PHRASE_FAMILIES[transformers.AutoConfig.from_pretrained(folder).model_type]
    processor = transformers.AutoProcessor.from_pretrained(folder)
    return family, processor, getattr(transformers, family.network).from_pretrained(folder).eval()


@torch.inference_mode()
def reference(folder, image, phrase):
    """Boxes by transformers' own processor and post-processing, cut off at each window."""
    family, processor, network = own(folder)
    text = said(family, phrase)
    found = []
    for part in windows(Size(image.shape[1], image.shape[0])):
        pixels = cut(image, part)
        height, width = pixels.shape[:2]
        inputs = processor(
            images=Image.fromarray(pixels), text=[[text]] if "owl" in family.model_type else text,
            return_tensors="pt",
        )  # fmt: skip
        told = processor.post_process_grounded_object_detection(
            network(**inputs), threshold=-1, target_sizes=[(height, width)]
        )[0]
        boxes = told["boxes"].clone()
        boxes[:, 0::2] = boxes[:, 0::2].clamp(0, width) + part.x0
        boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height) + part.y0
        real = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
        boxes, scores = boxes[real], told["scores"][real]
        counting = (scores > family.floor) | (scores == scores.max()) & ~(
            scores > family.floor
        ).any()
        boxes, scores = boxes[counting], scores[counting]
        kept = nms(boxes, scores, SAME)
        found.append(torch.cat([boxes[kept], scores[kept, None]], dim=1))
    every = torch.cat(found)
    kept = nms(every[:, :4], every[:, 4], SAME)[:MOST_REGIONS]
    return np.array(sorted(every[kept].tolist(), key=lambda row: (-round(row[4], 4), *row[:4])))


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize("shape", ["landscape", "portrait", "strip", "tower"])
def test_boxes_and_scores_are_those_of_transformers(name, shape, lend_tiny, tiny_folder, pictures):
    image = pictures[shape]
    (found,) = lend_tiny(name).find(image, ["red dog"], CancelToken())
    expected = reference(tiny_folder(name), image, "red dog")
    assert len(expected)
    assert rows(found) == pytest.approx(expected, abs=2e-3, rel=1e-3)


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize(("shape", "width", "height"), [("landscape", 64, 48), ("ribbon", 300, 3)])
def test_regions_lie_within_and_come_best_first(name, shape, width, height, lend_tiny, pictures):
    (found,) = lend_tiny(name).find(pictures[shape], ["boat"], CancelToken())
    assert found
    scores = [one.confidence for one in found]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    for one in found:
        assert 0 <= one.box.x0 < one.box.x1 <= width
        assert 0 <= one.box.y0 < one.box.y1 <= height
        assert one.label == "boat"
        assert one.mask is None


@pytest.mark.parametrize("name", DETECTORS)
def test_several_phrases_are_each_asked_alone_and_in_order(name, lend_tiny, pictures):
    image, model = pictures["portrait"], lend_tiny(name)
    together = model.find(image, ["red dog", "  ", "cat", "red dog"], CancelToken())
    for phrase, found in zip(["red dog", "cat"], (together[0], together[2]), strict=True):
        (alone,) = model.find(image, [phrase], CancelToken())
        assert rows(found) == pytest.approx(rows(alone), abs=1e-4)
    assert together[1] == ()
    assert rows(together[3]) == pytest.approx(rows(together[0]), abs=1e-6)
    assert rows(together[0]).tolist() != rows(together[2]).tolist()


def test_what_does_not_depend_on_words_is_looked_at_once(open_tiny, pictures):
    model = open_tiny("owlv2")
    model.find(pictures["landscape"], ["cat"], CancelToken())
    passes = []
    model._model.owlv2.vision_model.register_forward_hook(lambda *_: passes.append("picture"))
    model._model.owlv2.text_model.register_forward_hook(lambda *_: passes.append("words"))
    model.find(pictures["landscape"], ["cat", "dog"], CancelToken())
    assert passes == ["words", "words"]
    model.find(pictures["portrait"], ["cat"], CancelToken())
    assert passes == ["words", "words", "picture", "words"]


def test_grounding_dino_looks_anew_for_every_phrase(open_tiny, pictures):
    model = open_tiny("grounding-dino")
    model.find(pictures["landscape"], ["cat"], CancelToken())
    passes = []
    model._model.model.backbone.register_forward_hook(lambda *_: passes.append("picture"))
    model.find(pictures["landscape"], ["cat", "dog", "boat"], CancelToken())
    assert passes == ["picture"] * 3


class TokenAfter(CancelToken):
    """Cancels itself at the given look."""

    def __init__(self, looks):
        super().__init__()
        self.left = looks

    def raise_if_cancelled(self):
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().raise_if_cancelled()


@pytest.mark.parametrize("name", [*DETECTORS, "clipseg", "florence2"])
@pytest.mark.parametrize("looks", [0, 7])
def test_cancelling_stops_before_and_within_a_pass(name, looks, lend_tiny, pictures):
    model = lend_tiny(name)
    (before,) = model.find(pictures["landscape"], ["cat"], CancelToken())
    model.find(pictures["portrait"], ["cat"], CancelToken())
    token = TokenAfter(looks)
    with pytest.raises(Cancelled):
        model.find(pictures["landscape"], ["cat", "dog"], token)
    assert token.left == -1, "the network goes on after it was told to stop"
    (after,) = model.find(pictures["landscape"], ["cat"], CancelToken())
    assert rows(after) == pytest.approx(rows(before), abs=1e-5)


@pytest.mark.parametrize("name", [*DETECTORS, "clipseg", "florence2"])
def test_a_full_device_is_told_and_survived(name, open_tiny, pictures):
    model = open_tiny(name)
    model.find(pictures["landscape"], ["cat"], CancelToken())

    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    handles = [one.register_forward_pre_hook(full) for one in model._model.children()]
    with pytest.raises(ModelOutOfMemory) as told:
        model.find(pictures["portrait"], ["cat"], CancelToken())
    assert told.value.fields["model"] == f"tiny-{name}"
    for handle in handles:
        handle.remove()
    model.find(pictures["portrait"], ["cat"], CancelToken())


def test_other_failures_of_a_network_are_translated(open_tiny, pictures):
    model = open_tiny("owlvit")
    model.find(pictures["landscape"], ["cat"], CancelToken())

    def broken(*_):
        raise ValueError("shapes do not match")

    model._model.owlvit.text_model.register_forward_pre_hook(broken)
    with pytest.raises(ModelBroken, match="shapes do not match"):
        model.find(pictures["landscape"], ["dog"], CancelToken())


@pytest.mark.parametrize("name", [*DETECTORS, "clipseg"])
def test_an_endless_phrase_and_a_single_pixel_are_answered(name, lend_tiny):
    pixel = np.full((1, 1, 3), 90, np.uint8)
    (found,) = lend_tiny(name).find(pixel, ["red dog on the street " * 100], CancelToken())
    for one in found:
        assert 0 <= one.box.x0 < one.box.x1 <= 1


@pytest.mark.parametrize("name", ["grounding-dino", "owlv2"])
def test_what_was_unloaded_comes_back_with_the_next_question(name, open_tiny, pictures):
    model = open_tiny(name)
    before = model.find(pictures["landscape"], ["cat"], CancelToken())
    assert model.spec.memory_bytes > 0
    model.unload()
    assert model._model is None
    assert model._seen == ()
    after = model.find(pictures["landscape"], ["cat"], CancelToken())
    assert rows(after[0]) == pytest.approx(rows(before[0]), abs=1e-6)


def test_numbers_that_are_none_give_no_boxes(open_tiny, pictures, monkeypatch):
    model = open_tiny("owlvit")
    model.find(pictures["landscape"], ["cat"], CancelToken())
    true = model._apart

    def some_nan(seen, words):
        logits, boxes = true(seen, words)
        logits, boxes = logits.clone(), boxes.clone()
        boxes[0, 0], logits[1] = torch.nan, torch.nan
        return logits, boxes

    monkeypatch.setattr(model, "_apart", some_nan)
    (found,) = model.find(pictures["landscape"], ["cat"], CancelToken())
    assert found
    assert all(np.isfinite([*rows([one])[0]]).all() for one in found)


def changed(path, change):
    content = change(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_thin_strip_has_places_enough_for_all_queries(tiny_folder, tmp_path, pictures):
    """The true detectors want 900 places, which a whole strip of 1 to 100 does not have."""
    folder = shutil.copytree(tiny_folder("grounding-dino"), tmp_path / "dino")
    changed(folder / "config.json", lambda told: told | {"num_queries": 900})
    edges = {"size": {"shortest_edge": 800, "longest_edge": 1333}}
    changed(
        folder / "processor_config.json",
        lambda told: told | {"image_processor": told["image_processor"] | edges},
    )
    weights = load_file(folder / "model.safetensors")
    queries = weights["model.query_position_embeddings.weight"]
    weights["model.query_position_embeddings.weight"] = queries.repeat(45, 1)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    model = open_phrases(folder, model_id="dino", provider="cpu")
    (found,) = model.find(cut(pictures["ribbon"], Box(0, 0, 48, 3)), ["cat"], CancelToken())
    assert found
    model.unload()
