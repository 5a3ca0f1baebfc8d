"""Sentences for training: templates, statements made from questions, and class names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEMPLATES = (
    "a photo of {}",
    "{}",
    "a picture of {}",
    "a close-up photo of {}",
    "there is {} in the photo",
    "a photo of the {n}",
    "{n}",
    "a photo of many {n}",
    "a snapshot of {}",
)
SENTENCE_ONLY = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_ANSWER_NAMES_THING = re.compile(
    r"^what (?:kind|type|sort|animal|animals|food|sport|fruit|vehicle|object|room|is this|is that"
    r"|are these|are those|is the name|is in|are in|is on|are on)\b"
)
_COLOUR = re.compile(r"^what colou?rs? (?:is|are) (?:the |this |that |these |his |her )?(.+)$")
_HELPERS = re.compile(
    r" (?:are|is) (?:there|shown|visible|in (?:the|this) (?:picture|photo|image))\b.*$")
_EMPTY_ANSWERS = frozenset({"yes", "no", "unknown", "none", "nothing", "not sure", "0", ""})


def with_article(name: str) -> str:
    """``"cat"`` -> ``"a cat"``; plurals that end in a plain s are left alone."""
    if name.endswith("s") and not name.endswith(("ss", "us", "is")):
        return name
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def name_sentences(name: str) -> list[str]:
    """The ways ``name`` is put into a sentence, always in the same order."""
    return [template.format(with_article(name), n=name) for template in TEMPLATES]


def statement(question: str, answer: str) -> str:
    """Turn a question and its answer into a sentence about the picture, or ``""``.

    COCO-QA questions (Ren, Kiros, Zemel 2015) were made from captions by rule, so putting
    the answer back in place of the question word comes close to the caption again.
    """
    asked = " ".join(question.lower().strip(" ?.").split())
    told = answer.lower().strip()
    if told in _EMPTY_ANSWERS or len(told.split()) > 4:
        return ""
    colour = re.match(r"^what is the colou?r of (?:the )?(.+)$", asked) or _COLOUR.match(asked)
    if colour:
        return f"{with_article(told)} {colour.group(1)}"
    if asked.startswith("how many "):
        return f"{told} {_plain(asked[9:])}"
    if asked.startswith("where "):
        return f"{_plain(re.sub(r'^where (?:is|are|does|do|did|was|were) ', '', asked))} {told}"
    if _ANSWER_NAMES_THING.match(asked):
        return f"a photo of {told}"
    asked = re.sub(r"^what (?:does|do|did|is|are) (the|a|an|two|three) ", r"\1 ", asked)
    if re.search(r"\bwhat\b", asked):
        return re.sub(r"\bwhat\b", told, asked, count=1)
    return f"{asked} {told}" if asked.startswith(("the ", "a ", "an ")) else ""


def _plain(text: str) -> str:
    """Drop the question's helping words: ``are there in the picture``."""
    return _HELPERS.sub("", text)


def read_label_names(path: Path) -> list[list[str]]:
    """Synonyms of every class from a label file whose line 0 is the background class."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [[part.strip().lower() for part in line.split(",") if part.strip()] for line in lines]


def merge_names(first: Sequence[Sequence[str]], second: Sequence[str]) -> list[list[str]]:
    """Put one more name per class in front of the synonyms."""
    merged = []
    for synonyms, other in zip(first, second, strict=True):
        name = other.lower()
        merged.append([name, *[one for one in synonyms if one != name]])
    return merged


def vocabulary_sentences(words: Sequence[str]) -> list[str]:
    """Whole words of a wordpiece vocabulary, put alternately bare and into a sentence."""
    plain = [word for word in words if re.fullmatch(r"[a-z]{3,}", word)]
    return [f"a photo of {with_article(word)}" if index % 2 else word
            for index, word in enumerate(plain)]
