"""What a request takes, doubt, one question for many photos, answers in a form."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import ALL_CAN, FakeChatModel, colour_of, make_photo
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chaterrors import NoAnswerYet, SchemaRefused
from vlm_desktop.base.chatwork import BatchRow, ContextUse
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import MediaRefused, ModelBroken, PictureNeeded
from vlm_desktop.base.types import Box
from vlm_desktop.engine.answering import STARTER_FAMILY
from vlm_desktop.engine.chat import Chat
from vlm_desktop.engine.structured import field_names, form_of

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "colour": {"enum": ["red", "blue"]},
            "count": {"type": "integer"},
            "parts": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["colour", "count"],
    }
)


def context(chat: Chat, talk: int, text: str, pictures: list[Attachment]) -> ContextUse:
    return drive(chat.context(talk, text, pictures, GREEDY, CancelToken()))[1]


def test_the_context_bar_tells_parts_pictures_and_budgets(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    chat = open_chat().chat
    talk = chat.start(system_prompt="Be very brief.")
    use = context(chat, talk.id, "which two colours?", [red, blue])
    assert (use.usage.system, use.usage.image, use.usage.reply) == (7, 512, 512)
    assert use.limit == 2_048
    assert use.free == 2_048 - use.usage.total
    assert [(one.letter, one.tokens, one.seconds) for one in use.pictures] == [
        ("A", 256, None), ("B", 256, None),
    ]  # fmt: skip
    assert [(budget, tokens) for budget, tokens, _ in use.budgets] == [
        (16, 32),
        (64, 128),
        (256, 512),
    ]
    assert use.speed.to_first_token is None
    assert chat.open(talk.id).turns == ()
    assert chat.open(talk.id).pictures == ()


def test_seconds_are_predicted_from_what_was_measured_here(
    open_chat: OpenChat, red: Attachment
) -> None:
    chat = open_chat(FakeChatModel(say=lambda *_: "a b c d e f g h i j")).chat
    talk = chat.start()
    ask(chat, talk, "one?", [red])
    use = context(open_chat().chat, talk.id, "two?", [])
    # The fake takes 0.25 s to prepare, 10 ms an image token and 2 ms a token of the prompt.
    vision = (0.25 + 256 * 0.01) / 256
    assert use.speed.vision == pytest.approx(256 * vision)
    assert use.speed.prefill == pytest.approx(0.002 * (use.usage.total - 512), rel=0.1)
    assert use.speed.per_token == pytest.approx(10 * 0.1 / 9)
    assert use.speed.answers == 1
    (cost,) = use.pictures
    assert cost.seconds == pytest.approx(256 * (vision + 0.002), rel=0.1)
    first, _, last = (seconds for _, _, seconds in use.budgets)
    assert first is not None
    assert last is not None
    assert first < last / 8


def test_one_slow_answer_does_not_move_the_prediction(open_chat: OpenChat, red: Attachment) -> None:
    services = open_chat()
    for seconds in (0.01, 0.011, 9.0, 0.01, 0.012):
        services.library.add_chat_speeds("starter@cpu", [("vision", seconds), ("prefill", 0.001)])
    talk = services.chat.start()
    assert context(services.chat, talk.id, "?", [red]).speed.vision == pytest.approx(256 * 0.011)
    for _ in range(40):
        services.library.add_chat_speeds("starter@cpu", [("vision", 0.02)])
    assert services.library.chat_speeds("starter@cpu")["vision"] == [0.02] * 31


def test_a_look_gives_the_model_s_own_pixels(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    wish = GenerationOptions(max_image_tokens=64)
    seen = drive(chat.look(red, wish, CancelToken(), letter="C"))[1]
    assert (seen.letter, seen.seen.tokens) == ("C", 64)
    assert seen.seen.tiles[0].shape == (32, 48, 3)


# --- doubt -------------------------------------------------------------------------------


def test_the_blank_test_tells_whether_the_picture_matters(
    open_chat: OpenChat, red: Attachment
) -> None:
    blind = FakeChatModel("blind", lambda *_: "A red bus.")
    chat = open_chat(FakeChatModel(), blind).chat
    talk = chat.start()
    seeing = ask(chat, talk, "colour?", [red])
    found = drive(chat.blank_test(seeing.id, CancelToken()))[1]
    assert (found.changed, found.blank_answer) == (True, "colour? -> [grey]")
    blindly = ask(chat, talk, "colour?", model_id="blind")
    assert not drive(chat.blank_test(blindly.id, CancelToken()))[1].changed
    assert len(chat.open(talk.id).turns) == 4

    alone = ask(chat, chat.start(), "hello")
    with pytest.raises(PictureNeeded):
        drive(chat.blank_test(alone.id, CancelToken()))


def test_samples_that_say_the_same_are_counted(open_chat: OpenChat, red: Attachment) -> None:
    def say(messages, images, options) -> str:
        return (
            "The red bus."
            if options.seed % 2 == 0
            else "a red bus"
            if options.seed < 4
            else "a cat"
        )

    chat = open_chat(FakeChatModel(say=say)).chat
    turn = ask(chat, chat.start(), "what?", [red])
    found = drive(chat.sample_agreement(turn.id, CancelToken(), samples=6))[1]
    assert found.answer == "The red bus."
    assert found.samples == (
        "a red bus", "The red bus.", "a red bus", "The red bus.", "a cat", "The red bus.",
    )  # fmt: skip
    assert (found.agree, round(found.share, 2)) == (5, 0.83)


def test_nouns_are_held_against_the_picture_by_the_search(
    open_chat: OpenChat, tmp_path: Path
) -> None:
    for number, colour in enumerate(("red", "green", "blue", "yellow", "purple", "orange")):
        for copy in range(4):
            make_photo(tmp_path / "photos" / f"{colour}{copy}.jpg", colour, seed=9 * number + copy)
    model = FakeChatModel(say=lambda *_: "An orange beside cats.")
    services = open_chat(model)
    orange = Attachment(make_photo(tmp_path / "orange.jpg", "orange", seed=99))
    talk = services.chat.start()
    turn = ask(services.chat, talk, "what?", [orange])
    assert drive(services.chat.nouns_found(turn.id, CancelToken()))[1].reason == "no-library"

    drive(services.index([tmp_path / "photos"], CancelToken(), ocr=False))
    found = drive(services.chat.nouns_found(turn.id, CancelToken()))[1]
    assert found.model_id == "colours"
    by_noun = {one.noun: one for one in found.nouns}
    assert set(by_noun) == {"orange", "cat"}
    assert turn.text[by_noun["cat"].start : by_noun["cat"].end] == "cats"
    assert by_noun["orange"].probability > 0.5 > by_noun["cat"].probability


def test_doubt_is_about_answers_of_models(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat(FakeChatModel(family=STARTER_FAMILY)).chat
    turn = ask(chat, chat.start(), "when was this taken?", [red])
    for verb in (chat.blank_test, chat.sample_agreement, chat.nouns_found):
        for turn_id in (turn.id, turn.parent or 0):
            with pytest.raises(NoAnswerYet):
                drive(verb(turn_id, CancelToken()))


# --- one question for many photos ----------------------------------------------------------


def test_a_batch_makes_a_table_and_goes_on_after_a_bad_file(
    open_chat: OpenChat, red: Attachment, blue: Attachment, tmp_path: Path
) -> None:
    services = open_chat()
    bad = tmp_path / "photos" / "bad.jpg"
    bad.write_text("no")
    pictures = [red, Attachment(bad), blue]
    verb = services.chat.batch(pictures, ["=colour?", "size?"], GREEDY, CancelToken())
    events, table = drive(verb)
    rows = [event for event in events if isinstance(event, BatchRow)]
    assert tuple(rows) == table.rows
    assert [row.number for row in rows] == [0, 1, 2]
    assert [cell.answer for cell in rows[0].cells] == ["=colour? -> [red]", "size? -> [red]"]
    assert all(isinstance(cell.error, MediaRefused) for cell in rows[1].cells)
    assert table.columns == ("=colour?", "size?")

    saved = services.chat.save_batch(table, tmp_path / "answers.csv")
    with saved.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["path", "'=colour?", "size?"]
    assert lines[1] == [str(red.path), "'=colour? -> [red]", "size? -> [red]"]
    assert lines[2] == [str(bad), "", ""]
    assert not (tmp_path / "home" / "library.sqlite3").exists()


def test_a_batch_with_a_schema_has_its_fields_as_columns(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    def say(messages, images, options) -> str:
        return json.dumps({"colour": colour_of(images[0].pixels), "count": 2})

    chat = open_chat(FakeChatModel(say=say)).chat
    options = GenerationOptions(json_schema=SCHEMA)
    table = drive(chat.batch([red, blue], ["fill in"], options, CancelToken()))[1]
    assert table.columns == ("colour", "count", "parts")
    assert [row.cells[0].fields for row in table.rows] == [("red", "2", ""), ("blue", "2", "")]


def test_a_broken_model_ends_a_batch(open_chat: OpenChat, red: Attachment) -> None:
    broken = FakeChatModel(fails=(-1, ModelBroken(model="starter", detail="x")))
    with pytest.raises(ModelBroken):
        drive(open_chat(broken).chat.batch([red], ["what?"], GREEDY, CancelToken()))


def test_photos_of_the_library_can_be_asked_about(open_chat: OpenChat, red: Attachment) -> None:
    services = open_chat()
    drive(services.index([red.path.parent], CancelToken(), ocr=False))
    content = services.library.content_of(red.path)
    assert services.chat.photos([content or 0, 999]) == (red,)


# --- answers in a form -----------------------------------------------------------------------


def test_an_answer_is_held_against_its_form(open_chat: OpenChat) -> None:
    chat = open_chat().chat
    good = chat.form('{"colour": "red", "count": 3, "parts": ["a", "b"]}', SCHEMA)
    assert good.is_valid
    assert [(one.name, one.kind, one.value) for one in good.fields] == [
        ("colour", "choice", "red"),
        ("count", "integer", "3"),
        ("parts.0", "string", "a"),
        ("parts.1", "string", "b"),
    ]
    assert good.fields[0].choices == ("red", "blue")
    bad = chat.form('{"colour": "green", "parts": [1]}', SCHEMA)
    problems = {one.name: bool(one.problem) for one in bad.fields}
    assert problems == {"colour": True, "count": True, "parts.0": True}
    assert bad.problem == ""
    cut = chat.form('{"colour": "re', SCHEMA)
    assert not cut.is_valid
    assert [one.value for one in cut.fields] == ["", "", ""]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("no", "no JSON"),
        ("[]", "JSON object"),
        ('{"type": "thing"}', "thing"),
        ('{"properties": {"a": {"type": 3}}}', "properties.a"),
    ],
)
def test_a_schema_that_is_none_is_refused(open_chat: OpenChat, text: str, part: str) -> None:
    with pytest.raises(SchemaRefused) as refused:
        open_chat().chat.check_schema(text)
    assert part in str(refused.value.fields["detail"])


def test_nothing_is_fetched_for_a_schema() -> None:
    elsewhere = json.dumps({"properties": {"a": {"$ref": "https://example.org/a.json"}}})
    with pytest.raises(SchemaRefused):
        form_of('{"a": 1}', elsewhere)
    assert field_names('{"type": "string"}') == ("answer",)


def test_a_region_in_a_talk_keeps_its_surroundings_for_who_can_take_them(
    open_chat: OpenChat, red: Attachment
) -> None:
    one = FakeChatModel("one", capabilities=replace(ALL_CAN, max_images=1))
    chat = open_chat(FakeChatModel(), one).chat
    region = replace(red, box=Box(0, 0, 10, 10))
    assert chat.with_surroundings(region) == (region, red)
    assert chat.with_surroundings(region, "one") == (region,)
