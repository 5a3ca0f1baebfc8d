"""What a correction teaches: the place of a value among the words beside it.

A place is told by anchors, words that stay from document to document, with the offset of the value
from each in heights of text. So it moves with its label, whatever stands between it and the top of
the page. Learning is here, finding the place again in `recalling`.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import hypot
from typing import Any

from vlm_desktop.base.boxes import around
from vlm_desktop.base.pagereading import Line, PageReading
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.layouts import folded, text_height

PLACE = "place"
ABSENT = "absent"
COLUMN = "column"

_MOST_ANCHORS = 8
_LEAST_LETTERS = 3
_LEAST_GAP, _WIDER, _MOST_GAP = 1.2, 1.3, 4.0
_VALUES_ARE_FAR = 4.0
"""Words of other values are anchors, too, but only where nothing steadier is near."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A word, and where the value's first line lies from it, in heights of text.

    From the anchor's left edge to the value's left and right edges; from middle to middle.
    """

    text: str
    left: float
    right: float
    down: float

    @property
    def distance(self) -> float:
        return hypot(min(abs(self.left), abs(self.right)), 2 * self.down)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands. `kind` ABSENT: what stands there is not the field's value.

    `from_end` counts the page from the last one (0) where the document has several, `page` from
    the first (1). `before` and `after` are the words beside it in its line, "" where it begins or
    ends the line; `below` begins the line under its last. `gap` is the widest space within its
    first line, in heights of text. `raw` was read there and `said` typed instead, where they
    differ; `day_first` is how a person read an ambiguous date.
    """

    kind: str
    page: int
    from_end: int
    anchors: tuple[Anchor, ...]
    lines: int = 1
    before: str = ""
    after: str = ""
    below: str = ""
    gap: float = 0.0
    raw: str = ""
    said: str = ""
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Which column of a table holds a member: by the words of its head, and as the n-th of m."""

    head: str
    number: int
    of: int
    kind: str = COLUMN


def encode_lesson(lesson: Place | Column) -> str:
    return json.dumps(asdict(lesson), ensure_ascii=True)


def decode_lesson(stored: str) -> Place | Column:
    said: dict[str, Any] = json.loads(stored)
    if said["kind"] == COLUMN:
        return Column(**said)
    anchors = tuple(Anchor(**one) for one in said.pop("anchors"))
    return Place(**said, anchors=anchors)


def place_of(
    kind: str,
    page: PageReading,
    words: Sequence[int],
    page_count: int,
    others: Collection[int] = (),
) -> Place | None:
    """The place of words on a page; `others` are words that other values are made of.

    None where nothing is near that could be found again.
    """
    lines = _lines_of(page, words)
    if not lines:
        return None
    first = around([page.words[at].box for at in lines[0]])
    anchors = _anchors(page, first, set(words), set(others))
    if not anchors:
        return None
    gap = _gap(page, lines[0])
    before, after = _beside(page, lines[0], gap)
    return Place(
        kind,
        page.number,
        max(page_count - page.number, 0),
        anchors,
        len(lines),
        before,
        after if len(lines) == 1 else "",
        _below(page, lines[-1], words),
        round(gap, 3),
    )


def joined(page: PageReading, lines: Iterable[Line], gap: float) -> list[list[int]]:
    """Lines at one height, as words, with those put together that readers cut apart at a space.

    `gap` is the widest space within a text, in heights of text.
    """
    limit = min(max(_LEAST_GAP, _WIDER * gap), _MOST_GAP) * text_height(page)
    found: list[list[int]] = []
    right = 0.0
    for line in sorted(lines, key=lambda one: one.box.x0):
        if not line.words:
            continue
        if found and line.box.x0 - right <= limit:
            found[-1] += line.words
            right = max(right, line.box.x1)
        else:
            found.append(list(line.words))
            right = line.box.x1
    return found


def at_height(page: PageReading, middle: float) -> list[Line]:
    """Lines that a height of the page goes through, or nearly."""
    slack = 0.3 * text_height(page)
    return [one for one in page.lines if one.box.y0 - slack <= middle <= one.box.y1 + slack]


def _lines_of(page: PageReading, words: Sequence[int]) -> list[list[int]]:
    """The words, line by line, from top to bottom."""
    wanted = {at for at in words if 0 <= at < len(page.words)}
    found = [[at for at in line.words if at in wanted] for line in page.lines]
    kept = [line for line in found if line]
    loose = wanted - {at for line in kept for at in line}
    kept += [[at] for at in sorted(loose)]
    # Parts of one line of text that were cut apart stand beside each other.
    kept.sort(key=lambda line: page.words[line[0]].box.y0)
    joined: list[list[int]] = []
    for line in kept:
        if joined and _beside_each_other(page, joined[-1], line):
            joined[-1] = sorted(joined[-1] + line, key=lambda at: page.words[at].box.x0)
        else:
            joined.append(line)
    return joined


def _beside_each_other(page: PageReading, one: list[int], other: list[int]) -> bool:
    first = around([page.words[at].box for at in one])
    second = around([page.words[at].box for at in other])
    shared = min(first.y1, second.y1) - max(first.y0, second.y0)
    return shared > 0.5 * min(first.y1 - first.y0, second.y1 - second.y0)


def _anchors(page: PageReading, value: Box, own: set[int], others: set[int]) -> tuple[Anchor, ...]:
    height = text_height(page)
    middle = (value.y0 + value.y1) / 2
    ranked = []
    for at, word in enumerate(page.words):
        name = folded(word.text)
        if len(name) < _LEAST_LETTERS:
            continue
        anchor = Anchor(
            name,
            (value.x0 - word.box.x0) / height,
            (value.x1 - word.box.x0) / height,
            (middle - (word.box.y0 + word.box.y1) / 2) / height,
        )
        # Its own words stay, too, where the value is the same each time, as a vendor's name.
        far = anchor.distance * (_VALUES_ARE_FAR if at in others and at not in own else 1.0)
        ranked.append((far, at, anchor))
    ranked.sort(key=lambda one: one[:2])
    mine = [anchor for _, at, anchor in ranked if at in own][:2]
    rest = [anchor for _, at, anchor in ranked if at not in own]
    return (*rest[: _MOST_ANCHORS - len(mine)], *mine) if rest else ()


def _gap(page: PageReading, line: list[int]) -> float:
    """The widest space between words of a line, in heights of text."""
    boxes = [page.words[at].box for at in line]
    wide = [two.x0 - one.x1 for one, two in pairwise(boxes)]
    return max([0.0, *wide]) / text_height(page)


def _beside(page: PageReading, line: list[int], gap: float) -> tuple[str, str]:
    """The words before and after, in the line as the page has it."""
    box = around([page.words[at].box for at in line])
    own = set(line)
    for whole in joined(page, at_height(page, (box.y0 + box.y1) / 2), gap):
        inside = [number for number, at in enumerate(whole) if at in own]
        if inside:
            first, last = inside[0], inside[-1]
            before = folded(page.words[whole[first - 1]].text) if first > 0 else ""
            after = folded(page.words[whole[last + 1]].text) if last + 1 < len(whole) else ""
            return before, after
    return "", ""


def _below(page: PageReading, line: list[int], words: Sequence[int]) -> str:
    """What begins the next line under the last, where that is near."""
    box, own = around([page.words[at].box for at in line]), set(words)
    height = box.y1 - box.y0
    under = [
        one
        for one in page.lines
        if box.y1 - 0.3 * height <= one.box.y0 <= box.y1 + 1.5 * height
        and min(one.box.x1, box.x1) > max(one.box.x0, box.x0)
        and not own & set(one.words)
    ]
    if not under:
        return ""
    return folded(page.words[min(under, key=lambda one: one.box.y0).words[0]].text)
