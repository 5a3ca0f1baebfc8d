"""Where on a page stand words that name a field: its labels.

    FieldSpec -> Wanted 1-n Phrase;   find_labels(page, wanted) -> Hit, the best first

Words agree when they are the same, differ by a misread letter, are written otherwise ("Nr", "#") or
often stand for one another ("contract", "order"): `resources/documents/words.toml`. What a
description says is taken as a bag of words: a label made of them is a weaker hit.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.pageindex import PageIndex, Span, TextLine, Token
from vlm_desktop.engine.documents.vocabulary import vocabulary, words_of

MOST_HITS = 40
"""Hits of one field on one page that are followed up."""
_MOST_PLACES = 600
"""Places of one word on a page that are looked at."""
_FUZZY = 80
_FUZZY_FROM = 4
_ALIKE = 0.7
_PERIOD = re.compile(r"dates|period|range|zeitraum|periode", re.IGNORECASE)
_PART = 0.75
_PASSING, _LIGHT, _DIGITS = 0.15, 0.5, 0.5
_WINDOW_GAP = 2
_LABEL_REACH = 5
"""Words beside the agreeing ones that still belong to the label."""
_LEAST_RECALL = 0.34
_ALIAS = 0.97
_MARKS = ":;|=?\uff1a"
_JOINTS = ("/", "_")
_BETWEEN = " \u00b0\u00ba.:;|=#-\u2013_)\uff1a*"
_CURRENCIES = frozenset(
    ("rm", "usd", "eur", "gbp", "chf", "inr", "cad", "aud", "sgd", "myr", "us", "s")
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to name a field: words in the writing that stands for each, with weights."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    trust: float
    bag: bool = False

    @property
    def weight(self) -> float:
        return sum(self.weights)


@dataclass(frozen=True)
class Wanted:
    """A field as it is looked for. `own` are all words that name it; `roles` what they ask for.

    `form` is what its values look like: its type, or what its words say where that is text.
    """

    spec: FieldSpec
    phrases: tuple[Phrase, ...]
    own: frozenset[str]
    roles: frozenset[str]
    form: FieldType


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a page that name a field.

    `spans` are their lines from top to bottom, `value_at` the offset in the last where a value may
    begin. `recall` is the share of the phrase that stands here, `precision` the share of the
    printed label that is the phrase; `described` says that only the description agrees.
    """

    spans: tuple[Span, ...]
    box: Box
    value_at: int
    recall: float
    precision: float
    described: bool

    @property
    def quality(self) -> float:
        return self.recall * (0.35 + 0.65 * self.precision)


def weight_of(word: str) -> float:
    """How much agreeing on a word says."""
    book = vocabulary()
    if word in book.passing or word in _CURRENCIES:
        return _PASSING
    if word in book.light:
        return _LIGHT
    return _DIGITS if word.isdigit() else 1.0


@lru_cache(maxsize=1024)
def wanted(spec: FieldSpec) -> Wanted:
    """What a field is called, from its name, its aliases and its description."""
    named = [(spec.name, 1.0), *((alias, _ALIAS) for alias in spec.aliases)]
    phrases = [_phrase(words_of(text), trust) for text, trust in named]
    told = [word for word in words_of(spec.description) if weight_of(word) > _PASSING]
    names = words_of(spec.name)
    own = {word for phrase in phrases if phrase for word in phrase.words} | set(told)
    bag = tuple(dict.fromkeys([*told, *(word for word in names if weight_of(word) > _PASSING)]))
    if told:
        phrases.append(Phrase(bag, tuple(map(weight_of, bag)), 1.0, bag=True))
    unique = dict.fromkeys(phrase for phrase in phrases if phrase is not None)
    roles = _roles(spec)
    return Wanted(spec, tuple(unique), frozenset(own), roles, _form(spec, roles, set(told)))


def _form(spec: FieldSpec, roles: frozenset[str], told: set[str]) -> FieldType:
    """A text that is described as one end of a period is a date."""
    if spec.type is not FieldType.TEXT or not spec.description:
        return spec.type
    words = told | set(words_of(spec.name))
    if roles & {"start", "end"} and words & vocabulary().roles["period"]:
        return FieldType.DATE
    return spec.type


def _phrase(words: Sequence[str], trust: float) -> Phrase | None:
    if not words:
        return None
    return Phrase(tuple(words), tuple(map(weight_of, words)), trust)


