"""Asking: what a model is given, what is kept, how answers end."""

from dataclasses import replace

import pytest

from tests.fakes import ALL_CAN, FakeChatModel, make_photo
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive, said, until, words
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, GenerationOptions, StopReason
from vlm_desktop.base.chaterrors import BadRegion, NoAnswerYet
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import (
    AnswerBegun,
    AnswerSource,
    Attachment,
    TurnState,
    Why,
)
from vlm_desktop.base.errors import (
    Cancelled,
    MediaRefused,
    ModelBroken,
    NothingAsked,
    Refusal,
    TooManyPictures,
)
from vlm_desktop.base.events import Notice, Phase, Progress
from vlm_desktop.base.types import Box
from vlm_desktop.engine.chat import error_of


def test_an_answer_streams_and_is_kept(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    events, turn = drive(chat.ask(talk.id, "what colour?", [red], GREEDY, CancelToken()))

    kinds = [type(event).__name__ for event in events]
    assert kinds == ["Progress", "AnswerBegun", "Progress", "ModelAsked", *["Token"] * 4]
    begun = events[1]
    assert isinstance(begun, AnswerBegun)
    assert [one.phase for one in (events[0], events[2]) if isinstance(one, Progress)] == [
        Phase.DECODE, Phase.LOAD,
    ]  # fmt: skip
    assert (begun.answer, begun.model_id, begun.source) == (turn.id, "starter", AnswerSource.MODEL)
    assert words(events) == turn.text == "what colour? -> [red]"
    assert (turn.state, turn.stop, turn.revision) == (TurnState.DONE, StopReason.END, "1")
    assert turn.usage.reply == 4
    assert turn.seconds_to_first_token > turn.timing.to_first_token

    kept = open_chat().chat.open(talk.id)
    question, answer = kept.path()
    assert kept.title == "what colour?"
    assert (question.text, question.pictures) == ("what colour?", (kept.pictures[0].id,))
    assert answer == turn
    assert kept.pictures[0].letter == "A"
    assert kept.pictures[0].thumbnail.startswith(b"\xff\xd8")
    assert (kept.pictures[0].size.width, kept.pictures[0].size.height) == (96, 64)


def test_what_was_said_before_is_said_again(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start(system_prompt="Be brief.")
    ask(chat, talk, "one?", [red])
    ask(chat, talk, "two?", [blue])
    ask(chat, talk, "again?", [red])

    assert said(model) == [
        ("system", "Be brief.", 0),
        ("user", "Picture A: \none?", 1),
        ("assistant", "one? -> [red]", 0),
        ("user", "Picture B: \ntwo?", 1),
        ("assistant", "Picture B: \ntwo? -> [red, blue]", 0),
        ("user", "[Picture A]\nagain?", 0),
    ]
    assert [one.letter for one in chat.open(talk.id).pictures] == ["A", "B"]


def test_pictures_a_model_cannot_take_stay_away_the_oldest_first(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    model = FakeChatModel(capabilities=replace(ALL_CAN, max_images=1))
    chat = open_chat(model).chat
    talk = chat.start()
    ask(chat, talk, "one?", [red])
    events, turn = drive(chat.ask(talk.id, "two?", [blue], GREEDY, CancelToken()))
    assert turn.text.endswith("two? -> [blue]")
    assert Notice("picture-left-out", str(red.path)) in events
    assert said(model)[0] == ("user", "[Picture A]\none?", 0)

    with pytest.raises(TooManyPictures):
        ask(chat, talk, "both?", [red, blue])


def test_a_model_without_memory_gets_the_last_picture_spoken_of(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(capabilities=ChatCapabilities(multi_turn=False, system_prompt=False))
    chat = open_chat(model).chat
    talk = chat.start(system_prompt="Be brief.")
    ask(chat, talk, "one?", [red])
    events, turn = drive(chat.ask(talk.id, "and now?", [], GREEDY, CancelToken()))
    assert turn.text == "and now? -> [red]"
    assert said(model) == [("user", "and now?", 1)]
    codes = {event.code for event in events if isinstance(event, Notice)}
    assert codes == {"turns-left-out", "system-prompt-ignored"}


def test_of_several_pictures_spoken_of_a_model_gets_what_it_can_take(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    one = ChatCapabilities(max_images=1, multi_turn=False)
    chat = open_chat(FakeChatModel(), FakeChatModel("one", capabilities=one)).chat
    talk = chat.start()
    ask(chat, talk, "both?", [red, blue])
    assert ask(chat, talk, "and it?", model_id="one").text == "and it? -> [blue]"


def test_a_dropped_picture_leaves_its_caption(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start()
    ask(chat, talk, "what colour?", [red])
    (picture,) = chat.open(talk.id).pictures
    dropped = chat.drop_picture(talk.id, picture.id)
    assert (dropped.dropped, dropped.caption) == (True, "what colour? -> [red]")
    ask(chat, talk, "sure?")
    assert said(model)[0] == ("user", "[Picture A: what colour? -> [red]]\nwhat colour?", 0)
    chat.take_picture_back(talk.id, picture.id)
    ask(chat, talk, "and now?")
    assert said(model)[0] == ("user", "what colour?", 1)


def test_a_region_is_cut_out_in_pixels_of_the_picture(
    open_chat: OpenChat, tmp_path, red: Attachment
) -> None:
    import numpy as np
    from PIL import Image

    halves = np.zeros((80, 200, 3), np.uint8)
    halves[:, :100], halves[:, 100:] = (220, 30, 30), (40, 60, 220)
    path = tmp_path / "halves.png"
    Image.fromarray(halves).save(path)
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start()
    region = Attachment(path, box=Box(120, 10, 160, 70))
    turn = drive(chat.ask_region(talk.id, "here?", region, GREEDY, CancelToken()))[1]
    assert "[blue, " in turn.text
    crop, whole = model.asked[-1][1]
    assert crop.pixels.shape == (60, 40, 3)
    assert whole.pixels.shape == (80, 200, 3)
    assert crop.key != whole.key
    assert crop.key.split(":")[0] == whole.key.split(":")[0]

    beyond = Attachment(path, box=Box(300, 10, 400, 70))
    with pytest.raises(BadRegion):
        drive(chat.ask_region(talk.id, "there?", beyond, GREEDY, CancelToken()))
    assert len(chat.open(talk.id).turns) == 2


def test_a_picture_that_cannot_be_read_leaves_no_trace(open_chat: OpenChat, tmp_path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no")
    chat = open_chat().chat
    talk = chat.start()
    with pytest.raises(MediaRefused) as refused:
        ask(chat, talk, "what?", [Attachment(bad)])
    assert refused.value.reason is Refusal.NOT_AN_IMAGE
    assert chat.open(talk.id).turns == ()


def test_an_empty_question_is_for_captioners_only(open_chat: OpenChat, red: Attachment) -> None:
    captioner = FakeChatModel(
        "captions", lambda *_: "a red thing", ChatCapabilities(asks=False, multi_turn=False)
    )
    captioner.stream = _captioned(captioner)  # type: ignore[method-assign]
    chat = open_chat(FakeChatModel(), captioner).chat
    talk = chat.start()
    with pytest.raises(NothingAsked):
        ask(chat, talk, "  ", [red])
    assert chat.open(talk.id).turns == ()
    assert ask(chat, talk, "", [red], model_id="captions").text == "a red thing"
    assert chat.open(talk.id).title == "red.jpg"


def _captioned(model: FakeChatModel):
    stream = FakeChatModel.stream

    def run(messages, images, options, cancel):
        asked = [
            replace(messages[-1], parts=(*messages[-1].parts, type(messages[-1].parts[-1])("?")))
        ]
        return stream(model, asked, images, options, cancel)

    return run


def test_stopping_keeps_what_was_written(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel(say=lambda *_: "one two three four")
    chat = open_chat(model).chat
    talk = chat.start()
    cancel = CancelToken()
    verb = chat.ask(talk.id, "count", [red], GREEDY, cancel)
    assert until(verb, 2) == "one two "
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)
    answer = chat.open(talk.id).path()[-1]
    assert (answer.text, answer.state, answer.failure) == ("one two ", TurnState.PARTIAL, None)
    assert (answer.usage.reply, answer.revision) == (2, "1")
    assert answer.usage.image == 256, "what was asked is counted as for a whole answer"
    assert answer.seconds_to_first_token > 0
    assert answer.timing.generate >= 0

    again = drive(chat.regenerate(answer.id, CancelToken(), why=Why.MODEL))[1]
    assert again.text == "one two three four"


def test_a_verb_that_is_closed_keeps_what_was_written(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel(say=lambda *_: "one two three four")
    chat = open_chat(model).chat
    talk = chat.start()
    verb = chat.ask(talk.id, "count", [red], GREEDY, CancelToken())
    until(verb, 3)
    verb.close()
    kept = chat.open(talk.id).path()[-1]
    assert (kept.text, kept.usage.reply) == ("one two three ", 3)
    assert ask(chat, talk, "on?").state is TurnState.DONE


def test_a_failure_is_kept_with_its_sentence(open_chat: OpenChat, red: Attachment) -> None:
    broken = ModelBroken(model="starter", detail="a hole")
    model = FakeChatModel(say=lambda *_: "one two three", fails=(2, broken))
    chat = open_chat(model).chat
    talk = chat.start()
    with pytest.raises(ModelBroken):
        ask(chat, talk, "count", [red])
    answer = chat.open(talk.id).path()[-1]
    assert (answer.text, answer.state) == ("one two ", TurnState.FAILED)
    error = error_of(answer)
    assert isinstance(error, ModelBroken)
    assert error.fields == broken.fields
    assert ask(chat, talk, "once more").text == "one two three"


def test_a_failed_picture_says_its_reason_again(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    ask(chat, talk, "what?", [red])
    red.path.unlink()
    chat = open_chat().chat
    with pytest.raises(MediaRefused):
        ask(chat, talk, "and?")
    error = error_of(chat.open(talk.id).path()[-1])
    assert isinstance(error, MediaRefused)
    assert error.reason is Refusal.VANISHED


def test_another_answer_is_drawn_with_a_seed_of_its_own(
    open_chat: OpenChat, red: Attachment
) -> None:
    chat = open_chat().chat
    talk = chat.start()
    first = ask(chat, talk, "what?", [red])
    second = drive(chat.regenerate(first.id, CancelToken()))[1]
    third = drive(chat.regenerate(second.id, CancelToken()))[1]
    assert [one.text[-8:] for one in (second, third)] == ["(seed 1)", "(seed 3)"]
    assert (second.why, second.options.temperature) == (Why.ANOTHER, 0.7)
    kept = chat.open(talk.id)
    assert {one.id for one in kept.siblings(third)} == {first.id, second.id, third.id}
    assert kept.leaf == third.id


def test_the_reason_for_another_answer_is_told_to_who_can_hear_it(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel()
    deaf = FakeChatModel("deaf", capabilities=replace(ALL_CAN, system_prompt=False))
    chat = open_chat(model, deaf).chat
    talk = chat.start()
    first = ask(chat, talk, "what?", [red])
    told = drive(chat.regenerate(first.id, CancelToken(), why=Why.TOO_LONG, note="One word."))[1]
    role, text, _ = said(model)[0]
    assert role == "system"
    assert "too long" in text
    assert text.endswith("One word.")
    assert (told.why, told.note, told.options) == (Why.TOO_LONG, "One word.", first.options)

    drive(chat.regenerate(first.id, CancelToken(), why=Why.TOO_LONG, model_id="deaf"))
    assert said(deaf)[0][0] == "user"
    assert deaf.asked[-1][2].max_new_tokens == first.options.max_new_tokens // 2


def test_an_edited_question_is_a_branch(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    ask(chat, talk, "what?", [red])
    ask(chat, talk, "and then?")
    question = chat.open(talk.id).path()[0]
    answer = drive(chat.edit(question.id, "which colour?", CancelToken()))[1]
    kept = chat.open(talk.id)
    assert answer.text == "which colour? -> [red]"
    assert [turn.text for turn in kept.path()] == ["which colour?", "which colour? -> [red]"]
    assert [one.text for one in kept.siblings(question)] == ["what?", "which colour?"]
    assert kept.path()[0].why is Why.EDITED
    back = chat.select(talk.id, question.id)
    assert [turn.text for turn in back.path()][-2:] == ["and then?", "and then? -> [red]"]


def test_going_on_from_an_earlier_turn(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    first = ask(chat, talk, "what?", [red])
    ask(chat, talk, "so?")
    chat.branch(talk.id, first.id)
    ask(chat, talk, "or?")
    assert [turn.text for turn in chat.open(talk.id).path()][2:] == ["or?", "or? -> [red]"]
    chat.branch(talk.id, None)
    ask(chat, talk, "anew?", [red])
    assert [turn.text for turn in chat.open(talk.id).path()] == ["anew?", "anew? -> [red]"]


def test_a_question_without_an_answer_can_be_gone_on_with(
    open_chat: OpenChat, red: Attachment
) -> None:
    chat = open_chat().chat
    talk = chat.start()
    ask(chat, talk, "what?", [red])
    question, answer = chat.open(talk.id).path()
    chat.delete_turn(answer.id)
    assert chat.open(talk.id).path() == (question,)
    assert drive(chat.go_on(question.id, CancelToken()))[1].text == "what? -> [red]"
    with pytest.raises(NoAnswerYet):
        drive(chat.regenerate(question.id, CancelToken()))


def test_running_again_gives_the_same_greedy_answer(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start(system_prompt="Be exact.")
    options = GenerationOptions(max_new_tokens=3, max_image_tokens=16)
    first = ask(chat, talk, "what colour is it?", [red], options)
    assert first.stop is StopReason.LENGTH
    chat.set_system_prompt(talk.id, "Be vague.")
    chat.drop_picture(talk.id, chat.open(talk.id).pictures[0].id)

    again = drive(chat.run_again(first.id, CancelToken()))[1]
    assert (again.same_text, again.differences) == (True, ())
    assert model.asked[-1][0] == model.asked[-2][0]
    assert model.asked[-1][2] == options
    assert (again.before.id, again.turn.why) == (first.id, Why.REPEATED)


def test_running_again_says_what_differs(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    drawn = GenerationOptions(temperature=0.5, seed=7)
    first = ask(chat, talk, "what?", [red], drawn)
    make_photo(red.path, "blue")
    newer = FakeChatModel(revision="2")
    again = drive(open_chat(newer).chat.run_again(first.id, CancelToken()))[1]
    assert set(again.differences) == {"revision", "picture", "sampled"}
    assert not again.same_text


def test_two_sides_answer_one_question(open_chat: OpenChat, red: Attachment) -> None:
    other = FakeChatModel("other", lambda *_: "no idea")
    broken = FakeChatModel("broken", fails=(-1, ModelBroken(model="broken", detail="x")))
    chat = open_chat(FakeChatModel(), other, broken).chat
    talk = chat.start()
    sides = [Side(), Side("broken"), Side("other", GenerationOptions(max_new_tokens=1))]
    events, turns = drive(chat.compare(talk.id, "what?", [red], sides, CancelToken()))
    assert [one.side for one in events if isinstance(one, AnswerBegun)] == [0, 1, 2]
    assert [one.text for one in turns] == ["what? -> [red]", "", "no "]
    assert [one.state for one in turns] == [TurnState.DONE, TurnState.FAILED, TurnState.DONE]
    assert {one.why for one in turns} == {Why.COMPARED}
    kept = chat.open(talk.id)
    assert {one.parent for one in turns} == {kept.path()[0].id}
    assert kept.leaf == turns[0].id


def test_solved_cases_stand_before_the_question(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start()
    drive(chat.add_example(talk.id, blue, "colour?", "it is blue", CancelToken()))
    turn = ask(chat, talk, "colour?", [red])
    assert said(model) == [
        ("user", "Picture A: \ncolour?", 1),
        ("assistant", "it is blue", 0),
        ("user", "Picture B: \ncolour?", 1),
    ]
    (example,) = chat.open(talk.id).examples
    chat.remove_example(talk.id, example.id)
    kept = chat.example_from(turn.id)
    assert [(one.question, one.answer) for one in kept.examples] == [("colour?", turn.text)]
