"""Words of labels, companies and addresses: `resources/documents/words.toml`, ready to be asked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.pageindex import Token, fold, tokens_of

_SHORTEST_PART = 3
_GLUED_FROM = 7
"""Letters from which a run that is no word is tried as words whose spaces were lost."""


@dataclass(frozen=True)
class Vocabulary:
    """Folded words by their use. `same` leads to one writing, `like` to groups of near meaning;
    `naming` are all words that labels are mostly made of."""

    passing: frozenset[str]
    light: frozenset[str]
    same: Mapping[str, str]
    like: Mapping[str, frozenset[str]]
    decoys: Mapping[str, frozenset[str]]
    roles: Mapping[str, frozenset[str]]
    cues: Mapping[str, frozenset[str]]
    known: frozenset[str]
    naming: frozenset[str]

    def one(self, word: str) -> str:
        """The writing that stands for a folded word: "nr" is "number"."""
        return self.same.get(word, word)

    def alike(self, first: str, second: str) -> bool:
        """Whether two words often stand for one another in labels."""
        groups = self.like.get(first)
        return groups is not None and not groups.isdisjoint(self.like.get(second, frozenset()))


@cache
def vocabulary() -> Vocabulary:
    """The bundled words, read once."""
    path = bundled("resources") / "documents" / "words.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    same = {fold(word): fold(one) for one, words in data["same"].items() for word in words.split()}
    like: dict[str, set[str]] = {}
    for group, words in data["like"].items():
        for word in words.split():
            like.setdefault(same.get(fold(word), fold(word)), set()).add(group)
    tables = {name: _sets(data[name]) for name in ("decoys", "roles", "cues")}
    known = {*same, *same.values(), *like}
    for table in tables.values():
        known.update(*table.values())
    light = frozenset(map(fold, data["light"].split()))
    return Vocabulary(
        naming=light | frozenset(same) | frozenset(same.values()) | frozenset(like),
        passing=frozenset(map(fold, data["passing"].split())),
        light=light,
        same=same,
        like={word: frozenset(groups) for word, groups in like.items()},
        known=frozenset(word for word in known if word.isalpha() and len(word) >= _SHORTEST_PART),
        **tables,
    )


def _sets(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(map(fold, words.split())) for name, words in table.items()}


def apart(tokens: tuple[Token, ...], words: frozenset[str]) -> tuple[Token, ...]:
    """Runs whose spaces the reader lost, cut where they are made of `words` alone."""
    found: list[Token] = []
    for token in tokens:
        parts = _cut(token.text, words) if len(token.text) >= _GLUED_FROM else ()
        if len(parts) < 2:
            found.append(token)
            continue
        start = token.start
        for part in parts:
            found.append(Token(part, start, start + len(part)))
            start += len(part)
    return tuple(found)


@lru_cache(maxsize=16384)
def _cut(text: str, words: frozenset[str]) -> tuple[str, ...]:
    """The fewest words that make up a text without remainder; () when there are none."""
    if text in words:
        return ()
    best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
    for end in range(_SHORTEST_PART, len(text) + 1):
        for start in range(max(0, end - 20), end - _SHORTEST_PART + 1):
            before = best[start]
            if before is None or text[start:end] not in words:
                continue
            mine = (*before, text[start:end])
            known = best[end]
            if known is None or len(mine) < len(known):
                best[end] = mine
    return best[-1] or ()


_NAME = re.compile(r"[_/\\|.:]+")


def words_of(text: str) -> list[str]:
    """Folded words of a name or a description, each in the writing that stands for it."""
    book = vocabulary()
    return [book.one(token.text) for token in tokens_of(_NAME.sub(" ", text))]
