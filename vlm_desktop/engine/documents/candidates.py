"""What on the pages may be a field's value.

Amounts and dates are found by their form wherever they stand; texts and numbers where a label
points: behind it, right of it, below it, above it, over one line or several; names and addresses
also as the lines at a document's head. What is right among them is `scorer`'s to say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.amountvalues import amount_readings, amount_spans
from vlm_desktop.engine.documents.datevalues import date_spans
from vlm_desktop.engine.documents.labels import Hit
from vlm_desktop.engine.documents.pageindex import PageIndex, Span, TextLine
from vlm_desktop.engine.documents.values import readings_of, spans

MOST_TYPED = 1500
"""Amounts, and dates, of one page that are looked at."""
MOST_POINTED = 120
"""Texts of one field on one page that labels point at."""
_HITS_FOLLOWED = 10
_MOST_OF_ONE = 45
"""Texts that one label points at."""
_LONGEST_VALUE = 14
"""Lines of a value at most."""
_HEAD_STRIPS = 16
_ADDRESS_LINES = 6
_STRIP_GAP = 2.6
"""Heights of a line between pieces of one line of text."""
_RANGE = re.compile(
    r"^\s*(?:-{1,2}|\u2013|\u2014|to|thru|through|until|till|bis|au|al|a|t/?m|tot)\s*$", re.I
)
_HAS_TEXT = re.compile(r"[^\W_]|[\u2610-\u2612\u2713\u2714$%]")
_GLUED_AMOUNT = re.compile(
    r"(?<=[A-Za-z]:)\d[\d.,]*[.,]\d\d(?!\d|[.,:]\d)|(?<=[A-Za-z)]{2})\d[\d.,]*[.,]\d\d(?!\d|[.,:]\d)"
)
_POINTS = (".", ",")
"""What stands before the rest of an amount whose beginning was not read."""
_MARKED_WORD = re.compile(r"\S*\d\S*[.,]\s?\S*\d\S*")
_ID = re.compile(r"(?=\S*\d)[^\s,;:|()]\S*[^\s,;:|().]|\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible value: parts of lines of one page, from top to bottom.

    `page` counts the pages that were read from 0. `form` is what it was found as; `side` is 1 or 2
    for the first and second date of a range, else 0. `likelihood` is how surely it has its form.
    """

    page: int
    spans: tuple[Span, ...]
    raw: str
    box: Box
    form: FieldType
    likelihood: float = 1.0
    value: str = ""
    side: int = 0
    strips: tuple[int, ...] = ()

    @property
    def first(self) -> Span:
        return self.spans[0]


@dataclass(frozen=True)
class Strips:
    """Pieces of lines that read as one line of text, in reading order from the top.

    `below` names for each strip the one that goes on under it, or None.
    """

    lines: tuple[tuple[int, ...], ...]
    boxes: tuple[Box, ...]
    texts: tuple[str, ...]
    below: tuple[int | None, ...]


def typed(page: PageIndex, number: int, locale: DocumentLocale) -> list[Candidate]:
    """Every amount and date of a page, in reading order."""
    found: list[Candidate] = []
    for line in page.lines:
        if len(found) >= 2 * MOST_TYPED:
            break
        if any(character.isdigit() for character in line.text):
            dates = list(_dates(page, number, line, locale))
            taken = [(one.first.start, one.first.end) for one in dates]
            found += dates
            found += _amounts(page, number, line, locale, taken)
    return found


def _dates(
    page: PageIndex, number: int, line: TextLine, locale: DocumentLocale
) -> Iterator[Candidate]:
    spans = list(date_spans(line.text, locale))
    for place, (start, end, readings) in enumerate(spans):
        side = 0
        if place + 1 < len(spans) and _RANGE.match(line.text[end : spans[place + 1][0]]):
            side = 1
        elif place and _RANGE.match(line.text[spans[place - 1][1] : start]):
            side = 2
        value, likelihood = max(readings.items(), key=lambda one: one[1])
        span = Span(line.index, start, end)
        yield _candidate(page, number, (span,), FieldType.DATE, sum(readings.values()), value, side)


def _amounts(
    page: PageIndex,
    number: int,
    line: TextLine,
    locale: DocumentLocale,
    taken: Sequence[tuple[int, int]],
) -> Iterator[Candidate]:
    free = list(taken)
    for start, end in [*amount_spans(line.text), *_odd_words(line)]:
        cut_off = line.text[start] in ".," or line.text[max(0, start - 1) : start] in _POINTS
        if cut_off or any(start < right and end > left for left, right in free):
            continue
        readings, _ = amount_readings(line.text[start:end], locale)
        if readings:
            free.append((start, end))
            value, likelihood = max(readings.items(), key=lambda one: one[1])
            span = Span(line.index, start, end)
            yield _candidate(page, number, (span,), FieldType.AMOUNT, likelihood, value)


def _odd_words(line: TextLine) -> Iterator[tuple[int, int]]:
    """Amounts that touch their label, and words of mostly digits with a misread letter."""
    for match in _MARKED_WORD.finditer(line.text):
        word = match[0].strip("*:;=")
        if sum(sign.isdigit() for sign in word) * 2 >= len(word):
            start = match.start() + match[0].index(word)
            yield start, start + len(word)
    for match in _GLUED_AMOUNT.finditer(line.text):
        yield match.span()


