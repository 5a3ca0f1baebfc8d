"""Words that look like a label and words that look like its value, by place and punctuation."""

import re
import statistics
from collections.abc import Iterator, Sequence

from vlm_desktop.base.pagereading import KeyValue, Line, Word
from vlm_desktop.engine.documents.lines import LEAST_OVERLAP, overlap
from vlm_desktop.engine.documents.tables import rows_of

_MOST_PAIRS = 4_000
_LONGEST_LABEL = 8
"""Words of a label."""
_BELOW = 1.6
"""Heights of a line down to which a value is looked for under its label."""
_LEADER = re.compile(r"[.·…_\-–—=]{3,}|[:：]")
_LEADING = re.compile(r"[.·…_]{3,}$")
_COLONS = (":", "：")
_COLON, _SAME_ROW, _UNDER = 0.5, 0.3, 0.15
_DIGITS, _NEAR, _FAR = 0.15, 0.1, -0.1


def pairs_of(words: Sequence[Word], lines: Sequence[Line]) -> tuple[KeyValue, ...]:
    """Candidates, the best first. n log n: every line looks right and down once."""
    if not lines:
        return ()
    rows = rows_of(lines)
    found = [pair for line in lines for pair in _within(line, words)]
    whole = [_stripped(line.words, words) for line in lines]
    under = _lines_under(lines, rows)
    for row in rows:
        for left, right in zip(row[:-1], row[1:], strict=True):
            found += _across(left, right, lines, whole, words)
    for above, below in under.items():
        found += _down(above, below, lines, whole, words)
    paired = {pair.key for pair in found}
    found += [
        KeyValue(key, (), 0.1)
        for key in whole
        if key and _ends_in_colon(words[key[-1]].text) and key not in paired
    ]
    found.sort(key=lambda pair: (-pair.score, pair.key))
    return tuple(found[:_MOST_PAIRS])


def _within(line: Line, words: Sequence[Word]) -> Iterator[KeyValue]:
    """ "Label: value" in one line, also several of them, and "Label ..... value"."""
    indices = line.words
    cuts = [
        k
        for k, i in enumerate(indices[:-1])
        if _ends_in_colon(words[i].text) or _LEADING.search(words[i].text)
    ]
    for number, cut in enumerate(cuts):
        start = cuts[number - 1] + 1 if number else 0
        end = cuts[number + 1] + 1 if number + 1 < len(cuts) else len(indices)
        key = _stripped(indices[max(start, cut + 1 - _LONGEST_LABEL) : cut + 1], words)
        if number + 1 < len(cuts):
            # The next label ends the value; its first word is unknown, so the last one is taken.
            end = cuts[number + 1]
        value = _stripped(indices[cut + 1 : end], words)
        if key and value and _is_label(key, words):
            yield KeyValue(key, value, _COLON + _SAME_ROW + _value_score(value, words))


def _across(
    left: int,
    right: int,
    lines: Sequence[Line],
    whole: Sequence[tuple[int, ...]],
    words: Sequence[Word],
) -> Iterator[KeyValue]:
    """A label and the next text beside it, however far."""
    key, value = whole[left], whole[right]
    if not key or not value or not _is_label(key, words):
        return
    height = lines[left].box.y1 - lines[left].box.y0
    gap = lines[right].box.x0 - lines[left].box.x1
    score = _SAME_ROW + _value_score(value, words)
    score += _COLON if _ends_in_colon(words[key[-1]].text) else 0.0
    score += _NEAR if gap < 6 * height else _FAR
    score -= _COLON if _ends_in_colon(words[value[-1]].text) else 0.0
    yield KeyValue(key, value, score)


def _down(
    above: int,
    below: int,
    lines: Sequence[Line],
    whole: Sequence[tuple[int, ...]],
    words: Sequence[Word],
) -> Iterator[KeyValue]:
    """A label and the text right under it."""
    key, value = whole[above], whole[below]
    if not key or not value or not _is_label(key, words):
        return
    score = _UNDER + _value_score(value, words)
    score += _COLON if _ends_in_colon(words[key[-1]].text) else 0.0
    score -= _COLON if _ends_in_colon(words[value[-1]].text) else 0.0
    yield KeyValue(key, value, score)


def _lines_under(lines: Sequence[Line], rows: Sequence[Sequence[int]]) -> dict[int, int]:
    """The line of the next row that stands under each, its left sides or middles aligned."""
    under: dict[int, int] = {}
    for row, following in zip(rows[:-1], rows[1:], strict=True):
        candidates = list(following)
        k = 0
        for i in row:
            box = lines[i].box
            height = box.y1 - box.y0
            while k < len(candidates) and lines[candidates[k]].box.x1 < box.x0:
                k += 1
            for j in candidates[k : k + 3]:
                other = lines[j].box
                if other.x0 > box.x1 or other.y0 - box.y1 > _BELOW * height:
                    break
                aligned = abs(other.x0 - box.x0) <= 1.5 * height
                middle = abs(other.x0 + other.x1 - box.x0 - box.x1) / 2 <= 1.5 * height
                if (aligned or middle) and overlap(box, other) < LEAST_OVERLAP:
                    under[i] = j
                    break
    return under


def _stripped(indices: Sequence[int], words: Sequence[Word]) -> tuple[int, ...]:
    """Without colons and leaders that stand alone at either end; a lone colon ends a label."""
    start, end = 0, len(indices)
    while start < end and _LEADER.fullmatch(words[indices[start]].text):
        start += 1
    while end - 1 > start and _LEADER.fullmatch(words[indices[end - 1]].text):
        if words[indices[end - 1]].text in _COLONS:
            break
        end -= 1
    return tuple(indices[start:end])


def _is_label(key: Sequence[int], words: Sequence[Word]) -> bool:
    """Few words, more letters than digits."""
    if len(key) > _LONGEST_LABEL:
        return False
    text = "".join(words[i].text for i in key)
    letters = sum(c.isalpha() for c in text)
    return letters >= 2 and letters > sum(c.isdigit() for c in text)


def _ends_in_colon(text: str) -> bool:
    return text.endswith(_COLONS)


def _value_score(value: Sequence[int], words: Sequence[Word]) -> float:
    """Digits are rather a value; so is what the reader was sure of."""
    text = "".join(words[i].text for i in value)
    sure = statistics.fmean(words[i].confidence for i in value)
    digits = any(c.isdigit() for c in text)
    return (_DIGITS if digits else 0.0) + 0.05 * sure
