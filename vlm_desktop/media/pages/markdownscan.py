"""Where images may stand in a paragraph of Markdown.

The parser of Markdown that this program uses tells which images a paragraph has, but not where.
So the places are looked for here, by the rules of CommonMark for what goes before brackets
(escapes, code, tags), and the parser is the judge: only what it found, too, is an image.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import normalizeReference

_STOP = re.compile(r"\\.|`+|<|!?\[|\]", re.DOTALL)
_TAG = re.compile(HTML_TAG_RE.pattern.lstrip("^"))
_AUTOLINK = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^<>\x00-\x20]*|[^\s<>@]+@[^\s<>]+)>")
_GAP = re.compile(r"[ \t]*(?:(?:\r\n?|\n)[ \t>]*)?")
_ANGLED = re.compile(r"<(?:[^<>\\\r\n]|\\.)*>")
_TITLE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)", re.DOTALL)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
_DEEPEST = 32


class Form(Enum):
    INLINE = 1
    """![alt](address), or ![alt][label]: the alt text stands for itself."""
    LABEL = 2
    """![alt][] and ![alt]: the alt text is the name of the reference, too."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be an image: `start` to `end`, its alt text from `alt_start` to `alt_end`."""

    start: int
    end: int
    alt_start: int
    alt_end: int
    form: Form


@dataclass(frozen=True, slots=True)
class Scanned:
    """`tags` are the places of tags of HTML."""

    candidates: tuple[Candidate, ...]
    tags: tuple[tuple[int, int], ...]


def scan_inline(text: str, start: int, end: int, labels: Collection[str]) -> Scanned:
    """What may be images from `start` to `end`. `labels` are the references there are."""
    found: list[Candidate] = []
    tags: list[tuple[int, int]] = []
    open_brackets: list[tuple[int, bool]] = []
    ticks = _Ticks(text, start, end)
    at = start
    while stop := _STOP.search(text, at, end):
        at = stop.end()
        mark = stop[0]
        if mark[0] == "`":
            at = ticks.after(stop.start(), len(mark))
        elif mark == "<":
            passed = _AUTOLINK.match(text, stop.start(), end)
            tag = None if passed else _TAG.match(text, stop.start(), end)
            if tag:
                tags.append(tag.span())
            at = (passed or tag or stop).end()
        elif mark in ("[", "!["):
            open_brackets.append((stop.start(), mark == "!["))
        elif mark == "]" and open_brackets:
            begin, is_image = open_brackets.pop()
            one = _closed(text, begin + 1 + is_image, stop.start(), end, labels)
            if one is None:
                continue
            after, form = one
            at = max(at, after)
            if is_image:
                while found and found[-1].start > begin:
                    found.pop()
                found.append(Candidate(begin, at, begin + 2, stop.start(), form))
            else:  # no link inside a link
                open_brackets = [bracket for bracket in open_brackets if bracket[1]]
    return Scanned(tuple(found), tuple(tags))


def _closed(
    text: str, inside: int, at: int, end: int, labels: Collection[str]
) -> tuple[int, Form] | None:
    """What follows the bracket that closes at `at`: where it ends, and its form."""
    after = at + 1
    if text.startswith("(", after):
        stop = _address_end(text, after + 1, end)
        if stop is not None:
            return stop, Form.INLINE
    label = _LABEL.match(text, after, end)
    if label and label[1].strip():
        if _known(label[1], labels):
            return label.end(), Form.INLINE
        return None
    if len(text[inside:at]) <= 999 and _known(text[inside:at], labels):
        return (label.end() if label else after), Form.LABEL
    return None


def _known(label: str, labels: Collection[str]) -> bool:
    return normalizeReference(re.sub(r"(?:\r\n?|\n)[ \t>]*", " ", label)) in labels


def _address_end(text: str, at: int, end: int) -> int | None:
    """The place behind "address "title")", which may lack either."""
    at = _gap(text, at, end)
    angled = _ANGLED.match(text, at, end)
    if angled:
        at = angled.end()
    else:
        stop = _bare_end(text, at, end)
        if stop is None:
            return None
        at = stop
    behind = _gap(text, at, end)
    if behind > at:
        title = _TITLE.match(text, behind, end)
        if title:
            behind = _gap(text, title.end(), end)
    return behind + 1 if text.startswith(")", behind) and behind < end else None


def _gap(text: str, at: int, end: int) -> int:
    match = _GAP.match(text, at, end)
    return match.end() if match else at


def _bare_end(text: str, at: int, end: int) -> int | None:
    """The end of an address without angle brackets: its parentheses are balanced."""
    depth = 0
    while at < end:
        character = text[at]
        if character == "\\" and at + 1 < end:
            at += 2
            continue
        if character <= " " or character == "\x7f":
            break
        if character == "(":
            depth += 1
            if depth > _DEEPEST:
                return None
        elif character == ")":
            if depth == 0:
                break
            depth -= 1
        at += 1
    return at if depth == 0 else None


class _Ticks:
    """Runs of backticks by their length, so that none is looked for twice."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._runs: dict[int, list[int]] = {}
        for run in re.finditer(r"`+", text[start:end]):
            self._runs.setdefault(len(run[0]), []).append(start + run.start())
        for places in self._runs.values():
            places.reverse()

    def after(self, at: int, length: int) -> int:
        """Behind the code that begins at `at`; behind the backticks where none is closed."""
        places = self._runs.get(length, [])
        while places and places[-1] <= at:
            places.pop()
        return (places[-1] if places else at) + length
