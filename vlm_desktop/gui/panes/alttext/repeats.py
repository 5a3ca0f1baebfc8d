"""Which texts of a set may say the same as the one that is typed, without comparing it with all.

No widgets here; what is pure may be built on a lane.
"""

import math
from collections.abc import Iterable

from vlm_desktop.engine.alttext.lintrules import plain

_NEAR = 0.9
"""What `lintrules.near` calls the same: so much of the words is shared."""


class Repeats:
    """The texts of a set by their words.

    Two sets of words that share `_NEAR` of them share one of the rarest of either (prefix
    filtering, Chaudhuri et al. 2006): only texts with such a word are to be compared.
    """

    def __init__(self, texts: Iterable[tuple[int, str]] = ()) -> None:
        self._texts: dict[int, str] = {}
        self._holding: dict[str, set[int]] = {}
        for key, text in texts:
            self.put(key, text)

    def put(self, key: int, text: str) -> None:
        """The text of an image is this now."""
        before = self._texts.get(key, "")
        if before == text:
            return
        for word in _words(before):
            self._holding[word].discard(key)
        self._texts[key] = text
        for word in _words(text):
            self._holding.setdefault(word, set()).add(key)

    def likely(self, text: str, but: int) -> tuple[str, ...]:
        """Texts that may say the same, of all images but one."""
        words = sorted(_words(text), key=lambda one: len(self._holding.get(one, ())))
        rarest = words[: len(words) - math.ceil(_NEAR * len(words)) + 1]
        found = {key for word in rarest for key in self._holding.get(word, ())}
        return tuple(self._texts[key] for key in sorted(found - {but}))


def _words(text: str) -> set[str]:
    return set(plain(text).split())
