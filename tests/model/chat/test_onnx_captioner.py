"""The image tower of captioners in ONNX Runtime: the same answers as in PyTorch."""

import json

import pytest

from tests.model.chat.contract import ask
from tests.model.chat.reference import picture, user
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.errors import ExportImpossible

QUESTIONS = [[user(0, "what is this")], [user(0)], [user(0, "how many dogs")]]


@pytest.fixture
def registry(tmp_path) -> Registry:
    return Registry(tmp_path / "none", tmp_path / "models", tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["blip-vqa", "blip2-t5"])
def test_it_answers_as_pytorch_does(name, tiny_folder, registry, lend_tiny):
    card = registry.import_folder(tiny_folder(name), "taken-in")
    steps = registry.export("taken-in")
    while True:
        try:
            next(steps)
        except StopIteration as end:
            report = end.value
            break
    assert report.images.rows > 3
    assert report.images.lowest >= 0.999
    plain, graph = lend_tiny(name), registry.open_chat("taken-in", provider="cpu")
    for number, question in enumerate(QUESTIONS):
        images = [picture(number, 90, 40 + number)]
        assert ask(graph, question, images).text == ask(plain, question, images).text
    assert (plain.spec.vision, graph.spec.vision) == ("torch", "onnx")
    graph.unload()

    note = card.path / "vision.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"revision": "another"}))
    other = registry.open_chat("taken-in", provider="cpu")
    assert (
        ask(other, QUESTIONS[0], [picture(0)]).text == ask(plain, QUESTIONS[0], [picture(0)]).text
    )
    assert other.spec.vision == "torch"
    other.unload()


@pytest.mark.parametrize("name", ["git", "kosmos2", "vilt"])
def test_what_has_no_such_tower_says_so(name, tiny_folder, registry):
    registry.import_folder(tiny_folder(name), "taken-in")
    with pytest.raises(ExportImpossible):
        list(registry.export("taken-in"))
