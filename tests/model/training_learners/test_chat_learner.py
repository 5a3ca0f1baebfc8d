"""Tiny networks of true shelf architectures learn, and Chat says what they said as they learned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from tests.model.chat.conftest import made_by_registry  # noqa: E402
from tests.model.chat.tiny.table import BUILDERS  # noqa: E402
from vlm_desktop.backends.adapters.folder import Worn, read_config  # noqa: E402
from vlm_desktop.backends.chat import loading  # noqa: E402
from vlm_desktop.backends.protocols import WearsAdapters  # noqa: E402
from vlm_desktop.base.cancel import CancelToken  # noqa: E402
from vlm_desktop.base.chat import GenerationOptions  # noqa: E402
from vlm_desktop.base.errors import ModelUnsupported, PromptTooLong  # noqa: E402
from vlm_desktop.base.trainerrors import (  # noqa: E402
    NothingTrainable,
    PlacesDiffer,
    RecipeWrong,
    RunDamaged,
)
from vlm_desktop.base.training import Example, Exchange  # noqa: E402
from vlm_desktop.base.trainingrows import encode_row  # noqa: E402
from vlm_desktop.training.learners.chat import ChatLearner, build  # noqa: E402
from vlm_desktop.training.learners.protocol import Place, Rung  # noqa: E402
from vlm_desktop.training.spec import recipe_of  # noqa: E402
from vlm_desktop.training.stepping import check_batch  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.model

CANCEL = CancelToken()
SAID = {"chelsea": "a red dog", "coffee": "two boats", "astronaut": "the sky", "rocket": "snow"}
ASKED = "what is in this picture"
TAUGHT = ["qwen2.5-vl", "llava", "paligemma", "smolvlm", "gemma3", "internvl", "blip2-t5", "git"]
CONVERSING = [name for name in TAUGHT if name not in ("blip2-t5", "git")]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder, for one run, whose models are made at first use."""
    home = tmp_path_factory.mktemp("tiny-home")
    (home / "models").mkdir()
    (home / "training" / "runs" / "run").mkdir(parents=True)
    return home


@pytest.fixture
def lessons(photos: dict[str, Path]) -> tuple[Example, ...]:
    return tuple(
        Example(name, str(photos[name]), (Exchange(ASKED, words),)) for name, words in SAID.items()
    )


@pytest.fixture
def learner(homes: Path, lessons: tuple[Example, ...]) -> Iterator[Callable[..., ChatLearner]]:
    """Learners that were opened and prepared, from the same random numbers each time."""
    made: list[ChatLearner] = []
    before = torch.get_num_threads()
    torch.set_num_threads(1)

    def make(name: str, examples: tuple[Example, ...] = lessons, **parts: Any) -> ChatLearner:
        folder = homes / "models" / name
        if not folder.exists():
            BUILDERS[name](folder)
        recipe = recipe_of({"model": {"id": name, "kind": "chat"}, **parts}, Path())
        torch.manual_seed(1)
        place = Place(homes, homes / "training" / "runs" / "run", homes / "training" / "cache")
        one = build(recipe, place)
        made.append(one)
        one.open()
        list(one.prepare(examples, CANCEL))
        return one

    yield make
    for one in made:
        one.close()
    torch.set_num_threads(before)


def teach(learner: ChatLearner, steps: int, rate: float = 2e-2) -> list[float]:
    parameters = [one for group in learner.groups() for _, one in group.parameters]
    adam = torch.optim.Adam(parameters, lr=rate)
    losses = []
    for step in range(steps):
        batch = learner.batch(list(SAID), step)
        check_batch(batch)
        part = learner.loss(batch)
        assert part.supervised == batch.supervised > 0
        adam.zero_grad()
        part.loss.backward()
        adam.step()
        losses.append(float(part.loss.detach()))
    return losses


def saved(learner: ChatLearner, folder: Path) -> Path:
    folder.mkdir()
    learner.save(folder)
    return folder


def answers(model: Any, learner: ChatLearner, examples: tuple[Example, ...]) -> list[str]:
    found = []
    for one in examples:
        image = learner._pictures.get(one.image)
        messages = learner._way.lessons.request(one, -1)
        stream = model.stream(messages, [image], learner._options, CANCEL)
        while True:
            try:
                next(stream)
            except StopIteration as end:
                found.append(end.value.text.strip())
                break
    return found


def plain_state(learner: ChatLearner) -> dict[str, Any]:
    """The base's weights, by names that adapters do not change."""
    return {
        name.replace(".base_layer", ""): one.detach().clone()
        for name, one in learner.module.named_parameters()
        if ".lora_" not in name
    }


