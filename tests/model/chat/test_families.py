"""What is peculiar to single families: their boxes, signs, tiles and ways to remember."""

from collections.abc import Callable, Sequence

import pytest
import torch
from PIL import Image

from tests.model.chat.contract import ask
from tests.model.chat.reference import load, picture, said, spelled, user
from tests.model.chat.tiny import qwen, templates
from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.captioner import TransformersCaptioner
from vlm_desktop.backends.chat.choosing import Choice
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.chat import ChatImage, GenerationOptions, Reply
from vlm_desktop.base.errors import ModelUnsupported

WIDE = picture(3, 120, 40)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Reply]:
    """A model's reply when its network says `words`, whatever it was asked."""

    def answer(model: ChatModel, words: str, image: ChatImage) -> Reply:
        model.load()
        tokenizer = load(model._folder.path)[1].tokenizer  # type: ignore[attr-defined]
        script = iter(tokenizer(words, add_special_tokens=False)["input_ids"])

        class Chooser:
            """In place of the real one: the next word of the script."""

            def __init__(self, *_: object) -> None: ...

            def choose(self, logits: torch.Tensor) -> object:
                number = next(script, None)
                return None if number is None else Choice(number, 0.0)

        for module in ("transformers_chat", "captioner"):
            monkeypatch.setattr(f"vlm_desktop.backends.chat.{module}.Chooser", Chooser)
        return ask(model, [user(0, "where is the dog")], [image], max_new_tokens=200)

    return answer


def corners(reply: Reply) -> list[tuple[str, int, tuple[float, ...]]]:
    return [
        (what, index, (box.x0, box.y0, box.x1, box.y1)) for what, index, box in reply.boxes
    ]  # fmt: skip


# --- boxes -----------------------------------------------------------------------------


def test_boxes_of_kosmos2_count_from_the_middle_that_it_was_given(lend_tiny, answering):
    words = "<phrase> a dog</phrase><object><patch_index_0000><patch_index_1023></object> runs"
    reply = answering(lend_tiny("kosmos2"), words, WIDE)
    half = 40 / 64
    assert corners(reply) == [("a dog", 0, (40 + half, half, 80 - half, 40 - half))]
    assert reply.text == "a dog runs"


def test_boxes_of_paligemma_are_not_read_aloud(lend_tiny, answering):
    words = "<loc0000><loc0512><loc0512><loc1023> dog ; <loc0512><loc0000><loc1023><loc0512> boat"
    reply = answering(lend_tiny("paligemma"), words, WIDE)
    assert [what for what, *_ in reply.boxes] == ["dog", "boat"]
    assert corners(reply)[0][2] == pytest.approx((60, 0, 120 * 1023 / 1024, 20))
    assert "loc" not in reply.text
    assert "dog" in reply.text


def test_boxes_of_qwen2_vl_are_thousandths(lend_tiny, answering):
    words = "<|object_ref_start|>dog<|object_ref_end|><|box_start|>(500,0),(1000,500)<|box_end|>"
    reply = answering(lend_tiny("qwen2-vl"), words, WIDE)
    assert corners(reply) == [("dog", 0, (60, 0, 120, 20))]
    assert reply.text == "dog(500,0),(1000,500)"


def test_boxes_of_qwen25_vl_are_pixels_of_the_resized_picture(lend_tiny, answering):
    model = lend_tiny("qwen2.5-vl")
    seen = model.look(WIDE, GenerationOptions()).tiles[0]
    height, width = seen.shape[:2]
    assert (width, height) != (120, 40)
    words = f'[{{"bbox_2d": [{width // 2}, 0, {width}, {height // 2}], "label": "dog"}}]'
    reply = answering(model, words, WIDE)
    assert corners(reply) == [("dog", 0, pytest.approx((60, 0, 120, 20), abs=2))]


def test_boxes_of_qwen3_vl_are_thousandths(lend_tiny, answering):
    reply = answering(
        lend_tiny("qwen3-vl"), '{"bbox_2d": [500, 0, 1000, 500], "label": "dog"}', WIDE
    )
    assert corners(reply) == [("dog", 0, (60, 0, 120, 20))]


