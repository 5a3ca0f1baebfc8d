"""The assistant as it ships: what it says of photos, and how it keeps to what is asked."""

import subprocess
import sys

import pytest

from vlm_desktop.backends.chat import starter
from vlm_desktop.backends.chat.starter import StarterAssistant
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
    StopReason,
    TextPart,
)
from vlm_desktop.base.errors import (
    Cancelled,
    ModelBroken,
    OptionUnsupported,
    PictureNeeded,
    PromptTooLong,
)


def test_the_folder_stays_small(shipped):
    sizes = {one.name: one.stat().st_size for one in shipped.iterdir()}
    assert sum(sizes.values()) < 60_000_000
    assert max(sizes.values()) < 25_000_000


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        ("woman", {"woman", "girl", "man", "boy", "person", "lady", "child"}),
        ("cat", {"cat", "dog", "animal"}),
    ],
)
def test_a_caption_names_what_is_there(assistant, ask, photos, photo, words):
    for beams in (1, 5):
        text = ask(assistant, "Describe the picture.", photos[photo], beams=beams)[1].text
        assert words & set(text.lower().strip(".").split()), text
        assert text[0].isupper()
        assert text.endswith(".")


def test_an_answer_is_short_and_knows_its_kind(assistant, ask, photos):
    seen = ask(assistant, "Is there a woman in the picture?", photos["woman"])[1].text
    assert seen in ("yes", "no")
    colour = ask(assistant, "What color is the cat?", photos["cat"])[1].text
    assert colour in {"brown", "orange", "white", "black", "gray", "tan", "yellow"}
    assert ask(assistant, "What animal is this?", photos["cat"])[1].text in {"cat", "dog"}


def test_a_blank_picture_gives_another_caption(assistant, ask, photos):
    seen = {name: ask(assistant, "", photos[name])[1].text for name in photos}
    assert len(set(seen.values())) == len(seen), seen


def test_a_second_question_reads_the_picture_no_more(assistant, ask, photos, monkeypatch):
    looked = []
    look = starter._Running.look
    monkeypatch.setattr(starter._Running, "look", lambda *a: (looked.append(1), look(*a))[1])
    first = ask(assistant, "What animal is this?", photos["cat"])[1]
    second = ask(assistant, "Is there a dog?", photos["cat"])[1]
    assert len(looked) == 1
    assert first.timing.reused == 0
    assert second.timing.reused == second.usage.image == 50
    assert second.timing.vision == 0.0
    again = ask(assistant, "What animal is this?", photos["cat"])[1]
    assert again.text == first.text
    assert ask(assistant, "", ChatImage(photos["cat"].pixels))[1].timing.reused == 0
    assert len(looked) == 2, "a picture without a name is looked at each time"


def test_only_what_is_asked_for_is_looked_at(assistant, ask, photos, monkeypatch):
    looked = []
    run = starter._Running._run

    def counted(own, values):
        looked.append(len(values))
        return run(own, values)

    monkeypatch.setattr(starter._Running, "_run", counted)
    caption = ask(assistant, "", photos["cat"])[1]
    ask(assistant, "Why is it so?", photos["cat"])
    assert looked == [1], "the decoder alone sees the picture as it is"
    first = ask(assistant, "What animal is this?", photos["cat"])[1]
    config = assistant._running.answers.classifier.config
    assert looked == [1, 1 + config.corners]
    assert first.timing.vision > 0
    assert first.timing.reused == 50, "what the decoder kept stays of use"
    ask(assistant, "Is it left or right?", photos["cat"])
    assert ask(assistant, "", photos["cat"])[1].text == caption.text
    assert len(looked) == 2


def test_pictures_beyond_the_room_are_forgotten(assistant, ask, photos, monkeypatch):
    monkeypatch.setattr(starter, "KEPT_PICTURES", 1)
    ask(assistant, "", photos["cat"])
    ask(assistant, "", photos["woman"])
    assert ask(assistant, "", photos["cat"])[1].timing.reused == 0


def test_an_earlier_turns_picture_is_asked_about(assistant, photos):
    turns = (
        Message(Role.USER, (ImagePart(0), TextPart("What animal is this?"))),
        Message(Role.ASSISTANT, (TextPart("cat"),)),
        Message(Role.USER, (TextPart("What color is it?"),)),
    )
    stream = assistant.stream(turns, (photos["cat"],), GenerationOptions(), CancelToken())
    assert "".join(token.text for token in stream)


def test_pieces_are_the_answer_and_carry_their_probability(assistant, ask, photos):
    pieces, reply = ask(assistant, "Describe it", photos["woman"])
    assert "".join(piece.text for piece in pieces) == reply.text
    assert sum(piece.count for piece in pieces) == reply.usage.reply
    assert all(piece.logprob is None or piece.logprob <= 0 for piece in pieces)
    assert reply.stop is StopReason.END
    assert len(pieces) > 3


