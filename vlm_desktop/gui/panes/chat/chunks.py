"""An answer in pieces that are laid out one by one, so that only the last changes while it grows.

A piece is a run of Markdown without code, or one block of code. Cuts are made from the front and
never depend on what comes much later: the pieces of a longer text begin with those of a shorter
one, apart from the last two.
"""

import re
from dataclasses import dataclass

SOFT = 1200
"""From this length on, words are cut at the next blank line that ends a paragraph."""
HARD = 4000
"""A paragraph longer than this is cut at a space: laying it out must stay a matter of
milliseconds."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)[^`\n]*$")
_GOES_ON = re.compile(r"[ \t]|[-*+>|]|\d{1,9}[.)]|:?-{2,}")
"""A line that may belong to the list, quotation or table above it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer. `language` is what a block of code says of itself.

    `closed` is False while a block of code may go on; `joins` is True for the second part of a
    paragraph.
    """

    text: str
    is_code: bool = False
    language: str = ""
    closed: bool = True
    joins: bool = False


def chunks(text: str) -> tuple[Chunk, ...]:
    """The pieces of an answer, in order; blank ones are left out."""
    found: list[Chunk] = []
    words: list[str] = []
    length = 0
    lines = text.splitlines(keepends=True)
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at].rstrip("\r\n"))
        if fence is not None:
            _add_words(found, words)
            words, length = [], 0
            at = _add_code(found, lines, at, fence)
            continue
        words.append(lines[at])
        length += len(lines[at])
        at += 1
        if length >= SOFT and at < len(lines) and _ends_paragraph(words[-1], lines[at]):
            _add_words(found, words)
            words, length = [], 0
    _add_words(found, words)
    return tuple(found)


def _ends_paragraph(line: str, following: str) -> bool:
    return not line.strip() and bool(following.strip()) and _GOES_ON.match(following) is None


def _add_words(found: list[Chunk], lines: list[str]) -> None:
    text = "".join(lines).strip("\r\n")
    joins = False
    while len(text) > HARD:
        cut = max(text.rfind("\n\n", SOFT, HARD), text.rfind(" ", SOFT, HARD), SOFT)
        found.append(Chunk(text[:cut], joins=joins))
        text, joins = text[cut:].lstrip(" "), not text.startswith("\n\n", cut)
    if text.strip():
        found.append(Chunk(text, joins=joins))


def _add_code(found: list[Chunk], lines: list[str], at: int, fence: re.Match[str]) -> int:
    """Take a block of code, whole or as far as it got. -> the number of the line after it."""
    mark = fence.group(1)
    end = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}\s*$")
    for last in range(at + 1, len(lines)):
        if end.match(lines[last]):
            code = "".join(lines[at + 1 : last]).removesuffix("\n")
            found.append(Chunk(code, is_code=True, language=fence.group(2)))
            return last + 1
    code = "".join(lines[at + 1 :])
    found.append(Chunk(code, is_code=True, language=fence.group(2), closed=False))
    return len(lines)
