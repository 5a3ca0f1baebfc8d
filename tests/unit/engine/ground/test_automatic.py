"""Which model answers where nobody chose one, and nouns that are looked for once."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.engine.ground.pointing import KnowingFinder, picture
from vlm_desktop.backends.shelf import BROKEN, INSTALLED, PHRASE_MODEL, ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory
from vlm_desktop.base.grounding import Finds, GroundPicture
from vlm_desktop.engine.ground.automatic import Automatic
from vlm_desktop.engine.ground.finders import Finders
from vlm_desktop.engine.ground.finding import Finder
from vlm_desktop.engine.ground.nounmemory import NounMemory

NEVER = CancelToken()
GIB = 1024**3
Card = Callable[..., ModelCard]


@pytest.fixture
def card(tmp_path: Path) -> Card:
    """A detector on the disk, of a `model_type`."""

    def make(kind: str, *, state: str = INSTALLED, family: str = PHRASE_MODEL, memory: int = 1000,
             size: int = 0) -> ModelCard:  # fmt: skip
        folder = tmp_path / kind
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"model_type": kind}))
        return ModelCard(kind, kind.title(), ("grounding",), family, state=state, path=folder,
                         memory_mb=memory, size_bytes=size)  # fmt: skip

    return make


class Named(KnowingFinder):
    def __init__(self, model_id: str, error: Exception | None = None) -> None:
        super().__init__()
        self.model_id = model_id
        self._error = error

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        if self._error is not None:
            self.asked.append(noun_phrase)
            raise self._error
        return super().find(picture, noun_phrase, cancel)


def finders(*cards: ModelCard, open_shelf: Callable[[str], Finder] = Named) -> Finders:
    return Finders(
        lambda: Named("starter"), open_shelf, lambda: cards, lambda: "starter", lambda: 4 * GIB
    )


def test_a_model_is_taken_that_fits_and_did_not_fail() -> None:
    cards = [
        ModelCard("huge", "Huge", (), "", memory_mb=9000),
        ModelCard("unknown", "Unknown", (), "", size_bytes=3 * GIB),
        ModelCard("good", "Good", (), "", memory_mb=2000),
        ModelCard("next", "Next", (), ""),
    ]
    chooser = Automatic(lambda: cards, lambda: 4 * GIB)
    assert chooser.model() == "good"
    chooser.refuse("good", ModelOutOfMemory(model="good", detail=""))
    assert chooser.model() == "next"
    chooser.reconsider()
    assert chooser.model() == "good"


def test_the_shelf_is_not_read_for_every_click() -> None:
    reads: list[int] = []

    def models() -> list[ModelCard]:
        reads.append(1)
        return []

    chooser = Automatic(models, lambda: GIB)
    assert [chooser.model() for _ in range(50)] == [""] * 50
    assert len(reads) < 10
    before = len(reads)
    chooser.reconsider()
    chooser.model()
    assert len(reads) == before + 1


def test_the_best_installed_detector_finds_phrases(card: Card) -> None:
    some = finders(card("clipseg"), card("owlv2"), card("grounding-dino"))
    assert some.automatic() == "grounding-dino"
    found = some.finder().find(picture(), "cup", NEVER)
    assert len(found.regions) == 2
    assert some.finder().model_id == "grounding-dino"
    assert some.finder("starter").model_id == "starter"


def test_what_is_broken_is_neither_offered_nor_taken(card: Card) -> None:
    some = finders(card("grounding-dino", state=BROKEN), card("owlvit"))
    assert [one.id for one in some.models()] == ["owlvit"]
    assert some.automatic() == "owlvit"


def test_models_that_answer_are_offered_and_not_taken(card: Card) -> None:
    some = finders(card("qwen3_vl", family="transformers-chat"))
    assert [one.id for one in some.models()] == ["qwen3_vl"]
    assert some.automatic() == some.finder().model_id == "starter"


def test_a_detector_that_fails_leaves_its_place_to_the_next(card: Card) -> None:
    def open_shelf(model_id: str) -> Finder:
        if model_id == "grounding-dino":
            raise ModelBroken(model=model_id, detail="a file is missing")
        return Named(model_id, ModelOutOfMemory(model=model_id, detail="too large"))

    some = finders(card("grounding-dino"), card("owlv2"), open_shelf=open_shelf)
    finder = some.finder()
    assert len(finder.find(picture(), "cup", NEVER).regions) == 2
    assert finder.model_id == some.automatic() == "starter"
    with pytest.raises(ModelOutOfMemory):
        some.finder("owlv2").find(picture(), "cup", NEVER)


def test_a_noun_is_looked_for_once_in_a_picture() -> None:
    memory, one, other = NounMemory(), Named("one"), Named("other")
    first = memory.find(one, picture(), "cup", NEVER)
    assert memory.find(one, picture(), "Cup", NEVER) is first
    memory.find(other, picture(), "cup", NEVER)
    assert (one.asked, other.asked) == (["cup"], ["cup"])
    memory.forget()
    memory.find(one, picture(), "cup", NEVER)
    assert one.asked == ["cup", "cup"]


def test_what_was_found_goes_with_its_picture() -> None:
    memory, finder = NounMemory(), Named("one")
    shown = picture()
    others = [GroundPicture(shown.path, name, shown.size, shown.pixels) for name in "ab"]
    memory.find(finder, shown, "cup", NEVER)
    for other in others:
        memory.find(finder, other, "cup", NEVER)
    memory.find(finder, shown, "cup", NEVER)
    assert finder.asked == ["cup"] * 4


def test_nouns_of_one_picture_are_bounded() -> None:
    memory, finder = NounMemory(), Named("one")
    for number in range(80):
        memory.find(finder, picture(), f"thing {number}", NEVER)
    memory.find(finder, picture(), "thing 79", NEVER)
    assert len(finder.asked) == 80
    memory.find(finder, picture(), "thing 0", NEVER)
    assert len(finder.asked) == 81


def test_who_reads_english_only_is_known_by_its_card(card: Card) -> None:
    dino, wide = card("grounding-dino"), card("qwen3_vl")
    some = finders(replace(dino, languages=("en",)), replace(wide, languages=("multilingual",)))
    assert some.reads_only_english("starter")
    assert some.reads_only_english("grounding-dino")
    assert not some.reads_only_english("qwen3_vl")
