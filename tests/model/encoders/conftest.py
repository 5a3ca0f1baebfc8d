"""Fixtures of the encoder tests: tiny pairs, registries over temporary folders, real photos."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from skimage import data, transform

from tests.model.encoders.tinymodels import make
from tests.model.encoders.tinypair import make_pair
from vlm_desktop.backends.encoders.open_clip_dual import read_open_clip
from vlm_desktop.backends.encoders.recipe import PairRecipe
from vlm_desktop.backends.encoders.torch_dual import DualModel
from vlm_desktop.backends.encoders.transformers_dual import read_transformers
from vlm_desktop.backends.registry import Registry


@pytest.fixture(scope="session")
def build_pair() -> Callable[..., PairRecipe]:
    """Writes a tiny ONNX pair into a folder that does not exist yet."""
    return make_pair


@pytest.fixture
def pair_folder(tmp_path: Path) -> Path:
    make_pair(tmp_path / "made" / "tiny")
    return tmp_path / "made" / "tiny"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """One bundled model ("starter"), an empty home and a shelf of one."""
    bundled = tmp_path / "bundled"
    make_pair(bundled / "starter", "starter")
    manifest = bundled / "manifest.toml"
    manifest.write_text(
        '[[model]]\nid = "shelved"\nname = "Shelved"\ntasks = ["image-text-embedding"]\n'
        'family = "transformers-dual"\nlicence = "MIT"\nnotice = "Be kind."\n'
        'repository = "someone/shelved"\nlanguages = ["en", "zh"]\nmemory_mb = 700\n',
        encoding="utf-8",
    )
    return Registry(bundled, tmp_path / "home" / "models", manifest)


@pytest.fixture(scope="session")
def photos() -> dict[str, np.ndarray]:
    """Upright sRGB pictures of many shapes: real photos and what breaks a resize."""
    astronaut, chelsea, coffee = data.astronaut(), data.chelsea(), data.coffee()
    wide = (transform.resize(coffee, (301, 1999)) * 255).astype(np.uint8)
    rng = np.random.default_rng(3)
    return {
        "square": astronaut,
        "landscape": chelsea,
        "coffee": coffee,
        "portrait": np.ascontiguousarray(coffee.transpose(1, 0, 2)),
        "wide": wide,
        "odd": chelsea[:225, :227],
        "exact": np.ascontiguousarray(astronaut[:224, :224]),
        "one-more": np.ascontiguousarray(astronaut[:225, :224]),
        "tiny": rng.integers(0, 256, (7, 5, 3), dtype=np.uint8),
        "pixel": np.full((1, 1, 3), 77, dtype=np.uint8),
        "huge": np.tile(astronaut, (5, 6, 1)),
        "thin": rng.integers(0, 256, (40, 1200, 3), dtype=np.uint8),
    }


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny model of a true architecture, written at first use."""
    parent = tmp_path_factory.mktemp("models")

    def folder(name: str) -> Path:
        path = parent / name
        return path if path.exists() else make(name, path)

    return folder


@pytest.fixture(scope="session")
def read_tiny(tiny_folder: Callable[[str], Path]) -> Callable[[str], DualModel]:
    """A tiny model, read but not loaded."""

    def read(name: str) -> DualModel:
        folder = tiny_folder(name)
        if name == "open-clip":
            return read_open_clip(folder, name)
        return read_transformers(folder, name)

    return read
