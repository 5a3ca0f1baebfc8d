"""A phrase taken apart: what is looked for, and what is said of it. English only.

A phrase is read as noun, then markers from left to right: places ("on the left"), choices
("furthest to the right", "second from the left"), relations ("left of" and another noun). In front
of a noun stand numbers, choices, places and attributes; the tables say which words are which. A
relation hangs on the noun just before it, after "and" or "that is" on the first; places hang on
the first. What the tables do not know stays within the noun, so nothing that was said is lost:
a phrase without any marker is one noun.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.ground.phrasewords import PhraseWords, phrase_words
from vlm_desktop.engine.ground.spatial import Measure, Relation, Side

MOST_WORDS = 40
"""Longer phrases are cut: no model reads more of them, and nobody means more with one."""
_MOST_CHARACTERS = 400
_ANYTHING = "object"
_WORD = re.compile(r"[^\s,;]+|[,;]")
_DEEPEST = 3
"""So many relations may hang on one another."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a thing is like: a word, its group ("colour") and what it means there ("grey")."""

    text: str
    group: str
    meaning: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """At these sides of the picture."""

    text: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The `number`-th of several by a measure; -1 is the last."""

    text: str
    measure: Measure
    number: int = 1


@dataclass(frozen=True, slots=True)
class Untold:
    """Said of where it is, and boxes cannot tell: "in the background"."""

    text: str


Place: TypeAlias = Placed | Ranked | Untold


@dataclass(frozen=True, slots=True)
class Related:
    """How a thing lies to others; of `BETWEEN` there may be two."""

    text: str
    relation: Relation
    things: tuple["Thing", ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun phrase and what is said of it.

    `noun` is what a finder is given: without articles and without what is checked apart, in the
    singular. `said` is the same as it stands in the phrase. `number` is how many are asked for.
    """

    noun: str
    said: str
    plural: bool = False
    number: int | None = None
    number_text: str = ""
    attributes: tuple[Attribute, ...] = ()
    places: tuple[Place, ...] = ()
    relations: tuple[Related, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing but the noun was said."""
        return not (self.attributes or self.places or self.relations or self.number)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it was read: `text` may be cut (`cut`)."""

    text: str
    thing: Thing
    cut: bool = False


def parsed(phrase: str) -> Phrase:
    """Take a phrase apart. Raises PhraseEmpty where it names nothing."""
    text = " ".join(phrase.split())
    if not any(letter.isalnum() for letter in text):
        raise PhraseEmpty
    words = text.split(" ")
    cut = len(words) > MOST_WORDS or len(text) > _MOST_CHARACTERS
    if cut:
        text = " ".join(words[:MOST_WORDS])[:_MOST_CHARACTERS].strip()
    return Phrase(text, _Reader(text, phrase_words()).read(), cut)


@dataclass(slots=True)
class _Marker:
    """Something found in a phrase from `start` to `end`; `thing` follows a relation."""

    start: int
    end: int
    place: Place | None = None
    relation: Relation | None = None


@dataclass(slots=True)
class _Draft:
    """A `Thing` in the making."""

    said: str
    attributes: list[Attribute] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    relations: list[Related] = field(default_factory=list)
    number: int | None = None
    number_text: str = ""
    ordinal: tuple[int, str] | None = None
    """"second", before it is known what is counted."""

    def thing(self, words: PhraseWords) -> Thing:
        places = list(self.places)
        if self.ordinal is not None:
            # Nothing said what is counted: as one reads, from the left.
            places.append(Ranked(self.ordinal[1], Measure.LEFT, self.ordinal[0]))
        last = self.said.split(" ")[-1]
        plural = en.is_plural(last) and last.casefold() not in words.pairs
        noun = self.said
        if noun.casefold() in words.generic:
            noun = _ANYTHING
        elif plural and en.plural(en.singular(last)).casefold() == last.casefold():
            noun = self.said[: len(self.said) - len(last)] + en.singular(last)
        elif last.casefold() == "people":
            noun = self.said[: len(self.said) - len(last)] + "person"
        return Thing(
            noun=noun,
            said=self.said,
            plural=plural,
            number=self.number,
            number_text=self.number_text,
            attributes=tuple(self.attributes),
            places=tuple(places),
            relations=tuple(self.relations),
        )


class _Reader:
    def __init__(self, text: str, words: PhraseWords) -> None:
        self._words = words
        self._text = self._without_request(text.rstrip(" .?!,;:"))

    def read(self) -> Thing:
        text = self._text
        markers = list(self._markers(text))
        first = markers[0].start if markers else len(text)
        head = self._noun(text[:first])
        if head is None:  # "left of the laptop": nobody is named
            whole = text.strip() or self._text
            return Thing(whole, whole)
        self._attach(head, markers, text)
        return head.thing(self._words)

    def _without_request(self, text: str) -> str:
        """Without "show me" and the like, unless nothing else is said."""
        rest = text
        while match := self._words.request.match(rest):
            rest = rest[match.end() :]
        return rest if rest.strip(" ,") else text

    # --- markers -------------------------------------------------------------------------

    def _markers(self, text: str) -> Iterator[_Marker]:
        """From left to right. A side in front of a noun is no marker: "the left cup"."""
        place = 0
        finders: tuple[Callable[[str, int], _Marker | None], ...] = (
            self._open_place,
            self._ranked_place,
            self._between,
            self._relation,
            self._place,
        )
        for match in _WORD.finditer(text):
            if match.start() < place:
                continue
            found = [one for find in finders if (one := find(text, match.start())) is not None]
            if found:
                marker = max(found, key=lambda one: one.end)
                place = marker.end
                yield marker

    def _open_place(self, text: str, start: int) -> _Marker | None:
        match = self._words.open_place.match(text, start)
        return match and _Marker(start, match.end(), Untold(match[0]))

    def _ranked_place(self, text: str, start: int) -> _Marker | None:
        """ "Furthest to the left", "second from the right"."""
        match = self._words.from_side.match(text, start)
        number = 1
        if match is not None and match["ordinal"]:
            number = self._words.ordinals[_low(match["ordinal"])]
        match = match or self._words.furthest.match(text, start)
        if match is None:
            return None
        sides = self._words.sides[_low(match["side"])]
        if len(sides) > 1:
            return _Marker(start, match.end(), Placed(match[0], sides))
        return _Marker(start, match.end(), Ranked(match[0], Measure(sides[0]), number))

    def _place(self, text: str, start: int) -> _Marker | None:
        match = self._words.place.match(text, start)
        if match is None:
            return None
        bare = match.start("side") == start
        followed = re.match(r"\s*[\w]", text[match.end() :]) is not None
        if bare and (followed or not text[:start].strip()):
            return None  # "left cup", "top of the hill"
        return _Marker(start, match.end(), Placed(match[0], self._words.sides[_low(match["side"])]))

    def _relation(self, text: str, start: int) -> _Marker | None:
        match = self._words.relation.match(text, start)
        if match is None or self._in_compound(text, start):
            return None
        return _Marker(start, match.end(), relation=self._words.relations[_low(match[1])])

    def _between(self, text: str, start: int) -> _Marker | None:
        match = self._words.between.match(text, start)
        return match and _Marker(start, match.end(), relation=Relation.BETWEEN)

    def _in_compound(self, text: str, start: int) -> bool:
        rest = _low(text[start:])
        return any(rest.startswith(one) for one in self._words.compounds)

    # --- what hangs on what --------------------------------------------------------------

    def _attach(self, head: _Draft, markers: list[_Marker], text: str) -> None:
        chain: list[tuple[_Draft, _Marker, str]] = []  # relations, each on the one before
        joined = True
        for index, marker in enumerate(markers):
            end = markers[index + 1].start if index + 1 < len(markers) else len(text)
            follows = text[marker.end : end]
            if marker.place is not None:
                self._put(head, marker.place)
                self._trailing(head, follows)
                continue
            if joined or len(chain) >= _DEEPEST:
                self._close(head, chain)
            said = f"{text[marker.start : marker.end]}{follows}".strip(" ,")
            said = re.sub(r"[\s,]+(?:and|but)$", "", said)
            if marker.relation is Relation.BETWEEN:
                self._put_between(head, said, follows)
                continue
            draft = self._noun(follows)
            if draft is None:
                head.places.append(Untold(said))
                continue
            chain.append((draft, marker, said))
            joined = (
                re.search(r"(?:,|\b(?:and|but|that is|which is|who is))\s*$", follows) is not None
            )
        self._close(head, chain)

    def _close(self, head: _Draft, chain: list[tuple[_Draft, _Marker, str]]) -> None:
        """Hang each relation of a chain on the noun before it, the first on the head."""
        texts = [said for _, _, said in chain]
        while chain:
            draft, marker, _ = chain.pop()
            owner = chain[-1][0] if chain else head
            said = " ".join(texts[len(chain) :])
            texts = texts[: len(chain)] + [said]
            assert marker.relation is not None
            thing = draft.thing(self._words)
            relation = marker.relation
            worn = _low(thing.said.split(" ")[-1]) in self._words.worn
            if relation is Relation.INSIDE and worn:
                relation = Relation.WITH  # "in a red shirt"
            owner.relations.append(Related(said, relation, (thing,)))

    def _put(self, head: _Draft, place: Place) -> None:
        if isinstance(place, Ranked) and head.ordinal is not None:
            number, text = head.ordinal  # "the second cup from the left"
            place = Ranked(f"{text} {place.text}", place.measure, number)
            head.ordinal = None
        head.places.append(place)

    def _trailing(self, head: _Draft, follows: str) -> None:
        """What stands behind a place: "cup on the left that is red"."""
        rest = follows.strip(" ,")
        for joiner in ("and ", "but "):
            rest = rest.removeprefix(joiner)
        if rest and not self._take_attributes(head, rest) and rest not in self._words.joiners:
            head.places.append(Untold(rest))

    def _put_between(self, head: _Draft, said: str, follows: str) -> None:
        parts = re.split(r"\s*(?:\band\b|,)\s*", follows.strip(" ,"), maxsplit=1)
        drafts = [draft for part in parts if (draft := self._noun(part)) is not None]
        if not drafts:
            head.places.append(Untold(said))
            return
        things = tuple(draft.thing(self._words) for draft in drafts)
        head.relations.append(Related(said, Relation.BETWEEN, things))

    # --- nouns -------------------------------------------------------------------------

    def _noun(self, text: str) -> _Draft | None:
        """A noun with what stands in front of it and behind it; None where there is none."""
        text = text.strip(" ,;.")
        text = re.sub(r"(?:[\s,]+(?:and|but|that is|which is|who is|that are|who are))+$", "", text)
        draft = _Draft("")
        parts = self._words.filler.split(text, maxsplit=1)
        behind = parts[1].strip() if len(parts) > 1 else ""
        words = _WORD.findall(parts[0].strip())
        taken = 0
        while taken < len(words):
            step = self._take(draft, words[taken:], is_first=taken == 0)
            if not step:
                break
            taken += step
        rest = " ".join(words[taken:])
        if not rest and (not words or _low(words[-1]) in self._words.skipped):
            return None
        if not rest:  # "an orange", "the left": the last word is the noun after all
            rest = words[-1]
            self._give_back(draft, rest)
        if behind and not self._take_attributes(draft, behind):
            rest = f"{rest} {behind}"
        draft.said = self._without_posture(draft, rest)
        return draft

    def _without_posture(self, draft: _Draft, rest: str) -> str:
        """ "Man standing": a participle behind the noun is an attribute."""
        for length in (2, 1):
            words = rest.split(" ")
            known = self._words.attributes.get(_low(" ".join(words[-length:])))
            if known is not None and known[0] == "posture" and len(words) > length:
                draft.attributes.append(Attribute(" ".join(words[-length:]), *known))
                return " ".join(words[:-length])
        return rest

    def _give_back(self, draft: _Draft, word: str) -> None:
        """Take back what the last word was thought to say."""
        for some in (draft.attributes, draft.places):
            if some and some[-1].text.endswith(word):
                some.pop()
        if draft.ordinal and draft.ordinal[1] == word:
            draft.ordinal = None
        if draft.number_text == word:
            draft.number, draft.number_text = None, ""

    def _take(self, draft: _Draft, words: list[str], *, is_first: bool) -> int:
        """Read what stands first and is no noun; how many words it was."""
        known = self._words
        low = [_low(word) for word in words]
        if self._starts_compound(low):
            return 0
        for length in (3, 2, 1):
            if len(low) < length:
                continue
            key, said = " ".join(low[:length]), " ".join(words[:length])
            if key in known.negations and len(low) > length:
                return self._take_negated(draft, words, length)
            if key in known.superlatives:
                number, before = draft.ordinal or (1, "")
                draft.ordinal = None
                text = f"{before} {said}".strip()
                draft.places.append(Ranked(text, known.superlatives[key], number))
                return length
            if key in known.ordinals:
                draft.ordinal = (known.ordinals[key], said)
                return length
            if key in known.sides and len(low) > length:
                draft.places.append(Placed(said, known.sides[key]))
                return length
            if key in known.attributes:
                draft.attributes.append(Attribute(said, *known.attributes[key]))
                return length
            if key in known.skipped or (key in known.joiners and not is_first):
                return length
        return self._take_number(draft, words, low)

    def _take_number(self, draft: _Draft, words: list[str], low: list[str]) -> int:
        if low[0] in self._words.numbers or (low[0].isdigit() and len(low[0]) < 4):
            if len(low) == 1 or not (number := int(self._words.numbers.get(low[0], 0) or low[0])):
                return 0
            draft.number, draft.number_text = number, words[0]
            return 1
        if low[0] in en.SEVERAL and low[1:2] == ["of"] and len(low) > 2:
            draft.number, draft.number_text = en.SEVERAL[low[0]], f"{words[0]} {words[1]}"
            return 2
        return 0

    def _take_negated(self, draft: _Draft, words: list[str], length: int) -> int:
        key = _low(words[length])
        if key not in self._words.attributes:
            return 0
        said = " ".join(words[: length + 1])
        draft.attributes.append(Attribute(said, *self._words.attributes[key], negated=True))
        return length + 1

    def _starts_compound(self, low: list[str]) -> bool:
        for length in (3, 2):
            if len(low) >= length:
                key = " ".join([*low[: length - 1], en.singular(low[length - 1])])
                if key in self._words.compounds:
                    return True
        return False

    def _take_attributes(self, draft: _Draft, text: str) -> bool:
        """Whether a text is attributes and nothing else: "red and not striped"."""
        text = self._words.filler.sub("", text).strip()
        words = _WORD.findall(text)
        trial, taken = _Draft(""), 0
        while taken < len(words):
            step = self._take(trial, words[taken:], is_first=False)
            if not step:
                return False
            taken += step
        if trial.number is not None or trial.ordinal is not None or not words:
            return False
        draft.attributes += trial.attributes
        draft.places += trial.places
        return True


def _low(text: str) -> str:
    return " ".join(text.split()).casefold()
