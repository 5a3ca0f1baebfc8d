"""Having one request answered: the model in memory, its tokens, what to do when memory runs out."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from vlm_desktop.backends.protocols import ChatModel, TextReader
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, ChatSpec, GenerationOptions, Reply, TokenUsage
from vlm_desktop.base.chaterrors import ChatOutOfMemory
from vlm_desktop.base.chatwork import SpeedEstimate
from vlm_desktop.base.conversations import AnswerRestarted, ModelAsked
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import OcrLine
from vlm_desktop.engine.prompting import Request
from vlm_desktop.engine.residents import Residents

STARTER_FAMILY = "starter-assistant"
"""The family whose model is answered for where the file itself knows better."""
_LEAST_REPLY = 8
"""Tokens of an answer from which its speed says something."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A reply, and how it came about: the options it was really written with."""

    reply: Reply
    options: GenerationOptions
    spec: ChatSpec


class Answerer:
    """Answers requests. For the lane "answers"."""

    def __init__(self, residents: Residents, open_reader: Callable[[], TextReader]) -> None:
        self._residents = residents
        self._open_reader = open_reader

    def about(self, model_id: str, cancel: CancelToken) -> tuple[ChatCapabilities, ChatSpec]:
        """What a model can do and what runs it, from its configuration. Raises ModelError."""
        with self._residents.using(model_id, cancel, load=False) as model:
            return model.capabilities, model.spec

    def answer(
        self, model_id: str, asked: Request, options: GenerationOptions, cancel: CancelToken
    ) -> Generator[Event, None, ModelAnswer]:
        """Stream the answer. When memory runs out, what can be freed is freed, then pictures get
        fewer tokens, with `AnswerRestarted` each time.

        Raises ChatOutOfMemory when nothing helps, ModelTooLarge, ModelError, Cancelled. The model
        is unloaded then, so that the next question finds a sound one. Adapters are those of the
        model's id, and the options say so, for caches.
        """
        options = replace(options, adapter=model_id.partition("+")[2])
        if not self._residents.has(model_id):
            yield Progress(Phase.LOAD, 0, 1)
        try:
            with self._residents.using(model_id, cancel) as model:
                return (yield from self._answer(model_id, model, asked, options, cancel))
        except ModelOutOfMemory as error:
            raise ChatOutOfMemory(
                model=model_id,
                detail=str(error.fields["detail"]),
                offer=self._residents.offer(model_id),
            ) from error

    def _answer(
        self,
        model_id: str,
        model: ChatModel,
        asked: Request,
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Event, None, ModelAnswer]:
        made_room = False
        while True:
            yield ModelAsked(
                model.usage(asked.messages, asked.images, options), model.spec.revision
            )
            try:
                reply = yield from model.stream(asked.messages, asked.images, options, cancel)
            except ModelOutOfMemory:
                smaller = options.max_image_tokens
                if made_room or not self._residents.make_room(model_id):
                    smaller = next_budget(model.capabilities, options) if asked.images else None
                    if smaller is None:
                        self._residents.drop(model_id)
                        raise
                made_room = True
                options = replace(options, max_image_tokens=smaller)
                self._residents.begin_anew(model_id)
                yield AnswerRestarted(smaller)
            else:
                return ModelAnswer(reply, options, model.spec)

    def read(self, pixels: PixelArray) -> tuple[OcrLine, ...]:
        """The text in a picture. Raises PartMissing, ModelBroken."""
        reader = self._open_reader()
        try:
            return reader.read(pixels)
        finally:
            reader.close()


def next_budget(capabilities: ChatCapabilities, options: GenerationOptions) -> int | None:
    """The largest image budget below the one in use; None when there is none."""
    budgets = capabilities.image_budget
    used = options.max_image_tokens or (budgets[-1] if budgets else 0)
    return max((one for one in budgets if one < used), default=None)


class Stopwatch:
    """Seconds since it was made, and until the first piece of an answer."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.first = 0.0

    def piece(self) -> None:
        if not self.first:
            self.first = time.monotonic() - self._began


# --- speeds ----------------------------------------------------------------------------


def speed_key(spec: ChatSpec) -> str:
    """What speeds are kept under: the same model is another on another device."""
    return f"{spec.model_id}@{spec.device}"


def measured(reply: Reply) -> list[tuple[str, float]]:
    """(kind, seconds a token) of an answer, for what was not taken from a cache."""
    usage, timing = reply.usage, reply.timing
    found = []
    if timing.vision > 0 and usage.image > 0:
        found.append(("vision", (timing.prepare + timing.vision) / usage.image))
    read = usage.system + usage.text + usage.image - timing.reused
    if timing.prefill > 0 and read > 0:
        found.append(("prefill", timing.prefill / read))
    if usage.reply >= _LEAST_REPLY and timing.generate > 0:
        found.append(("reply", timing.generate / (usage.reply - 1)))
    return found


def estimate(speeds: dict[str, list[float]], usage: TokenUsage) -> SpeedEstimate:
    """Medians of what was measured, for a request of this size with nothing cached."""
    a_token = {kind: median(some) for kind, some in speeds.items() if some}
    prompt = usage.system + usage.text + usage.image
    vision = a_token.get("vision")
    if usage.image == 0:
        vision = 0.0
    prefill = a_token.get("prefill")
    return SpeedEstimate(
        vision=None if vision is None else vision * usage.image,
        prefill=None if prefill is None else prefill * prompt,
        per_token=a_token.get("reply"),
        answers=max((len(some) for some in speeds.values()), default=0),
    )


def image_seconds(speeds: dict[str, list[float]], tokens: int) -> float | None:
    """What so many image tokens add to the time to the first token; None: not measured."""
    if not speeds.get("vision") or not speeds.get("prefill"):
        return None
    return tokens * (median(speeds["vision"]) + median(speeds["prefill"]))


def usable_budgets(capabilities: ChatCapabilities) -> Sequence[int]:
    """The image budgets there are to choose from; none where there is no choice."""
    return capabilities.image_budget if len(capabilities.image_budget) > 1 else ()
