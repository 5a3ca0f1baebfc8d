"""What a conversation with a model is made of. Importing it does not import numpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.types import Box, Size


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class TextPart:
    """A run of words in a message."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A place in a message where a picture stands: an index into the images handed along."""

    image: int


Part: TypeAlias = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, its parts in the order they are said."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its words without its pictures."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def images(self) -> tuple[int, ...]:
        return tuple(part.image for part in self.parts if isinstance(part, ImagePart))


@dataclass(frozen=True, slots=True)
class ChatImage:
    """A picture handed to a model.

    `key` names the pixels for caches: the content hash of the file, with the page and the crop
    where there is one. An empty key is never cached.
    """

    pixels: PixelArray
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LookedWord:
    """A word of a caption, and how its writer's attention was spread over the cells of the picture
    when it was written: float32 [rows, columns], sum 1."""

    word: str
    shares: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What a model can take and give. A front offers nothing beyond it.

    `max_images` counts those of one request, all turns together. `multi_turn` False means that
    every question is answered on its own. `streams` False means that an answer comes as a whole.
    `asks` False means that the words of a question are not read: a captioner. `answers` lists the
    only words that a classifier can say, best known first; empty for one that writes freely.
    `image_budget` lists the image-token budgets a picture can be given, ascending; one number
    where there is no choice.
    """

    max_images: int = 1
    multi_turn: bool = True
    system_prompt: bool = True
    streams: bool = True
    asks: bool = True
    json: bool = True
    boxes: bool = False
    points: bool = False
    answers: tuple[str, ...] = ()
    image_budget: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatSpec:
    """What runs a model, and how. `memory_bytes` is what its weights take where they lie.

    `device` is "cpu", "cuda" or "mps"; `precision` "fp32", "fp16", "bf16", "int8" or "int4";
    `vision` what runs the image tower: "onnx" or "torch". `context_length` is in tokens, 0 when
    unknown. `revision` changes with the weights, for caches.
    """

    model_id: str
    family: str
    revision: str
    device: str
    precision: str
    vision: str
    context_length: int
    parameters: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How an answer is written.

    `temperature` 0 is greedy: the same answer each time. `beams` above 1 searches (nothing is
    streamed until it is done). `max_image_tokens` bounds the tokens of each picture; None is the
    model's own choice. `json_schema` (JSON text) lets only answers through that fulfil it.
    `banned_starts` are openings that the answer may not have, in any case. `stop` ends the answer
    before the first of these strings. `adapter` names a LoRA in use, for caches; "" is none.
    """

    max_new_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0
    beams: int = 1
    repetition_penalty: float = 1.0
    max_image_tokens: int | None = None
    json_schema: str = ""
    banned_starts: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class Token(Event):
    """The next piece of an answer. `count` tokens became this text; `logprob` is their sum.

    Pieces put together are the answer, to the letter. A piece never ends inside a character.
    """

    text: str
    count: int = 1
    logprob: float | None = None


class StopReason(StrEnum):
    END = "end"
    """The model said that it is done."""
    LENGTH = "length"
    """`max_new_tokens` or the model's context was used up."""
    STOP = "stop"
    """One of `GenerationOptions.stop` came."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of a request by what they say. Template and separators count as `system`."""

    system: int = 0
    text: int = 0
    image: int = 0
    reply: int = 0

    @property
    def total(self) -> int:
        return self.system + self.text + self.image + self.reply


@dataclass(frozen=True, slots=True)
class AnswerTiming:
    """Seconds. `prepare` resizes and tokenises, `vision` runs the image tower (0 when all its
    features were cached), `prefill` reads the prompt up to the first token, `generate` writes
    the rest. The first token is out after `prepare + vision + prefill`.

    `reused` counts the prompt's tokens that came from the key-value cache.
    """

    prepare: float = 0.0
    vision: float = 0.0
    prefill: float = 0.0
    generate: float = 0.0
    reused: int = 0

    @property
    def to_first_token(self) -> float:
        return self.prepare + self.vision + self.prefill


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `text` is all tokens together; boxes are in pixels of the picture."""

    text: str
    stop: StopReason
    usage: TokenUsage
    timing: AnswerTiming
    boxes: tuple[tuple[str, int, Box], ...] = ()
    """(what, index of the image, where), from models that answer with boxes."""
    ranked: tuple[tuple[str, float], ...] = ()
    """A classifier's likeliest answers with their probabilities, best first."""
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) as a reader of documents tagged them: "menu/nm" is the member of a list."""


@dataclass(frozen=True, slots=True)
class SeenImage:
    """What a model is given of a picture: the exact pixels, tile by tile in its own order.

    `tiles` are uint8 [height, width, 3]; `boxes` says where each lies in the picture, `tokens`
    how many tokens stand for the whole.
    """

    size: Size
    tiles: tuple[PixelArray, ...]
    boxes: tuple[Box, ...]
    tokens: int
