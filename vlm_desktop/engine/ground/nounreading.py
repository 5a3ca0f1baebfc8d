"""A noun with what stands in front of it and behind it: the part of `clauses.py` for one noun.

In front of a noun stand numbers, choices, sides and attributes, with "and" between them; behind it
"that is" with attributes, or a participle. The first word that no table knows begins the noun.
"""

import re
from dataclasses import dataclass, field

from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.ground.phraseparts import (
    Attribute,
    Place,
    Placed,
    Ranked,
    Related,
    Thing,
)
from vlm_desktop.engine.ground.phrasewords import PhraseWords, low
from vlm_desktop.engine.ground.spatial import Measure

_ANYTHING = "object"
_WORD = re.compile(r"[^\s,;]+|[,;]")
_LOOSE_END = re.compile(
    r"(?:[\s,]+(?:and|but|that is|which is|who is|that are|who are))+$", re.IGNORECASE
)


@dataclass(slots=True)
class Draft:
    """A `Thing` in the making."""

    said: str
    attributes: list[Attribute] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    relations: list[Related] = field(default_factory=list)
    number: int | None = None
    number_text: str = ""
    ordinal: tuple[int, str] | None = None
    """"second", before it is known what is counted."""
    is_one: bool = False
    """ "The largest of the dogs": one of them, though the noun is a plural."""

    def thing(self, words: PhraseWords) -> Thing:
        places = list(self.places)
        if self.ordinal is not None:
            # Nothing said what is counted: as one reads, from the left.
            places.append(Ranked(self.ordinal[1], Measure.LEFT, self.ordinal[0]))
        last = self.said.split(" ")[-1]
        plural = en.is_plural(last) and last.casefold() not in words.pairs
        singular = plural and en.plural(en.singular(last)).casefold() == last.casefold()
        noun = self.said
        if noun.casefold() in words.generic:
            noun = _ANYTHING
        elif singular:
            noun = self.said[: len(self.said) - len(last)] + en.singular(last)
        elif last.casefold() == "people":
            noun = self.said[: len(self.said) - len(last)] + "person"
        return Thing(
            noun=noun,
            said=self.said,
            plural=plural and not self.is_one,
            number=self.number,
            number_text=self.number_text,
            attributes=tuple(self.attributes),
            places=tuple(places),
            relations=tuple(self.relations),
        )


class NounReader:
    """Reads nouns with the words of the tables."""

    def __init__(self, words: PhraseWords) -> None:
        self._words = words

    def read(self, text: str) -> Draft | None:
        """A noun with what stands in front of it and behind it; None where there is none."""
        text = text.strip(" ,;.")
        text = _LOOSE_END.sub("", text)
        draft = Draft("")
        parts = self._words.filler.split(text, maxsplit=1)
        behind = parts[1].strip() if len(parts) > 1 else ""
        words = _WORD.findall(parts[0].strip())
        taken = self._take_all(draft, words)
        rest = " ".join(words[taken:])
        if not rest and (not words or low(words[-1]) in self._words.skipped):
            return None
        if not rest:  # "an orange", "the left": the last word is the noun after all
            rest = words[-1]
            self._give_back(draft, rest)
        if behind and not self.take_attributes(draft, behind):
            rest = f"{rest} {behind}"
        noun, _, after = rest.partition(" , ")
        if after and self.take_attributes(draft, after):
            rest = noun  # "the cup, red"
        draft.said = self._without_posture(draft, rest)
        return draft

    def _take_all(self, draft: Draft, words: list[str]) -> int:
        """Read all that stands in front of the noun; how many words it was."""
        taken = 0
        while taken < len(words):
            step = self._take(draft, words[taken:], is_first=taken == 0)
            chooses = draft.ordinal is not None or bool(draft.places)
            if not step and chooses and low(words[taken]) == "of" and taken + 1 < len(words):
                # "The largest of the three cups": all of them, of which one is chosen.
                taken += 1 + self._take_all(among := Draft(""), words[taken + 1 :])
                draft.attributes += among.attributes
                draft.is_one = True
                return taken
            if not step:
                break
            taken += step
        return taken

    def _without_posture(self, draft: Draft, rest: str) -> str:
        """ "Man standing": a participle behind the noun is an attribute."""
        for length in (2, 1):
            words = rest.split(" ")
            known = self._words.attributes.get(low(" ".join(words[-length:])))
            if known is not None and known[0] == "posture" and len(words) > length:
                draft.attributes.append(Attribute(" ".join(words[-length:]), *known))
                return " ".join(words[:-length])
        return rest

    def _give_back(self, draft: Draft, word: str) -> None:
        """Take back what the last word was thought to say."""
        for some in (draft.attributes, draft.places):
            if some and some[-1].text.endswith(word):
                some.pop()
        if draft.ordinal and draft.ordinal[1] == word:
            draft.ordinal = None
        if draft.number_text == word:
            draft.number, draft.number_text = None, ""

    def _take(self, draft: Draft, words: list[str], *, is_first: bool) -> int:
        """Read what stands first and is no noun; how many words it was."""
        known = self._words
        lows = [low(word) for word in words]
        if self._starts_compound(lows):
            return 0
        for length in (3, 2, 1):
            if len(lows) < length:
                continue
            key, said = " ".join(lows[:length]), " ".join(words[:length])
            if key in known.negations and len(lows) > length:
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
            if key in known.sides and len(lows) > length:
                draft.places.append(Placed(said, known.sides[key]))
                return length
            if key in known.attributes:
                draft.attributes.append(Attribute(said, *known.attributes[key]))
                return length
            if key in known.skipped or (key in known.joiners and not is_first):
                return length
        return self._take_number(draft, words, lows)

    def _take_number(self, draft: Draft, words: list[str], lows: list[str]) -> int:
        if lows[0] in self._words.numbers or (lows[0].isdecimal() and len(lows[0]) < 4):
            if len(lows) == 1 or not (
                number := int(self._words.numbers.get(lows[0], 0) or lows[0])
            ):
                return 0
            draft.number, draft.number_text = number, words[0]
            return 1
        if lows[0] in en.SEVERAL and lows[1:2] == ["of"] and len(lows) > 2:
            draft.number, draft.number_text = en.SEVERAL[lows[0]], f"{words[0]} {words[1]}"
            return 2
        return 0

    def _take_negated(self, draft: Draft, words: list[str], length: int) -> int:
        key = low(words[length])
        if key not in self._words.attributes:
            return 0
        said = " ".join(words[: length + 1])
        draft.attributes.append(Attribute(said, *self._words.attributes[key], negated=True))
        return length + 1

    def _starts_compound(self, lows: list[str]) -> bool:
        for length in (3, 2):
            if len(lows) >= length:
                key = " ".join([*lows[: length - 1], en.singular(lows[length - 1])])
                if key in self._words.compounds:
                    return True
        return False

    def take_attributes(self, draft: Draft, text: str) -> bool:
        """Whether a text is attributes and nothing else: "red and not striped"."""
        text = self._words.filler.sub("", text).strip()
        words = _WORD.findall(text)
        trial, taken = Draft(""), 0
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
