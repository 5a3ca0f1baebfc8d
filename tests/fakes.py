"""Small stand-ins for what a test does not want to wait for."""

import re
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    Message,
    Reply,
    Role,
    SeenImage,
    StopReason,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import (
    AppError,
    ModelOutOfMemory,
    ModelUnknown,
    NothingAsked,
    TooManyPictures,
)
from vlm_desktop.base.ocrtext import ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.types import Box, EncoderSpec, OcrLine, Size
from vlm_desktop.media.pool import DecodePool

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 180, 40),
    "blue": (40, 60, 220),
    "yellow": (235, 220, 40),
    "purple": (140, 40, 160),
    "orange": (245, 140, 30),
}
DIMENSION = 32


class ColourEncoder:
    """Knows colours: a picture's embedding is its mean colour, a text's the colour it names.

    Texts that name no colour get a random direction, so null prompts behave like null prompts.
    """

    def __init__(self, model_id: str = "colours", version: str = "1") -> None:
        self.spec = EncoderSpec(model_id, DIMENSION, version, "fp32", 32, logit_scale=30.0)
        self.image_lanes = 2
        self.pictures = 0
        self.closed = False
        self._basis = np.linalg.qr(np.random.default_rng(5).standard_normal((DIMENSION, 8)))[0]

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        self.pictures += len(images)
        rows = [self._colour(image.reshape(-1, 3).mean(axis=0)) for image in images]
        return np.stack(rows) if rows else np.empty((0, DIMENSION), np.float32)

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        return np.stack([self._text(text) for text in texts])

    def close(self) -> None:
        self.closed = True

    def _text(self, text: str) -> VectorArray:
        for name, colour in COLOURS.items():
            if name in text.lower().split():
                return self._colour(np.array(colour, dtype=np.float64))
        seed = sum((index + 1) * ord(letter) for index, letter in enumerate(text))
        vector = np.random.default_rng(seed).standard_normal(DIMENSION)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def _colour(self, rgb: np.ndarray) -> VectorArray:
        away = rgb / 127.5 - 1.0
        vector = self._basis[:, :3] @ away + 0.05 * self._basis[:, 3]
        return (vector / np.linalg.norm(vector)).astype(np.float32)


class SignReader:
    """Reads the word a test says every picture shows."""

    def __init__(self, word: str = "") -> None:
        self.word = word
        self.pictures = 0

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        self.pictures += 1
        height, width = image.shape[:2]
        return (OcrLine(self.word, Box(0, 0, width, height), 0.9),) if self.word else ()

    def read_words(self, image: PixelArray) -> ReadPicture:
        self.pictures += 1
        height, width = image.shape[:2]
        right, bottom = float(width), float(height)
        quad = ((0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom))
        word = ReadWord(self.word, quad, 0.9, (0.9,) * len(self.word))
        return ReadPicture(0, (ReadLine(quad, (word,)),) if self.word else ())

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        lines = self.read_words(image).lines or (ReadLine(((0.0, 0.0),) * 4, ()),)
        return lines * len(boxes)

    def close(self) -> None:
        """Nothing is held."""


ChatScript = Callable[[Sequence[Message], Sequence[ChatImage], GenerationOptions], str]
"""What is asked -> the answer."""

ALL_CAN = ChatCapabilities(max_images=4, image_budget=(16, 64, 256))
_WORDS = re.compile(r"\S+\s*|\s+")


def say_what_is_asked(
    messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
) -> str:
    """Tells the last question, the colours shown, and, when drawn by chance, the seed."""
    colours = ", ".join(colour_of(image.pixels) for image in images)
    drawn = f" (seed {options.seed})" if options.temperature else ""
    return f"{messages[-1].text.strip()} -> [{colours}]{drawn}"


def colour_of(pixels: PixelArray) -> str:
    """The name of the colour nearest to a picture's mean; "grey" for none of them."""
    mean = pixels.reshape(-1, 3).mean(axis=0)
    away = {name: float(np.abs(mean - rgb).sum()) for name, rgb in COLOURS.items()}
    best = min(away, key=lambda name: away[name])
    return best if away[best] < 90 else "grey"


