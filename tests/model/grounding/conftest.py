"""Fixtures of the tests of models that find phrases: tiny networks, pictures, registries."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.model.chat.tiny.table import BUILDERS as CHAT_BUILDERS
from tests.model.grounding.tiny import BUILDERS
from vlm_desktop.backends.grounding import asking, florence
from vlm_desktop.backends.grounding.opening import open_phrases
from vlm_desktop.backends.protocols import PhraseModel
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.arrays import PixelArray

SIZES = {
    "landscape": (48, 64), "portrait": (90, 41), "strip": (6, 50), "tower": (63, 9),
    "ribbon": (3, 300),
}  # fmt: skip


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny network, written at first use; not to be changed."""
    parent = tmp_path_factory.mktemp("tiny-phrases")

    def folder(name: str) -> Path:
        path = parent / name
        return path if path.exists() else (BUILDERS | CHAT_BUILDERS)[name](path)

    return folder


@pytest.fixture(scope="session", autouse=True)
def settled() -> Iterator[None]:
    """What is imported is kept out of each collection of garbage, of which unloading makes one."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def pictures() -> dict[str, PixelArray]:
    """Coloured noise of several shapes, extreme ones among them."""
    source = np.random.default_rng(4)
    return {
        name: source.integers(0, 256, (*size, 3), dtype=np.uint8) for name, size in SIZES.items()
    }


@pytest.fixture
def open_tiny(tiny_folder: Callable[[str], Path]) -> Iterator[Callable[[str], PhraseModel]]:
    """Adapters as the registry makes them, unloaded at the end."""
    opened: list[PhraseModel] = []

    def open_model(name: str) -> PhraseModel:
        opened.append(open_phrases(tiny_folder(name), model_id=f"tiny-{name}", provider="cpu"))
        return opened[-1]

    yield open_model
    for model in opened:
        model.unload()


@pytest.fixture(scope="session")
def lend_tiny(tiny_folder: Callable[[str], Path]) -> Callable[[str], PhraseModel]:
    """One adapter for each family, loaded once, for tests that leave it as they found it.

    Nobody unloads them in the end: each would have all garbage collected, for half a minute.
    """
    lent: dict[str, PhraseModel] = {}

    def lend(name: str) -> PhraseModel:
        if name not in lent:
            lent[name] = open_phrases(tiny_folder(name), model_id=f"tiny-{name}", provider="cpu")
        return lent[name]

    return lend


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Nothing bundled, an empty home, no shelf."""
    return Registry(tmp_path / "bundled", tmp_path / "home" / "models", tmp_path / "none.toml")


@pytest.fixture(autouse=True)
def short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights never come to an end."""
    monkeypatch.setattr(florence, "MOST_TOKENS", 24)
    monkeypatch.setattr(asking, "MOST_TOKENS", 16)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing by threads, and tests side by side lose by them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
