"""Models that choose one of the answers they know: ViLT over the answers of VQA v2.

LXMERT and VisualBERT would choose in the same way, but they look at regions that a detector of
their own has to find first, and no such detector comes with them.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoConfig

from vlm_desktop.backends.chat.choosing import narrowed, opened
from vlm_desktop.backends.chat.oneshot import Asked, OneShotModel, placed
from vlm_desktop.backends.chat.pictures import reduced
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    ChatImage,
    GenerationOptions,
    Message,
    Reply,
    StopReason,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import ModelBroken, NothingAsked, PromptTooLong

_RANKED = 5
_GREY_QUESTION = "what is in the picture?"


class TransformersClassifier(OneShotModel):
    """A `ChatModel` whose answer comes whole, with the runners-up in `Reply.ranked`.

    Each answer has a probability of its own, since several may be right: they need not add up.
    """

    architectures: Mapping[str, Any] = {"ViltForQuestionAnswering": None}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        config = AutoConfig.from_pretrained(self._folder.path, local_files_only=True)
        names = dict(config.id2label)
        self._answers = tuple(str(names[number]) for number in sorted(names))
        if all(name == f"LABEL_{number}" for number, name in enumerate(self._answers)):
            detail = "config.json does not say what its answers are (id2label)"
            raise ModelBroken(model=self._id, detail=detail)
        self._patch = int(config.patch_size)
        self._longest = int(config.max_position_embeddings)

    @property
    def capabilities(self) -> ChatCapabilities:
        return ChatCapabilities(
            multi_turn=False, system_prompt=False, streams=False, json=False, answers=self._answers
        )

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        asked = self._asked(messages, images, options)
        return self._usage(asked, self._read(asked.words))

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        self.load()
        cancel.raise_if_cancelled()
        asked = self._asked(messages, images, options)
        words = self._read(asked.words)
        prepared = time.perf_counter()
        with self._translated():
            scores = self._score(self._model, asked.inputs, words)
            order = self._order(scores, options)
        cancel.raise_if_cancelled()
        chances = scores.sigmoid()
        best = order[0]
        answered = time.perf_counter()
        yield Token(self._answers[best], 1, float(chances[best].log()))
        usage = self._usage(asked, words)
        return Reply(
            text=self._answers[best],
            stop=StopReason.END,
            usage=TokenUsage(usage.system, usage.text, usage.image, 1),
            timing=AnswerTiming(prepare=prepared - asked.begun, prefill=answered - prepared),
            ranked=tuple((self._answers[one], float(chances[one])) for one in order[:_RANKED]),
        )

    # --- steps -------------------------------------------------------------------------

    def _read(self, words: str) -> dict[str, torch.Tensor]:
        """Raises `NothingAsked`, `PromptTooLong`."""
        if not words:
            raise NothingAsked(model=self._id)
        ids = self._reading().tokenizer(words, return_tensors="pt")
        length = ids["input_ids"].shape[1]
        if length > self._longest:
            raise PromptTooLong(model=self._id, given=length, limit=self._longest)
        return {name: ids[name] for name in ("input_ids", "attention_mask", "token_type_ids")}

    @torch.inference_mode()
    def _score(
        self, model: Any, picture: Mapping[str, Any], words: Mapping[str, Any]
    ) -> torch.Tensor:
        """A logit for each answer, on the CPU."""
        answer = model(**placed(picture, model), **placed(words, model))
        logits: torch.Tensor = answer.logits[0].float().cpu()
        return logits

    def _order(self, scores: torch.Tensor, options: GenerationOptions) -> list[int]:
        """Answers by number, best first; a drawn one before the others where asked for.

        Raises `ModelBroken` when every answer is banned.
        """
        banned = tuple(one for one in map(opened, options.banned_starts) if one)
        ranked = [
            number
            for number in scores.argsort(descending=True).tolist()
            if not banned or not opened(self._answers[number]).startswith(banned)
        ]
        if not ranked:
            raise ModelBroken(model=self._id, detail="all of its answers are ruled out")
        if options.temperature > 0:
            chances = narrowed(scores[ranked] / options.temperature, options)
            generator = torch.Generator().manual_seed(options.seed)
            drawn = ranked[int(torch.multinomial(chances, 1, generator=generator))]
            ranked.remove(drawn)
            ranked.insert(0, drawn)
        return ranked

    def _usage(self, asked: Asked, words: Mapping[str, torch.Tensor]) -> TokenUsage:
        text = words["input_ids"].shape[1]
        return TokenUsage(2, text - 2, self._picture_tokens(asked.inputs))

    def _encoded(self, pixels: PixelArray) -> dict[str, Any]:
        """Its processor keeps the shape, but leaves nothing of a strip: such a one is widened."""
        reader = self._reading().image_processor
        longest = int(1333 / 800 * reader.size["shortest_edge"])
        most = longest // reader.size_divisor
        height, width = pixels.shape[:2]
        least = -(-max(height, width) // most)
        if min(height, width) < least:
            size = (max(width, least), max(height, least))
            pixels = np.asarray(Image.fromarray(reduced(pixels)).resize(size))
        return super()._encoded(pixels)

    def _picture_tokens(self, inputs: Mapping[str, Any]) -> int:
        height, width = inputs["pixel_values"].shape[-2:]
        return 1 + (height // self._patch) * (width // self._patch)

    def _try(self, model: Any) -> None:
        if not torch.isfinite(self._score(model, self._grey(), self._read(_GREY_QUESTION))).all():
            raise ValueError("its numbers overflow in this precision")

    def _forget(self) -> None:
        """Nothing is remembered: words and picture are read together."""
