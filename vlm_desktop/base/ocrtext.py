"""What a reader of text sees in a picture, finer than lines. Importing it does not import numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Quad: TypeAlias = tuple[Point, Point, Point, Point]
"""Corners in pixels of the picture that was given, clockwise as the text is read: the first is
where its first letter begins at the top."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A run of characters between spaces, as high as the ink of its line.

    `characters` has the confidence of each of them. `mended` says that the network dropped the
    space before it and it was put back.
    """

    text: str
    quad: Quad
    confidence: float
    characters: tuple[float, ...]
    mended: bool = False


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line as the reader found it; its words from first to last."""

    quad: Quad
    words: tuple[ReadWord, ...]


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """All lines of a picture in reading order.

    `turns` quarter turns counter-clockwise (`numpy.rot90`) set the picture upright.
    """

    turns: int
    lines: tuple[ReadLine, ...]
