"""A document at a glance: its central sentences, dates, amounts and numbers, each quoted.

Central sentences are those most like the others: LexRank (Erkan and Radev 2004) with the degree
of a sentence as its rank, over words weighted by how rare they are.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from vlm_desktop.base.documentanswers import Mention, Outline, Statement
from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.aligning import evidence_of
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.pageindex import PageIndex, Span, TextLine, index_page
from vlm_desktop.engine.documents.passages import Passage, passages
from vlm_desktop.engine.documents.values import Reading, ambiguous, readings_of, spans
from vlm_desktop.engine.documents.vocabulary import vocabulary

KEY_POINTS = 5
_FEWEST_WORDS = 6
"""A shorter line is a label or a value, not a sentence."""
_SMALL_WORDS = 0.4
"""Share of words without a capital, from which a passage is a sentence; German has the fewest."""
_MOST_SENTENCES = 400
_ALIKE = 0.1
"""Cosine from which two sentences count as alike (the paper's threshold)."""
_SAME = 0.7
_MOST_MENTIONS = 500
_LONGEST_LABEL = 5
_LONGEST_NUMBER = 3
_FEWEST_DIGITS = 3
_CENTS = re.compile(r"[.,]\d{2}(?!\d)")
_KINDS = (FieldType.DATE, FieldType.AMOUNT, FieldType.IBAN, FieldType.VAT_ID)


def outline(reading: DocumentReading) -> Outline:
    """What the pages that were read say. Nothing is worded anew."""
    locale = infer(page.text(line.words) for page in reading.pages for line in page.lines)
    found: dict[FieldType, list[Mention]] = {}
    for mention in _mentions(reading, locale):
        kept = found.setdefault(mention.type, [])
        if len(kept) < _MOST_MENTIONS:
            kept.append(mention)
    numbers = [*found.get(FieldType.IBAN, ()), *found.get(FieldType.VAT_ID, ())]
    return Outline(
        key_points=tuple(_statement(one) for one in central(tuple(passages(reading)))),
        dates=tuple(found.get(FieldType.DATE, ())),
        amounts=tuple(found.get(FieldType.AMOUNT, ())),
        numbers=(*numbers, *found.get(FieldType.NUMBER, ())),
    )


def _statement(passage: Passage) -> Statement:
    evidence = evidence_of(passage.page, passage.words)
    return Statement(evidence.text, (evidence,))


# --- key points --------------------------------------------------------------------------


def central(every: Sequence[Passage], most: int = KEY_POINTS) -> list[Passage]:
    """The most central sentences, in reading order, none saying what another one says."""
    light = vocabulary().passing
    some = [one for one in every if _is_sentence(one)][:_MOST_SENTENCES]
    bags = [one.tokens - light for one in some]
    counts = Counter(word for bag in bags for word in bag)
    if len(some) < 2:
        return some
    alike = _cosines(bags, counts)
    ranks = (alike > _ALIKE).sum(axis=1)
    chosen: list[int] = []
    for place in sorted(range(len(some)), key=lambda one: (-ranks[one], one)):
        if len(chosen) < most and all(alike[place, other] < _SAME for other in chosen):
            chosen.append(place)
    return [some[place] for place in sorted(chosen)]


def _is_sentence(passage: Passage) -> bool:
    """Addresses and heads of tables are capitals and numbers; sentences are mostly small words."""
    texts = [passage.page.words[word].text for word in passage.words]
    small = sum(text[:1].islower() for text in texts)
    return len(texts) >= _FEWEST_WORDS and small >= _SMALL_WORDS * len(texts)


def _cosines(bags: Sequence[frozenset[str]], counts: Counter[str]) -> np.ndarray:
    """Likeness of sentences [n, n]."""
    places = {word: place for place, word in enumerate(counts)}
    vectors = np.zeros((len(bags), max(1, len(places))), dtype=np.float32)
    for row, bag in enumerate(bags):
        for word in bag:
            vectors[row, places[word]] = math.log(1 + len(bags) / counts[word])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths > 0, lengths, 1)
    likeness: np.ndarray = vectors @ vectors.T
    return likeness


# --- mentions ----------------------------------------------------------------------------


def _mentions(reading: DocumentReading, locale: DocumentLocale) -> Iterator[Mention]:
    for page in reading.pages:
        index = index_page(page)
        labels = {word: page.text(pair.key) for pair in page.pairs for word in pair.value}
        told: set[int] = set()
        for line in index.lines:
            for kind in _KINDS:
                for start, end in spans(line.text, kind, locale):
                    words = index.words(Span(line.index, start, end))
                    meant = readings_of(line.text[start:end], kind, locale)
                    if not meant or not told.isdisjoint(words):
                        continue
                    if kind is FieldType.AMOUNT and not _is_money(line.text[start:end]):
                        continue
                    told.update(words)
                    label = labels.get(words[0]) or _label(index, line, start)
                    yield _mention(page, kind, words, label, meant)
        yield from _numbers(page, told)


def _mention(
    page: PageReading,
    kind: FieldType,
    words: tuple[int, ...],
    label: str,
    meant: tuple[Reading, ...],
) -> Mention:
    evidence = evidence_of(page, words)
    return Mention(
        kind, evidence.text, meant[0].value, evidence, label.strip(" :"), ambiguous(meant)
    )


def _numbers(page: PageReading, told: set[int]) -> Iterator[Mention]:
    """Values of pairs that are codes: a few runs with digits, after a short label."""
    for pair in page.pairs:
        raw = page.text(pair.value)
        digits = sum(letter.isdigit() for letter in raw)
        short = len(pair.value) <= _LONGEST_NUMBER and len(pair.key) <= _LONGEST_LABEL
        if short and digits >= max(_FEWEST_DIGITS, len(raw) / 3) and told.isdisjoint(pair.value):
            meant = readings_of(raw, FieldType.NUMBER)
            if meant:
                yield _mention(page, FieldType.NUMBER, pair.value, page.text(pair.key), meant)


def _is_money(raw: str) -> bool:
    """Whole numbers are house numbers and counts: an amount has its cents or its currency."""
    return bool(_CENTS.search(raw)) or any(
        not one.isdigit() and one not in ".,' -()" for one in raw
    )


def _label(index: PageIndex, line: TextLine, start: int) -> str:
    """What says what a value is: the line before it, the cell left of it, the one above."""
    before = line.text[:start].strip()
    beside = before if before.endswith(":") or len(before.split()) <= _LONGEST_LABEL else ""
    others = [*index.left_of(line)[:2], *index.above(line.box, line.row, 1)]
    for text in (beside, *(other.text for other in others)):
        words = text.split()
        if any(letter.isalpha() for letter in text) and len(words) <= _LONGEST_LABEL:
            return text
    return ""
