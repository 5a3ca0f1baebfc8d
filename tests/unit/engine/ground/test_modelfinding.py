"""Detectors as finders: calibrated against null phrases, led back to full size, memory shared."""

import threading
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelOutOfMemory
from vlm_desktop.base.grounding import (
    FoundRegion,
    GroundPicture,
    MaskModelSpec,
    PhraseTraits,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.detections import (
    NULL_NOUNS,
    box_heat,
    null_band,
    null_nouns,
)
from vlm_desktop.engine.ground.modelfinding import PhraseModels
from vlm_desktop.strings import sentence

SIZE = Size(400, 200)
PIXELS = np.zeros((100, 200, 3), np.uint8)


def picture(content_hash="a"):
    return GroundPicture(Path("a.jpg"), content_hash, SIZE, PIXELS)


class Detector:
    """A `PhraseModel` that boxes everything: known words with their scores, others with `null`."""

    def __init__(self, scores, *, null=0.2, looks_once=True, heat=None):
        self.scores, self.null, self.own = scores, null, heat
        self.spec = MaskModelSpec("m", "r1", "cpu", "fp32")
        self.traits = PhraseTraits(0.35, looks_once)
        self.asked, self.unloaded, self.full = [], 0, 0

    def find(self, image, phrases, cancel):
        made = []
        for phrase in phrases:
            cancel.raise_if_cancelled()
            if self.full:
                self.full -= 1
                raise ModelOutOfMemory(model="m", detail="full")
            self.asked.append(phrase)
            scores = self.scores.get(phrase, [self.null + 0.01 * (len(phrase) % 3)])
            made.append(
                tuple(
                    FoundRegion(Box(20 * n, 10, 20 * n + 20, 50), score)
                    for n, score in enumerate(scores)
                )
            )
        return tuple(made)

    def heat(self, image, phrase, cancel):
        return self.own

    def unload(self):
        self.unloaded += 1


class Residents:
    """What `OneModel` needs of them; `freed` says how many models it frees."""

    def __init__(self, freed=0):
        self.holders, self.freed, self.asked = [], freed, 0

    def register(self, holder):
        self.holders.append(holder)

    def unregister(self, holder):
        self.holders.remove(holder)

    def free_device(self, cancel):
        self.asked += 1
        return self.freed


def finder(model, residents=None):
    residents = residents or Residents()
    return PhraseModels(lambda model_id: model, lambda: residents).finder("m")


# --- whether it is there --------------------------------------------------------------------


def test_a_detector_that_boxes_everything_is_believed_only_where_it_stands_out():
    found = finder(Detector({"dog": [0.85, 0.8, 0.1], "cat": [0.24]}))
    dog = found.find(picture(), "dog", CancelToken())
    cat = found.find(picture(), "cat", CancelToken())
    assert dog.present > 0.9
    assert cat.present < 0.1
    assert dog.heatmap.strength > 2 > cat.heatmap.strength
    assert [round(one.confidence, 2) for one in dog.regions[:1]] == [round(dog.present, 2)]
    confidences = [one.confidence for one in dog.regions]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[1] > 0.8
    assert all(one.confidence < 0.1 for one in cat.regions)


def test_the_same_score_says_less_where_nulls_score_high():
    quiet = finder(Detector({"dog": [0.5]}, null=0.1)).find(picture(), "dog", CancelToken())
    loud = finder(Detector({"dog": [0.5]}, null=0.45)).find(picture(), "dog", CancelToken())
    assert quiet.present > 0.6 > 0.2 > loud.present


def test_a_model_that_finds_nothing_of_what_is_not_there_is_believed_when_it_finds():
    silent = Detector({"dog": [0.6]} | {noun: [] for noun in NULL_NOUNS} | {"cat": []})
    found = finder(silent)
    assert found.find(picture(), "dog", CancelToken()).present > 0.95
    cat = found.find(picture(), "cat", CancelToken())
    assert cat.present < 0.05
    assert cat.regions == ()


def test_a_null_that_is_there_after_all_does_no_harm():
    scores = [0.1, 0.12, 0.11, 0.9]
    assert null_band(scores).middle == pytest.approx(null_band(scores[:3]).middle, abs=0.1)
    assert null_band(scores).spread < 3 * null_band(scores[:3]).spread
    assert null_band(scores).probability(0.8, 0.35) > 0.8


@pytest.mark.parametrize("score", [0.0, 1e-9, 0.5, 1.0])
def test_probabilities_are_some_at_every_score(score):
    for nulls in ([0.0, 0.0], [1.0, 1.0], [0.3]):
        assert 0 <= null_band(nulls).probability(score, 0.35) <= 1


def test_probability_rises_with_the_score():
    band = null_band([0.2, 0.25, 0.3])
    found = [band.probability(score, 0.35) for score in np.linspace(0, 1, 21)]
    assert found == sorted(found)
    assert found[0] < 0.01
    assert found[-1] > 0.99


def test_nulls_do_not_share_words_with_what_is_asked():
    assert "submarine" not in null_nouns("a yellow submarine", 8)
    assert "harp" not in null_nouns("two harps", 8)
    assert null_nouns("dog", 4) == NULL_NOUNS[:4]


@pytest.mark.parametrize(("looks_once", "nulls"), [(True, 8), (False, 3)])
def test_nulls_are_asked_once_for_each_picture(looks_once, nulls):
    model = Detector({}, looks_once=looks_once)
    found = finder(model)
    for name in ("a", "a", "b", "a"):
        found.find(picture(name), "dog", CancelToken())
    assert model.asked.count("dog") == 4
    assert len(model.asked) == 4 + 2 * nulls


# --- places ---------------------------------------------------------------------------------


def test_places_are_led_back_to_the_full_picture():
    bits = np.zeros((100, 200), bool)
    bits[10:50, 20:60] = True
    model = Detector({})
    model.find = lambda image, phrases, cancel: tuple(
        (FoundRegion(Box(20, 10, 60, 50), 0.9, Mask.of(bits)),) for _ in phrases
    )
    (region,) = finder(model).find(picture(), "dog", CancelToken()).regions
    assert region.box == Box(40, 20, 120, 100)
    assert region.label == "dog"
    assert region.mask.size == SIZE
    assert region.mask.area == pytest.approx(4 * 40 * 40, rel=0.03)


def test_heat_is_the_models_own_or_that_of_its_boxes():
    own = np.full((3, 4), 0.5, np.float32)
    assert (
        finder(Detector({}, heat=own)).find(picture(), "dog", CancelToken()).heatmap.values is own
    )
    made = finder(Detector({"dog": [0.9]})).find(picture(), "dog", CancelToken())
    heat = made.heatmap.values
    assert heat.shape == (24, 48)
    assert heat.max() == pytest.approx(made.present, rel=1e-5)
    assert heat[0, 0] == 0
    assert heat[6, 1] > 0.5


def test_a_cell_that_is_half_covered_has_half_the_heat():
    heat = box_heat([FoundRegion(Box(0, 0, 5, 10), 0.8)], Size(480, 480))
    assert heat[0, 0] == pytest.approx(0.4)
    assert heat.sum() == pytest.approx(0.4)


@pytest.mark.parametrize("size", [Size(1, 1), Size(10_000, 100), Size(100, 10_000)])
def test_pictures_of_any_shape_have_a_heatmap(size):
    heat = box_heat([FoundRegion(Box(0, 0, size.width, size.height), 1.0)], size)
    assert heat.dtype == np.float32
    assert heat.min() == pytest.approx(1.0)


# --- memory and turns -----------------------------------------------------------------------


def test_out_of_memory_asks_others_to_leave_and_tries_once_more():
    model, residents = Detector({"dog": [0.9]}), Residents(freed=1)
    model.full = 1
    assert finder(model, residents).find(picture(), "dog", CancelToken()).present > 0.5
    assert (model.unloaded, residents.asked) == (1, 1)


def test_out_of_memory_for_good_is_said_and_nothing_stays():
    model, residents = Detector({}), Residents(freed=1)
    model.full = 2
    with pytest.raises(ModelOutOfMemory) as told:
        finder(model, residents).find(picture(), "dog", CancelToken())
    assert "m" in sentence(told.value)
    assert model.unloaded == 2
    alone = Detector({})
    alone.full = 1
    with pytest.raises(ModelOutOfMemory):
        finder(alone).find(picture(), "dog", CancelToken())
    assert alone.unloaded == 1


def test_memory_is_given_back_when_a_model_that_answers_needs_it():
    model, residents = Detector({}), Residents()
    models = PhraseModels(lambda model_id: model, lambda: residents)
    models.finder("m").find(picture(), "dog", CancelToken())
    (holder,) = residents.holders
    assert holder.give_way()
    assert model.unloaded == 1
    assert not holder.give_way(), "nothing is left to free"
    models.close()
    assert residents.holders == []


def test_one_model_at_a_time_lies_in_memory():
    opened = {}
    models = PhraseModels(lambda model_id: opened.setdefault(model_id, Detector({})), Residents)
    models.finder("one").find(picture(), "dog", CancelToken())
    models.finder("two").find(picture(), "dog", CancelToken())
    assert (opened["one"].unloaded, opened["two"].unloaded) == (1, 0)
    models.release("two")
    assert opened["two"].unloaded == 1


def test_other_settings_open_a_model_anew():
    opened = []

    def open_model(model_id):
        opened.append(Detector({}))
        return opened[-1]

    residents = Residents()
    models = PhraseModels(open_model, lambda: residents)
    found = models.finder("m")
    found.find(picture(), "dog", CancelToken())
    models.renew_later()
    found.find(picture(), "cat", CancelToken())
    assert len(opened) == 2
    assert opened[0].unloaded == 1


def test_cancelling_keeps_nothing_half_known():
    model = Detector({})
    token = CancelToken()
    find = model.find

    def cancelling(image, phrases, cancel):
        made = find(image, phrases[:1], cancel)
        token.cancel()
        token.raise_if_cancelled()
        return made

    found = finder(model)
    model.find = cancelling
    with pytest.raises(Cancelled):
        found.find(picture(), "dog", token)
    model.find, model.asked = find, []
    found.find(picture(), "dog", CancelToken())
    assert len(model.asked) == 9, "every null phrase is asked again"


def test_whoever_waits_for_a_turn_can_be_cancelled():
    model = Detector({})
    holding, going_on = threading.Event(), threading.Event()
    find = model.find

    def slow(image, phrases, cancel):
        holding.set()
        assert going_on.wait(10)
        return find(image, phrases, cancel)

    found = finder(model)
    model.find = slow
    first = threading.Thread(target=found.find, args=(picture(), "dog", CancelToken()))
    first.start()
    assert holding.wait(10)
    token = CancelToken()
    token.cancel()
    try:
        with pytest.raises(Cancelled):
            found.find(picture(), "cat", token)
    finally:
        going_on.set()
        first.join()
    assert "cat" not in model.asked
