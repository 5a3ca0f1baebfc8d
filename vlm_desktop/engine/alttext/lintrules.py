"""What lint rules are made of: what they are told, what they find, and the words they compare.

A rule is a small function from a text to the first thing it finds there, or None. Importing this
does not import numpy, and no rule takes longer than a keystroke may.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import regex

from vlm_desktop.base.altchecks import Field, Weight
from vlm_desktop.base.alttext import DESTINATIONS, Decision, Destination, PageContext

Identify = Callable[[str], tuple[str, float]]
"""A text -> its language (ISO 639) and how sure that is, 0 to 1. See `languages.identifier`."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*")
_SEPARATORS = " \t\r\n,;:.|–—-•·/"
_NEAR = 0.9
_LEAST_NEAR_WORDS = 4


@dataclass(frozen=True, slots=True)
class LintContext:
    """What a text is held against. All of it may be left out.

    `file_name` is the image's own, `camera` what its metadata call the camera (make, model),
    `others` the alt texts of the set's other images. `page` has caption, title and link.
    Without `identify` the language is not looked at.
    """

    destination: Destination = DESTINATIONS[0]
    language: str = "en"
    decision: Decision = Decision.UNDECIDED
    page: PageContext = PageContext()
    file_name: str = ""
    camera: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    identify: Identify | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule spoke, and the whole field put right. `weight` None is the rule's own."""

    start: int
    end: int
    detail: str = ""
    fix: str | None = None
    weight: Weight | None = None


Check = Callable[[str, LintContext], Hit | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table of rules. A check is never called with an empty text."""

    code: str
    weight: Weight
    check: Check
    fields: tuple[Field, ...] = (Field.ALT, Field.EXTENDED)


# --- words ---------------------------------------------------------------------------------


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """A text as it is compared: its words in lower case, without signs and accents' encoding."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def near(one: str, other: str) -> bool:
    """Whether two texts say the same, or the same but for a word in ten."""
    left, right = plain(one), plain(other)
    if not left or not right:
        return False
    if left == right:
        return True
    some, more = set(left.split()), set(right.split())
    if min(len(some), len(more)) < _LEAST_NEAR_WORDS:
        return False
    return len(some & more) / len(some | more) >= _NEAR


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def without_head(text: str, end: int) -> str | None:
    """The text from `end` on, opened as it was; None where nothing would be left."""
    rest = text[end:].lstrip(_SEPARATORS)
    if not words(rest):
        return None
    return rest[0].upper() + rest[1:] if text.lstrip()[:1].isupper() else rest


def without_tail(text: str, start: int) -> str | None:
    """The text up to `start`, without loose signs; None where nothing would be left.

    A full stop before `start` stays, and so does one at the text's end.
    """
    kept = text[:start].rstrip(" \t\r\n,;:|–—-•·/([")
    if not words(kept):
        return None
    ended = text.rstrip().endswith((".", "!", "?")) and not kept.endswith((".", "!", "?"))
    return kept + "." if ended else kept


def without_part(text: str, start: int, end: int) -> str | None:
    """The text without a part at its front or its end; None for one in the middle."""
    if not words(text[:start]):
        return without_head(text, end)
    if not words(text[end:]):
        return without_tail(text, start)
    return None