@pytest.mark.parametrize("name", TAUGHT)
def test_it_learns_and_chat_says_what_it_learned(name, learner, lessons, tmp_path):
    pupil = learner(name, method={"rank": 4})
    base = plain_state(pupil)
    losses = teach(pupil, 5)
    assert losses[-1] < losses[0] - 0.3
    assert all(torch.equal(one, base[key]) for key, one in plain_state(pupil).items())
    counts = {one.name: one.trainable for one in pupil.components()}
    assert counts.pop("language") > 0
    assert not any(counts.values())

    held = lessons[:2]
    said = [one.answer for one in pupil.evaluate(held, CANCEL)]
    folder = saved(pupil, tmp_path / "adapter")
    assert read_config(folder)["peft_type"] == "LORA"
    model = made_by_registry(name, pupil._folder)
    assert isinstance(model, WearsAdapters)
    plain = answers(model, pupil, held)
    model.wear([Worn(folder)])
    assert answers(model, pupil, held) == said != plain
    model.wear([Worn(folder, 0.0)])
    assert answers(model, pupil, held) == plain
    model.unload()


@pytest.mark.parametrize("name", TAUGHT)
def test_the_mask_is_the_answer_and_its_end(name, learner, lessons):
    pupil = learner(name)
    tokenizer = pupil._way.chat.processor.tokenizer
    for example, batch in ((one, pupil.batch([one.key], 0)) for one in lessons):
        (lesson,) = batch.data["lessons"]
        assert lesson.said[-1] in pupil._way.chat.ends
        assert tokenizer.decode(lesson.said[:-1]).strip() == example.turns[0].answer
        assert list(lesson.learned) == sorted(lesson.learned)
        asks = [one for one, learned in zip(lesson.ids, lesson.learned, strict=True) if not learned]
        if name in CONVERSING:
            request = pupil._way.lessons.request(example, 0)
            image = pupil._pictures.get(example.image)
            assert tuple(asks) == pupil._way.chat.prompt_ids(request, [image], GenerationOptions())
        assert batch.placeholders == batch.features
        assert (batch.placeholders > 0) == (name != "git")


@pytest.mark.parametrize("name", ["qwen2.5-vl", "smolvlm", "llava"])
def test_every_answer_of_a_conversation_is_learned(name, learner, photos):
    turns = (Exchange(ASKED, "a red dog"), Exchange("how many", "two"))
    example = Example("talk", str(photos["coffee"]), turns)
    pupil = learner(name, (example,))
    (lesson,) = pupil.batch(["talk"], 0).data["lessons"]
    tokenizer = pupil._way.chat.processor.tokenizer
    words = "".join(tokenizer.decode([one]) for one in lesson.said)
    assert [words.count(one) for one in ("dog", "two", "many")] == [1, 1, 0]
    # LLaVA's template ends no answer; only the last one can be given an end.
    ends = 1 if name == "llava" else 2
    assert sum(one in pupil._way.chat.ends for one in lesson.said) == ends
    later = pupil._way.lessons.request(example, -1)
    image = pupil._pictures.get(example.image)
    asks = pupil._way.chat.prompt_ids(later, [image], GenerationOptions())
    assert lesson.ids[: len(asks)] == asks


def test_other_answers_to_the_same_question_are_drawn(learner, photos):
    turns = (Exchange("", "a red dog"), Exchange("", "the blue house"))
    example = Example("both", str(photos["coffee"]), turns)
    pupil = learner("qwen2.5-vl", (example,))
    drawn = {pupil.batch(["both"], draw).data["lessons"][0].said for draw in range(8)}
    assert len(drawn) == 2
    again = pupil.batch(["both"], 3).data["lessons"][0]
    assert again.said == pupil.batch(["both"], 3).data["lessons"][0].said


