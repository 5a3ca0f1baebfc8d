"""Every family answers greedily what transformers' own `generate` answers, word for word."""

import pytest

from tests.model.chat import reference
from tests.model.chat.reference import picture, said, user
from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Message, Reply
from vlm_desktop.base.errors import PictureNeeded, TooManyPictures

TOKENS = 10
ANSWERING = [name for name in BUILDERS if name != "vilt"]
IN_TURNS = [
    "smolvlm", "idefics3", "idefics2", "qwen2-vl", "qwen2.5-vl", "qwen3-vl", "internvl", "llava",
    "llava-next", "llava-onevision", "gemma3", "lfm2-vl",
]  # fmt: skip
ONE_PICTURE = [name for name in BUILDERS if name not in IN_TURNS]
CAPTIONERS = [name for name in ONE_PICTURE if name not in ("paligemma", "vilt")]


def ask(model, messages: list[Message], images=(), **options) -> Reply:
    options = {"max_new_tokens": TOKENS} | options
    stream = model.stream(messages, images, GenerationOptions(**options), CancelToken())
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            reply: Reply = end.value
            break
    assert "".join(piece.text for piece in pieces) == reply.text
    assert sum(piece.count for piece in pieces) <= reply.usage.reply
    return reply


def test_the_lists_of_this_module_cover_every_family():
    assert set(IN_TURNS) | set(ONE_PICTURE) == set(BUILDERS)
    assert set(ANSWERING) | {"vilt"} == set(BUILDERS)


@pytest.mark.parametrize("size", [(90, 40), (33, 120), (28, 28)])
@pytest.mark.parametrize("name", ANSWERING)
def test_one_picture(name, size, lend_tiny, tiny_folder):
    images, messages = [picture(1, *size)], [user(0, "what is in this picture")]
    expected = reference.answer(tiny_folder(name), messages, images, TOKENS)
    reply = ask(lend_tiny(name), messages, images)
    assert reply.text == (expected.lstrip() if name in CAPTIONERS else expected)
    assert reply.usage.image > 0
    assert reply.usage.reply == TOKENS


@pytest.mark.parametrize("name", IN_TURNS)
def test_two_pictures(name, lend_tiny, tiny_folder):
    images = [picture(1), picture(2, 40, 60)]
    messages = [user(0, 1, "which one is red")]
    expected = reference.answer(tiny_folder(name), messages, images, TOKENS)
    assert ask(lend_tiny(name), messages, images).text == expected


@pytest.mark.parametrize("name", IN_TURNS)
def test_no_picture(name, lend_tiny, tiny_folder):
    messages = [user("what is a boat")]
    expected = reference.answer(tiny_folder(name), messages, [], TOKENS)
    reply = ask(lend_tiny(name), messages)
    assert reply.text == expected
    assert reply.usage.image == 0


@pytest.mark.parametrize("name", IN_TURNS)
def test_turns_with_the_cache_of_the_last_one_and_without(name, lend_tiny, tiny_folder):
    """A second question about a picture, a branch of it, and a new picture after both."""
    model = lend_tiny(name)
    images = [picture(1), picture(2, 40, 60)]
    first = [user(0, "what is in this picture")]
    ask(model, first, images)
    turns = [*first, said("a red dog"), user("how many")]
    branch = [*first, said("two boats"), user("where are they")]
    later = [*turns, said("two"), user(1, "and here")]
    reused = []
    for messages in (turns, branch, later, later):
        expected = reference.answer(tiny_folder(name), messages, images, TOKENS)
        reply = ask(model, messages, images)
        assert reply.text == expected
        reused.append(reply.timing.reused)
    assert reused[0] > 0, "the picture and the question were not read again"
    assert reused[1] > 0


@pytest.mark.parametrize("name", ONE_PICTURE)
def test_models_of_one_picture_say_so(name, lend_tiny):
    model = lend_tiny(name)
    assert model.capabilities.max_images == 1
    assert not model.capabilities.multi_turn
    with pytest.raises(TooManyPictures):
        ask(model, [user(0, 1, "which")], [picture(1), picture(2)])
    with pytest.raises(PictureNeeded):
        ask(model, [user("what is a boat")])


@pytest.mark.parametrize("name", ONE_PICTURE)
def test_models_of_one_question_answer_it_the_same_whatever_was_said_before(name, lend_tiny):
    model = lend_tiny(name)
    alone = ask(model, [user(0, "what is this")], [picture(1)])
    after = [user(0, "how many"), said("two"), user("what is this")]
    assert ask(model, after, [picture(1)]).text == alone.text
