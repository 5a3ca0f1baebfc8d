"""The contract, held by the generic adapter over a tiny network of each family that it runs."""

from collections.abc import Callable

import pytest

from tests.model.chat.contract import WritingContract
from vlm_desktop.backends.protocols import ChatModel

GENERIC = [
    "smolvlm", "idefics3", "idefics2", "qwen2-vl", "qwen2.5-vl", "qwen3-vl", "internvl", "llava",
    "llava-next", "llava-onevision", "paligemma", "gemma3",
]  # fmt: skip


class TestGeneric(WritingContract):
    @pytest.fixture(params=GENERIC)
    def make(
        self, request: pytest.FixtureRequest, open_tiny: Callable[..., ChatModel]
    ) -> Callable[[], ChatModel]:
        return lambda: open_tiny(request.param)


class TestLfm2(WritingContract):
    """Its tiny processor has room for pictures of up to four tiles in a row only."""

    longest = 4

    @pytest.fixture
    def make(self, open_tiny: Callable[..., ChatModel]) -> Callable[[], ChatModel]:
        return lambda: open_tiny("lfm2-vl")