@pytest.mark.parametrize("name", ["qwen3-vl", "gemma3", "paligemma", "lfm2-vl"])
def test_lessons_side_by_side_weigh_what_they_weigh_alone(name, learner):
    pupil = learner(name)
    batch = pupil.batch(list(SAID), 0)
    pupil.module.eval()
    with torch.no_grad():
        together = pupil._losses(batch.data["lessons"])
        alone = torch.cat([pupil._losses([one]) for one in batch.data["lessons"]])
    assert torch.allclose(together, alone, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "method", "part", "below"),
    [
        ("llava", {"targets": ["projector"]}, "projector", "multi_modal_projector"),
        ("llava", {"targets": ["vision-last-1"]}, "vision", "layers.0"),
        ("qwen2.5-vl", {"targets": ["vision-last-1"]}, "vision", "blocks.1"),
        ("gemma3", {"targets": ["projector"], "full": True}, "projector", "multi_modal_projector"),
        ("git", {"targets": ["full"]}, "language", "git."),
    ],
)
def test_only_what_was_chosen_learns(name, method, part, below, learner, tmp_path):
    pupil = learner(name, method=method)
    is_full = method.get("full") or "full" in method["targets"]
    base = plain_state(pupil)
    names = {key for group in pupil.groups() for key, _ in group.parameters}
    losses = teach(pupil, 3, 2e-3 if is_full else 2e-2)
    assert losses[-1] < losses[0]
    changed = {key for key, one in plain_state(pupil).items() if not torch.equal(one, base[key])}
    assert changed <= names if is_full else not changed
    assert bool(changed) == bool(is_full)
    counts = {one.name: one.trainable for one in pupil.components()}
    assert counts[part] > 0
    assert any(below in key for key in names)
    if "full" not in method["targets"]:
        assert [key for key, count in counts.items() if count] == [part]
        grads = [one.grad for group in pupil.groups() for _, one in group.parameters]
        assert all(one is not None and one.abs().sum() > 0 for one in grads)

    said = pupil.evaluate(lessons_of(pupil)[:1], CANCEL)
    folder = saved(pupil, tmp_path / "adapter")
    model = made_by_registry(name, pupil._folder)
    plain = answers(model, pupil, lessons_of(pupil)[:1])
    model.wear([Worn(folder)])
    assert answers(model, pupil, lessons_of(pupil)[:1]) == [said[0].answer]
    model.wear([])
    assert answers(model, pupil, lessons_of(pupil)[:1]) == plain
    model.unload()


def lessons_of(learner: ChatLearner) -> tuple[Example, ...]:
    return tuple(learner._examples.values())


def test_targets_that_are_not_there_are_refused(learner):
    with pytest.raises(NothingTrainable, match="vision-last-N"):
        learner("llava", method={"targets": ["decoder"]})
    with pytest.raises(RecipeWrong, match="1 layers"):  # of two, the last is not used
        learner("llava", method={"targets": ["vision-last-2"]})
    with pytest.raises(RecipeWrong, match="no linear layers"):
        learner("gemma3", method={"targets": ["projector"]})
    assert learner("llava").targets == ("language", "projector", "vision", "head")
    assert "vision-last-1" in learner("qwen2.5-vl").targets


def test_what_cannot_be_had_is_refused(learner, monkeypatch):
    for is_there in (True, False):  # there is no GPU in either case
        monkeypatch.setattr(loading, "has_quantisation", lambda there=is_there: there)
        with pytest.raises(RecipeWrong, match="bitsandbytes"):
            learner("llava", method={"quantised": True})
    with pytest.raises(RecipeWrong, match="image_tokens"):
        learner("llava", method={"image_tokens": 64})
    with pytest.raises(RecipeWrong, match="keep"):
        learner("llava", guard={"keep": 1.0})
    with pytest.raises(ModelUnsupported):
        learner("vilt")
    with pytest.raises(ModelUnsupported):
        learner("donut")


def test_places_and_features_that_differ_are_refused(learner, lessons):
    pupil = learner("llava", lessons[:1])
    pupil.module.config.vision_feature_select_strategy = "full"  # one feature more
    pupil._looking._places.clear()
    pupil._looking._cache.forget()
    pupil._looking._maker = "another"
    with pytest.raises(PlacesDiffer):
        check_batch(pupil.batch([lessons[0].key], 0))


def test_what_is_too_long_is_refused_and_never_cut(learner, photos):
    words = " ".join(["dog"] * 5000)
    with pytest.raises(PromptTooLong):
        learner("llava", (Example("long", str(photos["coffee"]), (Exchange(ASKED, words),)),))


def test_pictures_cost_what_the_recipe_lets_them(learner, lessons):
    usual = learner("smolvlm", lessons[:1])
    small = learner("smolvlm", lessons[:1], method={"image_tokens": 4})
    key = [lessons[0].key]
    assert small.batch(key, 0).placeholders <= 4 < usual.batch(key, 0).placeholders
    (shown,) = usual.xray(usual.batch(key, 0))
    shrunk = usual.shrink(Rung.IMAGE_BUDGET)
    assert shrunk is not None
    less = usual.batch(key, 0)
    assert less.placeholders == less.features < shown.placeholders


