"""How long a text is, what is left of a limit, and cutting a text so that it fits.

Two counts: characters are Unicode code points, graphemes what a person sees as one character
(extended grapheme clusters, UAX #29). Pure; importing it does not import numpy.
"""

from dataclasses import dataclass

import regex

from vlm_desktop.base.alttext import Destination


def listed(words: str) -> frozenset[str]:
    """Words between blanks as a set."""
    return frozenset(words.split())


_GRAPHEME = regex.compile(r"\X")
_SENTENCE_END = regex.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s|$)|(?<![。！？])[。！？]++[」』）]*+"
)
_LAST_WORD = regex.compile(r"[\p{L}\p{M}.]+(?=[.!?…]+[\"'”’»)\]]*$)")
_BREAK = regex.compile(r"\s+|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])")
_ABBREVIATIONS = listed(
    "mr mrs ms dr prof st vs etc e.g i.e approx fig inc ltd co jr sr u.s nr bzw z.b d.h ca usw"
    " dt hr fr str hl mme mlle sig sra av"
)
_DANGLING = listed(
    "a an the and or but of in on at by to for with from as near next while its their his her"
    " is are which that who ein eine einen einem einer eines der die das den dem des und oder mit"
    " von in im am an auf bei zu zum zur le la les un une des et ou de du avec dans sur el los las"
    " una y o con en il lo gli i e di da su per"
)
"""Words that no text may end with where it was cut."""
_LONGEST_ABBREVIATION = 24
_LOOSE = " \t\r\n,;:-–—(/&"


@dataclass(frozen=True, slots=True)
class Length:
    """A text's length in both counts."""

    characters: int
    graphemes: int


def measure(text: str) -> Length:
    return Length(len(text), graphemes(text))


def graphemes(text: str) -> int:
    """Characters as a person counts them: a flag or a family emoji is one."""
    return len(text) if text.isascii() and "\r" not in text else len(_GRAPHEME.findall(text))


def used(text: str, destination: Destination) -> int:
    """The length in the unit that the destination counts in."""
    return graphemes(text) if destination.graphemes else len(text)


def left(text: str, destination: Destination) -> int | None:
    """How much may still be written; negative where it is too long, None without a limit."""
    return destination.limit - used(text, destination) if destination.limit else None


def fits(text: str, destination: Destination) -> bool:
    room = left(text, destination)
    return room is None or room >= 0


def sentences(text: str) -> list[str]:
    """The text in pieces, each a sentence with the blanks behind it; together they are the text."""
    pieces, start = [], 0
    for found in _SENTENCE_END.finditer(text):
        if _abbreviates(text[max(start, found.end() - _LONGEST_ABBREVIATION) : found.end()]):
            continue
        end = found.end()
        while end < len(text) and text[end].isspace():
            end += 1
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]] if start < len(text) else pieces


def whole_sentences(text: str, destination: Destination) -> str:
    """As many whole sentences from the front as fit; "" where not even the first does."""
    kept = ""
    for one in sentences(text):
        if not fits((kept + one).rstrip(), destination):
            break
        kept += one
    return kept.rstrip()


def cut(text: str, destination: Destination) -> str:
    """The text so that it fits: whole sentences, else whole words and a full stop.

    A text that fits comes back as it is. Nothing is added but the full stop.
    """
    if fits(text, destination):
        return text
    kept = whole_sentences(text, destination)
    if kept:
        return kept
    room = Destination(destination.key, max(1, destination.limit - 1), destination.graphemes)
    kept = _whole_words(text.strip(), room)
    return f"{kept}." if kept and destination.limit > 1 else kept


def _whole_words(text: str, room: Destination) -> str:
    kept = ""
    for found in _BREAK.finditer(text):
        if not fits(text[: found.start()], room):
            break
        kept = text[: found.start()]
    if not kept:  # one word longer than all the room there is
        kept = "".join(_GRAPHEME.findall(text)[: room.limit])
        while not fits(kept, room):
            kept = kept[:-1]
        return kept
    shorter = _tidy_end(kept)
    return shorter or kept


def _tidy_end(text: str) -> str:
    """Without loose signs and small words at the end, which promise more."""
    while True:
        text = text.rstrip(_LOOSE)
        head, _, last = text.rpartition(" ")
        if last.casefold() not in _DANGLING:
            return text
        text = head


def _abbreviates(sentence: str) -> bool:
    """Whether the full stop at its end is that of an abbreviation or an initial."""
    if not sentence.endswith("."):
        return False
    found = _LAST_WORD.search(sentence)
    if found is None:
        return False
    word = found.group().rstrip(".")
    return word.casefold() in _ABBREVIATIONS or (len(word) == 1 and word.isupper() and word != "I")
