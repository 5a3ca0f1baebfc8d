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
from dataclasses import dataclass

from vlm_desktop.base.grounderrors import PhraseEmpty
from vlm_desktop.engine.ground.nounreading import Draft, NounReader
from vlm_desktop.engine.ground.phraseparts import (
    Attribute,
    Phrase,
    Place,
    Placed,
    Ranked,
    Related,
    Thing,
    Untold,
)
from vlm_desktop.engine.ground.phrasewords import PhraseWords, low, phrase_words
from vlm_desktop.engine.ground.spatial import Measure, Relation

MOST_WORDS = 40
"""Longer phrases are cut: no model reads more of them, and nobody means more with one."""
_MOST_CHARACTERS = 400
_WORD = re.compile(r"[^\s,;]+|[,;]")
_DEEPEST = 3
"""So many relations may hang on one another."""


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


class _Reader:
    def __init__(self, text: str, words: PhraseWords) -> None:
        self._words = words
        self._nouns = NounReader(words)
        self._text = self._without_request(text.rstrip(" .?!,;:"))

    def read(self) -> Thing:
        text = self._text
        if any(low(word) in self._words.unread for word in text.split(" ")):
            return Thing(text, text)
        markers = list(self._markers(text))
        first = markers[0].start if markers else len(text)
        head = self._nouns.read(text[:first])
        if head is None and markers and markers[0].place is not None:  # "furthest left cup"
            lead = markers.pop(0)
            first = markers[0].start if markers else len(text)
            head = self._nouns.read(text[lead.end : first])
            if head is not None and lead.place is not None:
                self._put(head, lead.place)
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
            number = self._words.ordinals[low(match["ordinal"])]
        match = match or self._words.furthest.match(text, start)
        if match is None:
            return None
        sides = self._words.sides[low(match["side"])]
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
        return _Marker(start, match.end(), Placed(match[0], self._words.sides[low(match["side"])]))

    def _relation(self, text: str, start: int) -> _Marker | None:
        match = self._words.relation.match(text, start)
        if match is None or self._in_compound(text, start):
            return None
        return _Marker(start, match.end(), relation=self._words.relations[low(match[1])])

    def _between(self, text: str, start: int) -> _Marker | None:
        match = self._words.between.match(text, start)
        return match and _Marker(start, match.end(), relation=Relation.BETWEEN)

    def _in_compound(self, text: str, start: int) -> bool:
        rest = low(text[start:])
        return any(rest.startswith(one) for one in self._words.compounds)

    # --- what hangs on what --------------------------------------------------------------

    def _attach(self, head: Draft, markers: list[_Marker], text: str) -> None:
        chain: list[tuple[Draft, _Marker, str]] = []  # relations, each on the one before
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
            draft = self._nouns.read(follows)
            if draft is None:
                head.places.append(Untold(said))
                continue
            chain.append((draft, marker, said))
            joined = (
                re.search(r"(?:,|\b(?:and|but|that is|which is|who is))\s*$", follows) is not None
            )
        self._close(head, chain)

    def _close(self, head: Draft, chain: list[tuple[Draft, _Marker, str]]) -> None:
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
            worn = low(thing.said.split(" ")[-1]) in self._words.worn
            known = self._words.attributes.get(low(thing.said), ("", ""))
            if relation is Relation.INSIDE and worn:
                relation = Relation.WITH  # "in a red shirt"
            if relation is Relation.INSIDE and thing.is_plain and known[0] == "colour":
                owner.attributes.append(Attribute(said, *known))  # "in red"
                continue
            owner.relations.append(Related(said, relation, (thing,)))

    def _put(self, head: Draft, place: Place) -> None:
        if isinstance(place, Ranked) and head.ordinal is not None:
            number, text = head.ordinal  # "the second cup from the left"
            place = Ranked(f"{text} {place.text}", place.measure, number)
            head.ordinal = None
        head.places.append(place)

    def _trailing(self, head: Draft, follows: str) -> None:
        """What stands behind a place: "cup on the left that is red"."""
        rest = follows.strip(" ,")
        for joiner in ("and ", "but "):
            rest = rest.removeprefix(joiner)
        if rest and not self._nouns.take_attributes(head, rest) and rest not in self._words.joiners:
            head.places.append(Untold(rest))

    def _put_between(self, head: Draft, said: str, follows: str) -> None:
        parts = re.split(r"\s*(?:\band\b|,)\s*", follows.strip(" ,"), maxsplit=1)
        drafts = [draft for part in parts if (draft := self._nouns.read(part)) is not None]
        if not drafts:
            head.places.append(Untold(said))
            return
        things = tuple(draft.thing(self._words) for draft in drafts)
        head.relations.append(Related(said, Relation.BETWEEN, things))
