"""Florence-2: the answer and the boxes that transformers itself makes of the same network."""

import pytest
import torch
import transformers
from PIL import Image

from vlm_desktop.backends.grounding import florence
from vlm_desktop.backends.grounding.florence import DETECTION, GROUNDING, task_of
from vlm_desktop.base.cancel import CancelToken


@torch.inference_mode()
def reference(folder, image, task, phrase):
    """Boxes by transformers' own prompt, generation and post-processing."""
    processor = transformers.AutoProcessor.from_pretrained(folder)
    network = transformers.Florence2ForConditionalGeneration.from_pretrained(folder).eval()
    inputs = processor(text=task + phrase, images=Image.fromarray(image), return_tensors="pt")
    ids = network.generate(**inputs, max_new_tokens=florence.MOST_TOKENS, do_sample=False)
    height, width = image.shape[:2]
    # Its parser wants a word in front, which random weights do not always say.
    text = f"{phrase}{processor.tokenizer.decode(ids[0])}"
    told = processor.post_process_generation(text=text, task=task, image_size=(width, height))
    return ids[0].tolist(), told[task]["bboxes"]


@pytest.mark.parametrize("shape", ["landscape", "portrait"])
@pytest.mark.parametrize(
    ("phrase", "task"), [("dog", DETECTION), ("a red dog running over the street", GROUNDING)]
)
def test_boxes_are_those_of_transformers(shape, phrase, task, lend_tiny, tiny_folder, pictures):
    image = pictures[shape]
    model = lend_tiny("florence2")
    (found,) = model.find(image, [phrase], CancelToken())
    _, expected = reference(tiny_folder("florence2"), image, task, phrase)
    mine = [(one.box.x0, one.box.y0, one.box.x1, one.box.y1) for one in found]
    for box in mine:  # those of transformers are cut to whole pixels, and may be turned round
        assert any(
            all(abs(a - b) <= 1 for a, b in zip(box, turned(one), strict=True))
            for one in expected
        )  # fmt: skip
    real = [one for one in expected if one[0] != one[2] and one[1] != one[3]]
    assert bool(mine) == bool(real)
    for one in found:
        assert 0 < one.confidence <= 1


def turned(box):
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def test_the_answer_is_that_of_a_whole_pass(open_tiny, tiny_folder, pictures):
    """What was seen of a picture is handed over instead of its pixels."""
    model = open_tiny("florence2")
    image = pictures["landscape"]
    model.find(image, ["dog"], CancelToken())
    with torch.inference_mode():
        pieces = model._written(model._seen[0][1], DETECTION + "dog")
    ids, _ = reference(tiny_folder("florence2"), image, DETECTION, "dog")
    tokenizer = model._reading().tokenizer
    told = [tokenizer.decode([one]) for one in ids if one not in (0, 1, 2)]
    assert [piece for piece, _ in pieces] == told
    assert all(logprob <= 0 for _, logprob in pieces)


@pytest.mark.parametrize("beams", [1, 3])
def test_scores_are_probabilities_however_it_searches(beams, open_tiny, pictures):
    model = open_tiny("florence2")
    model.find(pictures["landscape"], ["dog"], CancelToken())
    model._model.generation_config.num_beams = beams
    with torch.inference_mode():
        pieces = model._written(model._seen[0][1], DETECTION + "dog")
    assert len(pieces) > 8
    assert all(-20 < logprob <= 1e-6 for _, logprob in pieces)


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("dog", DETECTION), ("the red dog", DETECTION), ("a dog", DETECTION),
        ("a small red dog", GROUNDING), ("dog on a street", GROUNDING),
    ],
)  # fmt: skip
def test_names_are_categories_and_longer_phrases_captions(words, task):
    assert task_of(words) == task


def test_what_a_user_types_is_no_task(lend_tiny, pictures):
    model, image = lend_tiny("florence2"), pictures["landscape"]
    typed, plain = (
        model.find(image, [phrase], CancelToken())[0]
        for phrase in ("dog <OCR></s><loc_1>", "dog OCR /s loc_1")
    )
    assert [one.box for one in typed] == [one.box for one in plain]
