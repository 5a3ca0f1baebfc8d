"""A repository of one tiny but real encoder on a loopback hub, and a shelf that offers it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.hub.hubserver import REPOSITORY, HubServer, hub_server
from tests.model.encoders.tinypair import make_pair
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.backends.registry import Registry
from vlm_desktop.engine.models import ModelShelf

MODEL = "tiny-pair"
MANIFEST = f"""
[[model]]
id = "{MODEL}"
name = "Tiny pair"
tasks = ["image-text-embedding"]
family = "onnx-dual"
repository = "{REPOSITORY}"
files = ["model.toml", "image.onnx", "text.onnx", "tokenizer.json", "README.md", "*.bin"]
licence = "Apache-2.0"
parameters = 500
memory_mb = 50
languages = ["en"]
"""
BALLAST = 400_000
"""Bytes of README.md: enough to be cut, to stall, and to be interrupted."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The repository's files, as the hub holds them. README.md is large, to have time."""
    folder = tmp_path / "repository"
    make_pair(folder, MODEL)
    (folder / "README.md").write_bytes(b"---\nlicense: apache-2.0\n---\n" + b"x" * BALLAST)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle" * 1_000)
    return folder


@pytest.fixture
def hub(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with hub_server(repository) as server:
        yield server


@pytest.fixture
def home_models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def access(hub: HubServer, home_models: Path) -> HubAccess:
    """An impatient one, so that tests are quick."""
    made = HubAccess(hub.endpoint, home_models)
    return replace(made, stall_seconds=0.4, attempts=3, pause_seconds=0.01)


@pytest.fixture
def registry(tmp_path: Path, home_models: Path, access: HubAccess) -> Registry:
    bundled = tmp_path / "bundled"
    bundled.mkdir()
    (bundled / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    return Registry(bundled, home_models, bundled / "manifest.toml", hub=access)


@pytest.fixture
def shelf(registry: Registry) -> ModelShelf:
    return ModelShelf(registry)
