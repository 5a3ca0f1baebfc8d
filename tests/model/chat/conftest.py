"""Fixtures of the tests of models that answer: tiny networks and adapters over them."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.model.chat.tiny.table import BUILDERS
from vlm_desktop.backends.chat import loading
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


@pytest.fixture(scope="session", autouse=True)
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What takes most of these tests' time is done once.

    What is imported is kept out of each collection of garbage, and the processor of a folder,
    which no test changes in place, is read once.
    """
    made = tmp_path_factory.getbasetemp()
    read: dict[Path, object] = {}

    def load_processor(folder: Path, model_id: str) -> object:
        if not (made in folder.parents and folder.parent.name.startswith("tiny-chat")):
            return true_load(folder, model_id)
        if folder not in read:
            read[folder] = true_load(folder, model_id)
        return read[folder]

    true_load = loading.load_processor
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "load_processor", load_processor)
        yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def lend_tiny(tiny_folder: Callable[[str], Path]) -> Callable[[str], ChatModel]:
    """One adapter for each family, loaded once, for tests that leave it as they found it.

    Nobody unloads them in the end: each would have all garbage collected, for half a minute.
    """
    lent: dict[str, ChatModel] = {}

    def lend(name: str) -> ChatModel:
        if name not in lent:
            lent[name] = made_by_registry(name, tiny_folder(name))
        return lent[name]

    return lend


def made_by_registry(name: str, folder: Path, **options: object) -> ChatModel:
    """An adapter over a folder, as `Registry.open_chat` makes it."""
    family = recognise(folder, "tiny").card.chat_family
    make = resolve(CHAT_FAMILIES[family], name)
    model: ChatModel = make(folder, model_id=f"tiny-{name}", provider="cpu", **options)
    return model


@pytest.fixture
def open_tiny(tiny_folder: Callable[[str], Path]) -> Iterator[Callable[..., ChatModel]]:
    """Adapters as the registry makes them, unloaded at the end."""
    opened: list[ChatModel] = []

    def open_model(name: str, folder: Path | None = None, **options: object) -> ChatModel:
        model = made_by_registry(name, folder or tiny_folder(name), **options)
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
