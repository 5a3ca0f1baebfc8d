"""Indexing where models that answer fill the device: out of memory, it has them leave it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from vlm_desktop.backends.protocols import ImageTextEncoder
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.types import EncoderSpec

Result = TypeVar("Result")


class RoomMakingEncoder:
    """An `ImageTextEncoder` that asks for room once before it gives up.

    `make_room` frees memory of the device and says whether there was any to free; it may wait for
    an answer that is being written. Threads: as the encoder it wraps, which it does not own.
    """

    def __init__(self, encoder: ImageTextEncoder, make_room: Callable[[], bool]) -> None:
        self._encoder = encoder
        self._make_room = make_room

    @property
    def spec(self) -> EncoderSpec:
        return self._encoder.spec

    @property
    def image_lanes(self) -> int:
        return self._encoder.image_lanes

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        return self._with_room(lambda: self._encoder.encode_images(images))

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        return self._with_room(lambda: self._encoder.encode_texts(texts))

    def close(self) -> None:
        """Nothing: whoever opened the encoder closes it."""

    def _with_room(self, encode: Callable[[], Result]) -> Result:
        try:
            return encode()
        except ModelOutOfMemory:
            if not self._make_room():
                raise
            return encode()