class FakeChatModel:
    """A `ChatModel` that says what a test wants, a word a token.

    `gate` lets one token out for each `release`: a test decides how far an answer came, without
    sleeping. `fails` raises an error before the token of that number (-1: while loading), once.
    `room` is the number of image tokens that fit into memory; more raises `ModelOutOfMemory`.
    """

    def __init__(
        self,
        model_id: str = "starter",
        say: ChatScript = say_what_is_asked,
        capabilities: ChatCapabilities = ALL_CAN,
        *,
        family: str = "fake",
        revision: str = "1",
        memory: int = 1_000,
        context: int = 2_048,
        gate: threading.Semaphore | None = None,
        fails: tuple[int, AppError] | None = None,
        room: int | None = None,
    ) -> None:
        self.capabilities = capabilities
        self.spec = ChatSpec(
            model_id, family, revision, "cpu", "fp32", "onnx", context, 1_000_000, memory
        )
        self.say = say
        self.gate = gate
        self.fails = fails
        self.room = room
        self.loads = self.unloads = 0
        self.is_loaded = False
        self.asked: list[tuple[tuple[Message, ...], tuple[ChatImage, ...], GenerationOptions]] = []

    def load(self) -> None:
        if self.is_loaded:
            return
        self._fail(-1)
        self.loads += 1
        self.is_loaded = True

    def unload(self) -> None:
        self.unloads += self.is_loaded
        self.is_loaded = False

    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage:
        words = [len(_WORDS.findall(one.text)) for one in messages if one.role is not Role.SYSTEM]
        system = sum(len(_WORDS.findall(one.text)) for one in messages if one.role is Role.SYSTEM)
        shown = sum(len(one.images) for one in messages)
        return TokenUsage(system + 4, sum(words), shown * self._a_picture(options))

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        height, width = image.pixels.shape[:2]
        tile = np.ascontiguousarray(image.pixels[::2, ::2])
        tokens = self._a_picture(options)
        return SeenImage(Size(width, height), (tile,), (Box(0, 0, width, height),), tokens)

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        self.load()
        if not messages[-1].text.strip():
            raise NothingAsked(model=self.spec.model_id)
        most = self.capabilities.max_images
        if len(images) > most:
            raise TooManyPictures(model=self.spec.model_id, given=len(images), limit=most)
        self.asked.append((tuple(messages), tuple(images), options))
        usage = self.usage(messages, images, options)
        if self.room is not None and usage.image > self.room:
            raise ModelOutOfMemory(model=self.spec.model_id, detail="no room for the picture")
        said = ""
        pieces = _WORDS.findall(self.say(messages, images, options))
        for number, piece in enumerate(pieces[: options.max_new_tokens]):
            self._wait(cancel)
            self._fail(number)
            said += piece
            yield Token(piece)
        cut = len(pieces) > options.max_new_tokens
        reply = len(pieces[: options.max_new_tokens])
        return Reply(
            said,
            StopReason.LENGTH if cut else StopReason.END,
            TokenUsage(usage.system, usage.text, usage.image, reply),
            AnswerTiming(0.25, usage.image * 0.01, usage.total * 0.002, reply * 0.1),
        )

    def _wait(self, cancel: CancelToken) -> None:
        while self.gate is not None and not self.gate.acquire(timeout=0.02):
            cancel.raise_if_cancelled()
        cancel.raise_if_cancelled()

    def _fail(self, at: int) -> None:
        if self.fails is not None and self.fails[0] == at:
            error, self.fails = self.fails[1], None
            raise error

    def _a_picture(self, options: GenerationOptions) -> int:
        budgets = self.capabilities.image_budget or (16,)
        wanted = options.max_image_tokens or budgets[-1]
        return max((one for one in budgets if one <= wanted), default=budgets[0])


@dataclass(frozen=True)
class FakeCard:
    """As much of a `ModelCard` as the engine asks of one that answers."""

    id: str
    name: str
    path: Path | None = Path("models")
    size_bytes: int = 1_000
    tasks: tuple[str, ...] = ("chat",)
    chat_family: str = "fake"
    state: str = "installed"

    @property
    def converses(self) -> bool:
        return bool(self.chat_family)


@dataclass
class FakeRegistry:
    """One encoder, one reader and the chat models given, whatever is asked for."""

    encoder: ColourEncoder
    reader: SignReader
    chats: dict[str, FakeChatModel] = field(default_factory=dict)

    def open_chat(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> FakeChatModel:
        del provider, threads
        if model_id not in self.chats:
            raise ModelUnknown(model=model_id, known=", ".join(self.chats))
        return self.chats[model_id]

    def cards(self) -> list[FakeCard]:
        return [
            FakeCard(model.spec.model_id, model.spec.model_id, size_bytes=model.spec.memory_bytes)
            for model in self.chats.values()
        ]

    def open_encoder(
        self, model_id: str, *, provider: str = "auto", threads: int = 0
    ) -> ColourEncoder:
        del provider, threads
        if model_id != self.encoder.spec.model_id:
            raise ModelUnknown(model=model_id, known=self.encoder.spec.model_id)
        return self.encoder

    def open_reader(self, *, close_look: bool = False) -> SignReader:
        del close_look
        return self.reader


def make_photo(
    path: Path, colour: str | tuple[int, int, int], size: tuple[int, int] = (96, 64), seed: int = 0
) -> Path:
    """A JPEG of one colour with a little noise, so that no two seeds are the same bytes."""
    rgb = COLOURS[colour] if isinstance(colour, str) else colour
    random = np.random.default_rng(seed)
    pixels = np.clip(np.array(rgb) + random.normal(0, 6, (size[1], size[0], 3)), 0, 255).astype(
        np.uint8
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=92)
    return path


class SharedPool:
    """The session's pool as the engine wants it: a context it enters and leaves."""

    def __init__(self, pool: DecodePool) -> None:
        self._pool = pool

    def __enter__(self) -> DecodePool:
        return self._pool

    def __exit__(self, *_: object) -> None:
        """The pool stays open for the next test."""