# --- how they are asked ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("what is this", "answer en what is this\n"),
        ("detect dog ; boat", "detect dog ; boat\n"),
        ("Caption de", "Caption de\n"),
        ("", "caption en\n"),
    ],
)
def test_paligemma_is_given_a_task_in_a_line_of_its_own(lend_tiny, asked, read):
    model = lend_tiny("paligemma")
    parts = (0, asked) if asked else (0,)
    prompt = model._reading().read([user(*parts)], [WIDE], GenerationOptions())
    text = model._reading().tokenizer.decode(prompt.ids)
    assert text.endswith("<bos>" + read)
    assert text.count("<image>") == prompt.usage.image == 16


def test_the_question_goes_through_both_tokenizers_of_instructblip(lend_tiny):
    model = lend_tiny("instructblip")
    assert (
        ask(model, [user(0, "a dog")], [WIDE]).text != ask(model, [user(0, "a boat")], [WIDE]).text
    )
    ids = model._manner.read(model._reading(), "a dog")
    second = model._reading().qformer_tokenizer
    assert ids["question"][0].tolist() == second("a dog")["input_ids"]
    assert ids["input_ids"].shape[1] > ids["question"].shape[1]


def test_what_a_user_types_is_no_sign(lend_tiny):
    for name, typed in (("blip2", "is <image> here"), ("kosmos2", "</image> <grounding> no")):
        assert ask(lend_tiny(name), [user(0, typed)], [WIDE]).usage.reply > 0


def test_a_model_that_thinks_is_told_not_to(tmp_path, open_tiny):
    folder = qwen.qwen3_vl(tmp_path / "thinking", templates.QWEN3_THINKING)
    model = open_tiny("qwen3-vl", folder)
    prompt = model._reading().read([user("hello")], [], GenerationOptions())
    assert model._reading().tokenizer.decode(prompt.ids).endswith("<think>\n\n</think>\n\n")


def test_git_answers_questions_only_where_its_name_says_so(tiny_folder, lend_tiny):
    captions = lend_tiny("git")
    assert not captions.capabilities.asks
    assert ask(captions, [user(0, "a dog")], [WIDE]).text == ask(captions, [user(0)], [WIDE]).text
    asked = TransformersCaptioner(tiny_folder("git"), model_id="git-base-vqav2", provider="cpu")
    assert asked.capabilities.asks
    words = "is it a dog"
    model, processor = load(tiny_folder("git"))
    ids = processor.tokenizer(words, return_tensors="pt")["input_ids"][:, :-1]
    pixels = processor(images=Image.fromarray(WIDE.pixels), return_tensors="pt")["pixel_values"]
    expected = model.generate(
        pixel_values=pixels, input_ids=ids, max_new_tokens=8, do_sample=False
    )[0][ids.shape[1] :]
    assert ask(asked, [user(0, words)], [WIDE]).text == processor.tokenizer.decode(expected)
    asked.unload()


# --- tiles -----------------------------------------------------------------------------


def test_llava_next_counts_the_cells_of_any_resolution(lend_tiny):
    """Sixteen of the whole; then cells of the unpadded tiles, and one sign at the end of a row."""
    model = lend_tiny("llava-next")
    square = model.usage([user(0, "a")], [picture(1, 60, 60)], GenerationOptions()).image
    assert square == 16 + 8 * 8 + 8
    wide = model.usage([user(0, "a")], [picture(1, 90, 30)], GenerationOptions()).image
    assert wide == 16 + 4 * 12 + 4
    band = model.usage([user(0, "a")], [picture(1, 90, 20)], GenerationOptions()).image
    assert band < wide, "padding above and below is left out"


def test_internvl_cuts_tiles_by_shape_and_adds_the_whole(lend_tiny):
    model = lend_tiny("internvl")
    for size, tiles in (((28, 28), 1), ((90, 30), 4), ((60, 60), 5)):
        image = picture(2, *size)
        seen = model.look(image, GenerationOptions())
        assert len(seen.tiles) == tiles
        assert seen.tokens == 4 * tiles
        assert ask(model, [user(0, "a")], [image]).usage.image == seen.tokens


