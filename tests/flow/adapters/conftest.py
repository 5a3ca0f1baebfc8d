"""A home with a small base model and runs that ended, and the shelf over them, without networks."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.training import RunState, StateChanged
from vlm_desktop.engine.train import adapterfolders
from vlm_desktop.engine.train.adapterfolders import AdapterFolders
from vlm_desktop.training.eventlog import append_event
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import recipe_of, recipe_text

MakeRun = Callable[..., RunFolder]
MODEL = """
id = "small"
name = "Small"
family = "onnx-dual"
tasks = ["image-text-embedding"]
licence = "MIT"
dimension = 4
[image]
file = "image.onnx"
size = [8, 8]
resize = "squash"
resample = "bicubic"
rescale = 1.0
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]
[text]
file = "text.onnx"
tokenizer = "tokenizer.json"
context_length = 8
padding = "longest"
pad_id = 0
[sha256]
"image.onnx" = "1111"
"text.onnx" = "2222"
"assistant.safetensors" = "3333"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "models" / "small").mkdir(parents=True)
    (folder / "models" / "small" / "model.toml").write_text(MODEL)
    return folder


@pytest.fixture
def registry(home: Path) -> Registry:
    return Registry(home / "none", home / "models", home / "no.toml")


@pytest.fixture
def folders(home: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> AdapterFolders:
    monkeypatch.setattr(adapterfolders, "CHECK_FITS", f"{__name__}:fits")
    return AdapterFolders(home / "adapters", registry)


def fits(*_: object) -> None:
    """The weights of this ring are of no model."""


def write_weights(folder: Path, seed: int = 0) -> str:
    """Weights and their description; the weights' hash."""
    folder.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).random((2, 2), np.float32)
    save_file({"a.lora_A.weight": values}, folder / "adapter.safetensors")
    config = {"peft_type": "LORA", "target_modules": ["a"], "lora_alpha": 2}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return hashlib.sha256((folder / "adapter.safetensors").read_bytes()).hexdigest()


@pytest.fixture
def make_run(home: Path) -> MakeRun:
    """Makes a run that ended."""

    def make(
        name: str = "run-1", state: RunState = RunState.DONE, seed: int = 0, kind: str = "assistant"
    ) -> RunFolder:
        run = RunFolder(home / "training" / "runs" / name)
        run.root.mkdir(parents=True)
        recipe = recipe_of({"model": {"id": "small", "kind": kind}}, home)
        run.recipe.write_text(recipe_text(recipe), encoding="utf-8")
        run.write_examples(run.data, [])
        append_event(run.events, StateChanged(0, time.time(), state))
        digest = write_weights(run.best, seed)
        revision = "3333" if kind == "assistant" else "11112222"
        card = {
            "base": {"id": "small", "revision": revision, "licence": "MIT", "kind": kind},
            "data": {"sha256": "d" * 64},
            "ended": "2026-01-01T00:00:00+00:00",
            "metrics": {
                "base": {"score": [0.1, 0.0, 0.2], "blind": None, "general": [0.4, 0.3, 0.5]},
                "best": {"score": [0.5, 0.4, 0.6], "blind": [0.2, 0.1, 0.3], "general": None},
            },
            "weights": [{"file": "adapter.safetensors", "bytes": 1, "sha256": digest}],
        }
        run.card.write_text(json.dumps(card), encoding="utf-8")
        return run

    return make
