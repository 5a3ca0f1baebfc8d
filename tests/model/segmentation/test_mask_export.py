"""Promptable segmenters as ONNX graphs: equal masks, any number of points, and who uses them.

Exporting takes seconds, so two families go all the way; of the others the halves that differ.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from vlm_desktop.backends import runtime
from vlm_desktop.backends.encoders import graphs
from vlm_desktop.backends.reports import ExportReport
from vlm_desktop.backends.segmentation import maskexport, promptable
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.onnxmasks import DECODER, ENCODER, NOTE
from vlm_desktop.backends.segmentation.promptable import PromptableModel
from vlm_desktop.backends.segmentation.torchmasks import TorchMasks
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ExportImpossible, ExportRefused, ModelBroken
from vlm_desktop.base.grounding import ObjectPrompt, PromptPoint
from vlm_desktop.base.masks import overlap
from vlm_desktop.base.types import Box

Folders = Callable[[str], Path]
NEVER = CancelToken()
CARD = ModelCard("tiny", "Tiny", ("segmentation",), "mask-model")
BOX = Box(12, 6, 61, 44)
CLICKS = tuple(PromptPoint(5.0 * n, 3.0 * n, adds=n % 3 > 0) for n in range(1, 12))
PROMPTS = (
    *(ObjectPrompt(CLICKS[:count]) for count in (1, 2, 11)),
    ObjectPrompt((), BOX),
    ObjectPrompt(CLICKS[:4], BOX),
)


def exported(folder: Path, precision: str = "fp32", target: Path | None = None) -> ExportReport:
    steps = maskexport.export_folder(CARD, folder, target, precision=precision)
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            report: ExportReport = finished.value
            return report


def opened(folder: Path) -> PromptableModel:
    return PromptableModel(folder, model_id="tiny", provider="cpu")


@pytest.fixture(scope="module", params=["sam-hq", "sam2.1"])
def both(
    request: pytest.FixtureRequest,
    tiny_folder: Folders,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[PromptableModel, Path]:
    """A model in PyTorch, and the folder of the same one with graphs."""
    folder = tmp_path_factory.mktemp("graphs") / request.param
    shutil.copytree(tiny_folder(request.param), folder, copy_function=shutil.copy2)
    plain = opened(folder)
    report = exported(folder)
    assert report.images.holds
    assert report.texts.lowest > 0.9999
    assert {ENCODER, DECODER, NOTE} <= {one.name for one in folder.iterdir()}
    assert not list(folder.glob(".masks-*"))
    return plain, folder


def test_graphs_give_the_masks_of_pytorch(
    both: tuple[PromptableModel, Path], picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, folder = both
    monkeypatch.setattr(promptable, "resolve", refused)
    graph = opened(folder)
    assert graph.passed_over == ""
    assert graph.spec.revision == plain.spec.revision
    assert (graph.spec.device, graph.spec.precision) == ("cpu", "fp32")
    seen, expected = graph.encode(picture, NEVER), plain.encode(picture, NEVER)
    for name, array in expected.arrays.items():
        assert np.allclose(seen.arrays[name], array, atol=1e-3)
    for prompt in PROMPTS:
        made, right = graph.decode(seen, prompt, NEVER), plain.decode(expected, prompt, NEVER)
        assert len(made) == len(right)
        for one, other in zip(made, right, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-3)
            assert overlap(one.mask, other.mask) > 0.99


def test_a_click_on_a_picture_seen_before_opens_the_decoder_alone(
    both: tuple[PromptableModel, Path], picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, folder = both
    features = plain.encode(picture, NEVER)
    opened_graphs: list[str] = []
    true_open = runtime.open_session

    def open_session(request: runtime.SessionRequest) -> runtime.Session:
        assert isinstance(request.graph, Path)
        opened_graphs.append(request.graph.name)
        return true_open(request)

    monkeypatch.setattr(runtime, "open_session", open_session)
    monkeypatch.setattr(promptable, "resolve", refused)
    model = opened(folder)
    assert opened_graphs == []
    for prompt in PROMPTS:
        assert model.decode(features, prompt, NEVER)
    assert opened_graphs == [DECODER]


def test_looking_is_stopped_within_the_graph(
    both: tuple[PromptableModel, Path], picture: PixelArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX Runtime is told to stop while it runs, and what it says then is no failure."""
    model = opened(both[1])
    cancel = CancelToken()
    true_options = runtime.onnxruntime.RunOptions

    def stopped() -> Any:
        cancel.cancel()
        options = true_options()
        options.terminate = True
        return options

    monkeypatch.setattr(runtime.onnxruntime, "RunOptions", stopped)
    with pytest.raises(Cancelled):
        model.encode(picture, cancel)
    monkeypatch.undo()
    assert model.encode(picture, NEVER)