def _candidate(
    page: PageIndex,
    number: int,
    spans: tuple[Span, ...],
    form: FieldType,
    likelihood: float = 1.0,
    value: str = "",
    side: int = 0,
    strips: tuple[int, ...] = (),
) -> Candidate:
    box = around([page.box_of(span) for span in spans])
    return Candidate(number, spans, page.text(spans), box, form, likelihood, value, side, strips)


def pointed(
    page: PageIndex, number: int, hits: Sequence[Hit], claimed: "Claims", form: FieldType
) -> list[Candidate]:
    """Texts that labels point at. `claimed` tells where labels of all fields stand."""
    found: dict[tuple[Span, ...], Candidate] = {}
    for hit in hits[:_HITS_FOLLOWED]:
        for parts in islice(_pointed_at(page, hit, claimed), _MOST_OF_ONE):
            if parts not in found and _HAS_TEXT.search(page.text(parts)):
                found[parts] = _candidate(page, number, parts, FieldType.TEXT)
        if len(found) >= MOST_POINTED:
            break
    texts = list(found.values())[:MOST_POINTED]
    return texts if form is not FieldType.NUMBER else [*texts, *_ids(page, number, texts)]


def _ids(page: PageIndex, number: int, texts: Iterable[Candidate]) -> list[Candidate]:
    """Words with digits within texts: the number itself, where more stands beside it."""
    found: dict[tuple[Span, ...], Candidate] = {}
    for text in texts:
        span = text.first
        line = page.lines[span.line].text
        for match in islice(_ID.finditer(line, span.start, span.end), 3):
            part = (Span(span.line, match.start(), match.end()),)
            if part != text.spans:
                found.setdefault(part, _candidate(page, number, part, FieldType.TEXT))
    return list(found.values())


def formed(
    page: PageIndex, number: int, kind: FieldType, locale: DocumentLocale
) -> list[Candidate]:
    """Numbers that have the form of an IBAN or a tax id, wherever they stand."""
    found: list[Candidate] = []
    for line in page.lines:
        for start, end in spans(line.text, kind, locale):
            readings = readings_of(line.text[start:end], kind, locale)
            if readings and len(found) < MOST_TYPED:
                span = (Span(line.index, start, end),)
                likelihood = readings[0].likelihood
                found.append(_candidate(page, number, span, kind, likelihood, readings[0].value))
    return found


class Claims:
    """Where labels stand on a page, whatever their fields: offsets by line."""

    def __init__(self, hits: Iterable[Hit], least: float = 0.75) -> None:
        self.starts: dict[int, dict[int, float]] = {}
        self.spans: dict[int, list[tuple[int, int, float]]] = {}
        for hit in hits:
            if hit.described or hit.quality < least:
                continue
            for span in hit.spans:
                starts = self.starts.setdefault(span.line, {})
                starts[span.start] = max(hit.quality, starts.get(span.start, 0.0))
                self.spans.setdefault(span.line, []).append((span.start, span.end, hit.quality))

    def begins(self, line: int) -> bool:
        """Whether a label stands at a line's beginning."""
        return any(start <= 2 for start in self.starts.get(line, ()))

    def cut(self, span: Span) -> Span:
        """A span up to the first label within it."""
        inside = [
            start for start in self.starts.get(span.line, ()) if span.start < start < span.end
        ]
        return Span(span.line, span.start, min(inside)) if inside else span

    def overlap(self, spans: Sequence[Span]) -> float:
        """The quality of the best label that covers a good part of some spans."""
        best = 0.0
        for span in spans:
            for start, end, quality in self.spans.get(span.line, ()):
                shared = min(end, span.end) - max(start, span.start)
                if shared > 0.5 * (end - start):
                    best = max(best, quality)
        return best


def _pointed_at(page: PageIndex, hit: Hit, claimed: Claims) -> Iterator[tuple[Span, ...]]:
    last = page.lines[hit.spans[-1].line]
    inline = _inline(last, hit.value_at)
    beside = _beside(page, last, claimed)
    if inline:
        cut = claimed.cut(inline)
        for piece in dict.fromkeys((cut, _before_colon(last, cut), inline)):
            yield from _downward(page, (piece,), hit.box, claimed)
        if beside and cut == inline:
            yield (inline, beside[0])
    for count in sorted({1, 2, len(beside)} & set(range(1, len(beside) + 1))):
        yield from _downward(page, tuple(beside[:count]), hit.box, claimed)
    if len(beside) > 1:
        yield (beside[1],)
    under = list(page.below(hit.box, last.row, rows=4))
    for line in under[:2]:
        row = [_whole(line), *_beside(page, line, claimed)]
        yield from _downward(page, (row[0],), hit.box, claimed)
        if len(row) > 1:
            yield from _downward(page, tuple(row[:2]), hit.box, claimed)
        if len(row) > 2:
            yield tuple(row)
    for line in islice(page.above(hit.box, page.lines[hit.spans[0].line].row, rows=2), 1):
        yield (_whole(line),)
    left = page.left_of(page.lines[hit.spans[0].line])[:1]
    if left and left[0].box.x1 - left[0].box.x0 < 4 * page.body:
        yield (_whole(left[0]),)