def _roles(spec: FieldSpec) -> frozenset[str]:
    """What a field asks for: told by its name, else by its description or its aliases."""
    book = vocabulary()
    names = set(words_of(spec.name))
    described = words_of(spec.description)
    found = {role for role, words in book.roles.items() if names & words}
    if "end" in found and "start" in found:
        found -= {"start", "end"}
    if _PERIOD.search(spec.name) and not found & {"start", "end"}:
        return frozenset(found - {"total"} | {"range"})
    if not found & {"start", "end"} and spec.type in (FieldType.DATE, FieldType.TEXT):
        sides = [word for word in described if word in book.roles["start"] | book.roles["end"]]
        told = {"start" if word in book.roles["start"] else "end" for word in sides}
        plain = {word for word in sides if weight_of(word) > _PASSING}
        if len(told) == 1 and plain:
            found |= told
        elif len(told) == 2 and not plain & book.roles["end"] and spec.type is FieldType.TEXT:
            found.add("range")  # "from ... to ..."
        elif len(told) == 2:
            ends = {"start" if word in book.roles["start"] else "end" for word in plain}
            found |= ends if len(ends) == 1 and "from" not in plain else set()
    if not found & {"total", "vendor"}:
        aliases = {word for alias in spec.aliases for word in words_of(alias)}
        said = aliases | set(described)
        found |= {role for role in ("vendor",) if len(said & book.roles[role]) > 1}
    against = {"tax", "discount", "subtotal", "commission", "rounding", "unit", "cash", "change"}
    if "total" in found and any(names & book.decoys[one] for one in against):
        found.discard("total")
    if "net" in found or spec.type is not FieldType.AMOUNT:
        found -= {"total"}
    if spec.type is not FieldType.TEXT:
        found -= {"vendor"}
    return frozenset(found)


class PageWords:
    """Which tokens of a page agree with words that are wanted; made once for all fields."""

    def __init__(self, page: PageIndex, words: Iterable[str]) -> None:
        self.page = page
        book = vocabulary()
        printed = list(page.positions)
        self.meant = {text: book.one(text) for text in printed}
        same: dict[str, list[str]] = {}
        near: dict[str, list[str]] = {}
        for text, one in self.meant.items():
            same.setdefault(one, []).append(text)
            for group in book.like.get(one, ()):
                near.setdefault(group, []).append(text)
        ordered = sorted(set(words))
        self._found: dict[str, list[tuple[str, float]]] = {}
        for word in ordered:
            alike = {text for group in book.like.get(word, ()) for text in near.get(group, ())}
            found = dict.fromkeys(sorted(alike), _ALIKE) | dict.fromkeys(same.get(word, ()), 1.0)
            self._found[word] = list(found.items())
        self._add_misread(ordered, printed)

    def _add_misread(self, words: Sequence[str], printed: Sequence[str]) -> None:
        long_words = [word for word in words if len(word) >= _FUZZY_FROM and word.isalpha()]
        long_printed = [text for text in printed if len(text) >= _FUZZY_FROM]
        if not long_words or not long_printed:
            return
        scores = process.cdist(
            long_words, long_printed, scorer=fuzz.ratio, score_cutoff=_FUZZY, dtype=np.uint8
        )
        for row, column in zip(*np.nonzero(scores), strict=True):
            word, text = long_words[row], long_printed[column]
            if all(text != known for known, _ in self._found[word]):
                self._found[word].append((text, float(scores[row, column]) / 100))
        compounds = [text for text in long_printed if len(text) > _FUZZY_FROM + 2]
        for word in long_words:
            known = {text for text, _ in self._found[word]}
            self._found[word] += [
                (text, _PART)
                for text in compounds
                if (text.endswith(word) or text.startswith(word))
                and len(text) > len(word) + 2
                and text not in known
            ]

    def places(self, word: str) -> Iterator[tuple[int, int, float]]:
        """(line, place of the token, likeness) wherever a word stands."""
        for text, likeness in self._found.get(word, ()):
            for line, place in self.page.positions[text][:_MOST_PLACES]:
                yield line, place, likeness


def find_labels(words: PageWords, field: Wanted) -> tuple[Hit, ...]:
    """The places of a page that name a field, the best first, at most `MOST_HITS`."""
    best: dict[tuple[int, int], Hit] = {}
    for phrase in field.phrases:
        for hit in _phrase_hits(words, phrase):
            key = (hit.spans[-1].line, hit.spans[-1].start)
            known = best.get(key)
            if known is None or _rank(hit) > _rank(known):
                best[key] = hit
    return tuple(sorted(best.values(), key=_rank, reverse=True)[:MOST_HITS])


def _rank(hit: Hit) -> float:
    return hit.quality * (0.6 if hit.described else 1.0)


@dataclass(frozen=True, slots=True)
class _Run:
    """Agreeing words beside each other in one line: word of the phrase -> likeness."""

    line: int
    first: int
    last: int
    agree: Mapping[int, float]


def _phrase_hits(words: PageWords, phrase: Phrase) -> Iterator[Hit]:
    found: dict[int, list[tuple[int, int, float]]] = {}
    for number, word in enumerate(phrase.words):
        for line, place, likeness in words.places(word):
            if not _in_number(words.page.lines[line], place):
                found.setdefault(line, []).append((place, number, likeness))
    runs = [run for line, places in found.items() for run in _runs(line, sorted(places), phrase)]
    by_line: dict[int, list[_Run]] = {}
    for run in runs:
        by_line.setdefault(run.line, []).append(run)
    for run in runs:
        parts = [run]
        if not phrase.bag and len(phrase.words) >= 2 and _share(run.agree, phrase) < 0.95:
            parts = _continued(words.page, run, by_line, phrase)
        hit = _hit(words, parts, phrase)
        if hit is not None:
            yield hit


