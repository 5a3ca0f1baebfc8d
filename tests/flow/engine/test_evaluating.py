"""Captions and answers of a model that names colours, judged over real pictures on disk."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import (
    ColourEncoder,
    FakeChatModel,
    FakeRegistry,
    SharedPool,
    colour_of,
    make_photo,
)
from tests.flow.engine.conftest import drive, encoder, open_services, pool, reader, services
from vlm_desktop.backends.meteor import MeteorAbsence
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, ChatImage, GenerationOptions, Message
from vlm_desktop.base.errors import Cancelled, OptionUnsupported, PromptTooLong
from vlm_desktop.base.events import Progress, Quarantined
from vlm_desktop.engine.captionmetrics import CaptionJudge
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.evaluationdata import DescribedPicture, Question
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.vqametrics import evaluate_given_answers, evaluate_vqa
from vlm_desktop.media.pool import DecodePool

__all__ = ["encoder", "open_services", "pool", "reader", "services"]

COLOURS = ("red", "green", "blue")
CAPTIONS = {
    "red": ("a red dog on the grass", "one dog is red"),
    "green": ("a green car", "the car is green today"),
    "blue": ("a blue bird in a tree", "a bird that is blue"),
}


def lending(opened: DecodePool) -> Callable[[], Any]:
    """The session's pool, as the engine opens one."""
    return lambda: SharedPool(opened)


