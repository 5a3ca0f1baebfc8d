"""Where the decoder says it looked is what its own attention was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from vlm_desktop.backends.chat import starter_network
from vlm_desktop.backends.chat.starter import StarterAssistant
from vlm_desktop.backends.chat.starter_attention import attention_to_cells
from vlm_desktop.backends.chat.starter_network import StarterConfig, StarterNetwork, bias_of
from vlm_desktop.backends.chat.starter_writing import look_at
from vlm_desktop.backends.protocols import CaptionLooker
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
)
from vlm_desktop.base.errors import Cancelled

STARTER = Path(__file__).parents[3] / "models" / "starter"


def test_it_is_the_networks_own_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared with the weights that the whole-sequence pass of training applies."""
    torch.manual_seed(0)
    config = StarterConfig(
        vocabulary=50, width=32, layers=3, heads=4, cells=9, features=20, embedding=12,
        positions=10, dropout=0.0,
    )  # fmt: skip
    network = StarterNetwork(config).eval()
    seen = network.see(torch.randn(1, 9, 20), torch.randn(1, 12)).detach()
    tokens = torch.tensor([[3, 17, 4, 40]])

    applied: list[torch.Tensor] = []
    plain = starter_network.attend

    def watched(
        q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        # what a unit value at each place contributes is its weight
        unit = torch.eye(k.shape[2]).expand(*k.shape[:2], -1, -1)
        applied.append(plain(q, k, unit, bias))
        return plain(q, k, v, bias)

    with torch.inference_mode():
        memory = look_at(network, seen)
        found = attention_to_cells(network, memory, tokens)
        monkeypatch.setattr(starter_network, "attend", watched)
        text = network.read(tokens, torch.arange(4)[None])
        network(seen, text, torch.ones(1, 4, 4, dtype=torch.bool).tril())

    mean = torch.stack([one[0, :, -4:].mean(0) for one in applied]).mean(0)[:, :9]
    np.testing.assert_allclose(found, (mean / mean.sum(-1, keepdim=True)).numpy(), atol=1e-6)
    assert len(applied) == config.layers
    assert bias_of(torch.ones(1, 1, dtype=torch.bool)).item() == 0
    assert memory.length == config.seen, "the picture's memory is as it was"


@pytest.fixture(scope="module")
def assistant() -> StarterAssistant:
    return StarterAssistant(STARTER, provider="cpu", threads=1)


@pytest.fixture
def image() -> ChatImage:
    random = np.random.default_rng(3)
    pixels = np.full((120, 160, 3), (90, 150, 220), np.uint8)
    pixels[60:] = (60, 140, 50)
    pixels[40:90, 50:90] = random.integers(0, 255, (50, 40, 3))
    return ChatImage(pixels, "made")


def test_words_are_those_of_the_caption(assistant: StarterAssistant, image: ChatImage) -> None:
    looks = assistant.caption_looks(image, CancelToken())
    message = Message(Role.USER, (ImagePart(0),))
    steps = assistant.stream([message], [image], GenerationOptions(), CancelToken())
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            reply: Reply = ended.value
            break
    said = " ".join(one.word for one in looks)
    assert said.casefold() == reply.text.rstrip(".").casefold()
    assert looks
    assert isinstance(assistant, CaptionLooker)


def test_every_word_spreads_all_of_its_attention(
    assistant: StarterAssistant, image: ChatImage
) -> None:
    looks = assistant.caption_looks(image, CancelToken())
    for one in looks:
        assert one.shares.shape == (7, 7)
        assert one.shares.min() >= 0
        assert one.shares.sum() == pytest.approx(1, abs=1e-5)
    assert any(not np.allclose(one.shares, looks[0].shares, atol=1e-3) for one in looks[1:]), (
        "words look at different places"
    )


def test_a_cancelled_look_writes_nothing(assistant: StarterAssistant, image: ChatImage) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        assistant.caption_looks(image, cancel)