def _runs(line: int, places: Sequence[tuple[int, int, float]], phrase: Phrase) -> Iterator[_Run]:
    """Agreeing words without more than a word or two between."""
    agree: dict[int, float] = {}
    first = last = -1
    for place, number, likeness in places:
        repeated = number in agree and place != last and not phrase.bag
        if agree and (place - last > _WINDOW_GAP or (repeated and len(agree) > 1)):
            yield _Run(line, first, last, agree)
            agree, first = {}, place
        if not agree:
            first = place
        last = place
        agree[number] = max(likeness, agree.get(number, 0.0))
    if agree:
        yield _Run(line, first, last, agree)


def _share(agree: Mapping[int, float], phrase: Phrase) -> float:
    got = sum(phrase.weights[number] * likeness for number, likeness in agree.items())
    if phrase.bag:
        return min(1.0, got)
    return got / phrase.weight


def _continued(
    page: PageIndex, run: _Run, by_line: Mapping[int, Sequence[_Run]], phrase: Phrase
) -> list[_Run]:
    """A label that goes on in the next line, or in the next cell of its row."""
    parts, agree = [run], dict(run.agree)
    while len(parts) < 4:
        line = page.lines[parts[-1].line]
        if parts[-1].last < len(line.tokens) - 2:
            break
        nearby = [*page.right_of(line)[:1], *_next_below(page, line)]
        more = next(
            (other for near in nearby for other in by_line.get(near.index, ())
             if other.first == 0 and not set(other.agree) <= set(agree)),
            None,
        )  # fmt: skip
        if more is None:
            break
        for number, likeness in more.agree.items():
            agree[number] = max(likeness, agree.get(number, 0.0))
        parts.append(more)
    return parts


def _next_below(page: PageIndex, line: TextLine) -> list[TextLine]:
    return [
        other
        for other in page.below(line.box, line.row, rows=2)
        if other.box.y0 - line.box.y1 < page.body
        and abs(other.box.x0 - line.box.x0) < 6 * page.body
    ][:1]


def _hit(words: PageWords, parts: Sequence[_Run], phrase: Phrase) -> Hit | None:
    agree: dict[int, float] = {}
    for part in parts:
        for number, likeness in part.agree.items():
            agree[number] = max(likeness, agree.get(number, 0.0))
    recall = _share(agree, phrase) * phrase.trust
    if recall < _LEAST_RECALL:
        return None
    page, spans, extra = words.page, [], 0.0
    value_at = 0
    for part in parts:
        line = page.lines[part.line]
        start, end, beside = _label_around(words, line, part)
        extra += beside
        spans.append(Span(part.line, line.tokens[start].start, line.tokens[part.last].end))
        value_at = _value_at(line, part.last, end)
    matched = sum(phrase.weights[number] for number in agree)
    precision = matched / (matched + extra) if matched else 0.0
    box = around([page.box_of(span) for span in spans])
    return Hit(tuple(spans), box, value_at, recall, precision, phrase.bag)


def _label_around(words: PageWords, line: TextLine, part: _Run) -> tuple[int, int, float]:
    """The first and last word of the printed label, and the weight of those that do not agree."""
    tokens = line.tokens
    start, end, extra = part.first, part.last, 0.0
    while start > 0 and part.first - start < _LABEL_REACH:
        before, this = tokens[start - 1], tokens[start]
        if _marked(line.text[before.end : this.start]) or before.text.isdigit():
            break
        start -= 1
        extra += weight_of(words.meant.get(before.text, before.text))
    while end < len(tokens) - 1 and end - part.last < _LABEL_REACH:
        this, after = tokens[end], tokens[end + 1]
        ends = _marked(line.text[this.end : after.start]) or after.text.isdigit()
        if ends or _in_number(line, end + 1):
            break
        end += 1
        inside = "(" in line.text[tokens[part.last].end : after.start + 1]
        extra += weight_of(words.meant.get(after.text, after.text)) * (0.5 if inside else 1.0)
    return part.first, end, extra + _inner(words, tokens, part)


def _inner(words: PageWords, tokens: Sequence[Token], part: _Run) -> float:
    """The weight of words within the run beyond those that agree."""
    count = part.last - part.first + 1 - len(part.agree)
    return 0.5 * max(0, count)


def _in_number(line: TextLine, place: int) -> bool:
    """Whether a word is a part of a number, as in "INV/2023/0008"."""
    end = line.tokens[place].end
    return line.text[end : end + 1] in _JOINTS and line.text[end + 1 : end + 2].isdigit()


def _marked(between: str) -> bool:
    return any(mark in between for mark in _MARKS)


def _value_at(line: TextLine, last: int, end: int) -> int:
    """Where in its line a value may begin: after the colon where there is one soon."""
    tokens = line.tokens
    stop = tokens[end].end
    marked = end > last and _marked(line.text[stop : stop + 3])
    return value_at(line, stop if marked else tokens[last].end)


def value_at(line: TextLine, after: int) -> int:
    """Where in its line a value may begin behind a label that ends at `after`."""
    text = line.text
    while after < len(text) and text[after] in _BETWEEN:
        if text[after] == "-" and text[after + 1 : after + 2].isdigit():
            break
        after += 1
    return after