def test_cancel_stops_within_a_token(assistant, photos):
    cancel = CancelToken()
    message = Message(Role.USER, (ImagePart(0), TextPart("")))
    stream = assistant.stream((message,), (photos["cat"],), GenerationOptions(), cancel)
    next(stream)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(stream)


def test_banned_starts_do_not_come(assistant, ask, photos):
    for beams in (1, 3):
        usual = ask(assistant, "", photos["cat"], beams=beams)[1].text
        opening = usual.split()[0]
        other = ask(assistant, "", photos["cat"], beams=beams, banned_starts=(opening,))[1].text
        assert not other.lower().startswith(opening.lower())


def test_beams_find_what_is_at_least_as_likely(assistant, ask, photos):
    """Five beams give a caption too, and the same one each time."""
    first = ask(assistant, "", photos["coffee"], beams=5)[1].text
    assert first == ask(assistant, "", photos["coffee"], beams=5)[1].text


def test_what_it_cannot_do_is_refused(assistant, ask, photos):
    words = Message(Role.USER, (TextPart("What is a boat?"),))
    with pytest.raises(PictureNeeded):
        next(assistant.stream((words,), (), GenerationOptions(), CancelToken()))
    with pytest.raises(PromptTooLong):
        ask(assistant, "What is the " + "very " * 60 + "big thing?", photos["cat"])
    with pytest.raises(OptionUnsupported):
        ask(assistant, "What?", photos["cat"], json_schema="{}")
    with pytest.raises(OptionUnsupported):
        ask(assistant, "What?", photos["cat"], beams=2, temperature=1.0)


def test_a_damaged_folder_is_told(shipped, tmp_path):
    for one in shipped.iterdir():
        (tmp_path / one.name).symlink_to(one)
    model = StarterAssistant(tmp_path)
    (tmp_path / model._table.weights).unlink()
    (tmp_path / model._table.weights).write_bytes(b"\0" * 100)
    with pytest.raises(ModelBroken, match=r"safetensors"):
        model.load()


def test_a_damaged_list_of_answers_is_told(shipped, tmp_path):
    for one in shipped.iterdir():
        (tmp_path / one.name).symlink_to(one)
    model = StarterAssistant(tmp_path)
    weights = tmp_path / model._table.answers.weights
    weights.unlink()
    weights.write_bytes(b"\0" * 100)
    with pytest.raises(ModelBroken, match=r"answers\.safetensors"):
        model.load()


def test_short_questions_get_answers_of_the_list(assistant, ask, photos):
    questions = ("What color is the cat?", "how many cats are there", "Is this a dog?", "Where?")
    assistant.load()
    known = set(assistant._running.answers.table.said)
    tokenizer, (end,) = assistant._tokenizer(), {one[-1] for one in known}
    for question in questions:
        pieces, reply = ask(assistant, question, photos["cat"])
        said = (*tokenizer.encode(reply.text, add_special_tokens=False).ids, end)
        assert said in known, reply.text
        assert reply.stop is StopReason.END
        assert all(piece.logprob is not None and piece.logprob <= 0 for piece in pieces)
        wide = ask(assistant, question, photos["cat"], beams=4)[1].text
        assert (*tokenizer.encode(wide, add_special_tokens=False).ids, end) in known, wide
        other = ask(assistant, question, photos["cat"], banned_starts=(reply.text,))[1].text
        assert not other.startswith(reply.text)


def test_drawn_short_answers_differ_and_a_seed_repeats_them(assistant, ask, photos):
    drawn = [
        ask(assistant, "What is this?", photos["coffee"], temperature=2.0, seed=seed)[1].text
        for seed in (1, 1, 2, 3, 4, 5)
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_a_folder_without_the_list_is_answered_from_by_the_decoder(shipped, tmp_path, ask, photos):
    for one in shipped.iterdir():
        if one.name != "model.toml":
            (tmp_path / one.name).symlink_to(one)
    text = (shipped / "model.toml").read_text(encoding="utf-8")
    begin, end = text.index("[answers]"), text.index("[sha256]")
    (tmp_path / "model.toml").write_text(text[:begin] + text[end:], encoding="utf-8")
    model, whole = StarterAssistant(tmp_path), StarterAssistant(shipped)
    assert model.spec.revision != whole.spec.revision
    assert ask(model, "What animal is this?", photos["cat"])[1].text
    model.load()
    assert model._running.answers is None
    why = "Why is it so?"
    assert ask(model, why, photos["cat"])[1].text == ask(whole, why, photos["cat"])[1].text


def test_it_does_not_wait_for_transformers():
    code = "import sys, vlm_desktop.backends.chat.starter; sys.exit('transformers' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