def _inline(line: TextLine, at: int) -> Span | None:
    end = len(line.text.rstrip())
    return Span(line.index, at, end) if at < end and line.text[at:end].strip(" _.-:") else None


def _before_colon(line: TextLine, span: Span) -> Span:
    """A span up to the word that a colon makes a label, where there is one."""
    text = line.text[span.start : span.end]
    match = re.search(r"\s([^\W\d_][\w.#/]*\s?[:\uff1a])(?:\s|$)", text)
    return Span(span.line, span.start, span.start + match.start()) if match else span


def _whole(line: TextLine) -> Span:
    return Span(line.index, 0, len(line.text))


def _beside(page: PageIndex, line: TextLine, claimed: Claims) -> list[Span]:
    """Pieces right of a line up to the next label."""
    found: list[Span] = []
    for other in page.right_of(line)[:_LONGEST_VALUE]:
        if claimed.begins(other.index):
            break
        cut = claimed.cut(_whole(other))
        found.append(cut)
        if cut != _whole(other):
            break
    return found


def _downward(
    page: PageIndex, base: tuple[Span, ...], label: Box, claimed: Claims
) -> Iterator[tuple[Span, ...]]:
    """A value, and the same with the lines that may go on below it."""
    yield base
    box = around([page.box_of(span) for span in base])
    spans = base
    row = page.lines[base[-1].line].row
    bottom = box.y1
    wide = Box(min(label.x0, box.x0), box.y0, box.x1, box.y1)
    used = {span.line for span in base}
    for count in range(1, _LONGEST_VALUE):
        following = [
            line
            for line in page.below(wide, row, rows=2)
            if line.box.y0 - bottom < 1.1 * page.body
            and line.index not in used
            and line.box.x0 > wide.x0 - 2 * page.body
            and line.box.x0 < box.x1
        ]
        if not following or claimed.begins(following[0].index):
            return
        row = following[0].row
        same = [_whole(line) for line in following if line.row == row]
        spans = (*spans, *same)
        used |= {span.line for span in same}
        bottom = following[0].box.y1
        if count <= 4 or count % 3 == 0:
            yield spans


def strips_of(page: PageIndex) -> Strips:
    """A page's lines of text with pieces that were read apart put together."""
    lines: list[tuple[int, ...]] = []
    for row in page.rows:
        piece: list[int] = []
        for index in row:
            if piece:
                gap = page.lines[index].box.x0 - page.lines[piece[-1]].box.x1
                if gap > _STRIP_GAP * page.body:
                    lines.append(tuple(piece))
                    piece = []
            piece.append(index)
        lines.append(tuple(piece))
    boxes = [around([page.lines[one].box for one in strip]) for strip in lines]
    texts = [" ".join(page.lines[one].text for one in strip) for strip in lines]
    strip_of = {one: place for place, strip in enumerate(lines) for one in strip}
    below: list[int | None] = []
    for place, pieces in enumerate(lines):
        box = boxes[place]
        at = page.lines[pieces[0]].row
        under = [strip_of[line.index] for line in page.below(box, at, rows=2)]
        near = [one for one in under if boxes[one].y0 - box.y1 < 1.8 * page.body]
        below.append(near[0] if near else None)
    return Strips(tuple(lines), tuple(boxes), tuple(texts), tuple(below))


def names(page: PageIndex, number: int, strips: Strips, company: Sequence[bool]) -> list[Candidate]:
    """Lines at the head of a document, and others with a company's words, over up to three lines.

    `company` tells for each strip whether it holds such a word.
    """
    some = [place for place in range(len(strips.lines)) if place < _HEAD_STRIPS]
    some += [place for place in range(_HEAD_STRIPS, len(company)) if company[place]][:24]
    return [
        _stacked(page, number, strips, stack, FieldType.TEXT)
        for place in some
        for stack in _stacks(strips, place, 3)
    ]


def addresses(
    page: PageIndex, number: int, strips: Strips, starts: Sequence[int]
) -> list[Candidate]:
    """Runs of lines from each of some strips on."""
    return [
        _stacked(page, number, strips, stack, FieldType.ADDRESS)
        for place in starts
        for stack in _stacks(strips, place, _ADDRESS_LINES)
    ]


def _stacks(strips: Strips, place: int, most: int) -> Iterator[tuple[int, ...]]:
    stack: tuple[int, ...] = (place,)
    yield stack
    while len(stack) < most:
        following = strips.below[stack[-1]]
        if following is None or following in stack:
            return
        stack = (*stack, following)
        yield stack


def _stacked(
    page: PageIndex, number: int, strips: Strips, stack: tuple[int, ...], form: FieldType
) -> Candidate:
    spans = tuple(_whole(page.lines[one]) for place in stack for one in strips.lines[place])
    return _candidate(page, number, spans, form, strips=stack)
