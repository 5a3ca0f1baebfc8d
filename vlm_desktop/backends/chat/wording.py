"""From a conversation to the text a model reads: chat templates, and what a user may not type."""

import re
from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from vlm_desktop.backends.chat.families import ChatFamily
from vlm_desktop.base.chat import ImagePart, Message, Role, TextPart
from vlm_desktop.base.errors import ModelBroken

_BREAK = "\u200b"
_MODALITIES = ("image_token", "video_token", "audio_token", "boi_token", "fake_image_token")


class Wording:
    """Writes conversations down in the words of one model.

    The folder's own chat template comes first, then the family's, then the tokenizer's. Raises
    `ModelBroken` when there is none: a guessed layout would give fluent nonsense.
    """

    def __init__(self, model_id: str, processor: Any, family: ChatFamily) -> None:
        self._model_id = model_id
        self._processor = processor
        self._mends = family.mends
        own = getattr(processor, "chat_template", None)
        tokenizers = getattr(processor.tokenizer, "chat_template", None)
        self._template = own or family.template or tokenizers
        if not self._template:
            detail = "it has no chat template, and its family has none of its own"
            raise ModelBroken(model=model_id, detail=detail)
        self.image_token = str(processor.image_token)
        # Models that think aloud see less well for it, and a reader waits for nothing.
        known = {"enable_thinking": False, "image_token": self.image_token}
        self._variables = {name: value for name, value in known.items() if name in self._template}
        control = set(processor.tokenizer.all_special_tokens)
        control |= {str(getattr(processor, name, "")) for name in _MODALITIES}
        self._control = sorted(control - {""}, key=len, reverse=True)

    def write(self, messages: Sequence[Message]) -> str:
        """The whole conversation up to where the answer begins, one image token a picture."""
        return self._written(messages, asks=True)

    def told(self, messages: Sequence[Message]) -> str:
        """A conversation that ends with an answer, and with what the model writes after one."""
        return self._written(messages, asks=False)

    def _written(self, messages: Sequence[Message], *, asks: bool) -> str:
        folded = _fold_system(messages)
        text = self._render(messages, asks=asks)
        lost = [one.text for one in messages if one.role is Role.SYSTEM]
        if text is None or any(self.plain(one).strip() not in text for one in lost):
            text = self._render(folded, asks=asks)
        if text is None or text.count(self.image_token) != sum(len(m.images) for m in messages):
            detail = "its chat template does not take such a conversation"
            raise ModelBroken(model=self._model_id, detail=detail)
        return text

    def plain(self, words: str) -> str:
        """Words in which no control token is left: what a user types is never a command."""
        for token in self._control:
            if token in words:
                words = words.replace(token, token[0] + _BREAK + token[1:])
        return words

    def mended(self, text: str) -> str:
        """A written conversation with its pictures in it, as the model was trained on them."""
        for pattern, new in self._mends:
            text = re.sub(pattern, new, text)
        return text

    def _render(self, messages: Sequence[Message], *, asks: bool) -> str | None:
        """None when the template refuses, as some do a system prompt."""
        conversation = [
            {"role": str(message.role), "content": [self._part(part) for part in message.parts]}
            for message in messages
        ]
        try:
            text: str = self._processor.apply_chat_template(
                conversation,
                chat_template=self._template,
                tokenize=False,
                add_generation_prompt=asks,
                **self._variables,
            )
        except (TemplateError, TypeError, ValueError, KeyError, IndexError):
            return None
        return text

    def _part(self, part: object) -> dict[str, str]:
        if isinstance(part, ImagePart):
            return {"type": "image"}
        return {"type": "text", "text": self.plain(getattr(part, "text", ""))}


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    """The system prompt put in front of the first user's words."""
    system = "\n\n".join(one.text for one in messages if one.role is Role.SYSTEM)
    rest = [one for one in messages if one.role is not Role.SYSTEM]
    if not system or not rest:
        return list(messages)
    first = rest[0]
    return [Message(first.role, (TextPart(f"{system}\n\n"), *first.parts)), *rest[1:]]
