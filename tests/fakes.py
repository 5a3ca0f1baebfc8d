"""Small stand-ins for what a test does not want to wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.errors import ModelUnknown
from vlm_desktop.base.types import Box, EncoderSpec, OcrLine
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

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class FakeRegistry:
    """One encoder and one reader, whatever is asked for."""

    encoder: ColourEncoder
    reader: SignReader

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
