"""Models that answer with words, asked for boxes: Kosmos-2, PaliGemma and Qwen-VL.

They run behind their adapters in `backends.chat`, whose converters lead their coordinates back.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.chat.captioner import TransformersCaptioner
from vlm_desktop.backends.chat.manners import MANNERS
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.grounding.families import PHRASE_FAMILIES, PhraseFamily, said
from vlm_desktop.backends.grounding.network import MOST_REGIONS
from vlm_desktop.backends.grounding.thinning import thinned
from vlm_desktop.backends.protocols import ChatModel
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Reply,
    Role,
    TextPart,
)
from vlm_desktop.base.grounding import FoundRegion, MaskModelSpec, PhraseTraits

_KOSMOS = "Kosmos2ForConditionalGeneration"
MOST_TOKENS = 384


class KosmosPhrases(TransformersCaptioner):
    """Kosmos-2 asked where a phrase is instead of a question; it answers with the place at once."""

    architectures = {
        _KOSMOS: replace(MANNERS[_KOSMOS], prompt="<grounding><phrase> {words}</phrase>")
    }


class AskedPhrases:
    """A `PhraseModel` over a `ChatModel` that says where things are.

    A region's score is the mean probability of the words of the whole answer: such a model gives
    no other. Not thread-safe.
    """

    def __init__(self, chat: ChatModel, family: PhraseFamily) -> None:
        self._chat = chat
        self._family = family

    @property
    def spec(self) -> MaskModelSpec:
        runs = self._chat.spec
        return MaskModelSpec(
            id=runs.model_id, revision=runs.revision, device=runs.device,
            precision=runs.precision, memory_bytes=runs.memory_bytes,
        )  # fmt: skip

    @property
    def traits(self) -> PhraseTraits:
        return PhraseTraits(self._family.even, self._family.pictures_apart)

    def find(
        self, image: PixelArray, phrases: Sequence[str], cancel: CancelToken
    ) -> tuple[tuple[FoundRegion, ...], ...]:
        picture = ChatImage(image, f"ground-{hashlib.sha1(image.tobytes()).hexdigest()}")
        found = []
        for phrase in phrases:
            cancel.raise_if_cancelled()
            words = said(self._family, phrase)
            found.append(self._ask(picture, phrase, words, cancel) if words else ())
        return tuple(found)

    def heat(
        self, image: PixelArray, phrase: str, cancel: CancelToken
    ) -> NDArray[np.float32] | None:
        """None: it gives boxes only."""
        del image, phrase, cancel
        return None

    def unload(self) -> None:
        self._chat.unload()

    def _ask(
        self, picture: ChatImage, phrase: str, words: str, cancel: CancelToken
    ) -> tuple[FoundRegion, ...]:
        asked = Message(Role.USER, (ImagePart(0), TextPart(words)))
        options = GenerationOptions(max_new_tokens=MOST_TOKENS)
        writing = self._chat.stream([asked], [picture], options, cancel)
        logprob, count = 0.0, 0
        while True:
            try:
                token = next(writing)
            except StopIteration as end:
                reply: Reply = end.value
                break
            if token.logprob is not None:
                logprob, count = logprob + token.logprob, count + token.count
        score = math.exp(logprob / count) if count else 1.0
        # Kosmos-2 goes on with a caption; boxes with words of their own are about other things.
        own = [box for what, _, box in reply.boxes if self._family.model_type != "kosmos-2"
               or not what]  # fmt: skip
        return thinned([FoundRegion(box, score, label=phrase) for box in own], MOST_REGIONS)


def open_asked(
    folder: Path, model_type: str, *, model_id: str, provider: str, threads: int,
    memory_limit: int, cache_folder: Path | None,
) -> AskedPhrases:  # fmt: skip
    """Raises `ModelBroken`, `ModelUnsupported`."""
    make = KosmosPhrases if model_type == "kosmos-2" else TransformersChat
    chat = make(
        folder, model_id=model_id, provider=provider, threads=threads,
        memory_limit=memory_limit, cache_folder=cache_folder,
    )  # fmt: skip
    return AskedPhrases(chat, PHRASE_FAMILIES[model_type])
