"""Sentences of paragraphs and lines of everything else: what a document is quoted by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vlm_desktop.base.pagereading import BlockKind, DocumentReading, PageReading
from vlm_desktop.engine.documents.pageindex import tokens_of

_LONGEST_PASSAGE = 60
_ENDS = (".", "!", "?", ";")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a line: words of a page that are read together."""

    page: PageReading
    words: tuple[int, ...]
    tokens: frozenset[str]


def passages(reading: DocumentReading) -> Iterator[Passage]:
    """Sentences of paragraphs, and lines of everything else, in reading order."""
    for page in reading.pages:
        inside: set[int] = set()
        for block in page.blocks:
            if block.kind is BlockKind.TEXT and len(block.lines) > 1:
                inside.update(block.lines)
                words = [word for line in block.lines for word in page.lines[line].words]
                yield from (_passage(page, part) for part in _sentences(page, words))
        for number, line in enumerate(page.lines):
            if number not in inside:
                yield _passage(page, line.words)


def _passage(page: PageReading, words: Sequence[int]) -> Passage:
    tokens = frozenset(token.text for token in tokens_of(page.text(tuple(words))))
    return Passage(page, tuple(words), tokens)


def _sentences(page: PageReading, words: Sequence[int]) -> Iterator[list[int]]:
    """Words up to a full stop that no small letter follows; endless ones are cut."""
    part: list[int] = []
    for at, word in enumerate(words):
        part.append(word)
        following = page.words[words[at + 1]].text[:1] if at + 1 < len(words) else ""
        stops = page.words[word].text.endswith(_ENDS) and not following.islower()
        if stops or len(part) >= _LONGEST_PASSAGE:
            yield part
            part = []
    if part:
        yield part
