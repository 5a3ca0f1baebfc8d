"""Words of a text with their parts of speech: what the grammar of claims reads.

The tagger is loaded when the first text is looked at, a fifth of a second once. It knows English
(and German, for later); of other languages nothing is claimed to be understood.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from vlm_desktop.backends.late import resolve
from vlm_desktop.engine.alttext import englishwords as en

TAGGER = "vlm_desktop.backends.tagging:HantaTagger"
LANGUAGES = frozenset({"en"})
"""Languages whose texts are split into claims; in others a whole sentence is one claim."""

_WORD = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|St|Jr|Sr)\.(?= )"
    r"|\d+(?:[.,:]\d+)*|\w+?n['’]t\b"
    r"|\w+(?:[-‐‑]\w+)*|['’](?:s|re)\b|[^\w\s]"
)
_LETTERS = {
    "AT0": "D", "DPS": "D", "DT0": "D", "DTQ": "W",
    "CRD": "#", "ORD": "J", "AJ0": "J", "AJC": "J", "AJS": "J",
    "AV0": "R", "AVQ": "S", "AVP": "A", "XX0": "R",
    "NN0": "N", "NN1": "N", "NN2": "N", "UNC": "N", "ZZ0": "N", "NP0": "P", "PNI": "N",
    "VVG": "G", "VDG": "G", "VHG": "G", "VVN": "E", "VVD": "E", "VDN": "E", "VHN": "E",
    "VVZ": "V", "VVB": "V", "VVI": "V", "VDZ": "V", "VDB": "V", "VDI": "V", "VDD": "V",
    "VBZ": "B", "VBB": "B", "VBD": "B", "VBI": "B", "VBG": "B", "VBN": "B",
    "VHZ": "H", "VHB": "H", "VHI": "H", "VHD": "H", "VM0": "M", "TO0": "T",
    "PRP": "I", "PRF": "I", "CJC": "C", "CJS": "S", "CJT": "W", "PNQ": "W", "PNP": "O",
    "PNX": "O", "EX0": "X", "POS": "K", "ITJ": "Z",
}  # fmt: skip
"""A letter for each tag of the BNC. D determiner, # number, J adjective, R adverb, A particle,
N noun, P name, G -ing form, E past or participle, V verb, B be, H have, M modal, T to, I
preposition, C and/or, S subordinator, W who/which/that, O pronoun, X there, K possessive, Z
other; "," "." and "q" are marks."""

_QUOTES = frozenset('"“”„«»')
_STOPS = frozenset(".!?;:…")
_ABBREVIATIONS = frozenset({"vs", "no", "etc"})
_PARTICLES = frozenset({"down", "up", "out", "off", "on", "around", "along", "away", "over", "back",
                        "in", "by", "through"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a preposition of several, as it stands at `start` to `end` of the text.

    `tag` is a letter (see `_LETTERS`); `fine` the tagger's own.
    """

    text: str
    lemma: str
    tag: str
    start: int
    end: int
    fine: str = ""

    @property
    def low(self) -> str:
        return self.text.casefold()