def test_half_the_rank_holds_what_was_learned(learner, lessons):
    keys = list(SAID)
    pupil = learner("qwen2.5-vl", method={"rank": 4})
    pupil.module.eval()
    base = pupil._losses(pupil.batch(keys, 0).data["lessons"]).detach()
    shrunk = pupil.shrink(Rung.RANK)
    assert (shrunk.before, shrunk.after) == ("4", "2")
    assert teach(pupil, 3)[-1] < float(base.mean())
    pupil.module.eval()
    learned = pupil._losses(pupil.batch(keys, 0).data["lessons"]).detach()

    # The same at rank 4, where alpha counts half: twice B, and two empty directions.
    wide = learner("qwen2.5-vl", method={"rank": 4})
    state = {}
    for name, one in pupil._trained.state().items():
        at, times = (0, 1) if ".lora_A." in name else (1, 2)
        state[name] = torch.cat([times * one, torch.zeros_like(one)], at)
    wide._trained.take(state)
    wide.shrink(Rung.RANK)
    wide.module.eval()
    kept = wide._losses(wide.batch(keys, 0).data["lessons"]).detach()
    assert torch.allclose(kept, learned, atol=1e-3)
    assert wide.shrink(Rung.RANK).after == "1"
    assert wide.shrink(Rung.RANK) is None


def test_the_xray_shows_pixels_template_and_mask(learner, lessons):
    pupil = learner("smolvlm", lessons[:1])
    batch = pupil.batch([lessons[0].key], 0)
    (shown,) = pupil.xray(batch)
    assert shown.pixels.ndim == 3
    assert shown.pixels.std() > 10
    assert shown.placeholders == shown.features == sum(one.is_image for one in shown.tokens)
    learned = "".join(one.text for one in shown.tokens if one.is_supervised)
    assert learned.strip() == "a red dog<end_of_utterance>"
    assert ASKED in shown.template
    towers = {one.name: one for one in pupil.shapes(batch)}
    assert towers["decoder"].tokens == len(shown.tokens)
    assert towers["logits"].vocabulary > 0
    assert pupil.tokens_of(lessons[0]) == len(shown.tokens) <= pupil.most_tokens


def test_a_frozen_tower_looks_once_and_a_blank_picture_is_another(learner, lessons, monkeypatch):
    first = learner("internvl")
    looks = []
    see = first._way.see
    monkeypatch.setattr(first._way, "see", lambda one: looks.append(1) or see(one))
    teach(first, 2)
    assert not looks
    seen = first.evaluate(lessons[:1], CANCEL)
    blind = first.evaluate(lessons[:1], CANCEL, blank=True)
    assert seen[0].loss != blind[0].loss


def test_computing_again_on_the_way_back_changes_nothing(learner):
    plain = teach(learner("qwen2.5-vl", method={"targets": ["language", "projector"]}), 2)
    again = learner(
        "qwen2.5-vl", method={"targets": ["language", "projector"]}, run={"checkpointing": True}
    )
    assert again.module.is_activation_checkpointing
    assert teach(again, 2) == pytest.approx(plain, abs=1e-5)
    assert again.shrink(Rung.CHECKPOINTING) is None


def test_weights_come_back_bit_for_bit_and_others_are_refused(learner, lessons, tmp_path):
    method = {"dropout": 0.1, "dora": True, "targets": ["language", "projector"]}
    pupil = learner("qwen2.5-vl", method=method)
    teach(pupil, 2)
    folder = saved(pupil, tmp_path / "adapter")
    again = learner("qwen2.5-vl", method=method)
    again.load(folder)
    assert again.evaluate(lessons[:1], CANCEL) == pupil.evaluate(lessons[:1], CANCEL)
    with pytest.raises(RunDamaged):
        learner("qwen2.5-vl").load(folder)
    model = made_by_registry("qwen2.5-vl", pupil._folder)
    model.wear([Worn(folder)])  # DoRA is no sum: worn as a difference of matrices
    assert answers(model, pupil, lessons[:1]) == [pupil.evaluate(lessons[:1], CANCEL)[0].answer]
    model.unload()


def test_the_general_set_is_scored(learner, lessons, homes):
    path = homes / "training" / "runs" / "run" / "general.jsonl"
    path.write_text("".join(encode_row(one) + "\n" for one in lessons[:2]))
    try:
        assert len(learner("git").general(CANCEL)) == 2
    finally:
        path.unlink()