def test_gemma3_pans_over_a_long_picture_where_more_tokens_are_allowed(lend_tiny, tiny_folder):
    model, image = lend_tiny("gemma3"), picture(2, 200, 40)
    assert model.capabilities.image_budget == (4, 20)
    asked = [user(0, "what is red")]
    assert model.usage(asked, [image], GenerationOptions()).image == 4
    assert len(model.look(image, GenerationOptions()).tiles) == 1
    panning = GenerationOptions(max_image_tokens=20)
    assert model.usage(asked, [image], panning).image == 20
    assert len(model.look(image, panning).tiles) == 5
    network, processor = load(tiny_folder("gemma3"))
    text = processor.apply_chat_template(
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "what is red"}]}],
        add_generation_prompt=True,
    )
    encoded = processor(
        text=text, images=Image.fromarray(image.pixels), do_pan_and_scan=True,
        pan_and_scan_min_crop_size=16, add_special_tokens=False, return_tensors="pt",
    )  # fmt: skip
    ids = network.generate(**encoded, max_new_tokens=8, do_sample=False)[0]
    expected = spelled(processor.tokenizer, ids[encoded["input_ids"].shape[1] :].tolist())
    assert ask(model, asked, [image], max_image_tokens=20).text == expected


# --- caches ----------------------------------------------------------------------------


def test_the_states_of_lfm2_are_kept_as_they_were_after_the_picture(open_tiny):
    """They cannot be cut back to a prefix; a copy from after the picture serves every branch."""
    model = open_tiny("lfm2-vl")
    first = [user(0, "what is in this picture")]
    ask(model, first, [WIDE])
    seen = model.usage(first, [WIDE], GenerationOptions()).image
    branches: Sequence[list] = (
        [*first, said("a dog"), user("how many")],
        [*first, said("two boats"), user("where")],
        [user(0, "how many")],
    )
    for messages in branches:
        fresh = ask(open_tiny("lfm2-vl"), messages, [WIDE])
        reply = ask(model, messages, [WIDE])
        assert reply.timing.reused >= seen
        assert reply.text == fresh.text
        assert fresh.timing.reused == 0


def test_paligemma_reads_all_anew_since_its_pictures_see_the_question(open_tiny):
    model = open_tiny("paligemma")
    ask(model, [user(0, "what is this")], [WIDE])
    assert ask(model, [user(0, "what is this")], [WIDE]).timing.reused == 0


def test_a_picture_of_a_captioner_is_looked_at_once(open_tiny, monkeypatch):
    model = open_tiny("blip-vqa")
    model.load()
    looks = []
    tower = model._model.vision_model
    true = tower.forward
    monkeypatch.setattr(tower, "forward", lambda *a, **b: looks.append(1) or true(*a, **b))
    for words in ("what is this", "how many", "where"):
        ask(model, [user(0, words)], [WIDE])
    assert len(looks) == 1
    ask(model, [user(0, "where")], [ChatImage(WIDE.pixels)])
    ask(model, [user(0, "where")], [ChatImage(WIDE.pixels)])
    assert len(looks) == 3, "a picture without a key is not remembered"


# --- precision -------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILDERS)
def test_half_precision_meets_no_full_one(name, open_tiny, monkeypatch):
    """As on a GPU: every tensor that is made on the way has the precision of the weights."""
    ways = [loading.Plan("cpu", "bf16")]
    monkeypatch.setattr(loading, "plans", lambda *_: ways)
    model = open_tiny(name)
    assert ask(model, [user(0, "what is this")], [WIDE]).usage.reply > 0
    assert model.spec.precision == "bf16"


# --- the classifier --------------------------------------------------------------------


def test_vilt_answers_with_what_transformers_scores_highest(lend_tiny, tiny_folder):
    model = lend_tiny("vilt")
    network, processor = load(tiny_folder("vilt"))
    encoded = processor(
        images=Image.fromarray(WIDE.pixels), text="what is red", return_tensors="pt"
    )
    with torch.inference_mode():
        scores = network(**encoded).logits[0]
    reply = ask(model, [user(0, "what is red")], [WIDE])
    names = network.config.id2label
    assert reply.text == names[int(scores.argmax())]
    assert model.capabilities.answers == tuple(names[number] for number in range(len(names)))
    ranked = [names[number] for number in scores.argsort(descending=True).tolist()]
    assert [answer for answer, _ in reply.ranked] == ranked
    assert [chance for _, chance in reply.ranked] == pytest.approx(
        scores.sigmoid().sort(descending=True).values.tolist(), abs=1e-5
    )
    other = ask(model, [user(0, "what is red")], [WIDE], banned_starts=(reply.text,))
    assert other.text == ranked[1]


def test_the_generic_adapter_runs_no_other_family(tiny_folder):
    with pytest.raises(ModelUnsupported):
        TransformersCaptioner(tiny_folder("llava"), model_id="llava")
    assert TransformersChat(tiny_folder("llava"), model_id="llava").spec.family == "llava"
