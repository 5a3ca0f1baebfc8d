"""Where answers come from: the file's metadata, its text, or the model."""

from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.fakes import FakeChatModel
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive, said, words
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import AnswerBegun, AnswerSource, Attachment, TurnState, Why
from vlm_desktop.base.types import Box
from vlm_desktop.engine.answering import STARTER_FAMILY


def starter() -> FakeChatModel:
    return FakeChatModel(family=STARTER_FAMILY)


@pytest.fixture
def dated(tmp_path: Path) -> Attachment:
    """A red photo that says when it was taken, and with what."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Nikon", "D70"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2004:05:06 07:08:09"
    path = tmp_path / "dated.jpg"
    Image.new("RGB", (96, 64), (220, 30, 30)).save(path, exif=exif)
    return Attachment(path)


def test_date_and_camera_come_from_the_file(open_chat: OpenChat, dated: Attachment) -> None:
    model = starter()
    chat = open_chat(model).chat
    talk = chat.start()
    events, turn = drive(chat.ask(talk.id, "When was this taken?", [dated], GREEDY, CancelToken()))
    begun = next(event for event in events if isinstance(event, AnswerBegun))
    assert begun.source is AnswerSource.METADATA
    assert words(events) == turn.text == "Taken: May 6, 2004 at 07:08."
    assert (turn.source, turn.state, turn.model_id) == (
        AnswerSource.METADATA, TurnState.DONE, "starter",
    )  # fmt: skip
    assert ask(chat, talk, "Mit welcher Kamera wurde es aufgenommen?").text == (
        "Aufgenommen mit Nikon D70."
    )
    assert model.asked == []
    assert ask(chat, talk, "What colour is it?").source is AnswerSource.MODEL


def test_what_it_says_is_read(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat(starter(), sign="EXIT").chat
    talk = chat.start()
    turn = ask(chat, talk, "What does the sign say?", [red])
    assert (turn.text, turn.source) == ("EXIT", AnswerSource.OCR)


def test_a_region_is_read_alone(open_chat: OpenChat, red: Attachment) -> None:
    services = open_chat(starter(), sign="EXIT")
    region = Attachment(red.path, box=Box(0, 0, 20, 20))
    talk = services.chat.start()
    verb = services.chat.ask_region(talk.id, "what does it say", region, GREEDY, CancelToken())
    assert drive(verb)[1].text == "EXIT"


def test_other_models_are_asked_themselves(open_chat: OpenChat, dated: Attachment) -> None:
    chat = open_chat(FakeChatModel("other"), chat_model="other").chat
    turn = ask(chat, chat.start(), "When was this taken?", [dated])
    assert turn.source is AnswerSource.MODEL


def test_another_answer_to_what_the_file_said_is_the_model_s(
    open_chat: OpenChat, dated: Attachment
) -> None:
    chat = open_chat(starter()).chat
    talk = chat.start()
    first = ask(chat, talk, "When was this taken?", [dated])
    again = drive(chat.run_again(first.id, CancelToken()))[1]
    assert (again.same_text, again.turn.source) == (True, AnswerSource.METADATA)
    other = drive(chat.regenerate(first.id, CancelToken(), why=Why.WRONG))[1]
    assert other.source is AnswerSource.MODEL


def test_a_model_is_told_when_a_person_wants_it(open_chat: OpenChat, dated: Attachment) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start()
    chat.set_metadata(talk.id, True)
    first = ask(chat, talk, "a birthday?", [dated])
    assert first.context == "Picture A: taken May 6, 2004 at 07:08, with Nikon D70."
    assert said(model)[-1][1] == f"{first.context}\na birthday?"
    chat.set_metadata(talk.id, False)
    assert ask(chat, talk, "sure?").context == ""
    drive(chat.run_again(first.id, CancelToken()))
    assert said(model)[-1][1] == f"{first.context}\na birthday?"


def test_the_picture_spoken_of_last_is_meant(
    open_chat: OpenChat, dated: Attachment, red: Attachment
) -> None:
    chat = open_chat(starter()).chat
    talk = chat.start()
    ask(chat, talk, "what?", [dated])
    assert ask(chat, talk, "When was this taken?", [red]).text.startswith("The file does not say")
