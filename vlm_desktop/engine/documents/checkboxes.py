"""Boxes to tick: outlines in the picture with or without ink inside, and glyphs in the text."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from vlm_desktop.base.pagereading import Checkbox, Line, TextSource, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawn import Square
from vlm_desktop.engine.documents.lines import overlap

_TICKED = 0.09
"""Dark share of the inside from which a box counts as ticked."""
_SURE = 0.06
"""So far from it, the verdict is rather sure."""
_BLACK = 0.9
_LABEL_GAP = 3.0
"""Heights of the box between it and the first word of its label."""
_WORD_GAP = 1.2
_LOOK = 40
_MOST = 1_000
"""Boxes of one page."""
_EMPTY_GLYPHS = frozenset("☐□▢❏❑◻⬜")
_TICKED_GLYPHS = frozenset("☑☒☓✓✔✗✘▣■⊠🗹🗸")
_READ_AS = frozenset("口回囗ロ日目田")
_READ_ALONE = _READ_AS | frozenset("O0QDCoU")
"""What the reader makes of an outline: ideographs before a word, letters too where it is alone."""
_BRACKETS = re.compile(r"[\[(|]\s*([xX✓✔v*]?)\s*[\])|]")


@dataclass(frozen=True, slots=True)
class _Found:
    box: Box
    checked: bool
    confidence: float
    ink: float
    word: int | None = None


def checkboxes_of(
    words: Sequence[Word], lines: Sequence[Line], squares: Sequence[Square]
) -> tuple[Checkbox, ...]:
    """All boxes with the words of their labels, from the top. n log n."""
    if not squares and not any(_glyph(word.text) is not None for word in words):
        return ()
    order = sorted(range(len(words)), key=lambda i: _middle(words[i].box))
    heights = [_middle(words[i].box) for i in order]
    found = _of_glyphs(words)
    for square in squares:
        near = _beside(square.box, words, order, heights)
        if not any(_is_letter_of(square.box, words[i]) for i in near):
            found.append(_of_square(square))
    found = _without_doubles(found)[:_MOST]
    found.sort(key=lambda one: (one.box.y0, one.box.x0))
    line_of = {word: number for number, line in enumerate(lines) for word in line.words}
    return tuple(
        Checkbox(
            one.box,
            one.checked,
            one.confidence,
            one.ink,
            _label(one, words, _beside(one.box, words, order, heights), found, line_of),
        )
        for one in found
    )


def _glyph(text: str) -> bool | None:
    """Whether a word begins with a ticked box, or an empty one."""
    if text[0] in _TICKED_GLYPHS:
        return True
    if text[0] in _EMPTY_GLYPHS:
        return False
    bracket = _BRACKETS.fullmatch(text)
    return bool(bracket[1]) if bracket else None


def _of_glyphs(words: Sequence[Word]) -> list[_Found]:
    found = []
    for i, word in enumerate(words):
        checked = _glyph(word.text)
        if checked is not None:
            box = word.box
            letters = max(1, len(word.text)) if _BRACKETS.fullmatch(word.text) is None else 1
            side = min(box.x1, box.x0 + (box.x1 - box.x0) / letters)
            box = Box(box.x0, box.y0, side, box.y1)
            found.append(_Found(box, checked, word.confidence, float(checked), i))
    return found


def _of_square(square: Square) -> _Found:
    """What is all black may be a bullet as well as a box that was filled in."""
    away = abs(square.ink - _TICKED) / _SURE
    sure = 0.6 if square.ink > _BLACK else 0.5 + 0.45 * min(1.0, away)
    return _Found(square.box, square.ink >= _TICKED, sure, square.ink)


def _without_doubles(found: Sequence[_Found]) -> list[_Found]:
    """An outline in the picture says more than the glyph that was read at its place."""
    by_place = sorted(found, key=lambda one: (one.box.x0, one.word is not None))
    kept: list[_Found] = []
    for one in by_place:
        near = (k for k in kept[-8:] if _same_place(one.box, k.box))
        if next(near, None) is None:
            kept.append(one)
    return kept


def _same_place(one: Box, other: Box) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    narrow = min(one.x1 - one.x0, other.x1 - other.x0)
    low = min(one.y1 - one.y0, other.y1 - other.y0)
    return across > 0.4 * narrow and down > 0.4 * low


def _is_letter_of(box: Box, word: Word) -> bool:
    """Whether an outline is a letter of a word, such as D or B, and no box that was read as one."""
    if not _same_place(box, word.box) or _glyph(word.text) is not None:
        return False
    if word.source is TextSource.LAYER:
        return True
    if word.text in _READ_ALONE:
        return False
    first = word.box.x0 + (word.box.x1 - word.box.x0) / len(word.text)
    return word.text[0] not in _READ_AS or (box.x0 + box.x1) / 2 > first


def _beside(
    box: Box, words: Sequence[Word], order: Sequence[int], heights: Sequence[float]
) -> list[int]:
    """Words at the height of a box, nearest height first, a bounded number."""
    middle = _middle(box)
    reach = 0.8 * (box.y1 - box.y0)
    first = bisect_left(heights, middle - reach)
    last = bisect_left(heights, middle + reach)
    if last - first > 4 * _LOOK:
        centre = bisect_left(heights, middle)
        first, last = max(first, centre - 2 * _LOOK), min(last, centre + 2 * _LOOK)
    return [i for i in order[first:last] if overlap(box, words[i].box) >= 0.4]


def _label(
    one: _Found,
    words: Sequence[Word],
    near: Sequence[int],
    found: Sequence[_Found],
    line_of: dict[int, int],
) -> tuple[int, ...]:
    """The words to the right up to the next box or a wide gap, else those to the left."""
    height = one.box.y1 - one.box.y0
    near = [i for i in near if i != one.word and not _is_reading_of(words[i], one.box)]
    right = sorted((i for i in near if words[i].box.x1 > one.box.x1), key=lambda i: words[i].box.x0)
    if one.word is not None and len(words[one.word].text) > 1 and _glyph_is_glued(words[one.word]):
        right = [one.word, *(i for i in right if i != one.word)]
    rivals = [k.box.x0 for k in found if k is not one and overlap(k.box, one.box) >= 0.4]
    limit = min((x for x in rivals if x > one.box.x0), default=float("inf"))
    label = _run(right, words, one.box.x1, limit, height)
    if label:
        return label
    left = sorted(
        (i for i in near if words[i].box.x1 <= one.box.x0 + height / 2),
        key=lambda i: -words[i].box.x1,
    )
    if not left or one.box.x0 - words[left[0]].box.x1 > _LABEL_GAP * height:
        return ()
    line = line_of.get(left[0])
    return tuple(reversed([i for i in left if line_of.get(i) == line]))


def _is_reading_of(word: Word, box: Box) -> bool:
    """Whether a word is nothing but what was read of the box itself."""
    alone = len(word.text) == 1 and (word.text in _READ_ALONE or _glyph(word.text) is not None)
    return alone and _same_place(box, word.box)


def _glyph_is_glued(word: Word) -> bool:
    return _BRACKETS.fullmatch(word.text) is None


def _run(
    right: Sequence[int], words: Sequence[Word], start: float, limit: float, height: float
) -> tuple[int, ...]:
    label: list[int] = []
    reach = start
    for i in right:
        box = words[i].box
        gap = _WORD_GAP * (box.y1 - box.y0) if label else _LABEL_GAP * height
        if box.x0 - reach > gap or box.x0 >= limit:
            break
        label.append(i)
        reach = box.x1
    return tuple(label)


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2
