"""The image tower in ONNX Runtime, the decoder in PyTorch: the same answers, and a way back."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from tests.model.chat.contract import ASKED, ask
from tests.model.chat.reference import picture, user
from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends import runtime
from vlm_desktop.backends.chat import onnxvision
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.errors import ExportImpossible, ExportRefused

FAMILIES = ["smolvlm", "idefics3", "llava", "paligemma", "gemma3", "internvl"]


def exported(folder: Path):
    steps = TransformersChat(folder).export_vision()
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def cosine(one: torch.Tensor, other: torch.Tensor) -> float:
    flat = (part.flatten(0, -2) for part in (one, other))
    return float(torch.nn.functional.cosine_similarity(*flat).min())


@pytest.mark.parametrize("name", FAMILIES)
def test_it_answers_as_pytorch_does(name, tmp_path):
    folder = BUILDERS[name](tmp_path / name)
    plain = TransformersChat(folder, provider="cpu")
    images = [picture(1), picture(2, 200, 90)]
    questions = [ASKED, [user(1, "how many")]]
    if plain.capabilities.max_images > 1:
        questions.append([user(0, 1, "which one")])
    expected = [ask(plain, question, images).text for question in questions]
    assert plain.spec.vision == "torch"
    assert plain.passed_over == ("ONNX: it has not been exported",)

    report, steps = exported(folder)
    assert steps[-1] == (onnxvision.STEPS, onnxvision.STEPS)
    assert report.images.rows > 10
    assert report.images.lowest >= 0.999

    graph = TransformersChat(folder, provider="cpu")
    assert [ask(graph, question, images).text for question in questions] == expected
    assert graph.spec.vision == "onnx"
    assert graph.passed_over == ()
    assert graph.spec.revision == plain.spec.revision, "the graph is not a part of the weights"
    prepared = graph._reading().prepare(images[0], GenerationOptions())
    found, _ = graph._running().features(prepared, "another")
    wanted, _ = plain._running().features(prepared, "another")
    assert found.pooled.shape == wanted.pooled.shape
    assert cosine(found.pooled, wanted.pooled) >= 0.999


@pytest.fixture(scope="module")
def exported_once(tmp_path_factory) -> Path:
    """Exporting takes seconds. Not to be changed."""
    folder = BUILDERS["llava"](tmp_path_factory.mktemp("exported") / "llava")
    exported(folder)
    return folder


@pytest.fixture
def with_graph(exported_once, tmp_path) -> Path:
    return Path(shutil.copytree(exported_once, tmp_path / "llava"))


def reason(folder: Path) -> str:
    model = TransformersChat(folder, provider="cpu")
    assert ask(model).text
    assert model.spec.vision == "torch"
    (said,) = model.passed_over
    return said


def test_a_graph_of_other_weights_is_passed_over(with_graph):
    note = json.loads((with_graph / onnxvision.NOTE).read_text())
    (with_graph / onnxvision.NOTE).write_text(json.dumps(note | {"revision": "another"}))
    assert reason(with_graph) == "ONNX: it was made of other weights"


def test_an_altered_graph_is_passed_over(with_graph):
    graph = with_graph / onnxvision.GRAPH
    graph.write_bytes(graph.read_bytes()[:-5] + b"wrong")
    assert reason(with_graph) == "ONNX: vision.onnx is not the file it was"


@pytest.mark.parametrize("note", ["{", "[]", "{}"])
def test_a_note_that_does_not_read_is_passed_over(with_graph, note):
    (with_graph / onnxvision.NOTE).write_text(note)
    assert reason(with_graph) == "ONNX: vision.json does not read"


def test_a_graph_that_fails_gives_way_to_pytorch(with_graph, monkeypatch):
    expected = ask(TransformersChat(BUILDERS["llava"](with_graph.parent / "same"))).text

    def fail(*_: object) -> None:
        raise RuntimeError("the provider went away")

    model = TransformersChat(with_graph, provider="cpu")
    model.load()
    monkeypatch.setattr(runtime, "run_session", fail)
    assert ask(model).text == expected
    assert model.passed_over == ("ONNX: the provider went away",)


def test_a_graph_that_does_not_agree_is_refused(tmp_path, monkeypatch):
    folder = BUILDERS["llava"](tmp_path / "llava")
    before = set(folder.iterdir())
    monkeypatch.setattr(onnxvision, "NEEDED", 1.1)
    with pytest.raises(ExportRefused):
        exported(folder)
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["qwen2-vl", "lfm2-vl", "llava-next"])
def test_a_tower_of_changing_shapes_is_not_exported(name, tiny_folder):
    with pytest.raises(ExportImpossible):
        exported(tiny_folder(name))


def test_it_is_a_command_of_the_registry(tmp_path):
    source = BUILDERS["paligemma"](tmp_path / "Tiny-PaliGemma")
    registry = Registry(tmp_path / "none", tmp_path / "models", tmp_path / "none.toml")
    card = registry.import_folder(source)
    list(registry.export(card.id))
    assert registry.verify(card.id)
    model = registry.open_chat(card.id, provider="cpu")
    assert ask(model).text
    assert model.spec.vision == "onnx"
    with pytest.raises(ExportImpossible):
        list(registry.export(card.id, "int8"))
