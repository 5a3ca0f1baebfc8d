"""Readers of pages: fields between Donut's tags, its tasks, and pairs that are none of theirs."""

import json

import pytest

from tests.model.chat.reference import load, picture, user
from tests.model.chat.tiny import words
from vlm_desktop.backends.chat.pagemanners import asks, read_fields, task_of
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.errors import ModelUnsupported


@pytest.fixture(scope="module")
def tokenizer():
    made = words.xlm_roberta()
    tags = [
        f"<{slash}s_{name}>" for name in ("total", "menu", "nm", "price") for slash in ("", "/")
    ]
    made.add_special_tokens(
        {"additional_special_tokens": words.special("<s_synthdog>", "<sep/>", *tags, "<s_cord-v2>")}
    )
    return made


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ("<s_total>two dog</s_total>", (("total", "two dog"),)),
        (
            "<s_menu><s_nm>cat</s_nm><s_price>two</s_price><sep/><s_nm>dog</s_nm></s_menu>",
            (("menu/nm", "cat"), ("menu/price", "two"), ("menu/nm", "dog")),
        ),
        ("<s_menu><s_nm>cat</s_menu><s_total>two", (("menu/nm", "cat"), ("total", "two"))),
        ("</s_total>cat<sep/>", ()),
        ("", ()),
        ("<s_nm>" * 500 + "cat", (("/".join(["nm"] * 32), "cat"),)),
    ],
)
def test_fields_between_tags(tokenizer, answer, fields):
    ids = tokenizer(answer + "</s>", add_special_tokens=False)["input_ids"]
    assert read_fields(tokenizer, ids) == fields


def test_the_task_is_the_tag_that_was_taught_last_and_is_never_closed(tokenizer, tiny_folder):
    assert task_of(tokenizer) == "<s_cord-v2>"
    assert not asks(tokenizer)
    asked = load(tiny_folder("donut-vqa"))[1].tokenizer
    assert (task_of(asked), asks(asked)) == ("<s_docvqa>", True)
    assert task_of(load(tiny_folder("nougat"))[1].tokenizer) == ""


def test_an_answer_has_its_fields(lend_tiny, monkeypatch):
    model = lend_tiny("donut")
    tokenizer = model._reading().tokenizer
    said = tokenizer("<s_total>two</s_total>", add_special_tokens=False)["input_ids"]
    monkeypatch.setattr(
        "vlm_desktop.backends.chat.captioner._from_first_letter", lambda pieces: _whole(said)
    )
    stream = model.stream([user(0, "x")], [picture(0)], GenerationOptions(), CancelToken())
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert end.value.value.fields == (("total", "two"),)


def _whole(tokens):
    from vlm_desktop.backends.chat.generating import Written
    from vlm_desktop.base.chat import StopReason

    yield from ()
    return "two", Written("two", tuple(tokens), StopReason.END, 0.0, 0.0)


def test_other_pairs_of_encoder_and_decoder_are_refused(tiny_folder, open_tiny, tmp_path):
    folder = tmp_path / "trocr"
    folder.mkdir()
    for file in tiny_folder("donut").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    config["encoder"] = {"model_type": "vit", "hidden_size": 32}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelUnsupported):
        open_tiny("trocr", folder)


def test_another_question_is_drawn_anew(lend_tiny):
    model, page = lend_tiny("pix2struct-vqa"), picture(3)
    model.load()
    model._features.clear()
    first, second = (
        model._asked([user(0, words)], [page], GenerationOptions()) for words in ("who", "when")
    )
    assert not (first.inputs["flattened_patches"] == second.inputs["flattened_patches"]).all()
    assert model._see(first).shape[-1] == 32
    assert len(model._features) == 1
    model._see(second)
    assert len(model._features) == 2