class Tagger(Protocol):
    def tag(self, words: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(lemma, tag) of each word of a sentence."""
        ...


_lock = threading.Lock()
_taggers: dict[str, Tagger] = {}


def sentences(text: str, language: str = "en") -> tuple[tuple[Word, ...], ...]:
    """The sentences of a text, each with its words in order. Raises PartMissing.

    A full stop, a line break or the end ends one; the full stop belongs to it.
    """
    return tuple(_tagged(part, language) for part in _split(text))


def _split(text: str) -> list[list[tuple[str, int, int]]]:
    found: list[list[tuple[str, int, int]]] = [[]]
    inside = False
    before = 0
    for match in _WORD.finditer(text):
        word, start, end = match[0], *match.span()
        if "\n" in text[before:start] and found[-1]:
            found.append([])
            inside = False
        before = end
        found[-1].append((word, start, end))
        if word in _QUOTES:
            inside = not inside
        last = found[-1][-2][0].casefold() if len(found[-1]) > 1 else ""
        ends = word in ".!?…" and not inside and last not in _ABBREVIATIONS
        if ends and not text[end : end + 1].strip(' \t\r\n"”'):
            found.append([])
    return [part for part in found if part]


def _tagged(part: list[tuple[str, int, int]], language: str) -> tuple[Word, ...]:
    with _lock:
        if language not in _taggers:
            _taggers[language] = resolve(TAGGER, "splitting texts into claims")(language)
        # A capital at the start of a sentence says nothing.
        plain = [word for word, _, _ in part]
        tags = _taggers[language].tag(plain)
    words = [
        Word(word, lemma.casefold(), _letter(word, fine, index), start, end, fine)
        for index, ((word, start, end), (lemma, fine)) in enumerate(zip(part, tags, strict=True))
    ]
    return tuple(_merged(_corrected(words)))


def _letter(word: str, fine: str, index: int) -> str:
    low = word.casefold()
    if word in _QUOTES:
        return "q"
    if word in _STOPS:
        return "."
    if word == ",":
        return ","
    if not any(letter.isalnum() for letter in word):
        return "Z"
    if word.endswith(".") and len(word) > 2:
        return "P"  # "Dr."
    if low in en.NUMBERS or low.replace(",", "").replace(".", "").isdigit():
        return "#"
    for known, letter in _KNOWN:
        if low in known:
            return letter
    letter = _LETTERS.get(fine, "Z")
    if low.endswith(("-haired", "-colored", "-coloured", "-sleeved", "-shaped")):
        return "J"
    if letter == "P" and not word[:1].isupper():
        return "N"
    if fine == "AVP" and index > 0 and word[:1].isupper() and low not in _PARTICLES:
        return "P"
    common = low in en.ANIMATE or low in en.PLACES
    if letter in "NZP" and common:
        return "N"
    if letter in "NZ" and word[:1].isupper() and index > 0 and fine in {"UNC", "NN1", "NP0"}:
        return "P"
    return letter


_KNOWN = (
    (en.ADJECTIVES, "J"),
    (en.NO_NOUNS - {"down", "up"}, "R"),
    (en.NOUNS, "N"),
    (en.COPULAS, "B"),
    (frozenset({"no"}), "D"),
    (frozenset({"and", "or", "but", "&"}), "C"),
    (frozenset({"while", "whilst"}), "S"),
)

_VERBS = {"NN2": "VVZ", "NN1": "VVB", "VVN": "VVB"}


def _corrected(words: list[Word]) -> list[Word]:
    """What the words around tell better than the tagger knows."""
    found = list(words)
    for place, word in enumerate(found):
        tag = _corrected_tag(found, place)
        if tag != word.tag:
            # What the tagger took for a plural is a verb like "runs", else one like "run".
            fine = _VERBS.get(word.fine, word.fine) if tag == "V" else word.fine
            found[place] = replace(word, tag=tag, fine=fine)
    return found


def _corrected_tag(words: Sequence[Word], place: int) -> str:
    word = words[place]
    after = words[place + 1].tag if place + 1 < len(words) else ""
    before = words[place - 1] if place else Word("", "", "", 0, 0)
    if word.low in en.COLOURS:
        follows = words[place + 1] if place + 1 < len(words) else word
        is_noun = after not in {"N", "P", "J", "C", ","} and before.tag not in {"B", "C", "R"}
        return "N" if is_noun or _is_doing(follows) else "J"
    if word.low in {"'s", "’s"}:
        return "B" if before.tag in {"X", "O", "W"} or after in {"D", "G"} else "K"
    if word.low == "as" and any(one.tag in {"V", "B"} for one in words[place + 1 :]):
        return "S"
    if word.low == "that" and before.tag == "N" and after in {"B", "V", "H", "M"}:
        return "W"
    turns = word.tag == "A" or (word.tag == "R" and word.low in en.ALSO_PREPOSITIONS)
    if turns and after in {"D", "#", "J", "N", "P", "O"}:
        return "I"
    if word.tag in {"N", "J"} and before.tag in {"N", "P"} and _is_doing(word):
        return "G" if after not in {"N", "P"} or word.low in en.DOING else word.tag
    if word.tag in {"V", "E"} and before.tag in {"D", "J"} and after not in {"N", "P", "J", "D"}:
        return "N"
    if word.low == "run" and word.tag == "E" and before.tag not in {"B", "H"}:
        return "V"
    if word.tag == "N" and _must_be_verb(words, place, before, after):
        return "V"
    return word.tag


def _is_doing(word: Word) -> bool:
    """Whether a word is a deed by its ending: "posing", not "building"."""
    ends = word.low.endswith("ing") and len(word.low) > 5 and word.low.isalpha()
    return ends and (word.low in en.DOING or word.low not in en.ING_NOUNS)


def _must_be_verb(words: Sequence[Word], place: int, before: Word, after: str) -> bool:
    """Whether what the tagger takes for a noun is what somebody does."""
    word = words[place]
    if after in {"N", "P"}:
        return False
    if word.fine == "NN2":
        runs_and_barks = place > 1 and before.tag == "C" and words[place - 2].fine == "VVZ"
        no_other = not any(one.tag in {"V", "B", "H", "M"} for one in words)
        spots_run = no_other and before.fine == "NN2"  # "a dog with spots runs"
        return (before.tag == "N" and _one_at(words, place)) or runs_and_barks or spots_run
    here = _same_part(words, place)
    no_verb = not any(one.tag in {"V", "B", "H", "M"} for one in here)
    many = any(one.tag == "C" or one.fine == "NN2" for one in words[: place - 1])
    if word.low in en.BARE_VERBS and before.tag == "N" and no_verb and many and after in {"I", "R"}:
        return True  # "tulips in a vase stand on a table"
    several = en.is_plural(before.text, before.fine) or any(one.tag == "C" for one in words[:place])
    return (
        word.fine == "NN1" and before.tag == "N" and several and before.low in en.ANIMATE
    )  # "people watch", "a boy and a girl play"


def _same_part(words: Sequence[Word], place: int) -> Sequence[Word]:
    """The words around one up to "while" and the like."""
    ends = [index for index, one in enumerate(words) if one.tag in {"S", "."}]
    start = max((index for index in ends if index < place), default=-1)
    return words[start + 1 : min((index for index in ends if index > place), default=len(words))]


def _one_at(words: Sequence[Word], place: int) -> bool:
    """Whether the nouns that end at `place` begin with "a" or "one": then the last is a verb."""
    after = words[place + 1].tag if place + 1 < len(words) else ""
    start = place - 1
    while start >= 0 and words[start].tag in {"N", "J", "C", ","}:
        start -= 1
    return start >= 0 and words[start].low in {"a", "an", "one"} and after not in {"N", "P"}


_LONGEST_PHRASE = max(map(len, en.PREPOSITIONS | en.ALONE | en.COMPOUNDS))


def _phrase_tag(key: tuple[str, ...]) -> str:
    """The letter of what several words stand for; "" where they are no phrase."""
    if key in en.PREPOSITIONS:
        return "I"
    if key in en.ALONE:
        return "R"
    return "N" if (*key[:-1], en.singular(key[-1])) in en.COMPOUNDS else ""


def _merged(words: Sequence[Word]) -> list[Word]:
    """Prepositions and adverbs of several words as one word each."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - place), 1, -1):
            some = words[place : place + length]
            key = tuple(one.low for one in some)
            tag = _phrase_tag(key)
            if tag:
                text = " ".join(one.text for one in some)
                fine = some[-1].fine if tag == "N" else ""
                merged = Word(text, " ".join(key), tag, some[0].start, some[-1].end, fine)
                found.append(merged)
                place += length
                break
        else:
            found.append(words[place])
            place += 1
    return found
