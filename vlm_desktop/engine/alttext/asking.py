"""Asking a model short questions about one picture, and what a grey picture makes it say.

A model that says "yes" to everything says so of a grey picture too: what counts is how much more
it says it of this one.
"""

import math
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
    TextPart,
    Token,
)
from vlm_desktop.base.errors import ChatRefused
from vlm_desktop.base.events import Event
from vlm_desktop.engine.answering import STARTER_FAMILY, Answerer
from vlm_desktop.engine.examining import PLAIN, TERSE, Prompts
from vlm_desktop.engine.pope import NO, YES, said
from vlm_desktop.engine.prompting import Request

YES_NO = "{question}\nAnswer yes or no."
_GREY = ChatImage(np.full((224, 224, 3), 127, np.uint8), "grey:224x224")
_KEPT_ANSWERS = 2_048
_SHORT = 12
"""Tokens of a short answer."""
_SAMPLE_TOKENS = 60
_WARMTH, _NUCLEUS = 0.8, 0.95
_MOST_ODDS = 6.0
_UNTOLD = 2.0
"""Log odds where a model does not tell how sure it was."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer. `odds` are the log odds of "yes" against anything else; None: neither was said."""

    text: str
    odds: float | None


class Asker:
    """Asks one model. For the lane "model"; all verbs raise ModelError and Cancelled."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._grey: OrderedDict[tuple[str, str, str], Heard] = OrderedDict()

    def about(self, model_id: str, cancel: CancelToken) -> tuple[ChatCapabilities, bool]:
        """What a model can, and whether it is the starter."""
        capabilities, spec = self._answerer.about(model_id, cancel)
        return capabilities, spec.family == STARTER_FAMILY

    def ask(
        self,
        model_id: str,
        question: str,
        image: ChatImage | None,
        cancel: CancelToken,
        *,
        yes_no: bool = False,
    ) -> Generator[Event, None, Heard]:
        """The answer about a picture, or about none; "" for a question the model refuses."""
        prompts = self._prompts(model_id, cancel)
        form = YES_NO if yes_no and prompts is TERSE else prompts.question
        options = GenerationOptions(max_new_tokens=_SHORT)
        text, logprob = yield from self._say(
            model_id, form.format(question=question), image, options, cancel
        )
        return Heard(text, _odds(text, logprob))

    def ask_grey(
        self, model_id: str, question: str, cancel: CancelToken, *, yes_no: bool = False
    ) -> Generator[Event, None, Heard]:
        """The answer about a grey picture; kept, since it is the same for every photo."""
        key = (model_id, self._revision(model_id, cancel), question)
        if key not in self._grey:
            heard = yield from self.ask(model_id, question, _GREY, cancel, yes_no=yes_no)
            self._grey[key] = heard
            while len(self._grey) > _KEPT_ANSWERS:
                self._grey.popitem(last=False)
        self._grey.move_to_end(key)
        return self._grey[key]

    def ask_blind(
        self, model_id: str, words: str, cancel: CancelToken
    ) -> Generator[Event, None, str | None]:
        """The answer to words alone; None for a model that cannot answer without a picture."""
        can, is_starter = self.about(model_id, cancel)
        if is_starter or not can.multi_turn or not can.asks or can.answers:
            return None
        options = GenerationOptions(max_new_tokens=2 * _SHORT)
        text, _ = yield from self._say(model_id, words, None, options, cancel)
        return text or None

    def draft(
        self, model_id: str, image: ChatImage, seed: int, cancel: CancelToken
    ) -> Generator[Event, None, str]:
        """A description drawn by chance; with the seed 0 the likeliest one."""
        prompts = self._prompts(model_id, cancel)
        options = GenerationOptions(max_new_tokens=_SAMPLE_TOKENS)
        if seed:
            options = GenerationOptions(
                max_new_tokens=_SAMPLE_TOKENS, temperature=_WARMTH, top_p=_NUCLEUS, seed=seed
            )
        text, _ = yield from self._say(model_id, prompts.caption, image, options, cancel)
        return text

    def reads(self, image: ChatImage) -> str:
        """The words in a picture. Raises PartMissing, ModelBroken."""
        return "\n".join(line.text for line in self._answerer.read(image.pixels))

    def _say(
        self,
        model_id: str,
        words: str,
        image: ChatImage | None,
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Event, None, tuple[str, float | None]]:
        """The text on one line, and the log probability of its first piece."""
        cancel.raise_if_cancelled()
        parts = (ImagePart(0), TextPart(words)) if image is not None else (TextPart(words),)
        images = (image,) if image is not None else ()
        request = Request((Message(Role.USER, parts),), images, (), ())
        first: float | None = None
        seen = False
        answering = self._answerer.answer(model_id, request, options, cancel)
        while True:
            try:
                event = next(answering)
            except StopIteration as end:
                return " ".join(end.value.reply.text.split()), first
            except ChatRefused:
                return "", None
            if isinstance(event, Token):
                if not seen and event.text.strip():
                    first, seen = event.logprob, True
            else:
                yield event

    def _prompts(self, model_id: str, cancel: CancelToken) -> Prompts:
        can, is_starter = self.about(model_id, cancel)
        return (
            TERSE if can.multi_turn and can.asks and not can.answers and not is_starter else PLAIN
        )

    def _revision(self, model_id: str, cancel: CancelToken) -> str:
        return self._answerer.about(model_id, cancel)[1].revision


def _odds(text: str, logprob: float | None) -> float | None:
    heard = said(text)
    if heard not in {YES, NO}:
        return None
    if logprob is None:
        odds = _UNTOLD
    else:
        share = min(max(math.exp(min(logprob, 0.0)), 1e-4), 1 - 1e-4)
        odds = min(_MOST_ODDS, math.log(share / (1 - share)))
    return odds if heard == YES else -odds
