"""Text cleaning that happens before a tokeniser file, by name, as the reference does it.

A tokeniser file cannot say everything: Rust lower-cases letter by letter where Python looks at
the word (final sigma), and open_clip repairs mojibake first. Such steps are named in model.toml
and run here. Only names listed below are accepted.
"""

import re
import string
from collections.abc import Callable

from vlm_desktop.backends.late import resolve

Cleaner = Callable[[str], str]

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def clean_siglip(text: str) -> str:
    """Lower case, no ASCII punctuation, single spaces (`SiglipTokenizer.canonicalize_text`)."""
    text = text.lower().translate(_PUNCTUATION)
    return re.sub(r"\s+", " ", text).strip()


CLEANERS = {
    "": "builtins:str",
    "siglip": "vlm_desktop.backends.encoders.cleaning:clean_siglip",
    "open_clip-lower": "vlm_desktop.backends.encoders.cleaning_ftfy:clean_lower",
    "open_clip-whitespace": "vlm_desktop.backends.encoders.cleaning_ftfy:clean_whitespace",
    "open_clip-canonicalize": "vlm_desktop.backends.encoders.cleaning_ftfy:clean_canonicalize",
}


def cleaner(name: str) -> Cleaner:
    """The cleaning step called `name`. Raises ValueError for an unknown one."""
    if name not in CLEANERS:
        raise ValueError(f"clean is {name!r}, known are {', '.join(filter(None, CLEANERS))}")
    found: Cleaner = resolve(CLEANERS[name], "reading the words of this model")
    return found
