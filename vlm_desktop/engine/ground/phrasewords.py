"""The words of `resources/grounding/phrases.toml` as patterns. English only."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.ground.spatial import Measure, Relation, Side


@dataclass(frozen=True, slots=True)
class PhraseWords:
    """Tables by what is said, in lower case, and the patterns that find them in a phrase.

    `attributes` leads from words to (group, meaning); `groups` to all meanings of a group.
    """

    attributes: Mapping[str, tuple[str, str]]
    groups: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    sides: Mapping[str, tuple[Side, ...]]
    superlatives: Mapping[str, Measure]
    relations: Mapping[str, Relation]
    compounds: frozenset[str]
    worn: frozenset[str]
    pairs: frozenset[str]
    """Plurals that stand for one thing."""
    generic: frozenset[str]
    negations: frozenset[str]
    joiners: frozenset[str]
    unread: frozenset[str]
    skipped: frozenset[str]
    """Determiners and adverbs: they stand before a noun and say nothing of it."""
    request: re.Pattern[str]
    filler: re.Pattern[str]
    furthest: re.Pattern[str]
    from_side: re.Pattern[str]
    place: re.Pattern[str]
    open_place: re.Pattern[str]
    relation: re.Pattern[str]
    between: re.Pattern[str]


@lru_cache(maxsize=1)
def phrase_words() -> PhraseWords:
    """The bundled table, read once."""
    path = bundled("resources") / "grounding" / "phrases.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    relations = {said: Relation(name) for name, some in rows["relations"].items() for said in some}
    compounds = {" ".join(one) for one in en.COMPOUNDS} | set(rows["compounds"])
    return PhraseWords(
        attributes={
            said: (group, meaning)
            for group, some in rows["attributes"].items()
            for said, meaning in some.items()
        },
        groups={
            group: tuple(dict.fromkeys(some.values())) for group, some in rows["attributes"].items()
        },
        numbers={word: number for word, number in en.NUMBERS.items() if number},
        ordinals=rows["ordinals"],
        sides={said: tuple(Side(one) for one in some) for said, some in rows["sides"].items()},
        superlatives={said: Measure(one) for said, one in rows["superlatives"].items()},
        relations=relations,
        compounds=frozenset(compounds),
        worn=frozenset(rows["worn"]) | {en.plural(one) for one in rows["worn"]},
        pairs=frozenset(rows["pairs"]),
        generic=frozenset(rows["generic"]),
        negations=frozenset(rows["negations"]),
        joiners=frozenset(rows["joiners"]),
        unread=frozenset(rows["unread"]),
        skipped=frozenset(rows["determiners"]) | frozenset(rows["adverbs"]),
        request=_pattern(rf"(?:{_one_of(rows['requests'])})\b[\s,:]*"),
        filler=_pattern(rf"\b(?:{_one_of(rows['fillers'])})\b\s*"),
        relation=_pattern(rf"({_one_of(relations)})\s+(?=\w)"),
        between=_pattern(rf"(?:{_one_of(rows['between']['words'])})\s+(?=\w)"),
        **_place_patterns(rows),
    )


def _place_patterns(rows: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    words = rows["words_of_places"]
    sides = _one_of(rows["sides"])
    behind = _one_of(words["behind"])
    of_picture = rf"(?:\s+of\s+(?:the\s+|this\s+)?(?:{_one_of(words['pictures'])})\b)?"
    end = rf"(?:\s+(?:{behind})\b)?{of_picture}(?!\s+of\b)(?!\s+side\s+of\b)"
    furthest = rf"(?:the\s+)?(?:{_one_of(words['furthest'])})\s+(?:the\s+)?"
    ordinal = rf"(?:(?:the\s+)?(?P<ordinal>{_one_of(rows['ordinals'])})\s+)?"
    before = rf"(?:{_one_of(words['before'])})\s+(?:very\s+|far\s+)?"
    return {
        "furthest": _pattern(rf"{furthest}(?P<side>{sides})\b{end}"),
        "from_side": _pattern(rf"{ordinal}from\s+(?:the\s+)?(?P<side>{sides})\b{end}"),
        "place": _pattern(rf"(?:{before})?(?P<side>{sides})\b{end}"),
        "open_place": _pattern(
            rf"(?:{_one_of(rows['open_places']['phrases'])})\b{of_picture}(?!\s+of\b)"
        ),
    }


def _one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


def low(text: str) -> str:
    """In lower case, with single blanks: as the tables are written."""
    return " ".join(text.split()).casefold()


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
