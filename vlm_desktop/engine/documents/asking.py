"""Questions about a document, answered by what stands on its pages or not at all.

A question is first read as a field that nobody has asked for before: its words are the label, and
`extracting` finds the value with evidence and a confidence. Where that finds nothing, the passage
that holds the words of the question is quoted. Else it is not stated in this document.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from vlm_desktop.base.documentanswers import DocumentAnswer, Outline, Statement
from vlm_desktop.base.documents import CauseKind, Evidence, FieldType, FieldValue, Looked, Schema
from vlm_desktop.base.pagereading import BlockKind, DocumentReading
from vlm_desktop.engine.documents.aligning import evidence_of, fold
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.outlining import outline
from vlm_desktop.engine.documents.pageindex import tokens_of
from vlm_desktop.engine.documents.passages import Passage, passages
from vlm_desktop.engine.documents.questions import Question, understand
from vlm_desktop.engine.documents.vocabulary import vocabulary

LEAST_CONFIDENCE = 0.5
"""From which a value found for the words of a question is an answer."""
LEAST_NAMED = 0.5
"""Share of the question's words that the label of such a value has."""
LEAST_COVERED = 0.75
"""Share of the question's words, by how much they tell, that a quoted passage holds."""
LEAST_LABELLED = 0.3
"""From which the value beside a label of the question's very words is an answer."""
_SAME_WORD = 85
_SAME_LABEL = 88
_FORM = Schema("form", any_pairs=True)
_SHORTEST_STEM = 5
_FEWEST_WORDS = 2
_NEAREST = 3


class Asker:
    """Answers questions about readings. Keeps nothing; safe in any thread."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor

    def ask(self, reading: DocumentReading, text: str) -> DocumentAnswer:
        """One question, in any of the program's languages. An empty one is not stated anywhere."""
        question = understand(text)
        if not question.subject:
            return DocumentAnswer(text, stated=False, statements=())
        found, looked = self._field(reading, question)
        found = found or self._labelled(reading, question)
        if found is not None:
            said = Statement(found.raw, found.evidence)
            shown = found.value if found.value != found.raw else ""
            return DocumentAnswer(
                text, stated=True, statements=(said,), value=shown, confidence=found.confidence
            )
        ranked = _ranked(passages(reading), question.subject)
        covering = [one for covered, one in ranked if covered >= LEAST_COVERED]
        if covering:
            quoted = tuple(_quoted(one, question.subject) for one in covering[:1])
            return DocumentAnswer(text, stated=True, statements=quoted)
        near = tuple(_looked(one) for covered, one in ranked[:_NEAREST] if covered > 0)
        return DocumentAnswer(text, stated=False, statements=(), looked=looked or near)

    def _labelled(self, reading: DocumentReading, question: Question) -> FieldValue | None:
        """What stands beside a label that says just what was asked for."""
        wanted = fold(question.label or question.text)
        best: tuple[float, FieldValue] | None = None
        for value in self._extractor.extract(reading, _FORM).values:
            likeness = fuzz.ratio(wanted, fold(value.name), score_cutoff=_SAME_LABEL) / 100
            good = likeness * value.confidence
            if likeness and value.confidence >= LEAST_LABELLED and (not best or good > best[0]):
                best = (good, value)
        return best[1] if best else None

    def outline(self, reading: DocumentReading) -> Outline:
        """The document at a glance: see `outlining`."""
        return outline(reading)

    def _field(
        self, reading: DocumentReading, question: Question
    ) -> tuple[FieldValue | None, tuple[Looked, ...]]:
        """The likeliest value of any type the question may be after, and where it was looked."""
        looked: tuple[Looked, ...] = ()
        for spec in question.specs():
            extraction = self._extractor.extract(reading, Schema("question", (spec,)))
            value = extraction.value(spec.name)
            if value is not None and value.confidence >= LEAST_CONFIDENCE:
                in_prose = spec.type is FieldType.TEXT and _in_prose(reading, value)
                if not in_prose and _is_about(value, question.subject):
                    return value, ()
            for one in extraction.missing:
                looked = looked or one.looked
        return None, looked


