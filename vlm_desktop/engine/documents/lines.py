"""Words into lines: neighbours on one height without a wide gap. A table row gives its cells."""

import statistics
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Line, Word
from vlm_desktop.base.types import Box

LEAST_OVERLAP = 0.5
"""Share of the smaller height by which neighbours on one line overlap."""
_MOST_GAP = 1.8
"""Heights between two words of one line at most, before letters are looked at."""
_CELL_GAP = 1.9
"""A gap of so many letters ends a line: in letters of one width, a space is 1.3 of them wide."""
_SENTENCE_GAP = 3.0
"""Typists put two spaces after a sentence."""
_ODD_GAP = 1.2
_ODD_RATIO = 2.5
"""So does one of `_ODD_GAP` letters that is so many times the line's typical gap."""
_LOOK_AHEAD = 12
"""Words looked at in each band for a right neighbour."""
_MOST_BANDS = 24
_TALL = 1.6
"""A word of several letters this much taller than wide runs up or down."""


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Lines over all words, each word in one of them, in no particular order. n log n."""
    flat = [i for i, word in enumerate(words) if not runs_upright(word)]
    boxes = [words[i].box for i in flat]
    chains = [[flat[k] for k in chain] for chain in chains_of(boxes, _MOST_GAP)]
    pieces = [piece for chain in chains for piece in _without_wide_gaps(chain, words)]
    standing = [i for i, word in enumerate(words) if runs_upright(word)]
    pieces += _standing_lines(standing, words)
    return [
        Line(tuple(_as_read(piece, words)), around(words[i].box for i in piece)) for piece in pieces
    ]


def chains_of(boxes: Sequence[Box], most_gap: float) -> list[list[int]]:
    """Boxes strung from left to right along one height, at gaps of up to `most_gap` heights.

    Each box takes as its neighbour the nearest one to its right that it overlaps, unless that
    one has a nearer neighbour to its left.
    """
    if not boxes:
        return []
    band = max(1e-6, statistics.median(box.y1 - box.y0 for box in boxes))
    by_x = sorted(range(len(boxes)), key=lambda i: boxes[i].x0)
    bands: dict[int, list[tuple[float, int]]] = {}
    for i in by_x:
        for number in _bands(boxes[i], band):
            bands.setdefault(number, []).append((boxes[i].x0, i))
    right_of: dict[int, int] = {}
    left_of: dict[int, tuple[float, int]] = {}
    for i in by_x:
        found = _right_neighbour(i, boxes, bands, band, most_gap)
        if found is None:
            continue
        gap, j = found
        rival = left_of.get(j)
        if rival is not None and rival[0] <= gap:
            continue
        if rival is not None:
            del right_of[rival[1]]
        left_of[j] = (gap, i)
        right_of[i] = j
    chains = []
    for i in by_x:
        if i in left_of:
            continue
        chain = [i]
        while (following := right_of.get(chain[-1])) is not None:
            chain.append(following)
        chains.append(chain)
    return chains


def _bands(box: Box, band: float) -> range:
    """The bands that the middle part of a box touches, at most `_MOST_BANDS` about its middle."""
    inset = (box.y1 - box.y0) / 4
    first, last = int((box.y0 + inset) // band), int((box.y1 - inset) // band)
    if last - first >= _MOST_BANDS:
        first = (first + last - _MOST_BANDS) // 2
        last = first + _MOST_BANDS
    return range(first, last + 1)


def _right_neighbour(
    i: int,
    boxes: Sequence[Box],
    bands: dict[int, list[tuple[float, int]]],
    band: float,
    most_gap: float,
) -> tuple[float, int] | None:
    box = boxes[i]
    best: tuple[float, int] | None = None
    for number in _bands(box, band):
        entries = bands[number]
        start = bisect_right(entries, (box.x0, i))
        for x0, j in entries[start : start + _LOOK_AHEAD]:
            other = boxes[j]
            gap = x0 - box.x1
            height = max(box.y1 - box.y0, other.y1 - other.y0, band)
            if gap > most_gap * height or (best is not None and gap >= best[0]):
                break
            if overlap(box, other) >= LEAST_OVERLAP and gap > -0.5 * min(
                height, other.x1 - other.x0
            ):
                best = gap, j
                break
    return best


def overlap(one: Box, other: Box) -> float:
    """By what share of the smaller height two boxes stand side by side."""
    smaller = min(one.y1 - one.y0, other.y1 - other.y0)
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared / smaller if smaller > 0 else 0.0


def _without_wide_gaps(chain: Sequence[int], words: Sequence[Word]) -> Iterable[list[int]]:
    """Cut a line where a gap is wide for its letters, or much wider than its other gaps."""
    gaps = [words[b].box.x0 - words[a].box.x1 for a, b in zip(chain[:-1], chain[1:], strict=True)]
    width = sum(words[i].box.x1 - words[i].box.x0 for i in chain)
    letter = width / sum(len(words[i].text) for i in chain)
    limit = _CELL_GAP * letter
    if len(gaps) >= 3:
        odd = max(_ODD_GAP * letter, _ODD_RATIO * statistics.median(gaps))
        limit = min(limit, odd)
    piece = [chain[0]]
    for gap, word in zip(gaps, chain[1:], strict=True):
        ends = words[piece[-1]].text.endswith((".", "?", "!"))
        if gap > (_SENTENCE_GAP * letter if ends else limit):
            yield piece
            piece = []
        piece.append(word)
    yield piece


def runs_upright(word: Word) -> bool:
    """Whether a word runs up or down the page rather than across."""
    width, height = word.box.x1 - word.box.x0, word.box.y1 - word.box.y0
    return len(word.text) > 2 and height > _TALL * width


def _standing_lines(standing: Sequence[int], words: Sequence[Word]) -> list[list[int]]:
    """Words that run up or down, strung along the page's height in the order they came in."""
    turned = [
        Box(words[i].box.y0, words[i].box.x0, words[i].box.y1, words[i].box.x1) for i in standing
    ]
    return [sorted(standing[k] for k in chain) for chain in chains_of(turned, _MOST_GAP)]


def _as_read(piece: Sequence[int], words: Sequence[Word]) -> list[int]:
    """From left to right; from right to left where most letters belong to such a script."""
    kinds = [unicodedata.bidirectional(c) for i in piece for c in words[i].text]
    backward = sum(kind in ("R", "AL") for kind in kinds)
    forward = sum(kind == "L" for kind in kinds)
    return list(reversed(piece)) if backward > forward else list(piece)
