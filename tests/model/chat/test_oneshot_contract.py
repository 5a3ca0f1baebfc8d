"""The contract, held by captioners and the classifier over a tiny network of each architecture."""

from collections.abc import Callable

import pytest

from tests.model.chat.contract import ChatContract
from vlm_desktop.backends.protocols import ChatModel

ONE_SHOT = [
    "blip-caption", "blip-vqa", "blip2", "blip2-t5", "instructblip", "instructblip-t5", "git",
    "kosmos2", "vilt",
]  # fmt: skip


class TestOneShot(ChatContract):
    @pytest.fixture(params=ONE_SHOT)
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def make(self, name: str, open_tiny: Callable[..., ChatModel]) -> Callable[[], ChatModel]:
        return lambda: open_tiny(name)

    def test_a_huge_picture(self, model: ChatModel, name: str) -> None:
        if name not in ("blip-caption", "vilt"):
            pytest.skip("pictures are reduced by the same code, which takes a while")
        super().test_a_huge_picture(model)

    @pytest.fixture
    def model(self, name: str, lend_tiny: Callable[[str], ChatModel]) -> ChatModel:
        return lend_tiny(name)
