"""open_clip's text cleaning. A module of its own because ftfy takes a while to import."""

import html
import string

import ftfy

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _basic(text: str) -> str:
    return html.unescape(html.unescape(ftfy.fix_text(text))).strip()


def clean_whitespace(text: str) -> str:
    """Mojibake and HTML entities repaired, runs of white space to one space."""
    return " ".join(_basic(text).split())


def clean_lower(text: str) -> str:
    """`clean_whitespace`, in lower case: what CLIP's own tokeniser does."""
    return clean_whitespace(text).lower()


def clean_canonicalize(text: str) -> str:
    """No ASCII punctuation, lower case, single spaces: open_clip's SigLIP models."""
    text = _basic(text).replace("_", " ").translate(_PUNCTUATION).lower()
    return " ".join(text.split())
