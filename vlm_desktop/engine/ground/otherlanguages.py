"""Whether a phrase is surely not English, told by its letters and its small words.

What reads English only answers a phrase of another language with nonsense that looks like an
answer. A lone foreign noun cannot be told from a rare English one, and is not.
"""

import tomllib
import unicodedata
from functools import lru_cache

from vlm_desktop.base.paths import bundled

ENGLISH = "en"


def is_foreign(phrase: str) -> bool:
    """Whether most letters are of another script, or a small word of another language begins the
    phrase or comes twice, and no small English one is in it."""
    letters = [one for one in phrase if one.isalpha()]
    others = sum(not unicodedata.name(one, "").startswith("LATIN") for one in letters)
    if 2 * others > len(letters):
        return True
    foreign, english = _small_words()
    words = [one.strip(".,;:!?\"'()").casefold() for one in phrase.split()]
    if len(words) < 2 or any(one in english for one in words):
        return False
    return words[0] in foreign or sum(one in foreign for one in words) > 1


@lru_cache(maxsize=1)
def _small_words() -> tuple[frozenset[str], frozenset[str]]:
    path = bundled("resources") / "grounding" / "phrases.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["other_languages"]
    return frozenset(rows["words"]), frozenset(rows["english"])
