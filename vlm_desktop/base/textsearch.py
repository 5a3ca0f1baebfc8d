"""Whether a text is in another, spaces and letter case aside: for what must not be there."""

import re
import unicodedata
from collections.abc import Iterable

_LONG = 6
"""From this many characters on, a text is also found inside words, and across spaces."""


def squeezed(text: str) -> str:
    """Without spaces and letter case, compatibility forms as the usual letters."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_long(text: str) -> bool:
    """Whether a squeezed text is looked for inside words, too."""
    return len(text) >= _LONG


def is_in(text: str, where: str) -> bool:
    """Whether `text` stands in `where`; one of few characters only as a word of its own."""
    wanted = squeezed(text)
    if not wanted:
        return False
    if is_long(wanted):
        return wanted in squeezed(where)
    spaced = unicodedata.normalize("NFKC", where).casefold()
    letters = r"\s*".join(map(re.escape, wanted))
    return re.search(rf"(?<!\w){letters}(?!\w)", spaced) is not None


def found_in(texts: Iterable[str], where: str) -> tuple[str, ...]:
    """Those of the texts that stand there."""
    return tuple(text for text in texts if is_in(text, where))