def _is_about(value: FieldValue, subject: Sequence[str]) -> bool:
    """Whether what stands beside a value names what was asked for.

    A receipt has one date and one vendor, which are found without a label: these answer only
    questions for "the date" and "the vendor".
    """
    label = next((one.detail for one in value.causes if one.kind is CauseKind.LABEL), "")
    book = vocabulary()
    there = [book.one(token.text) for token in tokens_of(label)]
    wanted = [book.one(word) for word in subject]
    if set(wanted) <= book.light | book.roles["vendor"]:
        return True
    held = sum(any(_alike(word, other) for other in there) for word in wanted)
    return held >= LEAST_NAMED * len(wanted)


def _alike(word: str, other: str) -> bool:
    return (
        word == other
        or vocabulary().alike(word, other)
        or fuzz.ratio(word, other, score_cutoff=_SAME_WORD) > 0
    )


def _in_prose(reading: DocumentReading, value: FieldValue) -> bool:
    """Whether a value is a piece of a paragraph: a passage says it better."""
    for one in value.evidence:
        page = reading.page(one.page)
        blocks = page.blocks if page else ()
        for block in blocks:
            lines = [page.lines[line] for line in block.lines] if page else []
            prose = block.kind is BlockKind.TEXT and len(lines) > 1
            if prose and any(set(one.words) & set(line.words) for line in lines):
                return True
    return False


def _ranked(every: Iterator[Passage], subject: Sequence[str]) -> list[tuple[float, Passage]]:
    """Passages with the share of the question they hold, the fullest first.

    A word tells as much as it is rare in this document (inverse document frequency). A passage
    has two of them at least, and says something beside them: a label alone is no answer.
    """
    some = list(every)
    counts = Counter(token for passage in some for token in passage.tokens)
    wanted = {word: _forms(word, counts) for word in dict.fromkeys(subject)}
    total = len(some) + 1
    weight = {
        word: math.log(1 + total / (1 + sum(counts[form] for form in forms)))
        for word, forms in wanted.items()
    }
    whole = sum(weight.values())
    light = vocabulary().passing
    ranked = []
    for passage in some:
        held = [word for word, forms in wanted.items() if forms & passage.tokens]
        more = passage.tokens.difference(light, *(wanted[word] for word in held))
        if len(held) < _FEWEST_WORDS or len(more) < _FEWEST_WORDS:
            continue
        ranked.append((sum(weight[word] for word in held) / whole, passage))
    ranked.sort(key=lambda one: (-one[0], len(one[1].words)))
    return ranked


def _forms(word: str, known: Counter[str]) -> frozenset[str]:
    """The tokens of a document that are a word: misread, or with another ending."""
    if len(word) < _SHORTEST_STEM:
        return frozenset({word} & known.keys())
    stem = word[: max(_SHORTEST_STEM, len(word) - 2)]
    return frozenset(
        token
        for token in known
        if token == word
        or (len(token) >= _SHORTEST_STEM and token.startswith(stem))
        or fuzz.ratio(word, token, score_cutoff=_SAME_WORD) > 0
    )


def _quoted(passage: Passage, subject: Sequence[str]) -> Statement:
    """A passage in full, or what follows in it where it begins with the words asked for."""
    left = set(subject)
    skip = 0
    for place, word in enumerate(passage.words):
        tokens = [token.text for token in tokens_of(passage.page.words[word].text)]
        named = {one for one in left if any(_alike(one, token) for token in tokens)}
        if tokens and not named and not set(tokens) <= vocabulary().passing:
            break
        left -= named
        skip = place + 1 if named else skip
    rest = passage.words[skip:] if not left and skip < len(passage.words) else passage.words
    evidence = evidence_of(passage.page, rest)
    return Statement(evidence.text, (evidence,))


def _looked(passage: Passage) -> Looked:
    evidence: Evidence = evidence_of(passage.page, passage.words)
    return Looked(evidence.page, evidence.box, "words", evidence.text)
