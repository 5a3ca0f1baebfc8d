"""Folders of captioners and classifiers that are not what they say."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from tests.model.chat.contract import ask
from tests.model.chat.reference import picture, user
from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends.chat.captioner import TransformersCaptioner
from vlm_desktop.backends.chat.classifier import TransformersClassifier
from vlm_desktop.backends.registry import CHAT_FAMILIES, Registry
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.errors import (
    ImportRefused,
    ModelBroken,
    ModelUnsupported,
    OptionUnsupported,
    PromptTooLong,
)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "none", tmp_path / "models", tmp_path / "none.toml")


@pytest.fixture
def copied(tiny_folder: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copytree(tiny_folder(name), tmp_path / f"a-{name}"))


def changed(folder: Path, name: str, **values: object) -> None:
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


TASKS = {
    "blip-caption": ("caption",), "blip-vqa": ("vqa",), "vilt": ("vqa",),
    "paligemma": ("caption", "vqa", "grounding"), "blip2": ("caption", "vqa"),
    "qwen2-vl": ("chat", "caption", "vqa", "grounding"),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILDERS)
def test_every_family_is_known_by_its_folder(name, tiny_folder, registry):
    card = registry.import_folder(tiny_folder(name), "taken-in")
    assert card.chat_family in CHAT_FAMILIES
    assert card.tasks == TASKS.get(name, card.tasks)
    assert registry.card("taken-in").chat_family == card.chat_family


@pytest.mark.parametrize("name", ["blip-caption", "instructblip", "vilt"])
def test_a_folder_is_taken_in_opened_and_asked(name, tiny_folder, registry, lend_tiny):
    registry.import_folder(tiny_folder(name), "taken-in")
    model = registry.open_chat("taken-in", provider="cpu")
    asked, images = [user(0, "what is red")], [picture(1)]
    assert ask(model, asked, images).text == ask(lend_tiny(name), asked, images).text
    model.unload()


def test_the_second_tokenizer_is_locked_too(tiny_folder, registry):
    card = registry.import_folder(tiny_folder("instructblip"), "taken-in")
    assert "qformer_tokenizer/tokenizer.json" in registry.verify("taken-in")
    (card.path / "qformer_tokenizer" / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelBroken, match=r"qformer_tokenizer/tokenizer\.json"):
        registry.open_chat("taken-in")


def test_without_its_second_tokenizer_it_is_not_asked(copied):
    folder = copied("instructblip")
    shutil.rmtree(folder / "qformer_tokenizer")
    with pytest.raises(ModelBroken, match="qformer_tokenizer"):
        TransformersCaptioner(folder, provider="cpu")


def test_code_in_the_second_tokenizer_is_refused(copied, registry):
    folder = copied("instructblip")
    changed(folder, "qformer_tokenizer/tokenizer_config.json", auto_map={"AutoTokenizer": "x.Y"})
    with pytest.raises(ImportRefused, match="auto_map"):
        registry.import_folder(folder)


@pytest.mark.parametrize(
    ("name", "architecture"),
    [("blip-vqa", "BlipForImageTextRetrieval"), ("vilt", "ViltForMaskedLM"), ("blip2", None)],
)
def test_a_relative_that_does_not_answer_is_refused(copied, registry, name, architecture):
    folder = copied(name)
    changed(folder, "config.json", architectures=[architecture] if architecture else None)
    with pytest.raises(ImportRefused, match="does not|not a model that answers"):
        registry.import_folder(folder)
    make = TransformersClassifier if name == "vilt" else TransformersCaptioner
    with pytest.raises(ModelUnsupported):
        make(folder)


def test_a_classifier_that_does_not_say_its_answers_is_refused(copied):
    folder = copied("vilt")
    numbers = {str(number): f"LABEL_{number}" for number in range(5)}
    changed(folder, "config.json", id2label=numbers)
    with pytest.raises(ModelBroken, match="id2label"):
        TransformersClassifier(folder)


@pytest.mark.parametrize("name", ["blip-vqa", "blip2-t5", "vilt"])
def test_weights_that_lack_a_layer(copied, name):
    folder = copied(name)
    weights = load_file(folder / "model.safetensors")
    lost = next(one for one in sorted(weights) if one.endswith("weight"))
    del weights[lost]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    make = TransformersClassifier if name == "vilt" else TransformersCaptioner
    with pytest.raises(ModelBroken, match="not in the folder"):
        make(folder, provider="cpu").load()


def test_a_schema_is_refused_by_name(lend_tiny):
    for name in ("blip-vqa", "vilt"):
        options = GenerationOptions(json_schema='{"type": "object"}')
        with pytest.raises(OptionUnsupported, match="json_schema"):
            lend_tiny(name).usage([user(0, "what")], [picture(1)], options)


def test_a_question_longer_than_the_classifier_reads(lend_tiny):
    with pytest.raises(PromptTooLong):
        ask(lend_tiny("vilt"), [user(0, "boat " * 60)], [picture(1)])
