"""The contract, held by captioners and the classifier over a tiny network of each architecture."""

from collections.abc import Callable

import pytest

from tests.model.chat.contract import ChatContract, WritingContract
from vlm_desktop.backends.protocols import ChatModel

ONE_SHOT = [
    "blip-caption", "blip-vqa", "blip2", "blip2-t5", "instructblip", "instructblip-t5", "git",
    "kosmos2", "donut", "donut-vqa", "nougat", "pix2struct", "pix2struct-vqa",
]  # fmt: skip


class _Lent:
    """Models by name, pooled: making one takes longer than most tests."""

    @pytest.fixture
    def make(self, name: str, open_tiny: Callable[..., ChatModel]) -> Callable[[], ChatModel]:
        return lambda: open_tiny(name)

    @pytest.fixture
    def model(self, name: str, lend_tiny: Callable[[str], ChatModel]) -> ChatModel:
        return lend_tiny(name)


class TestOneShot(_Lent, WritingContract):
    @pytest.fixture(params=ONE_SHOT)
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)


class TestClassifier(_Lent, ChatContract):
    @pytest.fixture
    def name(self) -> str:
        return "vilt"