def _say(first: str, by_colour: dict[str, str]) -> FakeChatModel:
    """A model that answers by the picture's colour once the question begins with `first`."""

    def say(
        messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> str:
        assert messages[-1].text.startswith(first)
        return by_colour[colour_of(images[0].pixels)]

    return FakeChatModel(say=say)


@pytest.fixture
def described(tmp_path: Path) -> tuple[DescribedPicture, ...]:
    return tuple(
        DescribedPicture(
            f"{name}.jpg", make_photo(tmp_path / f"{name}.jpg", name), CAPTIONS[name], None
        )
        for name in COLOURS
    )


@pytest.fixture
def judge(encoder: ColourEncoder, pool: DecodePool) -> CaptionJudge:  # noqa: F811 - fixtures
    return CaptionJudge(
        "colours",
        Encoders(lambda _: encoder),
        lending(pool),
        MeteorAbsence.NO_JAVA,
    )


def test_a_models_captions_are_written_and_judged(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    right = {name: CAPTIONS[name][0] for name in COLOURS}
    model = _say("Provide a one-sentence caption", right)
    events, report = drive(judge.written(described, model, CancelToken(), beams=3))
    assert (report.model_id, report.beams, report.pictures) == ("starter", 3, 3)
    assert (report.unreadable, report.missing) == (0, 0)
    assert report.scores is not None
    assert report.scores.bleu == pytest.approx((100, 100, 100, 100), abs=1e-6)
    assert report.scores.cider > 300
    assert report.scores.meteor.absence is MeteorAbsence.NO_JAVA
    assert report.chair is None
    assert [one.caption for one in report.judged] == [right[name] for name in COLOURS]
    assert {options.beams for _, _, options in model.asked} == {3}
    assert {options.temperature for _, _, options in model.asked} == {0}
    done = [event.done for event in events if isinstance(event, Progress)]
    assert done[:3] == [1, 2, 3]


def test_wrong_captions_score_less_in_everything(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    right = {one.image: one.captions[0] for one in described}
    wrong = dict(zip(right, [*list(right.values())[1:], "a red dog on the grass"], strict=True))
    _, good = drive(judge.given(described, right, CancelToken()))
    _, bad = drive(judge.given(described, wrong, CancelToken()))
    assert good.scores and bad.scores and good.clip and bad.clip  # noqa: PT018 - for the types
    assert bad.scores.bleu[3] < good.scores.bleu[3]
    assert bad.scores.cider < good.scores.cider
    assert bad.scores.rouge_l < good.scores.rouge_l
    assert bad.clip.score < good.clip.score
    assert good.clip.encoder_id == "colours"
    assert good.clip.score == pytest.approx(250, abs=3)  # 2.5 times a cosine of one
    assert good.clip.with_references == pytest.approx(100 * 2 * 2.5 / 3.5, abs=2)


def test_plain_models_get_a_plain_question(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    model = _say("Describe the picture.", {name: name for name in COLOURS})
    model.capabilities = ChatCapabilities(asks=False, multi_turn=False)
    _, report = drive(judge.written(described, model, CancelToken()))
    assert [one.caption for one in report.judged] == list(COLOURS)


def test_an_unreadable_picture_is_told_and_left_out(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    described[1].path.write_bytes(b"no picture")
    model = _say("Provide", {"red": "a red dog", "blue": "a blue bird"})
    events, report = drive(judge.written(described, model, CancelToken()))
    assert [event.path for event in events if isinstance(event, Quarantined)] == [described[1].path]
    assert (report.pictures, report.unreadable, report.missing) == (2, 1, 0)
    given = {one.image: "a thing" for one in described[:2]}
    _, report = drive(judge.given(described, given, CancelToken()))
    assert (report.pictures, report.unreadable, report.missing) == (2, 1, 1)
    assert report.scores is not None
    assert report.scores.pictures == 2


def test_labels_bring_chair_and_captions_help_them(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    labelled = tuple(
        DescribedPicture(one.image, one.path, captions, labels)
        for one, captions, labels in zip(
            described, ((), ("a green car",), ()), (("dog",), ("truck",), None), strict=True
        )
    )
    given = {one.image: text for one, text in zip(labelled, ("a dog, a cat", "a car", "a man"),
                                                   strict=True)}  # fmt: skip
    _, report = drive(judge.given(labelled, given, CancelToken()))
    assert report.chair is not None
    assert (report.chair.captions, report.chair.named, report.chair.hallucinated) == (2, 3, 1)
    assert report.scores is not None
    assert report.scores.pictures == 1
    unknown = tuple(DescribedPicture(one.image, one.path, (), ("meal",)) for one in described)
    _, report = drive(judge.given(unknown, given, CancelToken()))
    assert report.chair is None
    assert report.scores is None


def test_cancel_ends_it_between_pictures(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    cancel = CancelToken()
    verb = judge.written(described, _say("", {name: name for name in COLOURS}), cancel)
    assert isinstance(next(verb), Progress)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(verb)


def test_what_a_model_cannot_do_is_said(
    judge: CaptionJudge, described: tuple[DescribedPicture, ...]
) -> None:
    refusal = OptionUnsupported(model="starter", option="beams", detail="it does not search")
    model = _say("", {name: name for name in COLOURS})
    model.fails = (0, refusal)
    with pytest.raises(OptionUnsupported):
        drive(judge.written(described, model, CancelToken(), beams=4))


# --- questions -------------------------------------------------------------------------


def _questions(folder: Path) -> tuple[Question, ...]:
    made = {name: make_photo(folder / f"{name}.jpg", name) for name in COLOURS}
    panel = ("yes",) * 9 + ("no",)
    return (
        *(
            Question(f"{name}.jpg", path, "what is the color", (name,), "color")
            for name, path in made.items()
        ),
        Question("red.jpg", made["red"], "is it red?", panel, "yes/no"),
        Question("blue.jpg", made["blue"], "is it blue?", panel, "yes/no"),
        Question("green.jpg", made["green"], "is it red?", ("no",) * 10, "yes/no"),
    )


def _answer(
    messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
) -> str:
    """Sees the colour; of a grey picture it says what is mostly true."""
    question, hint = messages[-1].text.split("\n")
    assert hint == "Answer the question using a single word or phrase."
    colour = colour_of(images[0].pixels)
    if question.startswith("what"):
        return "Red." if colour == "grey" else f"The {colour}."
    return "Yes" if colour == "grey" or colour in question else "No, it is not."


def test_answers_are_judged_with_and_without_the_picture(
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
) -> None:
    questions = _questions(tmp_path)
    model = FakeChatModel(say=_answer)
    verb = evaluate_vqa(questions, model, lending(pool), CancelToken())
    events, report = drive(verb)
    seen, blank = report.figures, report.blank
    assert (report.model_id, seen.questions) == ("starter", 6)
    assert (seen.exact_match, seen.exact_match_questions) == (100, 3)
    assert seen.vqa_accuracy == pytest.approx(100 * (1 + 1 + 0) / 3)  # "no, it is not" is no "no"
    assert seen.yes_no is not None
    assert (seen.yes_no.accuracy, seen.yes_no.yes_rate) == (100, pytest.approx(200 / 3))
    assert blank is not None
    assert blank.exact_match == pytest.approx(100 / 3)
    assert blank.yes_no is not None
    assert blank.yes_no.yes_rate == 100
    assert report.gap is not None
    assert report.gap.exact_match == pytest.approx(200 / 3)
    assert report.gap.vqa_accuracy == pytest.approx(0)
    assert [(one.kind, one.questions) for one in seen.by_kind] == [("color", 3), ("yes/no", 3)]
    assert [event.done for event in events if isinstance(event, Progress)] == [1, 2, 3, 4, 5, 6]
    # Of grey pictures, which are all alike, each question is asked once.
    greys = [images for _, images, _ in model.asked if colour_of(images[0].pixels) == "grey"]
    assert len(greys) == 3
    assert len(model.asked) == 6 + 3


def test_grey_pictures_can_be_left_out_and_bad_ones_are(
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
) -> None:
    questions = _questions(tmp_path)
    questions[0].path.write_bytes(b"no picture")
    model = FakeChatModel(say=_answer)
    verb = evaluate_vqa(questions, model, lending(pool), CancelToken(), blank=False)
    events, report = drive(verb)
    assert (report.blank, report.gap) == (None, None)
    assert (report.unreadable, report.figures.questions) == (1, 4)
    assert sum(isinstance(event, Quarantined) for event in events) == 1


def test_a_question_too_long_for_the_model_is_a_wrong_answer(
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
) -> None:
    questions = _questions(tmp_path)[:3]
    model = FakeChatModel(say=_answer)
    model.fails = (0, PromptTooLong(model="starter", given=9, limit=8))
    verb = evaluate_vqa(questions, model, lending(pool), CancelToken(), blank=False)
    _, report = drive(verb)
    assert report.figures.exact_match == pytest.approx(200 / 3)


def test_given_answers_need_no_picture(tmp_path: Path) -> None:
    questions = _questions(tmp_path)
    given = {(one.image, one.text): one.answers[0] for one in questions[:4]}
    report = evaluate_given_answers(questions, given)
    assert report.missing == 2
    assert (report.figures.exact_match, report.figures.vqa_accuracy) == (100, 100)
    assert json.dumps([one.answer for one in report.judged]) == '["red", "green", "blue", "yes"]'


def test_a_verb_that_is_left_gives_the_model_back(
    services: AppServices,  # noqa: F811 - a fixture
    described: tuple[DescribedPicture, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = _say("Provide", {name: name for name in COLOURS})
    monkeypatch.setattr(FakeRegistry, "open_chat", lambda *_, **__: model)
    verb = services.evaluating.captions(described, CancelToken())
    assert isinstance(next(verb), Progress)
    assert [one.model_id for one in services.residents.loaded()] == ["starter"]
    verb.close()
    with services.residents.using("starter", CancelToken()) as again:
        assert again is model
    assert model.loads == 1


def test_pictures_are_named_for_caches_apart_from_a_conversations(
    tmp_path: Path,
    pool: DecodePool,  # noqa: F811 - a fixture
) -> None:
    model = FakeChatModel(say=_answer)
    questions = _questions(tmp_path)
    drive(evaluate_vqa(questions, model, lending(pool), CancelToken()))
    keys = {images[0].key for _, images, _ in model.asked}
    assert "grey-96x64" in keys
    assert len(keys) == 4
    assert all("@" in key for key in keys - {"grey-96x64"})
