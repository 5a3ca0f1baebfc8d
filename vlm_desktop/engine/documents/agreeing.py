"""A page's own text beside what OCR sees: whether it can be believed, and word by word.

Sane pages are only sampled: a few lines are read at the places the layer names. All boxes here
are in the coordinates of the view.
"""

import statistics
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Line, TextSource, Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.lines import overlap

SAMPLE = 5
"""Lines of a sane layer that are read again."""
BELIEVED = 0.85
"""Mean likeness of the sample from which the layer is used as it is."""
REFUSED = 0.5
"""Below this the layer says something else than the page shows."""
_LEAST_LETTERS = 6
_LONGEST = 60
DISPUTED_CONFIDENCE = 0.5
_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-",
     "−": "-", "‐": "-", "‑": "-", "·": ".", "•": ".", "…": "...", "，": ",", "：": ":",
     "（": "(", "）": ")"}
)  # fmt: skip


def sample_of(words: Sequence[Word], lines: Sequence[Line]) -> list[Line]:
    """A few lines spread over the page, of scripts that the reader knows and no small print."""
    fit = [
        line
        for line in lines
        if _LEAST_LETTERS <= len(text := _text(line.words, words)) <= _LONGEST
        and _is_readable(text)
    ]
    if len(fit) <= SAMPLE:
        return fit
    usual = statistics.median(line.box.y1 - line.box.y0 for line in fit)
    fit = [line for line in fit if line.box.y1 - line.box.y0 >= 0.9 * usual]
    by_place = sorted(fit, key=lambda line: (line.box.y0, line.box.x0))
    return [by_place[k * (len(fit) - 1) // (SAMPLE - 1)] for k in range(SAMPLE)]


def likeness(lines: Sequence[Line], read: Sequence[str], words: Sequence[Word]) -> float:
    """How alike the layer's lines and what was read there are on average, 0..1."""
    if not lines:
        return 1.0
    ratios = [
        fuzz.ratio(fold(_text(line.words, words)), fold(text)) / 100
        for line, text in zip(lines, read, strict=True)
    ]
    return sum(ratios) / len(ratios)


def _is_readable(text: str) -> bool:
    """Whether all letters belong to scripts that the reader knows (Latin, Han, kana)."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(
        unicodedata.name(c, "").startswith(("LATIN", "CJK", "HIRAGANA", "KATAKANA"))
        for c in letters
    )


def compared(words: Sequence[Word], line: Sequence[int], read: str) -> dict[int, Word]:
    """The layer's words of one line, each marked by what OCR read in its place."""
    theirs = [_plain(words[i].text) for i in line]
    ours = _plain(read)
    joined = "".join(theirs)
    if not ours:
        return {}
    starts = _places_in(joined, ours)
    marked = {}
    at = 0
    for i, text in zip(line, theirs, strict=True):
        other = ours[starts[at] : starts[at + len(text)]]
        at += len(text)
        if other.casefold() == text.casefold():
            marked[i] = replace(words[i], source=TextSource.BOTH)
        else:
            marked[i] = replace(
                words[i],
                source=TextSource.DISPUTED,
                other=other,
                confidence=DISPUTED_CONFIDENCE,
            )
    return marked


def _places_in(theirs: str, ours: str) -> list[int]:
    """For each place between characters of one text, the like place in the other."""
    places = [0] * (len(theirs) + 1)
    for op in Levenshtein.opcodes(theirs, ours):
        before, after = op.src_end - op.src_start, op.dest_end - op.dest_start
        for k in range(before + 1):
            share = after if before == 0 else round(k * after / before)
            places[op.src_start + k] = op.dest_start + share
    # What was added before the first character belongs to the first word.
    places[0], places[-1] = 0, len(ours)
    return places


def merged(
    layer: Sequence[Word], ocr: Sequence[Word], ocr_lines: Sequence[Sequence[int]]
) -> tuple[tuple[Word, ...], bool]:
    """Both texts of a page as one, and whether they differ anywhere.

    The layer's words stand, marked as agreed or disputed; what only OCR saw is added.
    `ocr_lines` are the words of each line that OCR found. n log n.
    """
    order = sorted(range(len(layer)), key=lambda i: _middle(layer[i].box))
    heights = [_middle(layer[i].box) for i in order]
    words = list(layer)
    added: list[Word] = []
    taken: set[int] = set()
    for line in ocr_lines:
        box = around([ocr[i].box for i in line])
        first, last = bisect_left(heights, box.y0), bisect_left(heights, box.y1)
        inside = [
            i
            for i in order[first:last]
            if i not in taken
            and box.x0 <= (layer[i].box.x0 + layer[i].box.x1) / 2 <= box.x1
            and overlap(layer[i].box, box) >= 0.5
        ]
        if not inside:
            added += [ocr[i] for i in line]
            continue
        taken.update(inside)
        inside.sort(key=lambda i: layer[i].box.x0)
        covered = [i for i in line if any(_meets(ocr[i].box, layer[k].box) for k in inside)]
        added += [ocr[i] for i in line if i not in set(covered)]
        for i, word in compared(layer, inside, _text(covered, ocr)).items():
            words[i] = word
    disputed = any(word.source is TextSource.DISPUTED for word in words)
    return (*words, *added), disputed


def fold(text: str) -> str:
    """Without spaces, letter case and the differences between look-alike quotes and dashes."""
    return _plain(text).casefold()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text.translate(_SAME)).split())


def _text(indices: Sequence[int], words: Sequence[Word]) -> str:
    return " ".join(words[i].text for i in indices)


def _meets(one: Box, other: Box) -> bool:
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared > 0.3 * min(one.x1 - one.x0, other.x1 - other.x0)


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2
