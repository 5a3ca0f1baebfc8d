"""What a question about a document asks for: the type of its answer and the words of its label."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.pageindex import fold, tokens_of
from vlm_desktop.engine.documents.vocabulary import vocabulary

LONGEST = 500
"""Characters of a question that are read."""
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,})[\"“”„«»]")


@dataclass(frozen=True, slots=True)
class Question:
    """`subject` are the folded words that name what is asked for, in their order; `label` the same
    as they were typed. `types` is what the answer may be, the likeliest first."""

    text: str
    label: str
    subject: tuple[str, ...]
    types: tuple[FieldType, ...]

    def specs(self) -> tuple[FieldSpec, ...]:
        """Fields to look for in turn."""
        return tuple(FieldSpec(self.label or self.text, kind) for kind in self.types)


def understand(text: str) -> Question:
    """Read a question. Words in quotation marks are a label as it is printed."""
    text = " ".join(text.split())[:LONGEST]
    quoted = _QUOTED.search(text)
    asked = quoted[1] if quoted else text
    tokens = tokens_of(asked)
    leave = frozenset() if quoted else _asking() | vocabulary().passing
    kept = [token for token in tokens if token.text not in leave]
    label = asked if quoted else " ".join(asked[token.start : token.end] for token in kept)
    return Question(text, label, tuple(token.text for token in kept), _types(text))


def _types(text: str) -> tuple[FieldType, ...]:
    words = [token.text for token in tokens_of(text)]
    found: dict[FieldType, int] = {}
    for kind, phrases in _phrases().items():
        places = [_place(words, phrase) for phrase in phrases]
        there = [place for place in places if place is not None]
        if there:
            found[kind] = min(there)
    ordered = sorted(found, key=lambda kind: found[kind])
    return (*ordered, FieldType.TEXT)


def _place(words: list[str], phrase: tuple[str, ...]) -> int | None:
    length = len(phrase)
    places = range(len(words) - length + 1)
    return next((at for at in places if tuple(words[at : at + length]) == phrase), None)


@cache
def _phrases() -> Mapping[FieldType, tuple[tuple[str, ...], ...]]:
    return {
        FieldType(kind): tuple(
            tuple(token.text for token in tokens_of(phrase)) for phrase in said.split("|")
        )
        for kind, said in _data()["types"].items()
    }


@cache
def _asking() -> frozenset[str]:
    return frozenset(map(fold, _data()["asking"]["words"].split()))


@cache
def _data() -> Mapping[str, Mapping[str, str]]:
    path = bundled("resources") / "documents" / "questions.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
