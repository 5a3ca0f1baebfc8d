"""The assistant that ships, and photos to ask it about."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from vlm_desktop.backends.chat.starter import StarterAssistant
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
    TextPart,
    Token,
)
from vlm_desktop.base.paths import bundled

Ask = Callable[..., tuple[list[Token], Reply]]


@pytest.fixture(scope="session")
def shipped() -> Path:
    return bundled("models") / "starter"


@pytest.fixture
def assistant(shipped: Path) -> StarterAssistant:
    return StarterAssistant(shipped, model_id="starter", provider="cpu")


@pytest.fixture(scope="session")
def photos() -> dict[str, ChatImage]:
    """A cat, a woman in an orange suit, a cup of coffee, and nothing at all."""
    cat, woman, coffee = data.chelsea(), data.astronaut(), data.coffee()
    blank = np.full_like(cat, 127)
    return {
        "cat": ChatImage(cat, "cat"),
        "woman": ChatImage(woman, "woman"),
        "coffee": ChatImage(coffee, "coffee"),
        "blank": ChatImage(blank, "blank"),
    }


def drive(stream) -> tuple[list[Token], Reply]:
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


@pytest.fixture
def ask() -> Ask:
    """Ask a model about one picture: (pieces, reply)."""

    def asked(model, words: str, image: ChatImage, cancel=None, **options):
        message = Message(Role.USER, (ImagePart(0), TextPart(words)))
        stream = model.stream(
            (message,), (image,), GenerationOptions(**options), cancel or CancelToken()
        )
        return drive(stream)

    return asked
