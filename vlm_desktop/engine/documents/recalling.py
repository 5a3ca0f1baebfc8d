"""Finding on a page what a lesson tells the place of.

Every anchor that is found again votes for where the value lies; where most votes meet, lines are
looked at. A value of a type with a form (amount, date ...) must have it there, or nothing is taken.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rapidfuzz import fuzz, process

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import DocumentLocale, Evidence, FieldSpec, FieldType
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.aligning import evidence_of
from vlm_desktop.engine.documents.layouts import folded, text_height
from vlm_desktop.engine.documents.lessons import Anchor, Place, at_height, joined
from vlm_desktop.engine.documents.values import Reading, readings_of, spans

FORMED = (
    FieldType.AMOUNT, FieldType.DATE, FieldType.NUMBER, FieldType.IBAN, FieldType.VAT_ID,
)  # fmt: skip
_MOST_SEEN = 20
"""Places of one anchor that vote, the first from the top."""
_ALIKE = 80.0
_SLACK = 0.7
_SLACK_PER_HEIGHT = 0.03
_SIDE = 2.0
"""Heights that an edge of a value may stand from where it is expected."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A value at a learned place. `agreement` is the share of the anchors that point there."""

    raw: str
    readings: tuple[Reading, ...]
    evidence: tuple[Evidence, ...]
    agreement: float


@dataclass(frozen=True, slots=True)
class _Vote:
    left: float
    right: float
    middle: float
    slack: float
    weight: float
    anchor: int


