"""A page's words as lines of text with places, so that labels and values are found quickly.

    PageReading -> PageIndex 1-n TextLine 1-n Token;  PageIndex 1-n row of lines

Everything is in the coordinates of the page's view. Building it is linear in the words but for
sorting; finding what stands left of, right of, above and below a line looks at few rows only.
"""

import bisect
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.types import Box

ROWS_DOWN = 6
"""How many rows are looked through for what stands below or above a line."""
LEAST_SHARED = 0.35
"""Of the smaller height, from which two lines count as beside each other."""
_SHORTEST_CAPITALS = 3
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[#№]")


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters or of digits, folded; `start` and `end` are offsets in its line's text."""

    text: str
    start: int
    end: int


Cut: TypeAlias = Callable[[tuple[Token, ...]], tuple[Token, ...]]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the reading. `starts` are the offsets of its words in `text`.

    `index` is its place in `PageIndex.lines`, `row` the row of the page it stands in.
    """

    index: int
    row: int
    text: str
    words: tuple[int, ...]
    starts: tuple[int, ...]
    box: Box
    tokens: tuple[Token, ...]
    right_to_left: bool = False

    @property
    def height(self) -> float:
        return self.box.y1 - self.box.y0

    @property
    def middle(self) -> float:
        return (self.box.y0 + self.box.y1) / 2


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line's text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class PageIndex:
    """Lines in reading order, rows of lines from top to bottom, each from left to right.

    `body` is the usual height of a line, `box` lies around all text.
    """

    reading: PageReading
    lines: tuple[TextLine, ...]
    rows: tuple[tuple[int, ...], ...]
    body: float
    box: Box
    positions: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """Folded token -> (line, place among its tokens)."""

    def text(self, spans: Sequence[Span]) -> str:
        """Spans as printed, with single spaces between."""
        return " ".join(self.lines[one.line].text[one.start : one.end] for one in spans).strip()

    def words(self, span: Span) -> tuple[int, ...]:
        """Indices into `PageReading.words` of the words a span touches."""
        line = self.lines[span.line]
        first = max(0, bisect.bisect_right(line.starts, span.start) - 1)
        last = bisect.bisect_left(line.starts, max(span.end, span.start + 1))
        return line.words[first:last]

    def box_of(self, span: Span) -> Box:
        """The words' box, cut to the part of them that is meant (characters as of even width)."""
        line = self.lines[span.line]
        boxes = [self.reading.words[word].box for word in self.words(span)]
        found = around(boxes) if boxes else line.box
        if line.right_to_left:
            return found
        return Box(self.x_at(line, span.start), found.y0, self.x_at(line, span.end), found.y1)

    def x_at(self, line: TextLine, offset: int) -> float:
        """Where a character of a line begins, in the view."""
        place = max(0, bisect.bisect_right(line.starts, offset) - 1)
        word = self.reading.words[line.words[place]]
        inside = min(offset - line.starts[place], len(word.text))
        if not word.text or inside <= 0:
            return word.box.x0
        return word.box.x0 + (word.box.x1 - word.box.x0) * inside / len(word.text)

    def confidence(self, span: Span) -> float:
        """The least sure word of a span, 0..1."""
        words = self.words(span)
        return min((self.reading.words[word].confidence for word in words), default=0.0)

    def right_of(self, line: TextLine) -> list[TextLine]:
        """Lines at its height that begin right of it, from left to right."""
        return [other for other in self._beside(line) if other.box.x0 > line.box.x0]

    def left_of(self, line: TextLine) -> list[TextLine]:
        """Lines at its height that begin left of it, the nearest first."""
        return [other for other in self._beside(line) if other.box.x0 <= line.box.x0][::-1]

    def _beside(self, line: TextLine) -> list[TextLine]:
        """Lines of its row, and of the rows next to it that stand half as high, from the left."""
        found = [self.lines[other] for other in self.rows[line.row] if other != line.index]
        for row in (line.row - 1, line.row + 1):
            if 0 <= row < len(self.rows):
                near = (self.lines[other] for other in self.rows[row])
                found += [other for other in near if beside(line.box, other.box)]
        return sorted(found, key=lambda other: other.box.x0)

    def below(self, box: Box, row: int, rows: int = ROWS_DOWN) -> Iterator[TextLine]:
        """Lines of the next rows that share some width with a box, from top to bottom."""
        for other in range(row + 1, min(len(self.rows), row + 1 + rows)):
            yield from self._sharing(box, other)

    def above(self, box: Box, row: int, rows: int = ROWS_DOWN) -> Iterator[TextLine]:
        """Lines of the rows before that share some width with a box, from bottom to top."""
        for other in range(row - 1, max(-1, row - 1 - rows), -1):
            yield from self._sharing(box, other)

    def _sharing(self, box: Box, row: int) -> Iterator[TextLine]:
        for index in self.rows[row]:
            line = self.lines[index]
            if min(line.box.x1, box.x1) - max(line.box.x0, box.x0) > 0.2 * min(
                line.box.x1 - line.box.x0, box.x1 - box.x0
            ):
                yield line


def index_page(reading: PageReading, cut: Cut | None = None) -> PageIndex:
    """Everything that finding labels and values needs to know of a page.

    `cut` may part tokens whose spaces the reader lost.
    """
    boxes = [line.box for line in reading.lines]
    body = statistics.median([box.y1 - box.y0 for box in boxes]) if boxes else 1.0
    rows = _rows(boxes)
    row_of = {line: row for row, members in enumerate(rows) for line in members}
    lines = tuple(_text_line(reading, place, row_of[place], cut) for place in range(len(boxes)))
    positions: dict[str, list[tuple[int, int]]] = {}
    for line in lines:
        for place, token in enumerate(line.tokens):
            positions.setdefault(token.text, []).append((line.index, place))
    box = around(boxes) if boxes else Box(0, 0, 1, 1)
    return PageIndex(reading, lines, rows, max(body, 1e-6), box, positions)


def _text_line(reading: PageReading, place: int, row: int, cut: Cut | None) -> TextLine:
    line = reading.lines[place]
    starts, parts, length = [], [], 0
    for word in line.words:
        starts.append(length)
        parts.append(reading.words[word].text)
        length += len(parts[-1]) + 1
    text = " ".join(parts)
    boxes = [reading.words[word].box for word in line.words]
    backwards = len(boxes) > 1 and boxes[0].x0 > boxes[-1].x0
    tokens = tokens_of(text)
    return TextLine(
        index=place,
        row=row,
        text=text,
        words=line.words,
        starts=tuple(starts),
        box=line.box,
        tokens=cut(tokens) if cut else tokens,
        right_to_left=backwards,
    )


def _rows(boxes: Sequence[Box]) -> tuple[tuple[int, ...], ...]:
    """Lines that stand beside each other: the middle of each lies within the first of its row."""
    order = sorted(range(len(boxes)), key=lambda one: boxes[one].y0 + boxes[one].y1)
    rows: list[list[int]] = []
    floor = float("-inf")
    for one in order:
        box = boxes[one]
        middle = (box.y0 + box.y1) / 2
        if middle > floor or not rows:
            rows.append([])
            floor = box.y1 - 0.25 * (box.y1 - box.y0)
        rows[-1].append(one)
    return tuple(tuple(sorted(row, key=lambda one: boxes[one].x0)) for row in rows)


def beside(one: Box, other: Box) -> bool:
    """Whether two boxes stand at one height, though not exactly, and do not overlap in width."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    smaller = min(one.y1 - one.y0, other.y1 - other.y0)
    apart = other.x0 >= one.x1 - smaller or other.x1 <= one.x0 + smaller
    return apart and shared > LEAST_SHARED * smaller


def tokens_of(text: str) -> tuple[Token, ...]:
    """Runs of letters and of digits, folded; "AdvertiserName" is two."""
    found = []
    for match in _TOKEN.finditer(text):
        run, start = match[0], match.start()
        cut = 0
        for place in range(1, len(run)):
            if run[place].isupper() and (
                run[place - 1].islower() or _ends_capitals(run, cut, place)
            ):
                found.append(Token(fold(run[cut:place]), start + cut, start + place))
                cut = place
        found.append(Token(fold(run[cut:]), start + cut, match.end()))
    return tuple(found)


def _ends_capitals(run: str, cut: int, place: int) -> bool:
    """Whether a word in capitals ends where one with a capital begins: "DATEMarch"."""
    return (
        place - cut >= _SHORTEST_CAPITALS
        and run[cut:place].isupper()
        and run[place + 1 : place + 2].islower()
    )


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents, as many characters as before."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_one(character) for character in text)


def _fold_one(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else character
