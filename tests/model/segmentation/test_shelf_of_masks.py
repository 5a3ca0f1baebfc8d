"""Folders of promptable segmenters: recognised, taken in, opened by their id."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.model.segmentation import tiny
from vlm_desktop.backends.importing import recognise
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.segmentation.families import FAMILIES
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ImportRefused, ModelUnsupported
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint

Folders = Callable[[str], Path]
NEVER = CancelToken()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "none", tmp_path / "models", tmp_path / "manifest.toml")


@pytest.mark.parametrize("name", tiny.BUILDERS)
def test_a_folder_is_taken_in_and_opened(
    name: str, tiny_folder: Folders, registry: Registry, picture: PixelArray
) -> None:
    card = registry.import_folder(tiny_folder(name), "mine")
    assert (card.tasks, card.family, card.chat_family) == (("segmentation",), "mask-model", "")
    assert not card.converses
    assert card.parameters > 10_000
    model = registry.open_mask_model("mine", provider="cpu")
    features = model.encode(picture, NEVER)
    assert model.decode(features, ObjectPrompt((PromptPoint(30, 20),)), NEVER)
    assert model.spec.id == "mine"
    assert model.spec.revision
    model.unload()


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_type_of_model_is_recognised(kind: str, own_folder: Folders) -> None:
    folder = own_folder("sam")
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    assert recognise(folder).card.family == "mask-model"


def test_the_detector_of_sam_3_alone_is_no_such_model(own_folder: Folders) -> None:
    folder = own_folder("sam")
    (folder / "config.json").write_text(json.dumps({"model_type": "sam3"}))
    with pytest.raises(ImportRefused, match="sam3_tracker"):
        recognise(folder)


def test_a_promptable_model_does_not_answer_and_an_assistant_does_not_outline(
    tiny_folder: Folders, registry: Registry, tmp_path: Path
) -> None:
    registry.import_folder(tiny_folder("sam2"), "mine")
    with pytest.raises(ModelUnsupported):
        registry.open_chat("mine")
    with pytest.raises(ModelUnsupported):
        registry.open_word_reader("mine")
    lock = tmp_path / "models" / "mine" / "lock.json"
    lock.write_text(lock.read_text().replace("mask-model", "word-reader"))
    with pytest.raises(ModelUnsupported):
        registry.open_mask_model("mine")
