"""A picture of 100 megapixels, given to a model of each kind that reduces pictures in its way."""

from collections.abc import Callable

import pytest

from tests.model.chat.contract import check_a_huge_picture
from vlm_desktop.backends.protocols import ChatModel

KINDS = ["smolvlm", "qwen2-vl", "llava-next", "internvl", "lfm2-vl", "blip-caption", "vilt"]


@pytest.mark.parametrize("name", KINDS)
def test_a_huge_picture(name: str, open_tiny: Callable[..., ChatModel]) -> None:
    check_a_huge_picture(open_tiny(name))
