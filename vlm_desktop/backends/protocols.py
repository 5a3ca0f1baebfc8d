"""The contracts a backend fulfils. Engine code knows these and nothing behind them."""

from collections.abc import Sequence
from typing import Protocol

from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.types import EncoderSpec, OcrLine


class ImageTextEncoder(Protocol):
    """A dual encoder: pictures and sentences into one embedding space.

    Not thread-safe; one thread uses an encoder at a time. Rows come back in the order of the
    input, float32 and of unit length. An empty input gives an array of shape [0, dimension].
    Raises `ModelOutOfMemory` when even one item does not fit; smaller shortages are met by
    halving the batch.
    """

    @property
    def spec(self) -> EncoderSpec: ...

    @property
    def image_lanes(self) -> int:
        """How many threads may call `encode_images` at once, after a first call; mostly 1."""
        ...

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        """Pictures of any size -> [n, dimension]."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        """Sentences -> [n, dimension]. Longer ones are cut at the context length."""
        ...

    def close(self) -> None:
        """Free the networks. The encoder cannot be used afterwards."""
        ...


class TextReader(Protocol):
    """Reads the text in a picture (OCR). Not thread-safe."""

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        """Lines in reading order, boxes in pixels of `image`."""
        ...

    def close(self) -> None: ...
