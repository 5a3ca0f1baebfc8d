"""Promptable models behind `services.ground.masks`: looks are counted, kept and freed."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.backends.protocols import MaskModel
from vlm_desktop.backends.segmentation.seencache import open_seen
from vlm_desktop.backends.shelf import AVAILABLE, BROKEN, INSTALLED, ModelCard
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelNotInstalled, ModelOutOfMemory
from vlm_desktop.base.grounding import (
    GroundPicture,
    MaskChoice,
    MaskFeatures,
    MaskLevel,
    MaskModelSpec,
    ObjectPrompt,
    PromptPoint,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.embeddings import Embeddings
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.promptmodels import PromptModels
from vlm_desktop.engine.residents import Budgets, Residents

NEVER = CancelToken()
CLICK = ObjectPrompt((PromptPoint(50, 30),))
SECONDS = 10.0


class FakeModel:
    """Sees nothing and answers with squares around the click; counts what it is asked."""

    def __init__(self, model_id: str = "one", revision: str = "r1") -> None:
        self.spec = MaskModelSpec(model_id, revision, "cpu", "fp32")
        self.looks = 0
        self.answers = 0
        self.unloads = 0
        self.shortages = 0
        self.looking = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def encode(self, image: PixelArray, cancel: CancelToken) -> MaskFeatures:
        self.looks += 1
        self._run_short()
        self.looking.set()
        while not self.go_on.wait(0.005):
            cancel.raise_if_cancelled()
        height, width = image.shape[:2]
        return MaskFeatures(Size(width, height), {"seen": np.full((1, 4), 0.5, np.float32)})

    def decode(
        self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
    ) -> tuple[MaskChoice, ...]:
        self.answers += 1
        self._run_short()
        assert float(features.arrays["seen"][0, 0]) == 0.5
        point, size = prompt.points[0], features.size
        made = []
        for level, radius in zip(MaskLevel, (9, 5, 2), strict=True):
            full = np.zeros((size.height, size.width), bool)
            x, y = int(point.x), int(point.y)
            full[y - radius : y + radius, x - radius : x + radius] = True
            made.append(MaskChoice(Mask.of(full), 0.9 - radius / 20, level))
        return tuple(made)

    def unload(self) -> None:
        self.unloads += 1

    def _run_short(self) -> None:
        if self.shortages:
            self.shortages -= 1
            raise ModelOutOfMemory(model=self.spec.id, detail="too large")


class CountedResidents(Residents):
    """Models that answer, of which some can leave."""

    def __init__(self, leaving: int = 0) -> None:
        super().__init__(refuse, lambda: Budgets(1), lambda _: "")
        self.leaving = leaving
        self.asked = 0

    def free_device(self, cancel: CancelToken) -> int:
        self.asked += 1
        return self.leaving


def refuse(model_id: str) -> MaskModel:
    raise ModelNotInstalled(model=model_id)


def picture(content_hash: str = "a") -> GroundPicture:
    """Its pixels are half as wide and high as the picture."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    return GroundPicture(Path(f"{content_hash}.jpg"), content_hash, Size(120, 80), pixels)


Opening = Callable[..., PromptModels]


@pytest.fixture
def open_models(tmp_path: Path) -> Iterator[Opening]:
    made: list[PromptModels] = []

    def models(*fakes: FakeModel, residents: Residents | None = None) -> PromptModels:
        by_id = {fake.spec.id: fake for fake in fakes}
        cards = [
            ModelCard(name, name.title(), ("segmentation",), "mask-model", state=state, path=path)
            for name, state, path in (
                ("one", INSTALLED, tmp_path),
                ("broken", BROKEN, tmp_path),
                ("shelf", AVAILABLE, None),
            )
        ]
        talks = ModelCard("talks", "Talks", ("chat",), "transformers-chat", path=tmp_path)

        def open_model(model_id: str) -> MaskModel:
            return by_id[model_id] if model_id in by_id else refuse(model_id)

        held = residents or CountedResidents()
        made.append(
            PromptModels(
                lambda: [*cards, talks], open_model, Embeddings(tmp_path / "features"), lambda: held
            )
        )
        return made[-1]

    yield models
    for one in made:
        one.close()


