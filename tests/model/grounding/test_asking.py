"""Models that answer, asked for boxes, and every model as the registry opens it."""

import math

import numpy as np
import pytest
import transformers

from vlm_desktop.backends.chat.boxes import read_boxes
from vlm_desktop.backends.grounding import asking
from vlm_desktop.backends.grounding.asking import AskedPhrases, KosmosPhrases
from vlm_desktop.backends.grounding.families import PHRASE_FAMILIES
from vlm_desktop.backends.shelf import PHRASE_MODEL, TASK_GROUNDING
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
    StopReason,
    TextPart,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import Cancelled, ModelUnsupported
from vlm_desktop.base.types import Box, Size

ASKED = ("kosmos2", "paligemma", "qwen2-vl", "qwen2.5-vl", "qwen3-vl")


class Answering:
    """A `ChatModel` as far as asking goes: it gives the replies it was handed, in order."""

    spec = ChatSpec("m", "qwen3_vl", "r", "cpu", "fp32", "torch", 0, 9, 36)

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []

    def stream(self, messages, images, options, cancel):
        self.asked.append((messages[-1].text, images[0].key))
        for text, logprob in (("[", -0.1), ("]", -0.3)):
            cancel.raise_if_cancelled()
            yield Token(text, 1, logprob)
        boxes = tuple((what, 0, box) for what, box in self.replies.pop(0))
        return Reply("[]", StopReason.END, TokenUsage(), AnswerTiming(), boxes)

    def unload(self):
        self.replies = []


def test_boxes_are_those_of_the_reply_and_the_score_its_mean_probability(pictures):
    one, same, other = Box(0, 0, 10, 10), Box(0, 0, 10, 9.9), Box(20, 0, 30, 10)
    chat = Answering([("dog", one), ("dog", same), ("dog", other)], [])
    model = AskedPhrases(chat, PHRASE_FAMILIES["qwen3_vl"])
    dogs, none, cats = model.find(pictures["landscape"], ["dog", " ", "cat"], CancelToken())
    assert [found.box for found in dogs] == [one, other]
    assert dogs[0].confidence == pytest.approx(math.exp(-0.2))
    assert dogs[0].label == "dog"
    assert (none, cats) == ((), ())
    assert len(chat.asked) == 2
    assert '"dog"' in chat.asked[0][0]
    assert "JSON" in chat.asked[0][0]
    assert chat.asked[0][1] == chat.asked[1][1] != "", "its features are kept for the next phrase"


def test_kosmos_goes_on_about_other_things():
    chat = Answering([("", Box(0, 0, 1, 1)), ("a fire", Box(2, 2, 3, 3))])
    model = AskedPhrases(chat, PHRASE_FAMILIES["kosmos-2"])
    image = np.zeros((4, 4, 3), np.uint8)
    ((only,),) = model.find(image, ["snowman"], CancelToken())
    assert only.box == Box(0, 0, 1, 1)


@pytest.mark.parametrize("name", ASKED)
def test_each_is_asked_in_its_own_words(name, open_tiny, tiny_folder, pictures):
    """What it finds is what its own adapter reads of the answer to the same words."""
    model, image = open_tiny(name), pictures["landscape"]
    (found,) = model.find(image, ["red dog"], CancelToken())
    chat = model._chat
    words = {"paligemma": "detect red dog", "kosmos2": "red dog"}.get(name, "")
    if words:
        asked = Message(Role.USER, (ImagePart(0), TextPart(words)))
        stream = chat.stream(
            [asked],
            [ChatImage(image)],
            GenerationOptions(max_new_tokens=asking.MOST_TOKENS),
            CancelToken(),
        )
        while True:
            try:
                next(stream)
            except StopIteration as end:
                reply = end.value
                break
        mine = [box for what, _, box in reply.boxes if name != "kosmos2" or not what]
        assert {one.box for one in found} <= set(mine)
        assert bool(found) == bool(mine)
    assert model.spec.id == f"tiny-{name}"
    assert model.spec.memory_bytes > 0


def test_kosmos_is_prompted_with_the_phrase(open_tiny, pictures):
    model = open_tiny("kosmos2")
    assert isinstance(model._chat, KosmosPhrases)
    model.find(pictures["landscape"], ["red <object>dog</phrase>"], CancelToken())
    reader = model._chat._reading()
    manner = model._chat._manner
    ids = manner.read(reader, manner.prompt.format(words="red dog"))["input_ids"][0]
    text = reader.tokenizer.decode(ids)
    assert "<grounding>" in text
    assert text.rstrip().endswith("red dog</phrase>")


@pytest.mark.parametrize("name", ["paligemma", "kosmos2"])
def test_an_answer_under_way_is_stopped(name, open_tiny, pictures):
    model = open_tiny(name)
    model.find(pictures["landscape"], ["dog"], CancelToken())

    class Late(CancelToken):
        looks = 0

        @property
        def is_cancelled(self):
            self.looks += 1
            return self.looks > 4

        def raise_if_cancelled(self):
            if self.is_cancelled:
                raise Cancelled

    with pytest.raises(Cancelled):
        model.find(pictures["landscape"], ["cat"], Late())


@pytest.mark.parametrize("cells", [(0, 1023), (44, 863), (33, 33), (64, 95), (5, 901), (863, 44)])
def test_places_of_kosmos_are_those_of_transformers(cells, tiny_folder):
    processor = transformers.AutoProcessor.from_pretrained(tiny_folder("kosmos2"))
    first, last = cells
    answer = (
        f"<phrase> a dog</phrase><object><patch_index_{first:04d}><patch_index_{last:04d}></object>"
    )
    _, ((what, _, (expected,)),) = processor.post_process_generation(answer)
    ((mine, box),) = read_boxes("patches", answer, Box(0, 0, 1, 1), Size(8, 8))
    left, right = sorted((expected[0], expected[2]))
    top, bottom = sorted((expected[1], expected[3]))
    assert mine == what
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((left, top, right, bottom))


# --- the registry --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grounding-dino", "owlv2", "clipseg", "florence2"])
def test_a_folder_is_taken_in_opened_and_asked(name, registry, tiny_folder, lend_tiny, pictures):
    card = registry.import_folder(tiny_folder(name), "taken-in")
    assert (card.tasks, card.family, card.chat_family) == ((TASK_GROUNDING,), PHRASE_MODEL, "")
    assert registry.card("taken-in").tasks == (TASK_GROUNDING,)
    model = registry.open_phrase_model("taken-in", provider="cpu")
    (found,) = model.find(pictures["portrait"], ["boat"], CancelToken())
    (expected,) = lend_tiny(name).find(pictures["portrait"], ["boat"], CancelToken())
    assert [one.box for one in found] == [one.box for one in expected]
    model.unload()


def test_a_model_that_answers_with_boxes_finds_phrases_too(registry, tiny_folder):
    card = registry.import_folder(tiny_folder("qwen3-vl"), "qwen")
    assert card.tasks == ("chat", "caption", "vqa", TASK_GROUNDING)
    assert card.chat_family == "transformers-chat"
    assert registry.open_phrase_model("qwen").spec.id == "qwen"


def test_a_model_that_does_not_is_refused(registry, tiny_folder):
    registry.import_folder(tiny_folder("git"), "git")
    with pytest.raises(ModelUnsupported):
        registry.open_phrase_model("git")
