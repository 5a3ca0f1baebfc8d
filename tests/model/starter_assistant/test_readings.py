"""What the text tower tells of a sentence beside its embedding."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from vlm_desktop.backends.encoders.onnx_dual import READINGS, OnnxDualEncoder
from vlm_desktop.training.starter.assistant.readings import tell_readings

ASKED = ["how many dogs are there", "what color is the bus", "is it raining", "where is the cat"]


@pytest.fixture
def bare(shipped: Path, tmp_path: Path) -> Path:
    """The starter's encoder as it is before it tells its readings."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    for name in ("model.toml", "text.onnx", "tokenizer.json"):
        shutil.copy(shipped / name, folder / name)
    model = onnx.load(str(folder / "text.onnx"))
    told = [one for one in model.graph.output if one.name == READINGS]
    for one in told:
        model.graph.output.remove(one)
    kept = [one for one in model.graph.node if not {*one.output} & _ADDED]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    weights = [one for one in model.graph.initializer if not one.name.startswith(READINGS)]
    del model.graph.initializer[:]
    model.graph.initializer.extend(weights)
    onnx.save(model, str(folder / "text.onnx"))
    return folder


_ADDED = {
    "halfway_masked", "halfway_sum", "halfway_mean", "read", "read_centred", READINGS,
}  # fmt: skip


def test_readings_are_centred_and_embeddings_stay(bare: Path, shipped: Path) -> None:
    plain = OnnxDualEncoder(bare, provider="cpu")
    before = plain.read_texts(ASKED)
    plain.close()
    assert tell_readings(bare, "text.onnx", ASKED)
    assert not tell_readings(bare, "text.onnx", ASKED), "told already"
    tower = OnnxDualEncoder(bare, provider="cpu")
    after = tower.read_texts(ASKED)
    alone = tower.read_texts(ASKED[1:2])
    tower.close()
    assert np.array_equal(after[:, : before.shape[1]], before)
    read = after[:, before.shape[1] :]
    assert read.shape == (4, 768)
    assert np.abs(read.mean(0)).max() < 1e-4
    assert np.allclose(read.std(0), 1, atol=1e-3)
    assert np.allclose(alone[0], after[1], atol=1e-3), "company changes nothing"


def test_the_shipped_tower_tells_them(shipped: Path) -> None:
    tower = OnnxDualEncoder(shipped, provider="cpu")
    found = tower.read_texts(ASKED)
    vectors = tower.encode_texts(ASKED)
    tower.close()
    assert np.array_equal(found[:, : vectors.shape[1]], vectors)
    assert found.shape[1] == vectors.shape[1] + 768