def prepared(models: PromptModels, one: GroundPicture, cancel: CancelToken = NEVER) -> None:
    events = list(models.prepare(one, "one", cancel))
    assert [(event.done, event.total) for event in events] == [(0, 1), (1, 1)]


def test_only_usable_models_that_outline_are_listed(open_models: Opening) -> None:
    assert [(one.id, one.name) for one in open_models().models()] == [("one", "One")]


def test_further_clicks_cost_only_the_decoder(open_models: Opening) -> None:
    fake = FakeModel()
    masking = Masking(open_models(fake))
    for _ in range(3):
        found = masking.segment(picture(), CLICK, NEVER, model_id="one")
    assert (fake.looks, fake.answers) == (1, 3)
    assert found.model == "one"
    assert not found.is_rough
    assert [one.level for one in found.choices] == list(MaskLevel)
    assert found.choices[0].mask.size == Size(120, 80)
    box = found.choices[0].mask.box
    assert box is not None
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((32, 12, 68, 48), abs=1)


def test_what_was_seen_outlives_the_program(open_models: Opening, tmp_path: Path) -> None:
    first, second, changed = FakeModel(), FakeModel(), FakeModel(revision="r2")
    models = open_models(first)
    assert not models.is_ready("a", "one")
    prepared(models, picture())
    assert models.is_ready("a", "one")
    models.close()
    later = open_models(second)
    assert later.is_ready("a", "one")
    assert not later.is_ready("b", "one")
    assert later.segment(picture(), CLICK, NEVER, "one")
    assert (second.looks, second.answers) == (0, 1)
    assert not open_models(changed).is_ready("a", "one"), "other weights see otherwise"


def test_preparing_again_looks_no_more(open_models: Opening) -> None:
    fake = FakeModel()
    models = open_models(fake)
    prepared(models, picture())
    prepared(models, picture())
    assert fake.looks == 1


def test_a_model_that_is_not_there_is_not_ready(open_models: Opening) -> None:
    models = open_models()
    assert not models.is_ready("a", "one")
    with pytest.raises(ModelNotInstalled):
        models.segment(picture(), CLICK, NEVER, "one")


def test_looking_ahead_gives_way_to_a_click_and_begins_again(open_models: Opening) -> None:
    fake = FakeModel()
    models = open_models(fake)
    prepared(models, picture("a"))
    fake.looking.clear()
    fake.go_on.clear()
    ahead = threading.Thread(target=prepared, args=(models, picture("next")))
    ahead.start()
    assert fake.looking.wait(SECONDS)
    made = models.segment(picture("a"), CLICK, NEVER, "one")  # would wait for ever otherwise
    assert made
    assert not models.is_ready("next", "one")
    fake.go_on.set()
    ahead.join(SECONDS)
    assert not ahead.is_alive()
    assert models.is_ready("next", "one")


def test_a_click_on_the_picture_being_looked_at_waits_for_it(open_models: Opening) -> None:
    fake = FakeModel()
    fake.go_on.clear()
    models = open_models(fake)
    ahead = threading.Thread(target=prepared, args=(models, picture("a")))
    ahead.start()
    assert fake.looking.wait(SECONDS)
    click = threading.Thread(target=models.segment, args=(picture("a"), CLICK, NEVER, "one"))
    click.start()
    fake.go_on.set()
    for thread in (ahead, click):
        thread.join(SECONDS)
        assert not thread.is_alive()
    assert (fake.looks, fake.answers) == (1, 1)


def test_looking_can_be_cancelled(open_models: Opening) -> None:
    fake = FakeModel()
    fake.go_on.clear()
    models = open_models(fake)
    cancel = CancelToken()
    threading.Timer(0.0, cancel.cancel).start()
    with pytest.raises(Cancelled):
        prepared(models, picture(), cancel)
    fake.go_on.set()
    assert not models.is_ready("a", "one")
    prepared(models, picture())


