"""Fixtures of the tests of models that answer: tiny networks and adapters over them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends.importing import recognise
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.backends.registry import CHAT_FAMILIES

pytest.register_assert_rewrite("tests.model.chat.contract")


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny network of a family, written at first use; not to be changed."""
    parent = tmp_path_factory.mktemp("tiny-chat")

    def folder(name: str) -> Path:
        path = parent / name
        return path if path.exists() else BUILDERS[name](path)

    return folder


@pytest.fixture
def open_tiny(tiny_folder: Callable[[str], Path]) -> Iterator[Callable[..., ChatModel]]:
    """Adapters as the registry makes them, unloaded at the end."""
    opened: list[ChatModel] = []

    def open_model(name: str, folder: Path | None = None, **options: object) -> ChatModel:
        folder = folder or tiny_folder(name)
        family = recognise(folder, "tiny").card.chat_family
        make = resolve(CHAT_FAMILIES[family], name)
        model: ChatModel = make(folder, model_id=f"tiny-{name}", provider="cpu", **options)
        opened.append(model)
        return model

    yield open_model
    for model in opened:
        model.unload()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing by threads, and tests side by side lose by them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
