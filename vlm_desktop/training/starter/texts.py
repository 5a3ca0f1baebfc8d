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
_LITTLE = frozenset(
    re.findall(
        r"[a-z]+",
        """
the and are with his her its that this for from has have had was were who which while their them
they she him one two three four some near next over into onto out off down through there behind
front side other another around along across against under being very something several someone
what where when not but about above after before between together each all both more many own
same than then just like looks looking look going getting gets doing does can
""",
    )
)
_HELPERS = re.compile(
    r" (?:are|is) (?:there|shown|visible|in (?:the|this) (?:picture|photo|image))\b.*$"
)
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


def keywords(texts: Sequence[str]) -> list[str]:
    """Words of a text that could be searched for, without the little words."""
    found = re.findall(r"[a-z]{3,}", " ".join(texts).lower())
    return [word for word in found if word not in _LITTLE]


def keyword_table(
    captions: Sequence[Sequence[str]], least: int = 5
) -> tuple[list[str], list[dict[int, int]]]:
    """Search words of captioned photos, plurals put with their singular.

    Args:
        captions: the captions of every photo (empty for photos without).
        least: photos a word must occur in.

    Returns:
        The words, and for every photo how many of its captions have which word.
    """
    spread: dict[str, int] = {}
    for said in captions:
        for word in set(keywords(said)):
            spread[word] = spread.get(word, 0) + 1
    plain = {
        word: word[:-1] if word.endswith("s") and word[:-1] in spread else word for word in spread
    }
    total: dict[str, int] = {}
    for word, count in spread.items():
        total[plain[word]] = total.get(plain[word], 0) + count
    words = sorted(word for word, count in total.items() if count >= least)
    index = {word: place for place, word in enumerate(words)}
    rows = []
    for said in captions:
        row: dict[int, int] = {}
        for caption in said:
            for word in {plain[one] for one in keywords([caption])}:
                if word in index:
                    row[index[word]] = row.get(index[word], 0) + 1
        rows.append(row)
    return words, rows


def vocabulary_sentences(words: Sequence[str]) -> list[str]:
    """Whole words of a wordpiece vocabulary, put alternately bare and into a sentence."""
    plain = [word for word in words if re.fullmatch(r"[a-z]{3,}", word)]
    return [
        f"a photo of {with_article(word)}" if index % 2 else word
        for index, word in enumerate(plain)
    ]
