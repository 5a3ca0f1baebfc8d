"""The starter assistant keeps to what every model that answers keeps to."""

from pathlib import Path

import pytest
import torch

from tests.model.chat.contract import WritingContract, check_a_huge_picture
from vlm_desktop.backends.chat import starter
from vlm_desktop.backends.chat.starter import StarterAssistant


class TestStarter(WritingContract):
    @pytest.fixture
    def make(self, shipped: Path):
        return lambda: StarterAssistant(shipped, model_id="starter", provider="cpu")

    @pytest.fixture
    def starve(self, monkeypatch: pytest.MonkeyPatch):
        def start(*_: object) -> None:
            raise torch.OutOfMemoryError("out of memory. Tried to allocate 4.00 GiB")

        return lambda: monkeypatch.setattr(starter, "load_network", start)

    def test_a_huge_picture(self, model: StarterAssistant) -> None:
        check_a_huge_picture(model)