class RecalledPage:
    """A page with its words by what they say. For one document's lessons."""

    def __init__(self, page: PageReading) -> None:
        self.page = page
        self.height = text_height(page)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(page.words):
            name = folded(word.text)
            if name:
                self._by_name[name].append(at)

    def expected(self, anchors: Sequence[Anchor]) -> list[tuple[Box, float]]:
        """Where a value's first line should lie, with the share of the anchors that say so, the
        best first."""
        votes = [vote for number, one in enumerate(anchors) for vote in self._votes(number, one)]
        clusters: list[tuple[float, list[_Vote]]] = []
        for one in votes:
            near = [other for other in votes if _agree(one, other, self.height)]
            best: dict[int, _Vote] = {}
            for other in near:
                kept = best.get(other.anchor)
                if kept is None or _apart(one, other) < _apart(one, kept):
                    best[other.anchor] = other
            clusters.append((sum(vote.weight for vote in best.values()), list(best.values())))
        found: list[tuple[Box, float]] = []
        for _, cluster in sorted(clusters, key=lambda one: -one[0]):
            box = self._meeting(cluster)
            if all(_differ(box, other, self.height) for other, _ in found):
                found.append((box, len({vote.anchor for vote in cluster}) / len(anchors)))
            if len(found) == 3:
                break
        return found

    def find(self, place: Place, spec: FieldSpec, locale: DocumentLocale) -> Iterator[Recalled]:
        """Values where the place is expected, the likeliest first."""
        for box, agreement in self.expected(place.anchors):
            seen = self._formed(place, box, spec, locale) or self._lines_at(place, box)
            if seen is None:
                continue
            raw, words = seen
            readings = readings_of(raw, spec.type, locale, spec)
            if readings:
                yield Recalled(raw, readings, self._evidence(words), agreement)

    def _votes(self, number: int, anchor: Anchor) -> Iterator[_Vote]:
        for at in self._named(anchor.text)[:_MOST_SEEN]:
            box = self.page.words[at].box
            yield _Vote(
                box.x0 + anchor.left * self.height,
                box.x0 + anchor.right * self.height,
                (box.y0 + box.y1) / 2 + anchor.down * self.height,
                (_SLACK + _SLACK_PER_HEIGHT * anchor.distance) * self.height,
                1.0 / (1.0 + anchor.distance / 8.0),
                number,
            )

    def _named(self, name: str) -> list[int]:
        if name in self._by_name:
            return self._by_name[name]
        close = process.extractOne(
            name, self._by_name.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        return self._by_name[close[0]] if close is not None else []

    def _meeting(self, votes: list[_Vote]) -> Box:
        nearest = sorted(votes, key=lambda vote: -vote.weight)[:3]
        middle = median(vote.middle for vote in nearest)
        left = median(vote.left for vote in nearest)
        right = median(vote.right for vote in nearest)
        return Box(left, middle - self.height / 2, right, middle + self.height / 2)

    def _near(self, place: Place, box: Box) -> list[list[int]]:
        """Lines at the height of a box, as words, the nearest first."""
        middle = (box.y0 + box.y1) / 2
        found = joined(self.page, at_height(self.page, middle), place.gap)
        return sorted(found, key=lambda words: abs(self._middle(words) - middle))

    def _middle(self, words: list[int]) -> float:
        box = self._around(words)
        return (box.y0 + box.y1) / 2

    def _around(self, words: Sequence[int]) -> Box:
        return around([self.page.words[at].box for at in words])

    def _formed(
        self, place: Place, box: Box, spec: FieldSpec, locale: DocumentLocale
    ) -> tuple[str, list[list[int]]] | None:
        """The span with the form of the field's type that stands best where it should."""
        if spec.type not in FORMED or place.lines > 1:
            return None
        best: tuple[float, str, list[int]] | None = None
        for line in self._near(place, box):
            text, starts = _text_of(self.page, line)
            for start, end in spans(text, spec.type, locale):
                words = [
                    at
                    for at, (first, last) in zip(line, starts, strict=True)
                    if first < end and last > start
                ]
                if not words:
                    continue
                at = self._part(line, starts, start, end)
                off = min(abs(at.x0 - box.x0), abs(at.x1 - box.x1)) / self.height
                there = off <= 2 * _SIDE or (at.x0 < box.x1 and at.x1 > box.x0)
                if there and (best is None or off < best[0]):
                    best = (off, text[start:end], words)
        return None if best is None else (best[1], [best[2]])

    def _part(self, line: list[int], starts: list[tuple[int, int]], start: int, end: int) -> Box:
        """The box of a part of a line's text: words share their width among their letters."""
        boxes = []
        for at, (first, last) in zip(line, starts, strict=True):
            if first < end and last > start:
                box = self.page.words[at].box
                letter = (box.x1 - box.x0) / max(last - first, 1)
                boxes.append(
                    replace(
                        box,
                        x0=box.x0 + max(start - first, 0) * letter,
                        x1=box.x1 - max(last - end, 0) * letter,
                    )
                )
        return around(boxes)

    def _lines_at(self, place: Place, box: Box) -> tuple[str, list[list[int]]] | None:
        """A text of one or more lines."""
        first = self._run(place, box)
        if not first:
            return None
        found = [first]
        while len(found) < place.lines:
            following = self._following(found[-1], place)
            if following is None:
                break
            found.append(following)
        raw = " ".join(self.page.text(tuple(words)) for words in found)
        return raw, found

    def _run(self, place: Place, box: Box) -> list[int]:
        """The words of the first line: from the word before it, or where it begins, to the word
        after it, or the line's end."""
        for words in self._near(place, box):
            named = [folded(self.page.words[at].text) for at in words]
            if place.before:
                if place.before in named:
                    cut = len(named) - named[::-1].index(place.before)
                    words, named = words[cut:], named[cut:]
            elif self.page.words[words[0]].box.x0 < box.x0 - 1.5 * self.height:
                # A label that another reading of such a page had in a line of its own.
                words = [at for at in words if self._x1(at) > box.x0 + 0.2 * self.height]
            if place.after and place.after in named:
                words = words[: named.index(place.after)]
            if words and self._stands(words, box):
                return words
        return []

    def _stands(self, words: list[int], box: Box) -> bool:
        at = self._around(words)
        side = _SIDE * self.height
        return min(abs(at.x0 - box.x0), abs(at.x1 - box.x1)) <= side or (
            at.x0 < box.x1 - side and at.x1 > box.x0 + side
        )

    def _x1(self, word: int) -> float:
        return self.page.words[word].box.x1

    def _following(self, words: list[int], place: Place) -> list[int] | None:
        """The next line of a value: near under the last, on its edge, not what followed it."""
        box = self._around(words)
        tall = box.y1 - box.y0
        under = [
            line
            for line in self.page.lines
            if box.y1 - 0.4 * tall <= line.box.y0 <= box.y1 + 1.2 * tall
        ]
        first = min((line.box.y0 for line in under), default=0.0)
        under = [line for line in under if line.box.y0 <= first + 0.5 * tall]
        for found in joined(self.page, under, place.gap):
            at = self._around(found)
            if min(at.x1, box.x1) > max(at.x0, box.x0):
                begins = folded(self.page.words[found[0]].text)
                return None if place.below and begins == place.below else found
        return None

    def _evidence(self, lines: list[list[int]]) -> tuple[Evidence, ...]:
        return tuple(evidence_of(self.page, words) for words in lines)


def _text_of(page: PageReading, line: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
    """A line's text, and where in it each word stands."""
    places, at = [], 0
    for word in line:
        end = at + len(page.words[word].text)
        places.append((at, end))
        at = end + 1
    return page.text(tuple(line)), places


def _agree(one: _Vote, other: _Vote, height: float) -> bool:
    if abs(one.middle - other.middle) > max(one.slack, other.slack):
        return False
    side = _SIDE * height
    return abs(one.left - other.left) <= side or abs(one.right - other.right) <= side


def _apart(one: _Vote, other: _Vote) -> float:
    return abs(one.middle - other.middle) + abs(one.left - other.left)


def _differ(one: Box, other: Box, height: float) -> bool:
    return abs(one.y0 - other.y0) > height / 2 or abs(one.x0 - other.x0) > _SIDE * height