def test_graphs_that_do_not_belong_are_passed_over(
    both: tuple[PromptableModel, Path], picture: PixelArray
) -> None:
    _, folder = both
    note, decoder = (folder / NOTE).read_text(), (folder / DECODER).read_bytes()
    (folder / NOTE).write_text(note.replace('"revision": "', '"revision": "x'))
    assert "other weights" in opened(folder).passed_over
    (folder / NOTE).write_text("[]")
    assert NOTE in opened(folder).passed_over
    (folder / NOTE).write_text(note)
    (folder / DECODER).write_bytes(decoder + b"x")
    assert DECODER in opened(folder).passed_over
    (folder / DECODER).write_bytes(decoder)
    assert opened(folder).passed_over == ""
    encoder = (folder / ENCODER).read_bytes()
    (folder / ENCODER).write_bytes(encoder[:-1])
    with pytest.raises(ModelBroken, match="not the file it was"):
        opened(folder).encode(picture, NEVER)
    (folder / ENCODER).write_bytes(encoder)


@pytest.mark.parametrize("name", ["edgetam", "sam3"])
def test_the_other_encoders_can_be_written_down(
    name: str, tiny_folder: Folders, tmp_path: Path, picture: PixelArray
) -> None:
    place = MaskFolder.read(tiny_folder(name), "tiny")
    halves = TorchMasks(place, provider="cpu", attention="eager")
    tower, _ = halves.towers()
    pixels = np.random.default_rng(3).normal(size=(1, 3, place.side, place.side))
    feeds = {"pixel_values": pixels.astype(np.float32)}
    expected = halves.encode(feeds["pixel_values"], NEVER)
    halves.stop_watching()
    graphs.write_graph(tower, feeds, list(expected), tmp_path / "encoder.onnx", {})
    session = runtime.open_session(runtime.SessionRequest(tmp_path / "encoder.onnx"))
    for found, right in zip(session.run(None, feeds), expected.values(), strict=True):
        assert np.allclose(found, right, atol=1e-3)


def test_what_cannot_be_written_leaves_nothing(
    own_folder: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_folder("sam2")
    before = {one.name for one in folder.iterdir()}
    with pytest.raises(ExportImpossible):
        exported(folder, precision="fp16")

    def untraceable(*_: Any) -> None:
        raise RuntimeError("cannot be traced")

    monkeypatch.setattr(graphs, "write_graph", untraceable)
    with pytest.raises(ExportImpossible, match="cannot be traced"):
        exported(folder)
    assert {one.name for one in folder.iterdir()} == before


def test_graphs_that_disagree_are_refused(
    own_folder: Folders, both: tuple[PromptableModel, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another network's graphs stand in for an export gone wrong."""
    name = both[1].name
    folder = own_folder(name)
    weights = folder / "model.safetensors"
    changed = {key: value + 0.05 for key, value in load_file(weights).items()}
    save_file(changed, weights, metadata={"format": "pt"})

    def copied(_: Any, __: Any, ___: Any, path: Path, ____: Any) -> None:
        path.write_bytes((both[1] / path.name).read_bytes())

    monkeypatch.setattr(graphs, "write_graph", copied)
    with pytest.raises(ExportRefused):
        exported(folder)
    assert not (folder / NOTE).exists()
    assert not (folder / ENCODER).exists()


def refused(*_: Any) -> Any:
    raise AssertionError("PyTorch is not asked for")
