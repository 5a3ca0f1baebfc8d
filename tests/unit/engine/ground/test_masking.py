"""Masks for prompts at the size of the picture, by the classical segmenter or the shelf."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.engine.ground.pointing import BLUE_CUP, LAPTOP, picture
from vlm_desktop.backends.segmentation.classical import ClassicalSegmenter
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    DestinationNotWritable,
    ModelError,
    ModelOutOfMemory,
    ModelUnknown,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounderrors import PromptOutside
from vlm_desktop.base.grounding import (
    GroundPicture,
    MaskChoice,
    MaskLevel,
    ObjectPrompt,
    PromptPoint,
)
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.masking import MaskCard, Masking
from vlm_desktop.engine.ground.maskmeasuring import BoxedThing, measure_masks
from vlm_desktop.engine.ground.spatial import overlap

ON_LAPTOP = ObjectPrompt((PromptPoint(275, 140),))


class Shelf:
    """Promptable models; each answers with a large, a small, and once more the large mask. Those in
    `failing` do not."""

    def __init__(self, *models: str, failing: tuple[str, ...] = ()) -> None:
        self.prepared: list[str] = []
        self.refused: list[str] = []
        self._models = models
        self._failing = failing

    def models(self) -> tuple[MaskCard, ...]:
        return tuple(MaskCard(one, one.upper()) for one in self._models)

    def automatic(self) -> str:
        return next((one for one in self._models if one not in self.refused), "")

    def refuse(self, model_id: str, error: ModelError) -> None:
        self.refused.append(model_id)

    def is_ready(self, content_hash: str, model_id: str) -> bool:
        return model_id in self.prepared

    def prepare(
        self, picture: GroundPicture, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        self._fail(model_id)
        self.prepared.append(model_id)
        yield Progress(Phase.ENCODE, 1, 1)

    def segment(
        self, picture: GroundPicture, prompt: ObjectPrompt, cancel: CancelToken, model_id: str
    ) -> tuple[MaskChoice, ...]:
        self._fail(model_id)
        shapes = ((10, 0.5), (100, 0.8), (99, 0.7))
        return tuple(MaskChoice(Mask.of(_square(side)), score) for side, score in shapes)

    def _fail(self, model_id: str) -> None:
        if model_id in self._failing:
            raise ModelOutOfMemory(model=model_id, detail="too large")


def _square(side: int) -> Bits:
    bits = np.zeros((300, 600), bool)
    bits[:side, :side] = True
    return bits


def test_a_box_around_a_thing_gives_it_at_the_pictures_size() -> None:
    answer = Masking().segment(picture(), ObjectPrompt((), BLUE_CUP), CancelToken())
    found = answer.choices[answer.best].mask
    assert (answer.model, answer.is_rough, found.size) == ("classical", True, Size(600, 300))
    assert found.box is not None
    assert overlap(found.box, BLUE_CUP) > 0.9


def test_a_click_gives_levels_from_the_largest_to_the_smallest() -> None:
    answer = Masking().segment(picture(), ON_LAPTOP, CancelToken())
    areas = [choice.mask.area for choice in answer.choices]
    assert areas == sorted(areas, reverse=True)
    assert [choice.level for choice in answer.choices] == list(MaskLevel)[: len(areas)]
    found = answer.choices[answer.best].mask.box
    assert found is not None
    assert overlap(found, LAPTOP) > 0.8
    assert answer.choices[answer.best].score == max(choice.score for choice in answer.choices)


def test_a_picture_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    encode = ClassicalSegmenter.encode
    monkeypatch.setattr(
        ClassicalSegmenter, "encode", lambda *given: looks.append(1) or encode(*given)
    )
    masks = Masking()
    assert not masks.is_ready("hash")
    list(masks.prepare(picture(), "", CancelToken()))
    assert masks.is_ready("hash")
    for _ in range(2):
        masks.segment(picture(), ON_LAPTOP, CancelToken())
    assert len(looks) == 1


def test_a_picture_that_vanished_is_clicked_on_as_before(tmp_path: Path) -> None:
    file = tmp_path / "desk.png"
    shown = picture()
    shown = GroundPicture(file, shown.content_hash, shown.size, shown.pixels)
    assert not file.exists()
    masks = Masking()
    one, other = (masks.segment(shown, ON_LAPTOP, CancelToken()) for _ in range(2))
    assert one.choices[0].mask.area == other.choices[0].mask.area > 0
    rough = one.choices[one.best].mask
    assert masks.refine(shown, ON_LAPTOP, rough, CancelToken()).area > 0


def test_a_hundred_megapixels_are_answered_from_what_was_decoded() -> None:
    small = picture()
    size = Size(14_400, 7_200)
    large = GroundPicture(small.path, "large", size, small.pixels)
    box = Box(*(24 * side for side in (BLUE_CUP.x0, BLUE_CUP.y0, BLUE_CUP.x1, BLUE_CUP.y1)))
    masks = Masking()
    answer = masks.segment(large, ObjectPrompt((), box), CancelToken())
    rough = answer.choices[answer.best].mask
    assert rough.size == size
    assert rough.bits.size < 1.1 * 1_200 * 1_200
    assert rough.box is not None
    assert overlap(rough.box, box) > 0.9
    fine = masks.refine(large, ObjectPrompt((), box), rough, CancelToken())
    assert (fine.size, fine.bits.size < 1.1 * 1_200 * 1_200) == (size, True)


def test_one_pixel_is_all_there_is() -> None:
    dot = GroundPicture(Path("dot.png"), "dot", Size(1, 1), np.zeros((1, 1, 3), np.uint8))
    prompt = ObjectPrompt((PromptPoint(0.5, 0.5),))
    answer = Masking().segment(dot, prompt, CancelToken())
    assert [choice.mask.area for choice in answer.choices] == [1]
    assert Masking().refine(dot, prompt, answer.choices[0].mask, CancelToken()).area == 1


def test_clicks_outside_are_refused_before_anyone_looks() -> None:
    masks = Masking()
    with pytest.raises(PromptOutside):
        masks.segment(picture(), ObjectPrompt((PromptPoint(600, 10),)), CancelToken())
    assert not masks.is_ready("hash")


def test_cancelled_clicks_leave_nothing_behind() -> None:
    masks, stopped = Masking(), CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        masks.segment(picture(), ON_LAPTOP, stopped)
    assert not masks.is_ready("hash")
    assert masks.segment(picture(), ON_LAPTOP, CancelToken()).choices


def test_a_model_answers_when_it_is_asked_for() -> None:
    shelf = Shelf("sam")
    masks = Masking(shelf)
    assert [card.id for card in masks.models()] == ["sam"]
    assert not masks.is_ready("hash", "sam")
    list(masks.prepare(picture(), "sam", CancelToken()))
    assert masks.is_ready("hash", "sam")
    answer = masks.segment(picture(), ON_LAPTOP, CancelToken(), model_id="sam")
    assert (answer.model, answer.best) == ("sam", 0)
    levels = [(choice.mask.area, choice.level) for choice in answer.choices]
    assert levels == [(10_000, MaskLevel.WHOLE), (100, MaskLevel.PART)]


def test_an_installed_model_takes_over_where_none_is_named() -> None:
    masks = Masking(Shelf("small", "large"))
    assert masks.automatic() == "small"
    answer = masks.segment(picture(), ON_LAPTOP, CancelToken())
    assert (answer.model, answer.is_rough) == ("small", False)
    assert not masks.is_ready("hash")
    list(masks.prepare(picture(), "", CancelToken()))
    assert masks.is_ready("hash")
    assert masks.is_ready("hash", "small")
    assert not masks.is_ready("hash", "classical")


def test_who_asks_for_no_model_gets_none() -> None:
    masks = Masking(Shelf("sam"))
    answer = masks.segment(picture(), ON_LAPTOP, CancelToken(), model_id="classical")
    assert (answer.model, answer.is_rough) == ("classical", True)


def test_a_model_that_fails_costs_nobody_an_outline() -> None:
    shelf = Shelf("broken", "sam", failing=("broken",))
    masks = Masking(shelf)
    assert masks.segment(picture(), ON_LAPTOP, CancelToken()).model == "sam"
    assert (shelf.refused, masks.automatic()) == (["broken"], "sam")
    alone = Masking(Shelf("broken", failing=("broken",)))
    list(alone.prepare(picture(), "", CancelToken()))
    assert alone.is_ready("hash", "classical")
    assert alone.segment(picture(), ON_LAPTOP, CancelToken()).model == "classical"
    with pytest.raises(ModelOutOfMemory):  # who names it is told
        alone.segment(picture(), ON_LAPTOP, CancelToken(), model_id="broken")


def test_without_a_shelf_no_model_is_known() -> None:
    assert Masking().automatic() == "classical"
    assert Masking().models() == ()
    with pytest.raises(ModelUnknown):
        Masking().segment(picture(), ON_LAPTOP, CancelToken(), model_id="sam")


def test_a_mask_is_written_as_a_picture(tmp_path: Path) -> None:
    mask = Mask.of(_square(20))
    Masking().save(mask, tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as written:
        assert np.array_equal(np.asarray(written.convert("L")) > 0, mask.full())
    with pytest.raises(DestinationNotWritable):
        Masking().save(mask, tmp_path / "absent" / "mask.png")


class OnePicture:
    """A loader that knows one picture."""

    def load(self, path: Path, cancel: CancelToken) -> GroundPicture:
        return picture()


def test_measuring_compares_boxes_and_says_what_masks_fill() -> None:
    things = [BoxedThing(Path("desk.jpg"), box) for box in (LAPTOP, BLUE_CUP)]
    beside = BoxedThing(Path("desk.jpg"), Box(700, 10, 800, 20))
    verb = measure_masks([*things, beside], OnePicture(), Masking(), CancelToken())  # type: ignore[arg-type]
    try:
        while True:
            next(verb)
    except StopIteration as end:
        figures = end.value
    assert (figures.model, figures.pictures, figures.boxes) == ("classical", 1, 2)
    assert figures.box_iou > 0.9
    assert figures.box_fill > 0.9
    assert figures.click_iou > 0.5
    assert figures.click_best_of_levels >= figures.click_iou
    assert figures.first_mask_milliseconds > 0
