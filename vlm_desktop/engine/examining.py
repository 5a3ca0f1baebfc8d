"""Asking a model many questions, each on its own: what evaluations have in common."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
    TextPart,
)
from vlm_desktop.base.errors import PromptTooLong
from vlm_desktop.base.events import Quarantined
from vlm_desktop.base.types import DecodedFile, DecodeRequest, RefusedFile
from vlm_desktop.media.pool import DecodePool

GREY = 127
_DECODE_SIDE = 1024
"""Pixels of the shorter side: enough for any model's tiles, and quick to decode."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model is asked for. `question` has a place for the question of a data set."""

    caption: str
    question: str = "{question}"


PLAIN = Prompts("Describe the picture.")
"""For models that were trained to answer in few words, and nothing else."""

TERSE = Prompts(
    "Provide a one-sentence caption for the picture.",
    "{question}\nAnswer the question using a single word or phrase.",
)
"""For models that hold conversations, which would go on at length (LLaVA's wording)."""

_PLAIN_FAMILIES = frozenset({"starter-assistant"})


def prompts_for(model: ChatModel) -> Prompts:
    """How this model is asked, by what it can do."""
    can = model.capabilities
    talks = can.multi_turn and can.asks and not can.answers
    return TERSE if talks and model.spec.family not in _PLAIN_FAMILIES else PLAIN


def ask(
    model: ChatModel,
    question: str,
    image: ChatImage,
    options: GenerationOptions,
    cancel: CancelToken,
) -> str:
    """A model's answer about one picture, on one line; "" for a question that is too long for it.

    Raises ModelError, Cancelled.
    """
    message = Message(Role.USER, (ImagePart(0), TextPart(question)))
    stream = model.stream((message,), (image,), options, cancel)
    while True:
        try:
            next(stream)
        except StopIteration as end:
            return " ".join(end.value.text.split())
        except PromptTooLong:
            return ""


def grey_like(pixels: PixelArray) -> PixelArray:
    """A grey picture of the same size, which tells a model nothing."""
    return np.full_like(pixels, GREY)


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """A picture of a data set, decoded."""

    path: Path
    content_hash: str
    pixels: PixelArray

    @property
    def image(self) -> ChatImage:
        """For a model; the key tells these pixels from those that a conversation takes."""
        return ChatImage(self.pixels, f"{self.content_hash}@{_DECODE_SIDE}")


def opened_pictures(
    paths: Iterable[Path], open_pool: Callable[[], DecodePool], cancel: CancelToken
) -> Generator[OpenedPicture | Quarantined, None, None]:
    """Each picture once, as they are decoded; those that cannot be read are `Quarantined`.

    Raises Cancelled.
    """
    requests = (
        DecodeRequest(path, _DECODE_SIDE, thumbnail_side=0) for path in dict.fromkeys(paths)
    )
    with open_pool() as pool:
        for outcome in pool.decode(requests, cancel):
            cancel.raise_if_cancelled()
            if isinstance(outcome, DecodedFile):
                yield OpenedPicture(outcome.path, outcome.content_hash, outcome.pages[0].pixels)
            elif isinstance(outcome, RefusedFile):
                yield Quarantined(outcome.path, outcome.reason, outcome.detail)
    cancel.raise_if_cancelled()
