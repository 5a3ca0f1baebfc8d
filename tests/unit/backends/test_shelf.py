"""The manifest and model ids."""

import fnmatch

import pytest

from vlm_desktop.backends.encoders.recipe import is_model_file
from vlm_desktop.backends.registry import CHAT_FAMILIES, FAMILIES
from vlm_desktop.backends.shelf import (
    CHAT_TASKS,
    MASK_MODEL,
    PHRASE_MODEL,
    TASK_GROUNDING,
    TASK_SEGMENTATION,
    WORD_READER,
    is_model_id,
    model_id_from,
    read_manifest,
)
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.paths import bundled


def test_the_shelf_of_the_program_reads_and_is_complete():
    cards = read_manifest(bundled("models") / "manifest.toml")
    assert len({card.id for card in cards}) == len(cards) >= 10
    for card in cards:
        assert is_model_id(card.id), card.id
        assert card.family in {*FAMILIES, *CHAT_FAMILIES, WORD_READER, MASK_MODEL, PHRASE_MODEL}
        assert card.state == "available"
        assert card.path is None
        assert card.licence
        assert bool(card.languages) != (card.tasks == (TASK_SEGMENTATION,)), "clicks are no words"
        assert card.parameters > 10_000_000
        assert card.repository.count("/") == 1
        assert model_id_from(card.repository.split("/")[1]) == card.id, "import finds its entry"


CHAT_FILES = [
    "config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json",
    "chat_template.json", "chat_template.jinja", "tokenizer.json", "tokenizer_config.json",
    "tokenizer.model", "vocab.json", "vocab.txt", "merges.txt", "special_tokens_map.json",
    "added_tokens.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
    "model.safetensors", "qformer_tokenizer/tokenizer.json", "qformer_tokenizer/vocab.txt",
]  # fmt: skip
NEVER_FILES = [
    "pytorch_model.bin", "model.onnx", "onnx/vision_encoder.onnx", "consolidated.00.pth",
    "flax_model.msgpack", "tf_model.h5", "modeling_internvl_chat.py", ".gitattributes",
]  # fmt: skip
OPEN_LICENCES = ("Apache-2.0", "MIT", "BSD-3-Clause")


def test_models_that_answer_are_fetched_whole_and_nothing_else_is():
    cards = [
        card for card in read_manifest(bundled("models") / "manifest.toml") if card.chat_family
    ]
    assert {card.chat_family for card in cards} == set(CHAT_FAMILIES) - {"starter-assistant"}
    for card in cards:
        assert set(card.tasks) <= CHAT_TASKS | {TASK_GROUNDING}
        for name in CHAT_FILES:
            assert any(fnmatch.fnmatchcase(name, one) for one in card.files), (card.id, name)
        for name in NEVER_FILES:
            assert not any(fnmatch.fnmatchcase(name, one) for one in card.files), (card.id, name)
        assert card.notice or card.licence in OPEN_LICENCES, "a licence with conditions names them"
        assert card.memory_mb * 1e6 > card.download_bytes >= 2 * card.parameters


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("config.json", True),
        ("qformer_tokenizer/vocab.txt", True),
        ("qformer_tokenizer/../config.json", False),
        ("qformer_tokenizer/deep/vocab.txt", False),
        ("qformer_tokenizer/", False),
        ("qformer_tokenizer/..", False),
        ("other/vocab.txt", False),
        ("../config.json", False),
        ("/etc/passwd", False),
        ("c:config.json", False),
    ],
)
def test_files_of_a_model_lie_in_its_folder(name, good):
    assert is_model_file(name) is good


def test_a_manifest_that_is_absent_is_an_empty_shelf(tmp_path):
    assert read_manifest(tmp_path / "manifest.toml") == ()


@pytest.mark.parametrize("text", ["[[model]]\n", "model = 3\n", "[[model", '[[model]]\nid = "x"\n'])
def test_a_manifest_that_does_not_read_says_so(tmp_path, text):
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(ModelBroken, match="manifest"):
        read_manifest(tmp_path / "manifest.toml")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("siglip2-base-patch16-256", "siglip2-base-patch16-256"),
        ("CLIP-ViT-B-32-laion2B", "clip-vit-b-32-laion2b"),
        ("My Model (copy)", "my-model-copy"),
        ("..", ""),
        ("模型", ""),
        ("con", ""),
        ("a..b", "a.b"),
        ("x" * 100, "x" * 64),
    ],
)
def test_ids_made_from_folder_names(name, wanted):
    assert model_id_from(name) == wanted
