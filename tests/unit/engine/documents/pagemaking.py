"""Readings of typed lines: each character 10 wide, each line 20 apart and 16 high."""

from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.pagereading import Block, BlockKind, DocumentReading, Line, PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, MediaKind, Size

GAP = "    "
"""Parts of a row that are lines of their own."""


def page(number: int, *rows: str, turns: int = 0, paragraphs: Sequence[range] = ()) -> PageReading:
    """A page of rows; `paragraphs` are rows (without gaps) that form a block of text."""
    words: list[Word] = []
    lines: list[Line] = []
    for row, text in enumerate(rows):
        x = 0.0
        for part in text.split(GAP):
            first, begun = len(words), x
            for word in part.split():
                box = Box(x, 20 * row, x + 10 * len(word), 20 * row + 16)
                words.append(Word(word, box, 0.95))
                x += 10 * len(word) + 10
            if len(words) > first:
                inside = Box(begun, 20 * row, x - 10, 20 * row + 16)
                lines.append(Line(tuple(range(first, len(words))), inside))
            x += 40
    blocks = tuple(
        Block(BlockKind.TEXT, tuple(some), Box(0, 20 * some.start, 900, 20 * some.stop))
        for some in paragraphs
    )
    view = PageView(Size(900, 1200), turns)
    return PageReading(number, view, tuple(words), tuple(lines), blocks)


def document(*pages: PageReading) -> DocumentReading:
    return DocumentReading(Path("a.png"), "", MediaKind.PHOTO, len(pages), pages)