@pytest.mark.parametrize("when", ["looking", "answering"])
def test_a_shortage_has_others_leave_and_the_click_is_tried_again(
    when: str, open_models: Opening
) -> None:
    fake, residents = FakeModel(), CountedResidents(leaving=1)
    models = open_models(fake, residents=residents)
    if when == "answering":
        prepared(models, picture())
    fake.shortages = 1
    assert models.segment(picture(), CLICK, NEVER, "one")
    assert residents.asked == 1
    assert fake.unloads == 1


def test_a_shortage_that_stays_is_told_and_leaves_nothing_loaded(open_models: Opening) -> None:
    fake = FakeModel()
    models = open_models(fake, residents=CountedResidents(leaving=1))
    fake.shortages = 2
    with pytest.raises(ModelOutOfMemory):
        models.segment(picture(), CLICK, NEVER, "one")
    assert fake.unloads == 2
    assert not models.give_way(), "nothing is left to free"
    fake.shortages = 1
    alone = open_models(fake, residents=CountedResidents(leaving=0))
    with pytest.raises(ModelOutOfMemory):
        alone.segment(picture(), CLICK, NEVER, "one")
    assert fake.shortages == 0, "it is not tried again where nobody left"


def test_models_that_answer_may_ask_for_the_memory(open_models: Opening) -> None:
    fake, residents = FakeModel(), CountedResidents()
    models = open_models(fake, residents=residents)
    assert not residents.make_room("chat"), "nothing was loaded yet"
    models.segment(picture(), CLICK, NEVER, "one")
    assert residents.make_room("chat")
    assert fake.unloads == 1
    assert models.segment(picture(), CLICK, NEVER, "one")
    assert fake.looks == 1, "what was seen stays"
    models.close()
    assert not residents.make_room("chat"), "it is no holder any more"


def test_one_model_at_a_time_lies_in_memory(open_models: Opening) -> None:
    one, two = FakeModel("one"), FakeModel("two")
    models = open_models(one, two)
    for name in ("one", "two", "two"):
        models.segment(picture(), CLICK, NEVER, name)
    assert (one.unloads, two.unloads) == (1, 0)
    models.release("two")
    assert two.unloads == 1


def test_other_settings_open_models_anew(open_models: Opening) -> None:
    fake = FakeModel()
    models = open_models(fake)
    models.segment(picture(), CLICK, NEVER, "one")
    models.renew_later()
    assert fake.unloads == 0, "what is under way ends as it began"
    models.segment(picture(), CLICK, NEVER, "one")
    assert fake.unloads == 1


def test_the_disk_is_bounded_and_the_least_recently_used_goes(tmp_path: Path) -> None:
    seen = MaskFeatures(Size(7, 5), {"x": np.zeros((1, 1000), np.float32)})
    kept = open_seen(tmp_path, memory_bytes=0, disk_bytes=40_000)
    for number in range(30):
        kept.put(str(number), seen)
        assert kept.get("0") is not None, "it is used all the time"
    held = sum(one.stat().st_size for one in tmp_path.iterdir())
    assert held <= 40_000 + 4_500
    assert kept.has("29")
    assert not kept.has("1")
    found = kept.get("29")
    assert found is not None
    assert found.size == Size(7, 5)
    assert set(found.arrays) == {"x"}


def test_a_box_is_given_in_pixels_of_what_was_seen(open_models: Opening) -> None:
    asked: list[ObjectPrompt] = []

    class Boxed(FakeModel):
        def decode(
            self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
        ) -> tuple[MaskChoice, ...]:
            asked.append(prompt)
            return ()

    masking = Masking(open_models(Boxed()))
    found = masking.segment(
        picture(), ObjectPrompt((), Box(10, 20, 120, 80)), NEVER, model_id="one"
    )
    assert asked == [ObjectPrompt((), Box(5, 10, 60, 40))]
    assert found.choices == ()
