"""Exports: parity with PyTorch at each precision, and refusals that leave nothing behind."""

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.model.encoders.tinymodels import MAKERS
from vlm_desktop.backends.encoders import export, graphs
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.shelf import is_model_id
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    Cancelled,
    DestinationNotWritable,
    ExportImpossible,
    ExportRefused,
    ModelBroken,
)
from vlm_desktop.engine.models import ModelShelf

KINDS = [name for name in MAKERS if name != "siglip2-naflex"]
TEXTS = ["a photo of a dog", "the red boat", "Ein Hund läuft", "猫"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, tiny_folder) -> Registry:
    """A registry with every tiny model imported, shared by the tests that only add exports."""
    parent = tmp_path_factory.mktemp("shop")
    registry = Registry(parent / "bundled", parent / "home" / "models", parent / "manifest.toml")
    for name in MAKERS:
        registry.import_folder(tiny_folder(name), name)
    return registry


def run(steps):
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as finished:
            return seen, finished.value


@pytest.fixture(scope="module")
def traced(shop):
    """Each model's fp32 export is made once."""
    made = {}

    def report(name: str):
        if name not in made:
            made[name] = run(shop.export(name))
        return made[name]

    return report


@pytest.mark.parametrize("name", KINDS)
def test_fp32_agrees_on_every_row_and_is_installed(name, shop, traced, photos):
    steps, report = traced(name)
    assert steps == [(done, 6) for done in range(7)]
    for parity in (report.images, report.texts):
        assert parity.needed == 0.9999
        assert parity.lowest >= 0.9999
        assert parity.rows >= 12
    card = shop.card(f"{name}-onnx-fp32")
    assert card.path == report.path
    assert (card.family, card.precision, card.state) == ("onnx-dual", "fp32", "installed")
    assert is_model_id(card.id)
    shop.verify(card.id)
    original, exported = (
        shop.open_encoder(one, provider="cpu", threads=1) for one in (name, card.id)
    )
    pictures = list(photos.values())
    np.testing.assert_allclose(
        exported.encode_images(pictures), original.encode_images(pictures), atol=1e-4
    )
    np.testing.assert_allclose(
        exported.encode_texts(TEXTS), original.encode_texts(TEXTS), atol=1e-4
    )
    assert exported.spec.dimension == original.spec.dimension
    assert exported.spec.image_side == original.spec.image_side


@pytest.mark.parametrize("name", ["clip", "siglip"])
@pytest.mark.parametrize(("precision", "needed"), [("fp16", 0.999), ("int8", 0.98)])
def test_smaller_precisions_agree_and_are_smaller(
    name, precision, needed, shop, traced, monkeypatch
):
    _, full = traced(name)

    def reuse(tower, feeds, output, path, *, free_length):
        path.write_bytes((full.path / path.name).read_bytes())

    monkeypatch.setattr(graphs, "export_graph", reuse)
    _, report = run(shop.export(name, precision))
    assert report.images.lowest >= needed
    assert report.texts.lowest >= needed
    assert graph_bytes(report.path) < 0.9 * graph_bytes(full.path)
    encoder = shop.open_encoder(f"{name}-onnx-{precision}")
    assert encoder.spec.precision == precision
    alone = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    assert alone.dtype == np.float32
    company = 0.0 if precision == "int8" else 0.01
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), alone, rtol=0, atol=company)
    kinds = {one.data_type for one in onnx.load(report.path / "text.onnx").graph.initializer}
    wanted = onnx.TensorProto.FLOAT16 if precision == "fp16" else onnx.TensorProto.INT8
    assert wanted in kinds
    assert sorted(path.name for path in report.path.iterdir()) == sorted(
        ["image.onnx", "text.onnx", "model.toml", shop_tokenizer(report.path)]
    )


def graph_bytes(folder: Path) -> int:
    """The networks alone: beside tiny ones, a tokeniser's file is most of the folder."""
    return sum(path.stat().st_size for path in folder.glob("*.onnx"))


def shop_tokenizer(folder: Path) -> str:
    return "spiece.model" if (folder / "spiece.model").exists() else "tokenizer.json"


def left_behind(shop: Registry) -> list[str]:
    home = shop.card("clip").path.parent
    return [path.name for path in home.iterdir() if path.name.startswith(".export")]


def test_a_graph_that_disagrees_is_refused_and_removed(shop, traced, monkeypatch, tmp_path):
    _, full = traced("clip")

    def twisted(tower, feeds, output, path, *, free_length):
        model = onnx.load(full.path / path.name)
        if path.name == "text.onnx":
            tensor = next(one for one in model.graph.initializer if len(one.dims) == 2)
            values = onnx.numpy_helper.to_array(tensor).copy()
            values[:] = np.random.default_rng(0).permutation(values.ravel()).reshape(values.shape)
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        onnx.save(model, path)

    monkeypatch.setattr(graphs, "export_graph", twisted)
    target = tmp_path / "pairs" / "twisted"
    with pytest.raises(ExportRefused) as caught:
        run(shop.export("clip", "fp32", target))
    assert caught.value.fields["needed"] == 0.9999
    assert caught.value.fields["cosine"] < 0.9999
    assert list(target.parent.iterdir()) == []


def test_a_tokeniser_that_cannot_be_written_exactly_is_refused(shop, monkeypatch, tmp_path):
    read = export.READERS["transformers-dual"]

    def other(folder, model_id):
        model = read(folder, model_id)
        name, content = model.tokenizer_file()
        return dataclasses.replace(
            model, tokenizer_file=lambda: (name, content.replace(b'"Lowercase"', b'"NFC"'))
        )

    monkeypatch.setitem(export.READERS, "transformers-dual", other)
    with pytest.raises(ExportImpossible, match="written down exactly.*A RED Car"):
        run(shop.export("clip", "fp32", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_export_says_why(shop, pair_folder, tmp_path):
    with pytest.raises(ExportImpossible, match="changing shapes"):
        run(shop.export("siglip2-naflex"))
    with pytest.raises(ExportImpossible, match="not one of fp32, fp16, int8"):
        run(shop.export("clip", "int4"))
    shop.import_folder(pair_folder, "a-pair")
    with pytest.raises(ExportImpossible, match="already"):
        run(shop.export("a-pair"))
    (tmp_path / "taken").mkdir()
    with pytest.raises(DestinationNotWritable, match="exists already"):
        run(shop.export("clip", "fp32", tmp_path / "taken"))
    (tmp_path / "file").write_text("")
    with pytest.raises(DestinationNotWritable):
        run(shop.export("clip", "fp32", tmp_path / "file" / "below"))
    assert left_behind(shop) == []


def test_a_broken_source_is_reported_as_such(registry, tiny_folder):
    path = registry.import_folder(tiny_folder("clip"), "clip").path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ModelBroken, match=r"model\.safetensors"):
        run(registry.export("clip"))


def test_cancelling_leaves_nothing(shop):
    token = CancelToken()
    steps = ModelShelf(shop).export("open-clip", token, precision="fp16")
    assert next(steps).done == 0
    assert next(steps).done == 1
    assert left_behind(shop), "the work goes on in a folder of its own"
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert left_behind(shop) == []
    assert "open-clip-onnx-fp16" not in {card.id for card in shop.cards()}
