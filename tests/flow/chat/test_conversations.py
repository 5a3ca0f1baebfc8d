"""Conversations in the library: the list, finding, taking out and back, forgetting."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.fakes import FakeChatModel
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chaterrors import ConversationUnknown, PresetNameRefused, TurnUnknown
from vlm_desktop.base.conversations import Attachment, ConversationCounts
from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.store.conversations import letter


def test_the_list_shows_pinned_ones_first_then_the_latest(
    open_chat: OpenChat, red: Attachment
) -> None:
    chat = open_chat().chat
    first, second, third = (chat.start(title=name) for name in ("one", "two", "three"))
    ask(chat, first, "what?", [red])
    chat.pin(second.id, True)
    shown = chat.conversations()
    assert [one.title for one in shown] == ["two", "one", "three"]
    assert (shown[1].turns, shown[1].pictures) == (2, 1)
    assert shown[1].thumbnail.startswith(b"\xff\xd8")
    assert chat.conversations(limit=1)[0].id == second.id
    assert third.id in {one.id for one in shown}


def test_words_are_found_in_titles_questions_and_answers(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(say=lambda *_: "A lighthouse\nstands on the Klippe.")
    chat = open_chat(model).chat
    sea = chat.start()
    answer = ask(chat, sea, "What stands there?", [red])
    other = chat.start(title="Lighthouse list")
    ask(chat, other, "Nothing else", [red])

    found = {one.id: one for one in chat.conversations("LIGHTHOUSE klip")}
    assert set(found) == {sea.id, other.id}
    assert [one.id for one in chat.conversations("nothing")] == [other.id]
    assert found[sea.id].turn == answer.id
    excerpt = found[sea.id].excerpt
    assert excerpt == "A lighthouse stands on the Klippe."
    assert [excerpt[a:b] for a, b in found[sea.id].marks] == ["lighthouse", "Klip"]
    assert chat.conversations("on") != ()
    assert chat.conversations("zebra") == ()
    assert chat.conversations('%" OR') == ()


def test_every_word_must_be_there_but_not_in_one_turn(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat(FakeChatModel(say=lambda *_: "a harbour")).chat
    talk = chat.start(title="Summer")
    ask(chat, talk, "ships?", [red])
    assert [one.id for one in chat.conversations("summer ships harbour")] == [talk.id]
    assert chat.conversations("summer ships winter") == ()


def test_deleting_can_be_taken_back(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    ask(chat, talk, "what?", [red])
    chat.delete(talk.id)
    assert chat.conversations() == ()
    assert chat.conversations("what") == ()
    assert chat.counts() == ConversationCounts(0, 0, 0, 1)
    with pytest.raises(ConversationUnknown):
        chat.open(talk.id)
    with pytest.raises(ConversationUnknown):
        chat.delete(talk.id)
    assert chat.sweep() == 0
    chat.restore(talk.id)
    assert chat.counts() == ConversationCounts(1, 2, 1, 0)
    assert len(chat.open(talk.id).path()) == 2


def test_what_was_deleted_long_ago_goes_for_good(
    open_chat: OpenChat, red: Attachment, tmp_path: Path
) -> None:
    chat = open_chat().chat
    gone, kept, empty = chat.start(), chat.start(), chat.start()
    ask(chat, gone, "secret words", [red])
    answer = ask(chat, kept, "plain words", [red])
    chat.delete(gone.id)
    chat.delete_turn(answer.id)
    database = tmp_path / "home" / "library.sqlite3"
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE conversations SET deleted_at = '2020-01-01' WHERE deleted_at IS NOT NULL"
        )
        connection.execute("UPDATE turns SET deleted_at = '2020' WHERE deleted_at IS NOT NULL")
        connection.execute("UPDATE conversations SET created_at = '2020' WHERE id = ?", (empty.id,))
    assert chat.sweep() == 2
    assert [one.id for one in chat.conversations()] == [kept.id]
    with pytest.raises(ConversationUnknown):
        chat.restore(gone.id)
    with pytest.raises(TurnUnknown):
        chat.restore_turn(answer.id)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        texts = connection.execute("SELECT text FROM turns").fetchall()
        found = connection.execute(
            "SELECT count(*) FROM turns_fts WHERE turns_fts MATCH 'secret'"
        ).fetchone()
    assert texts == [("plain words",)]
    assert found == (0,)


def test_taking_a_turn_out_takes_what_hangs_on_it(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat().chat
    talk = chat.start()
    first = ask(chat, talk, "one?", [red])
    second = ask(chat, talk, "two?")
    question = chat.open(talk.id).turn(second.parent or 0)
    left = chat.delete_turn(question.id)
    assert left.leaf == first.id
    assert len(left.turns) == 2
    assert chat.conversations("two") == ()
    with pytest.raises(TurnUnknown):
        chat.pin_turn(second.id, True)
    back = chat.restore_turn(question.id)
    assert back.leaf == second.id
    assert len(back.turns) == 4
    with pytest.raises(TurnUnknown):
        chat.restore_turn(question.id)


def test_a_turn_that_went_before_does_not_come_back_with_another(
    open_chat: OpenChat, red: Attachment
) -> None:
    chat = open_chat().chat
    talk = chat.start()
    ask(chat, talk, "one?", [red])
    last = ask(chat, talk, "two?")
    root = chat.open(talk.id).path()[0]
    chat.delete_turn(last.id)
    assert chat.delete_turn(root.id).turns == ()
    with pytest.raises(TurnUnknown):
        chat.restore_turn(last.id)
    assert chat.open(talk.id).leaf is None
    assert [turn.text for turn in chat.restore_turn(root.id).path()][-1] == "two?"


def test_names_pins_and_what_is_told(open_chat: OpenChat, red: Attachment) -> None:
    chat = open_chat(FakeChatModel(), FakeChatModel("other")).chat
    talk = chat.start()
    turn = ask(chat, talk, "a very long question " * 10, [red])
    assert chat.open(talk.id).title.endswith("…")
    assert len(chat.open(talk.id).title) <= 60
    chat.rename(talk.id, "  My   name ")
    assert chat.open(talk.id).title == "My name"
    chat.rename(talk.id, " ")
    assert chat.open(talk.id).title.startswith("a very long question")
    chat.pin_turn(turn.id, True)
    assert chat.open(talk.id).turn(turn.id).pinned
    chat.set_model(talk.id, "other")
    assert ask(chat, talk, "who?").model_id == "other"
    chat.set_model(talk.id, "")
    assert ask(chat, talk, "who?").model_id == "starter"


def test_system_prompts_have_names(open_chat: OpenChat) -> None:
    chat = open_chat().chat
    builtin = chat.presets()
    assert builtin
    assert all(one.builtin for one in builtin)
    chat.save_preset("Birds", "Name the birds.")
    chat.save_preset("birds ", "Name every bird.")
    own = [one for one in chat.presets() if not one.builtin]
    assert [(one.name, one.text) for one in own] == [("birds", "Name every bird.")]
    for name in (" ", builtin[0].name.upper()):
        with pytest.raises(PresetNameRefused):
            chat.save_preset(name, "x")
    gone = chat.delete_preset("BIRDS")
    assert gone == own[0]
    assert chat.delete_preset("birds") is None
    assert chat.presets() == builtin


def test_forgetting_a_photo_leaves_no_trace_of_it_in_conversations(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    services = open_chat()
    drive(services.index([red.path.parent], CancelToken(), ocr=False))
    chat = services.chat
    talk = chat.start()
    drive(chat.add_example(talk.id, red, "colour?", "red", CancelToken()))
    ask(chat, talk, "both?", [red, blue])
    services.forget(red.path)
    first, second = chat.open(talk.id).pictures
    assert (first.is_forgotten, first.thumbnail, first.content_hash) == (True, b"", "")
    assert (first.letter, second.letter, second.attachment) == ("A", "B", blue)
    assert chat.open(talk.id).examples == ()
    assert ask(chat, talk, "and now?").text.endswith("[blue]")
    with pytest.raises(NotInLibrary):
        services.forget(red.path)


def test_pasted_pictures_of_conversations_are_not_swept_away(
    open_chat: OpenChat, red: Attachment
) -> None:
    import os

    services = open_chat()
    chat = services.chat
    chat.pasted.mkdir(parents=True)
    used, unused = chat.pasted / "used.png", chat.pasted / "unused.png"
    for path in (used, unused):
        path.write_bytes(red.path.read_bytes())
        os.utime(path, (0, 0))
    talk = chat.start()
    drive(chat.ask(talk.id, "this?", [Attachment(used)], GREEDY, CancelToken()))
    assert services.keeping.sweep_pasted() == 1
    assert used.exists()


def test_a_library_that_is_rebuilt_keeps_its_conversations(
    open_chat: OpenChat, red: Attachment
) -> None:
    services = open_chat()
    talk = services.chat.start(title="Kept")
    turn = ask(services.chat, talk, "what colour?", [red])
    drive(services.chat.add_example(talk.id, red, "colour?", "red", CancelToken()))
    services.chat.save_preset("Mine", "Be brief.")
    before = services.chat.open(talk.id)
    services.rebuild()
    assert services.chat.open(talk.id) == before
    assert [one.turn for one in services.chat.conversations("colour")] == [turn.id]
    assert services.chat.presets()[-1].name == "Mine"
    assert ask(services.chat, talk, "and now?").text.endswith("[red]")


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
)
def test_letters_go_on_after_z(number: int, expected: str) -> None:
    assert letter(number) == expected
