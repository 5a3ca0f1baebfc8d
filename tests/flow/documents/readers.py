"""Readers of text for tests that need no network."""

from collections.abc import Sequence

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.ocrtext import Quad, ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.types import Box, OcrLine


class FixedReader:
    """Sees the same words at the same pixels of every picture; without words it is blind."""

    def __init__(self, *words: tuple[str, Box]) -> None:
        self._words = words
        self.pictures = 0

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        return tuple(OcrLine(text, box, 0.9) for text, box in self._words)

    def read_words(self, image: PixelArray) -> ReadPicture:
        self.pictures += 1
        return ReadPicture(0, tuple(_line(text, box) for text, box in self._words))

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        return tuple(ReadLine(_quad(box), ()) for box in boxes)

    def close(self) -> None:
        pass


def _line(text: str, box: Box) -> ReadLine:
    word = ReadWord(text, _quad(box), 0.9, (0.9,) * len(text))
    return ReadLine(word.quad, (word,))


def _quad(box: Box) -> Quad:
    return ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
